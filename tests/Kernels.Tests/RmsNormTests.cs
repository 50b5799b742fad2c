using GemmaIlgpu.Kernels.Tests.Golden;

namespace GemmaIlgpu.Kernels.Tests;

public class RmsNormTests
{
    private const float Epsilon = 1e-6f;

    [TestCase(1, 1)]
    [TestCase(5, 7)]
    [TestCase(3, 31)]
    [TestCase(3, 32)]
    [TestCase(3, 33)]
    [TestCase(2, 129)]
    [TestCase(1, 2304)]
    public void Matches_the_double_reference(int rows, int width)
    {
        float[] x = Inputs.Uniform(rows * width, seed: 1), weight = Inputs.Uniform(width, seed: 2);
        double[] expected = Reference.RmsNorm(x, weight, Epsilon, weightOffset: 1);
        foreach (TestDevice device in Devices.AllAndWide)
            TensorAssert.CloseRelative(expected, Run(device, x, weight, Epsilon, 1f), Tolerance(width, device), [rows, width], "RmsNorm", device);
    }

    [TestCaseSource(nameof(GoldenCases))]
    public void Matches_the_golden_values(string name)
    {
        float[] x = GoldenOps.File.Floats($"{name}.x"), weight = GoldenOps.File.Floats($"{name}.w");
        double[] expected = GoldenOps.File.Doubles($"{name}.y");
        float epsilon = (float)GoldenOps.Number(name, "eps");
        foreach (TestDevice device in Devices.All)
            TensorAssert.CloseRelative(expected, Run(device, x, weight, epsilon, 1f), Tolerance(weight.Length, device), GoldenOps.File.Shape($"{name}.y"), "RmsNorm golden", device);
    }

    [Test]
    public void A_zero_row_stays_zero_and_epsilon_bounds_a_tiny_one()
    {
        float[] x = [0f, 0f, 0f, 1e-4f, 1e-4f, 1e-4f], weight = [0f, 0f, 0f];
        double[] expected = Reference.RmsNorm(x, weight, Epsilon, weightOffset: 1);
        foreach (TestDevice device in Devices.All)
            TensorAssert.CloseRelative(expected, Run(device, x, weight, Epsilon, 1f), Tolerance(3, device), [2, 3], "RmsNorm", device);
    }

    [Test]
    public void Weight_offset_zero_uses_the_weight_as_it_is()
    {
        float[] x = Inputs.Uniform(2 * 12, seed: 3), weight = Inputs.Uniform(12, seed: 4);
        double[] expected = Reference.RmsNorm(x, weight, Epsilon, weightOffset: 0);
        foreach (TestDevice device in Devices.All)
            TensorAssert.CloseRelative(expected, Run(device, x, weight, Epsilon, 0f), Tolerance(12, device), [2, 12], "RmsNorm", device);
    }

    [Test]
    public void RunAdd_adds_the_norm_to_the_residual()
    {
        const int rows = 3, width = 37;
        float[] x = Inputs.Uniform(rows * width, seed: 5), weight = Inputs.Uniform(width, seed: 6), residual = Inputs.Uniform(rows * width, seed: 7);
        double[] norm = Reference.RmsNorm(x, weight, Epsilon, weightOffset: 1);
        double[] expected = [.. norm.Zip(residual, (n, r) => n + r)];
        foreach (TestDevice device in Devices.All)
        {
            using var xBuffer = device.Upload(x);
            using var weightBuffer = device.Upload(weight);
            using var residualBuffer = device.Upload(residual);
            new RmsNorm(device.Accelerator, device.Tuning).RunAdd(device.Stream, xBuffer.View, weightBuffer.View, residualBuffer.View, Epsilon, 1f);

            // The norm's own error, and one rounding of the sum.
            double[] tolerance = [.. norm.Zip(expected, (n, e) => (Math.Abs(n) * Tolerance(width, device)) + (Math.Abs(e) * TensorAssert.Rounding))];
            TensorAssert.Close(expected, device.Download(residualBuffer), tolerance, [rows, width], "RmsNorm.RunAdd", device);
        }
    }

    [Test]
    public void Works_in_place()
    {
        float[] x = Inputs.Uniform(2 * 50, seed: 8), weight = Inputs.Uniform(50, seed: 9);
        double[] expected = Reference.RmsNorm(x, weight, Epsilon, weightOffset: 1);
        foreach (TestDevice device in Devices.All)
        {
            using var xBuffer = device.Upload(x);
            using var weightBuffer = device.Upload(weight);
            new RmsNorm(device.Accelerator, device.Tuning).Run(device.Stream, xBuffer.View, weightBuffer.View, xBuffer.View, Epsilon, 1f);
            TensorAssert.CloseRelative(expected, device.Download(xBuffer), Tolerance(50, device), [2, 50], "RmsNorm", device);
        }
    }

    [Test]
    public void Says_which_lengths_do_not_fit()
    {
        TestDevice device = Devices.All[0];
        using var x = device.Room(10);
        using var weight = device.Room(4);
        Assert.That(
            () => new RmsNorm(device.Accelerator).Run(device.Stream, x.View, weight.View, x.View, Epsilon, 1f),
            Throws.ArgumentException.With.Message.EqualTo("RmsNorm: x has 10 values, y 10; both must be rows × 4."));
    }

    private static IEnumerable<string> GoldenCases() => GoldenOps.Of("rmsnorm");

    // Roundings on the longest path: ⌈D/group⌉ serial, the warp's tree, one per warp of the group, the division and ε;
    // halved by the root; then root, reciprocal, two products and the weight's sum. Each at most 2⁻²⁴.
    internal static double Tolerance(int width, TestDevice device) =>
        (((Math.Ceiling((double)width / device.Group) + device.TreeDepth + (device.Group / device.Warp) + 2) / 2) + 5) * TensorAssert.Rounding;

    internal static float[] Run(TestDevice device, float[] x, float[] weight, float epsilon, float weightOffset)
    {
        using var xBuffer = device.Upload(x);
        using var weightBuffer = device.Upload(weight);
        using var y = device.Room(x.Length);
        new RmsNorm(device.Accelerator, device.Tuning).Run(device.Stream, xBuffer.View, weightBuffer.View, y.View, epsilon, weightOffset);
        return device.Download(y);
    }
}
