using GemmaIlgpu.Kernels.Tests.Golden;

namespace GemmaIlgpu.Kernels.Tests;

public class SamplingTests
{
    [TestCase(1, 0)]
    [TestCase(3, 2)]
    [TestCase(32, 31)]
    [TestCase(33, 32)]
    [TestCase(1000, 517)]
    [TestCase(9001, 9000)]
    public void ArgMax_finds_the_largest_logit(int length, int winner)
    {
        float[] logits = Inputs.Uniform(length, seed: 1);
        logits[winner] = 2f;
        CheckArgMax(logits, winner);
    }

    [Test]
    public void Of_equal_logits_the_lowest_id_wins()
    {
        float[] logits = new float[5000];
        logits[4321] = logits[1234] = logits[77] = 1f;
        CheckArgMax(logits, 77);
        CheckArgMax(new float[5000], 0);
    }

    [Test]
    public void NaN_never_wins_and_minus_infinity_only_by_default()
    {
        float[] logits = [float.NaN, float.NegativeInfinity, -3f, float.NaN, -2f, float.NegativeInfinity];
        CheckArgMax(logits, 4);
        CheckArgMax([float.NaN, float.NegativeInfinity], 0);
    }

    [TestCase(1, 1)]
    [TestCase(40, 33)]
    [TestCase(1000, 64)]
    [TestCase(5003, 200)]
    public void TopK_gives_the_largest_logits_in_order(int length, int k)
    {
        // Steps of 1/64 make plenty of equal logits; of these the lowest id comes first.
        float[] logits = [.. Inputs.Uniform(length, seed: 3).Select(v => MathF.Round(v * 64f) / 64f)];
        int[] expected = [.. Enumerable.Range(0, length).OrderByDescending(i => logits[i]).ThenBy(i => i).Take(k)];
        foreach (TestDevice device in Devices.All)
        {
            var (values, ids) = TopK(device, logits, k);
            Assert.That(ids, Is.EqualTo(expected), device.ToString());
            Assert.That(values, Is.EqualTo(expected.Select(i => logits[i])), device.ToString());
        }
    }

    // Few and many different values: the k-th is found in the first digit, in the last of its value, or among equals by their ids.
    [TestCase(1, 1, 64f)]
    [TestCase(40, 33, 64f)]
    [TestCase(900, 64, 4f)]
    [TestCase(3001, 200, 1e6f)]
    [TestCase(2500, 512, 0.5f)]
    public void Selecting_gives_the_largest_logits_in_order(int length, int k, float steps)
    {
        float[] logits = [.. Inputs.Uniform(length, seed: 4, scale: 20f).Select(v => MathF.Round(v * steps) / steps)];
        int[] expected = [.. Enumerable.Range(0, length).OrderByDescending(i => logits[i]).ThenBy(i => i).Take(k)];
        foreach (TestDevice device in Devices.AllAndGpu)
        {
            var (values, ids) = TopK(device, logits, k, selects: true);
            Assert.That(ids, Is.EqualTo(expected), device.ToString());
            Assert.That(values, Is.EqualTo(expected.Select(i => logits[i])), device.ToString());
        }
    }

    [Test]
    public void Selecting_passes_over_what_is_no_logit_and_marks_missing_places()
    {
        float[] logits = [float.NaN, 1f, float.NegativeInfinity, -0f, float.NaN, 0f, float.PositiveInfinity, -float.Epsilon];
        foreach (TestDevice device in Devices.AllAndGpu)
        {
            Assert.That(TopK(device, logits, 2, selects: true).Ids, Is.EqualTo(new[] { 6, 1 }), device.ToString());
            Assert.That(TopK(device, logits, 7, selects: true).Ids, Is.EqualTo(new[] { 6, 1, 3, 5, 7, -1, -1 }), device.ToString());
            Assert.That(TopK(device, [float.NaN], 1, selects: true).Ids, Is.EqualTo(new[] { -1 }), device.ToString());
        }
    }

    [Test]
    public void TopK_of_one_is_argmax_and_missing_places_are_marked()
    {
        float[] logits = [float.NaN, 1f, float.NegativeInfinity, 3f, float.NaN, 3f];
        foreach (TestDevice device in Devices.All)
        {
            Assert.That(TopK(device, logits, 1).Ids, Is.EqualTo(new[] { 3 }), device.ToString());
            Assert.That(TopK(device, logits, 5).Ids, Is.EqualTo(new[] { 3, 5, 1, -1, -1 }), device.ToString());
        }
    }

    [Test]
    public void Penalties_follow_the_sign_of_the_logit()
    {
        float[] logits = [2f, -2f, 0.5f, 1f, 3f];
        int[] ids = [0, 1, 4], counts = [1, 2, 3];
        const float repetition = 1.25f, presence = 0.5f, frequency = 0.25f;
        float[] expected = [(2f / 1.25f) - 0.75f, -2.5f - 1f, 0.5f, 1f, (3f / 1.25f) - 1.25f];
        foreach (TestDevice device in Devices.All)
        {
            using var logitBuffer = device.Upload(logits);
            using var idBuffer = device.Upload(ids);
            using var countBuffer = device.Upload(counts);
            using var sampling = new Sampling(device.Accelerator, device.Tuning);
            sampling.Penalise(device.Stream, logitBuffer.View, idBuffer.View, countBuffer.View, repetition, presence, frequency);
            TensorAssert.CloseRelative([.. expected.Select(e => (double)e)], device.Download(logitBuffer), 4 * TensorAssert.Rounding, [5], "Sampling.Penalise", device);
        }
    }

    [Test]
    public void Temperature_divides()
    {
        float[] logits = Inputs.Uniform(1100, seed: 2, scale: 20f);
        double[] expected = [.. logits.Select(l => l / 0.7f)];
        foreach (TestDevice device in Devices.All)
        {
            using var buffer = device.Upload(logits);
            using var sampling = new Sampling(device.Accelerator, device.Tuning);
            sampling.Temperature(device.Stream, buffer.View, 0.7f);
            TensorAssert.CloseRelative(expected, device.Download(buffer), 2 * TensorAssert.Rounding, [1100], "Sampling.Temperature", device);
        }
    }

    [TestCaseSource(nameof(GoldenSoftmax))]
    public void Softmax_matches_the_golden_values(string name) =>
        CheckSoftmax(GoldenOps.File.Floats($"{name}.x"), GoldenOps.File.Doubles($"{name}.y"), "Softmax golden");

    [Test]
    public void Adding_a_constant_leaves_probabilities_alone()
    {
        // Eighths plus 100 are exact in float32, so nothing but the constant differs.
        float[] x = [.. Enumerable.Range(0, 77).Select(i => (i * 37 % 64) / 8f)];
        float[] shifted = [.. x.Select(v => v + 100f)];
        foreach (TestDevice device in Devices.All)
            Assert.That(RunSoftmax(device, shifted), Is.EqualTo(RunSoftmax(device, x)), device.ToString());
    }

    private static IEnumerable<string> GoldenSoftmax() => GoldenOps.Of("softmax");

    private static void CheckArgMax(float[] logits, int winner)
    {
        foreach (TestDevice device in Devices.All)
        {
            using var logitBuffer = device.Upload(logits);
            using var result = device.Upload(new[] { -1 });
            using var sampling = new Sampling(device.Accelerator, device.Tuning);
            sampling.ArgMax(device.Stream, logitBuffer.View, result.View);
            Assert.That(device.Download(result)[0], Is.EqualTo(winner), device.ToString());
        }
    }

    private static (float[] Values, int[] Ids) TopK(TestDevice device, float[] logits, int k, bool selects = false)
    {
        using var logitBuffer = device.Upload(logits);
        using var values = device.Room(k);
        using var ids = device.Upload(new int[k]);
        using var sampling = new Sampling(device.Accelerator, device.Tuning);
        if (selects)
            sampling.Select(device.Stream, logitBuffer.View, values.View, ids.View);
        else
            sampling.TopK(device.Stream, logitBuffer.View, values.View, ids.View);
        return (device.Download(values), device.Download(ids));
    }

    private static void CheckSoftmax(float[] x, double[] expected, string subject)
    {
        double maximum = x.Max();
        foreach (TestDevice device in Devices.All)
        {
            // The difference to the maximum rounds once and becomes a relative error of the exponential, which has a few
            // of its own; the sum has ⌈V/warp⌉ + log₂ warp roundings, reciprocal and product two. Denormals keep fewer digits.
            double sumRoundings = Math.Ceiling((double)x.Length / device.Warp) + device.TreeDepth + 2;
            double[] tolerance = [.. x.Zip(expected, (v, e) =>
                (e * ((double.IsFinite(v) ? maximum - v : 0) + 8 + sumRoundings) * TensorAssert.Rounding) + 1.5e-45)];
            TensorAssert.Close(expected, RunSoftmax(device, x), tolerance, [x.Length], subject, device);
        }
    }

    private static float[] RunSoftmax(TestDevice device, float[] x)
    {
        using var xBuffer = device.Upload(x);
        using var y = device.Room(x.Length);
        new Softmax(device.Accelerator, device.Tuning).Run(device.Stream, xBuffer.View, y.View, x.Length);
        return device.Download(y);
    }
}
