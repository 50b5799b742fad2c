using GemmaIlgpu.Kernels.Fast;

namespace GemmaIlgpu.Kernels.Tests.Ptx;

public class TensorMatMulTests
{
    // Tokens and outputs below, at and above tiles of 128 and warps of 64, odd ones too; columns around a tile of 32, around
    // the pipeline's four stages, and ends of 8, 16 and 24.
    [TestCase(1, 1, 8)]
    [TestCase(5, 3, 16)]
    [TestCase(64, 128, 32)]
    [TestCase(65, 63, 40)]
    [TestCase(129, 64, 96)]
    [TestCase(128, 131, 120)]
    [TestCase(37, 130, 128)]
    [TestCase(17, 200, 248)]
    public void Matches_the_double_reference(int tokens, int outputs, int width)
    {
        var (xBits, x) = BFloat16(tokens * width, seed: 1);
        var (wBits, w) = BFloat16(outputs * width, seed: 2);
        using var run = new PtxRun();
        PtxBuffer y = run.Upload(Enumerable.Repeat(float.NaN, tokens * outputs).ToArray());
        run.Launch(
            TensorMatMulKernels.Kernel, TensorMatMul.Groups(tokens, outputs), TensorTile.Threads, TensorMatMulKernels.SharedBytes,
            run.Upload(xBits), run.Upload(wBits), y, tokens, outputs, width);

        var (expected, magnitude) = Reference.MatMul(x, w, width);
        // Each mma adds 16 exact products to a sum; hardware may cut off where it should round, so a unit for each of up to
        // two additions per eight products.
        double[] tolerance = [.. magnitude.Select(m => ((width / 8.0) + 1) * 2 * TensorAssert.Rounding * m)];
        TensorAssert.Close(expected, run.Download<float>(y), tolerance, [tokens, outputs], "TensorMatMul", Devices.Fastest);
    }

    [Test]
    public void Rounding_is_to_the_nearest_even()
    {
        float[] x = [1f, 1f + (1f / 256), 1f + (3f / 256), -1f - (1f / 256), 1e-40f, float.PositiveInfinity, 3.4e38f, .. Inputs.Uniform(300, seed: 3)];
        ushort[] expected = [.. x.Select(v => (ushort)((BitConverter.SingleToUInt32Bits(v) + 0x7FFF + ((BitConverter.SingleToUInt32Bits(v) >> 16) & 1)) >> 16))];
        foreach (TestDevice device in Devices.All)
        {
            using var buffer = device.Upload(x);
            using var product = new TensorMatMul(device.Accelerator, device.Tuning);
            ILGPU.ArrayView<ushort> rounded = product.Round(device.Stream, buffer.View);
            device.Accelerator.Synchronize();
            var actual = new ushort[x.Length];
            ILGPU.Runtime.ArrayViewExtensions.CopyToCPU(rounded, device.Stream, actual);
            Assert.That(actual, Is.EqualTo(expected), device.ToString());
        }
    }

    /// <summary>Random bfloat16 and what they stand for.</summary>
    internal static (ushort[] Bits, float[] Values) BFloat16(int length, int seed)
    {
        var (bytes, values) = Inputs.Weights(length, WeightType.BFloat16, seed);
        return ([.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(bytes)], values);
    }
}
