#if !UPSTREAM_PACKAGES
namespace GemmaIlgpu.Kernels.Tests;

/// <summary>Kernels that reduce over warps, as OpenCL with sub-groups. The language itself is tested with the compiler.</summary>
public sealed class OpenCLSubGroupTests
{
    private static TestDevice Device => Devices.OpenCLWithSubGroups ?? throw new IgnoreException("SKIPPED: there is no OpenCL device.");

    [Test]
    public void Norms_match_the_double_reference()
    {
        const int Rows = 3, Width = 33;
        float[] x = Inputs.Uniform(Rows * Width, seed: 1), weight = Inputs.Uniform(Width, seed: 2);
        double[] expected = Reference.RmsNorm(x, weight, 1e-6f, weightOffset: 1);
        TensorAssert.CloseRelative(expected, RmsNormTests.Run(Device, x, weight, 1e-6f, 1f), RmsNormTests.Tolerance(Width, Device), [Rows, Width], "RmsNorm", Device);
    }

    [Test]
    public void Products_match_the_processor()
    {
        const int Rows = 5, Width = 200;
        float[] x = Inputs.Uniform(Width, seed: 3);
        byte[] weights = Inputs.Weights(Rows * Width, WeightType.BFloat16, seed: 4).Bytes;
        float[] expected = MatMulTests.Run(Devices.Fastest, x, weights, WeightType.BFloat16, Rows, Width);
        float[] actual = MatMulTests.Run(Device, x, weights, WeightType.BFloat16, Rows, Width);
        // The same 200 products, summed in another order; partial sums stay below 10.
        Assert.That(actual, Is.EqualTo(expected).Within(200 * Math.ScaleB(1, -24) * 10));
    }
}
#endif
