using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Kernels.Tests;

public class QuantisedMatMulTests
{
    // One token goes row by row, five through the tiled kernel. Widths with and without a part of a span at the end; more
    // rows than a tile, and less.
    [Test]
    public void Matches_the_double_reference(
        [Values] BlockType type, [Values(1, 2, 5, 7)] int tokens, [Values(1, 9, 37)] int rows, [Values(32, 96, 256, 352, 768)] int width)
    {
        if (width % type.BlockLength() != 0 || (rows > 9 && tokens is 2 or 7))
            return;
        float[] x = Inputs.Uniform(tokens * width, seed: 1);
        var (bytes, weights, parts) = BlockWriter.Write(type, rows * width, seed: 2);
        var (expected, magnitude, rounding) = Reference(x, weights, parts, width);
        foreach (TestDevice device in rows * width * tokens < 3000 ? Devices.All : Devices.Compiled)
        {
            using var xBuffer = device.Upload(x);
            using var w = device.Upload(bytes);
            using var y = device.Room(tokens * rows);
            using var product = new QuantisedMatMul(device.Accelerator, device.Tuning);
            product.Run(device.Stream, xBuffer.View, new QuantisedMatrix(w.View, type, rows, width), y.View);

            // What rounding the activations does, and one rounding for conversion, scale, scale of x and sum of each group.
            double roundings = (3.0 * width / 16) + device.TreeDepth + 4;
            double[] tolerance = [.. magnitude.Zip(rounding, (m, r) => (roundings * TensorAssert.Rounding * m) + r)];
            TensorAssert.Close(expected, device.Download(y), tolerance, [tokens, rows], $"QuantisedMatMul {type}", device);
        }
    }

    [Test]
    public void Gathers_rows([Values] BlockType type)
    {
        const int rows = 6;
        int width = type.BlockLength() == 256 ? 256 : 96;
        var (bytes, weights, parts) = BlockWriter.Write(type, rows * width, seed: 3);
        int[] ids = [5, 0, 3, 3];
        double[] expected = [.. ids.SelectMany(id => weights[(id * width)..((id + 1) * width)]).Select(w => w * 3)];
        // Scale and minimum are products themselves; then one rounding each for the weight and the factor.
        double[] tolerance = [.. ids.SelectMany(id => parts[(id * width)..((id + 1) * width)]).Select(p => p * 3 * 4 * TensorAssert.Rounding)];
        foreach (TestDevice device in type == BlockType.Q8_0 ? Devices.AllAndWide : Devices.All)
        {
            using var idBuffer = device.Upload(ids);
            using var table = device.Upload(bytes);
            using var x = device.Room(ids.Length * width);
            using var product = new QuantisedMatMul(device.Accelerator, device.Tuning);
            product.Gather(device.Stream, idBuffer.View, new QuantisedMatrix(table.View, type, rows, width), x.View, scale: 3f);
            TensorAssert.Close(expected, device.Download(x), tolerance, [ids.Length, width], $"Gather {type}", device);
        }
    }

    [TestCase(1)]
    [TestCase(4)]
    public void Works_on_a_warp_as_wide_as_a_GPUs(int tokens)
    {
        TestDevice device = Devices.AllAndWide.Last();
        foreach (BlockType type in new[] { BlockType.Q5_0, BlockType.Q6K })
        {
            float[] x = Inputs.Uniform(tokens * 256, seed: 1);
            var (bytes, weights, parts) = BlockWriter.Write(type, 3 * 256, seed: 4);
            var (expected, magnitude, rounding) = Reference(x, weights, parts, 256);
            using var xBuffer = device.Upload(x);
            using var w = device.Upload(bytes);
            using var y = device.Room(tokens * 3);
            using var product = new QuantisedMatMul(device.Accelerator, device.Tuning);
            product.Run(device.Stream, xBuffer.View, new QuantisedMatrix(w.View, type, 3, 256), y.View);
            double[] tolerance = [.. magnitude.Zip(rounding, (m, r) => (60 * TensorAssert.Rounding * m) + r)];
            TensorAssert.Close(expected, device.Download(y), tolerance, [tokens, 3], $"QuantisedMatMul {type}", device);
        }
    }

    // What is not finite must not become finite.
    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    public void Passes_on_what_is_no_number(float value)
    {
        foreach (TestDevice device in Devices.Compiled)
        {
            float[] x = Inputs.Uniform(64, seed: 1);
            x[40] = value;
            var (bytes, _, _) = BlockWriter.Write(BlockType.Q8_0, 64, seed: 4);
            using var xBuffer = device.Upload(x);
            using var w = device.Upload(bytes);
            using var y = device.Room(1);
            using var product = new QuantisedMatMul(device.Accelerator, device.Tuning);
            product.Run(device.Stream, xBuffer.View, new QuantisedMatrix(w.View, BlockType.Q8_0, 1, 64), y.View);
            Assert.That(device.Download(y)[0], Is.NaN, device.ToString());
        }
    }

    [Test]
    public void Says_which_lengths_do_not_fit()
    {
        TestDevice device = Devices.All[0];
        using var w = device.Upload(new byte[34]);
        using var product = new QuantisedMatMul(device.Accelerator, device.Tuning);
        using var x = device.Room(33);
        Assert.Multiple(() =>
        {
            Assert.That(() => new QuantisedMatrix(w.View, BlockType.Q8_0, 1, 33), Throws.ArgumentException.With.Message.Contains("whole blocks of 32"));
            Assert.That(() => new QuantisedMatrix(w.View, BlockType.Q6K, 1, 32), Throws.ArgumentException.With.Message.Contains("whole blocks of 256"));
            Assert.That(() => new QuantisedMatrix(w.View, BlockType.Q4_0, 1, 32), Throws.ArgumentException.With.Message.Contains("take 18 bytes; got 34"));
            Assert.That(
                () => product.Run(device.Stream, x.View, new QuantisedMatrix(w.View, BlockType.Q8_0, 1, 32), x.View),
                Throws.ArgumentException.With.Message.Contains("x has 33 values"));
        });
    }

    // Sums in double; magnitudes of what is added; and what rounding each block's activations to 16 bits can change.
    private static (double[] Y, double[] Magnitude, double[] Rounding) Reference(float[] x, double[] weights, double[] parts, int width)
    {
        int tokens = x.Length / width, rows = weights.Length / width;
        var y = new double[tokens * rows];
        var magnitude = new double[tokens * rows];
        var rounding = new double[tokens * rows];
        double[] block = [.. x.Chunk(32).Select(values => (double)values.Max(Math.Abs))];
        for (int t = 0; t < tokens; t++)
        {
            for (int n = 0; n < rows; n++)
            {
                int i = (t * rows) + n;
                for (int k = 0; k < width; k++)
                {
                    double value = x[(t * width) + k];
                    double largest = block[((t * width) + k) / 32];
                    y[i] += value * weights[(n * width) + k];
                    magnitude[i] += (Math.Abs(value) + (largest / 65278)) * parts[(n * width) + k];
                    rounding[i] += Math.Abs(weights[(n * width) + k]) * largest / 65278 * 1.001;      // 0.1 % for the rounding of the scale
                }
            }
        }

        return (y, magnitude, rounding);
    }
}
