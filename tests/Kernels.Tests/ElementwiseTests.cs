using GemmaIlgpu.Kernels.Tests.Golden;

namespace GemmaIlgpu.Kernels.Tests;

/// <summary>GeGLU, softcap and addition: lengths around a warp and around one warp's run of 32 steps.</summary>
public class ElementwiseTests
{
    private static readonly int[] Lengths = [1, 3, 4, 5, 31, 32, 33, 127, 128, 129, 1023, 1024, 1025, 2600];

    [Test]
    public void GeGlu_matches_the_double_reference()
    {
        foreach (int length in Lengths)
        {
            float[] gate = Inputs.Uniform(length, seed: 1, scale: 6f), up = Inputs.Uniform(length, seed: 2);
            CheckGeGlu(gate, up, Reference.GeGlu(gate, up), "GeGlu");
        }
    }

    [Test]
    public void GeGlu_matches_the_golden_values([Values("geglu0", "geglu1")] string name) =>
        CheckGeGlu(GoldenOps.File.Floats($"{name}.gate"), GoldenOps.File.Floats($"{name}.up"), GoldenOps.File.Doubles($"{name}.y"), "GeGlu golden");

    [Test]
    public void Gelu_matches_the_golden_values_from_tiny_to_huge()
    {
        float[] x = GoldenOps.File.Floats("gelu0.x");
        CheckGeGlu(x, [.. x.Select(_ => 1f)], GoldenOps.File.Doubles("gelu0.y"), "Gelu golden");
    }

    [Test]
    public void Softcap_matches_the_double_reference()
    {
        foreach (int length in Lengths)
        {
            float[] x = Inputs.Uniform(length, seed: 3, scale: 90f);
            CheckSoftcap(x, 30f, Reference.Softcap(x, 30), "Softcap");
        }
    }

    [Test]
    public void Softcap_matches_the_golden_values([Values("softcap0", "softcap1")] string name) =>
        CheckSoftcap(GoldenOps.File.Floats($"{name}.x"), (float)GoldenOps.Number(name, "cap"), GoldenOps.File.Doubles($"{name}.y"), "Softcap golden");

    [Test]
    public void Softcap_is_odd_rising_and_bounded()
    {
        float[] x = [.. Enumerable.Range(-400, 801).Select(i => i / 2f)];
        foreach (TestDevice device in Devices.All)
        {
            float[] y = RunSoftcap(device, x, 50f);
            Assert.Multiple(() =>
            {
                Assert.That(y, Is.Ordered, $"rising on {device}");
                Assert.That(y, Is.EqualTo(y.Reverse().Select(v => -v)), $"odd on {device}");
                Assert.That(y.Max(MathF.Abs), Is.LessThanOrEqualTo(50f), $"bounded on {device}");
            });
        }
    }

    [Test]
    public void Add_adds()
    {
        foreach (int length in Lengths)
        {
            float[] x = Inputs.Uniform(length, seed: 4), y = Inputs.Uniform(length, seed: 5);
            float[] expected = [.. x.Zip(y, (a, b) => a + b)];
            foreach (TestDevice device in Devices.All)
            {
                using var xBuffer = device.Upload(x);
                using var yBuffer = device.Upload(y);
                new Add(device.Accelerator, device.Tuning).Run(device.Stream, xBuffer.View, yBuffer.View);
                Assert.That(device.Download(yBuffer), Is.EqualTo(expected), device.ToString());
            }
        }
    }

    [Test]
    public void Each_says_what_does_not_fit()
    {
        TestDevice device = Devices.All[0];
        using var three = device.Room(3);
        using var four = device.Room(4);
        Assert.Multiple(() =>
        {
            Assert.That(
                () => new GeGlu(device.Accelerator).Run(device.Stream, three.View, four.View, three.View),
                Throws.ArgumentException.With.Message.EqualTo("GeGlu: gate has 3 values, up 4, y 3; all three must be equal."));
            Assert.That(
                () => new Add(device.Accelerator).Run(device.Stream, three.View, four.View),
                Throws.ArgumentException.With.Message.EqualTo("Add: x has 3 values, y 4; they must be equal."));
            Assert.That(
                () => new Softcap(device.Accelerator).Run(device.Stream, three.View, 0f),
                Throws.ArgumentException.With.Message.EqualTo("Softcap: the cap must be positive and finite; got 0."));
        });
    }

    private static void CheckGeGlu(float[] gate, float[] up, double[] expected, string subject)
    {
        // u = √(2/π)(x + 0.044715x³) takes five roundings, which e^(−2u) makes a relative error of 2|u| times as many;
        // the exponential's own error, sum, quotient and product are eight more. Below 1e-37 float32 loses digits. The
        // golden values were made with 1 + tanh in float64, which cancels to within |gate · up| · 2⁻⁵³.
        double[] tolerance = [.. expected.Select((e, i) =>
        {
            double x = gate[i];
            double u = 0.7978845608 * (Math.Abs(x) + (0.044715 * Math.Pow(Math.Abs(x), 3)));
            double relative = x > 0 ? 16 : (2 * 5 * u) + 16;
            return (Math.Abs(e) * relative * TensorAssert.Rounding) + 1e-37 + Math.Abs(x * up[i] * Math.ScaleB(1, -53));
        })];
        foreach (TestDevice device in Devices.All)
        {
            using var gateBuffer = device.Upload(gate);
            using var upBuffer = device.Upload(up);
            using var y = device.Room(gate.Length);
            new GeGlu(device.Accelerator, device.Tuning).Run(device.Stream, gateBuffer.View, upBuffer.View, y.View);
            TensorAssert.Close(expected, device.Download(y), tolerance, [gate.Length], subject, device);
        }
    }

    // Quotient and product round once each, tanh within four units in the last place; tanh does not amplify.
    private static void CheckSoftcap(float[] x, float cap, double[] expected, string subject)
    {
        foreach (TestDevice device in Devices.All)
            TensorAssert.CloseRelative(expected, RunSoftcap(device, x, cap), 10 * TensorAssert.Rounding, [x.Length], subject, device);
    }

    private static float[] RunSoftcap(TestDevice device, float[] x, float cap)
    {
        using var buffer = device.Upload(x);
        new Softcap(device.Accelerator, device.Tuning).Run(device.Stream, buffer.View, cap);
        return device.Download(buffer);
    }
}
