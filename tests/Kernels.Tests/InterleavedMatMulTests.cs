using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Kernels.Tests;

public class InterleavedMatMulTests
{
    // Rows that fill tiles, warps and neither; tokens around a register tile; widths around a piece of 512.
    [TestCase(1, 16, 32)]
    [TestCase(1, 21, 96)]
    [TestCase(2, 5, 64)]
    [TestCase(3, 16, 64)]
    [TestCase(7, 32, 96)]
    [TestCase(6, 16, 1120)]
    [TestCase(5, 64, 544)]
    [TestCase(1, 32, 1120)]
    public void Matches_the_double_reference(int tokens, int rows, int width)
    {
        float[] x = Inputs.Uniform(tokens * width, seed: 1);
        var (bytes, weights, _) = BlockWriter.Write(BlockType.Q4_0, rows * width, seed: 2);
        var (expected, magnitude, rounding) = Reference(x, weights, width);
        foreach (TestDevice device in rows * width * tokens < 3000 ? Devices.AllAndWide : Devices.Compiled)
        {
            using var xBuffer = device.Upload(x);
            using var y = device.Room(tokens * rows);
            var scales = new ushort[InterleavedMatrix.BlocksOf(rows, width, device.Warp)];
            var words = new int[scales.Length * InterleavedMatrix.WordsPerBlock];
            InterleavedMatrix.Pack(bytes, width, device.Warp, scales, words);
            using var scaleBuffer = device.Upload(scales);
            using var wordBuffer = device.Upload(words);
            using var product = new InterleavedMatMul(device.Accelerator, device.Tuning);
            product.Run(device.Stream, xBuffer.View, new InterleavedMatrix(scaleBuffer.View, wordBuffer.View, rows, width, device.Warp), y.View);

            // What rounding the activations does, and roundings of the factor, the product and the sum of each block.
            double roundings = (3.0 * width / 32) + 4;
            double[] tolerance = [.. magnitude.Zip(rounding, (m, r) => (roundings * TensorAssert.Rounding * m) + r)];
            TensorAssert.Close(expected, device.Download(y), tolerance, [tokens, rows], "InterleavedMatMul", device);
        }
    }

    // The largest levels against the largest numbers, of one sign: sums of 16 bits must hold them.
    [TestCase(0, 1f)]
    [TestCase(0, -1f)]
    [TestCase(15, 1f)]
    [TestCase(15, -1f)]
    public void Sums_of_16_bits_do_not_overflow(int level, float value)
    {
        byte[] bytes = [.. Enumerable.Range(0, 16).SelectMany(_ => new byte[] { 0, 0x3C }.Concat(Enumerable.Repeat((byte)(level * 17), 16)))];
        foreach (TestDevice device in Devices.All)
        {
            var scales = new ushort[InterleavedMatrix.BlocksOf(16, 32, device.Warp)];
            var words = new int[scales.Length * InterleavedMatrix.WordsPerBlock];
            InterleavedMatrix.Pack(bytes, 32, device.Warp, scales, words);
            using var x = device.Upload(Enumerable.Repeat(value, 64).ToArray());
            using var y = device.Room(32);
            using var scaleBuffer = device.Upload(scales);
            using var wordBuffer = device.Upload(words);
            using var product = new InterleavedMatMul(device.Accelerator, device.Tuning);
            product.Run(device.Stream, x.View, new InterleavedMatrix(scaleBuffer.View, wordBuffer.View, 16, 32, device.Warp), y.View);
            Assert.That(device.Download(y), Is.All.EqualTo(32 * (level - 8) * value).Within(1e-3), device.ToString());
        }
    }

    [Test]
    public void Says_which_lengths_do_not_fit()
    {
        TestDevice device = Devices.All[0];
        using var scales = device.Upload(new ushort[4]);
        using var words = device.Upload(new int[15]);
        Assert.That(() => new InterleavedMatrix(scales.View, words.View, 4, 32, 4), Throws.ArgumentException.With.Message.Contains("take 4 scales and 16 words; got 4 and 15"));
    }

    private static (double[] Y, double[] Magnitude, double[] Rounding) Reference(float[] x, double[] weights, int width)
    {
        int tokens = x.Length / width, rows = weights.Length / width;
        var y = new double[tokens * rows];
        var magnitude = new double[tokens * rows];
        var rounding = new double[tokens * rows];
        double[] block = [.. x.Chunk(32).Select(values => (double)values.Max(Math.Abs))];
        for (int i = 0; i < y.Length; i++)
        {
            for (int k = 0; k < width; k++)
            {
                int at = (i / rows * width) + k;
                double weight = weights[(i % rows * width) + k];
                y[i] += x[at] * weight;
                magnitude[i] += (Math.Abs(x[at]) + (block[at / 32] / 65278)) * Math.Abs(weight);
                rounding[i] += Math.Abs(weight) * block[at / 32] / 65278 * 1.001;       // 0.1 % for the rounding of the scale
            }
        }

        return (y, magnitude, rounding);
    }
}
