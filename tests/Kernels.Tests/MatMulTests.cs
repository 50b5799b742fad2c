using GemmaIlgpu.Kernels.Tests.Golden;

namespace GemmaIlgpu.Kernels.Tests;

public class MatMulTests
{
    // One token. Widths around one and four warps of 4, 8, 16, 32, and where rows count as long (6144).
    [TestCase(1, 1, 1)]
    [TestCase(1, 3, 31)]
    [TestCase(1, 4, 32)]
    [TestCase(1, 5, 33)]
    [TestCase(1, 9, 7)]
    [TestCase(1, 18, 200)]
    [TestCase(1, 200, 33)]
    [TestCase(1, 1, 6144)]
    [TestCase(1, 7, 6145)]
    [TestCase(1, 9, 6160)]
    // Several: the tiled kernel. Tokens around 2, outputs around 4 and 8, widths around the block of 1024.
    [TestCase(2, 4, 16)]
    [TestCase(3, 7, 15)]
    [TestCase(4, 8, 17)]
    [TestCase(5, 9, 64)]
    [TestCase(2, 3, 1023)]
    [TestCase(3, 5, 1024)]
    [TestCase(2, 4, 1025)]
    public void Matches_the_double_reference(int tokens, int rows, int width)
    {
        foreach (WeightType type in Enum.GetValues<WeightType>())
        {
            float[] x = Inputs.Uniform(tokens * width, seed: 1);
            Check(
                x, Inputs.Weights(rows * width, type, seed: 2), type, tokens, rows, width, $"MatMul {type} {(tokens == 1 ? "vector" : "tiled")}",
                tokens * rows < 40 ? Devices.AllAndWide : Devices.All);
        }
    }

    [TestCaseSource(nameof(GoldenCases))]
    public void Matches_the_golden_values(string name)
    {
        int[] shape = GoldenOps.File.Shape($"{name}.w");
        float[] x = GoldenOps.File.Floats($"{name}.x");
        byte[] bytes = GoldenOps.File.Bytes($"{name}.w");
        float[] weights = Inputs.FromBFloat16(bytes);
        double[] reference = Reference.MatMul(x, weights, shape[1]).Y;
        Assert.That(reference, Is.EqualTo(GoldenOps.File.Doubles($"{name}.y")).Within(1e-12), "our reference against the golden values");
        Check(x, (bytes, weights), WeightType.BFloat16, x.Length / shape[1], shape[0], shape[1], "MatMul golden", Devices.All);
    }

    [Test]
    public void Every_float16_decodes_exactly()
    {
        // A one-column matrix of all 65,536 bit patterns times 1 gives back what they stand for.
        Half[] halves = [.. Enumerable.Range(0, 1 << 16).Select(i => BitConverter.UInt16BitsToHalf((ushort)i))];
        var bytes = new byte[halves.Length * 2];
        Buffer.BlockCopy(halves.Select(BitConverter.HalfToUInt16Bits).ToArray(), 0, bytes, 0, bytes.Length);
        float[] expected = [.. halves.Select(h => (float)h)];
        TestDevice device = Devices.Fastest;
        float[] actual = Run(device, [1f], bytes, WeightType.Float16, halves.Length, 1);
        Assert.That(actual, Is.EqualTo(expected));
    }

    [Test]
    public void A_slice_multiplies_like_its_rows()
    {
        const int rows = 10, width = 24;
        float[] x = Inputs.Uniform(width, seed: 3);
        var (bytes, weights) = Inputs.Weights(rows * width, WeightType.BFloat16, seed: 4);
        foreach (TestDevice device in Devices.All)
        {
            using var xBuffer = device.Upload(x);
            using var w = device.Upload(bytes);
            using var whole = device.Room(rows);
            using var part = device.Room(5);
            var matrix = new WeightMatrix(w.View, WeightType.BFloat16, rows, width);
            var product = new MatMul(device.Accelerator, device.Tuning);
            product.Run(device.Stream, xBuffer.View, matrix, whole.View);
            product.Run(device.Stream, xBuffer.View, matrix.Slice(3, 5), part.View);
            Assert.That(device.Download(part), Is.EqualTo(device.Download(whole)[3..8]), device.ToString());
        }
    }

    [Test]
    public void Says_which_lengths_do_not_fit()
    {
        TestDevice device = Devices.All[0];
        using var x = device.Room(10);
        using var w = device.Upload(new byte[24]);
        Assert.Multiple(() =>
        {
            Assert.That(
                () => new MatMul(device.Accelerator).Run(device.Stream, x.View, new WeightMatrix(w.View, WeightType.Float32, 2, 3), x.View),
                Throws.ArgumentException.With.Message.EqualTo("MatMul: x has 10 values, y 10; with weights [2, 3] they must be tokens × 3 and tokens × 2."));
            Assert.That(
                () => new WeightMatrix(w.View, WeightType.BFloat16, 2, 3),
                Throws.ArgumentException.With.Message.EqualTo("BFloat16 weights [2, 3] take 12 bytes; got 24."));
        });
    }

    private static IEnumerable<string> GoldenCases() => GoldenOps.Of("matmul_bf16");

    internal static void Check(
        float[] x, (byte[] Bytes, float[] Values) weights, WeightType type, int tokens, int rows, int width, string subject, IEnumerable<TestDevice> devices)
    {
        var (expected, magnitude) = Reference.MatMul(x, weights.Values, width);
        foreach (TestDevice device in devices)
        {
            // Roundings on the longest path: one fused multiply-add per step of a lane, the warp's tree, one sum per
            // block of columns; each at most 2⁻²⁴ of Σ|x·w|.
            double roundings = Math.Ceiling((tokens == 1 ? width : Math.Min(width, 1024)) / (double)device.Warp) + device.TreeDepth + 2 + Math.Ceiling(width / 1024.0);
            double[] tolerance = [.. magnitude.Select(m => roundings * TensorAssert.Rounding * m)];
            TensorAssert.Close(expected, Run(device, x, weights.Bytes, type, rows, width), tolerance, [tokens, rows], subject, device);
        }
    }

    internal static float[] Run(TestDevice device, float[] x, byte[] weights, WeightType type, int rows, int width)
    {
        using var xBuffer = device.Upload(x);
        using var w = device.Upload(weights);
        using var y = device.Room(x.Length / width * rows);
        new MatMul(device.Accelerator, device.Tuning).Run(device.Stream, xBuffer.View, new WeightMatrix(w.View, type, rows, width), y.View);
        return device.Download(y);
    }
}
