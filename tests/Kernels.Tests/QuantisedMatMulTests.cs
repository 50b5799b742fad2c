using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Kernels.Tests;

public class QuantisedMatMulTests
{
    // Outputs around 4 rows; one and several blocks; one token and several.
    [TestCase(1, 1, 32)]
    [TestCase(1, 4, 64)]
    [TestCase(1, 7, 96)]
    [TestCase(1, 9, 320)]
    [TestCase(3, 5, 64)]
    public void Matches_the_double_reference(int tokens, int rows, int width)
    {
        foreach (BlockType type in Enum.GetValues<BlockType>())
        {
            float[] x = Inputs.Uniform(tokens * width, seed: 1);
            var (bytes, weights) = Blocks(type, rows * width, seed: 2);
            var (expected, magnitude) = Reference.MatMul(x, weights, width);
            foreach (TestDevice device in rows * width < 500 ? Devices.AllAndWide : Devices.All)
            {
                using var xBuffer = device.Upload(x);
                using var w = device.Upload(bytes);
                using var y = device.Room(tokens * rows);
                using var product = new QuantisedMatMul(device.Accelerator, new MatMul(device.Accelerator, device.Tuning), device.Tuning);
                product.Run(device.Stream, xBuffer.View, new QuantisedMatrix(w.View, type, rows, width), y.View);

                double roundings = Math.Ceiling(32.0 / device.Warp) + (width / 32) + device.TreeDepth + 3;
                double[] tolerance = [.. magnitude.Select(m => roundings * TensorAssert.Rounding * m)];
                TensorAssert.Close(expected, device.Download(y), tolerance, [tokens, rows], $"QuantisedMatMul {type}", device);
            }
        }
    }

    [Test]
    public void Gathers_rows_exactly([Values] BlockType type)
    {
        const int rows = 6, width = 64;
        var (bytes, weights) = Blocks(type, rows * width, seed: 3);
        int[] ids = [5, 0, 3, 3];
        float[] expected = [.. ids.SelectMany(id => weights[(id * width)..((id + 1) * width)]).Select(w => w * 2f)];
        foreach (TestDevice device in Devices.AllAndWide)
        {
            using var idBuffer = device.Upload(ids);
            using var table = device.Upload(bytes);
            using var x = device.Room(ids.Length * width);
            using var product = new QuantisedMatMul(device.Accelerator, new MatMul(device.Accelerator, device.Tuning), device.Tuning);
            product.Gather(device.Stream, idBuffer.View, new QuantisedMatrix(table.View, type, rows, width), x.View, scale: 2f);
            Assert.That(device.Download(x), Is.EqualTo(expected), device.ToString());
        }
    }

    [Test]
    public void Says_which_lengths_do_not_fit()
    {
        TestDevice device = Devices.All[0];
        using var w = device.Upload(new byte[34]);
        Assert.Multiple(() =>
        {
            Assert.That(() => new QuantisedMatrix(w.View, BlockType.Q8_0, 1, 33), Throws.ArgumentException.With.Message.Contains("whole blocks of 32"));
            Assert.That(() => new QuantisedMatrix(w.View, BlockType.Q4_0, 1, 32), Throws.ArgumentException.With.Message.Contains("take 18 bytes; got 34"));
        });
    }

    // Random levels and scales from 2⁻⁸ to 2⁻⁴ of both signs, from the layouts' description.
    private static (byte[] Bytes, float[] Values) Blocks(BlockType type, int length, int seed)
    {
        var random = new Random(seed);
        var bytes = new List<byte>();
        var values = new List<float>();
        for (int block = 0; block < length / 32; block++)
        {
            var scale = (System.Half)((random.Next(2) == 0 ? -1 : 1) * Math.Pow(2, -8 + (4 * random.NextDouble())));
            bytes.AddRange(BitConverter.GetBytes(scale));
            int[] levels = [.. Enumerable.Range(0, 32).Select(_ => type == BlockType.Q8_0 ? random.Next(-128, 128) : random.Next(-8, 8))];
            bytes.AddRange(type == BlockType.Q8_0
                ? levels.Select(level => unchecked((byte)level))
                : Enumerable.Range(0, 16).Select(j => (byte)(levels[j] + 8 + (16 * (levels[j + 16] + 8)))));
            values.AddRange(levels.Select(level => (float)scale * level));
        }

        return ([.. bytes], [.. values]);
    }
}
