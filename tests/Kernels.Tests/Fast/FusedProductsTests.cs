using GemmaIlgpu.Kernels.Device;
using GemmaIlgpu.Kernels.Fast;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Kernels.Tests.Fast;

public class FusedProductsTests
{
    private const float Epsilon = 1e-6f;

    // Rows odd and even; widths of one packet up to more than four packets for each of 16 lanes, and none a multiple of that.
    [TestCase(1, 1, 1, 8)]
    [TestCase(5, 2, 3, 24)]
    [TestCase(16, 8, 7, 136)]
    [TestCase(33, 1, 4, 520)]
    public void Norm_and_products_match_the_double_reference(int rows0, int rows1, int rows2, int width)
    {
        foreach (WeightType type in Enum.GetValues<WeightType>())
        {
            foreach (bool hasDelta in new[] { false, true })
            {
                foreach (bool hasPostNorm in new[] { false, hasDelta })
                {
                    var step = new Step(width, hasDelta, hasPostNorm);
                    int[] rows = [rows0, rows1, rows2];
                    var weights = rows.Select((r, i) => Inputs.Weights(r * width, type, seed: 10 + i)).ToArray();
                    foreach (TestDevice device in Devices.AllAndGpu)
                    {
                        using var placed = new PlacedStep(device, step);
                        using var w = new Buffers(device, weights.Select(x => x.Bytes));
                        using var y = new Rooms(device, rows);
                        new FusedProducts(device.Accelerator, device.Tuning).RunNorm(
                            device.Stream, placed.Inputs, cap: 0f,
                            (Matrix(w[0], type, rows[0], width), y[0]), (Matrix(w[1], type, rows[1], width), y[1]), (Matrix(w[2], type, rows[2], width), y[2]));
                        placed.CheckNext(device);
                        for (int i = 0; i < rows.Length; i++)
                        {
                            var (expected, magnitude) = Reference.MatMul(step.Normed, weights[i].Values, width);
                            TensorAssert.Close(expected, y.Download(i), Tolerance(magnitude, width, device), [rows[i]], $"FusedProducts {type}", device);
                        }
                    }
                }
            }
        }
    }

    [TestCase(3, 64)]
    [TestCase(40, 272)]
    public void Logits_get_their_cap(int rows, int width)
    {
        const float cap = 30f;
        var step = new Step(width, hasDelta: true, hasPostNorm: true);
        var (bytes, values) = Inputs.Weights(rows * width, WeightType.BFloat16, seed: 20, scale: 3f);
        var (product, magnitude) = Reference.MatMul(step.Normed, values, width);
        double[] expected = [.. product.Select(v => cap * Math.Tanh(v / cap))];
        foreach (TestDevice device in Devices.AllAndGpu)
        {
            using var placed = new PlacedStep(device, step);
            using var w = device.Upload(bytes);
            using var y = device.Room(rows);
            new FusedProducts(device.Accelerator, device.Tuning).RunNorm(device.Stream, placed.Inputs, cap, (Matrix(w.View, WeightType.BFloat16, rows, width), y.View));
            // The cap does not enlarge differences; its own error is relative and four units (see Softcap).
            double[] tolerance = [.. Tolerance(magnitude, width, device).Zip(expected, (t, e) => t + (4 * TensorAssert.Rounding * Math.Abs(e)))];
            TensorAssert.Close(expected, device.Download(y), tolerance, [rows], "FusedProducts logits", device);
        }
    }

    [TestCase(1, 8)]
    [TestCase(17, 200)]
    [TestCase(40, 264)]
    public void Gate_and_up_match_the_double_reference(int rows, int width)
    {
        foreach (WeightType type in Enum.GetValues<WeightType>())
        {
            var step = new Step(width, hasDelta: true, hasPostNorm: false);
            var gate = Inputs.Weights(rows * width, type, seed: 30);
            var up = Inputs.Weights(rows * width, type, seed: 31);
            var (g, gMagnitude) = Reference.MatMul(step.Normed, gate.Values, width);
            var (u, uMagnitude) = Reference.MatMul(step.Normed, up.Values, width);
            double[] expected = [.. g.Zip(u, (a, b) => Reference.Gelu(a) * b)];
            foreach (TestDevice device in Devices.AllAndGpu)
            {
                using var placed = new PlacedStep(device, step);
                using var gateBuffer = device.Upload(gate.Bytes);
                using var upBuffer = device.Upload(up.Bytes);
                using var y = device.Room(rows);
                new FusedProducts(device.Accelerator, device.Tuning).RunNormGeGlu(
                    device.Stream, placed.Inputs, Matrix(gateBuffer.View, type, rows, width), Matrix(upBuffer.View, type, rows, width), y.View);
                placed.CheckNext(device);
                // GELU's slope is at most 1.13; its own error is relative, (8·|u| + 8) · 2⁻²⁴ with |u| below 1.6 · |x| + |x|³ / 25.
                double[] gError = Tolerance(gMagnitude, width, device), uError = Tolerance(uMagnitude, width, device);
                double[] tolerance = [.. expected.Select((e, i) =>
                    (1.13 * gError[i] * (Math.Abs(u[i]) + uError[i])) + (uError[i] * Math.Abs(Reference.Gelu(g[i])))
                    + (((8 * ((1.6 * Math.Abs(g[i])) + (Math.Pow(Math.Abs(g[i]), 3) / 25))) + 10) * TensorAssert.Rounding * Math.Abs(e)) + 1e-37)];
                TensorAssert.Close(expected, device.Download(y), tolerance, [rows], $"FusedProducts GeGLU {type}", device);
            }
        }
    }

    [TestCase(1, 8)]
    [TestCase(7, 72)]
    [TestCase(34, 1032)]
    public void A_product_alone_matches_the_double_reference(int rows, int width)
    {
        foreach (WeightType type in Enum.GetValues<WeightType>())
        {
            float[] x = Inputs.Uniform(width, seed: 40);
            var (bytes, values) = Inputs.Weights(rows * width, type, seed: 41);
            var (expected, magnitude) = Reference.MatMul(x, values, width);
            foreach (TestDevice device in Devices.AllAndGpu)
            {
                using var xBuffer = device.Upload(x);
                using var w = device.Upload(bytes);
                using var y = device.Room(rows);
                new FusedProducts(device.Accelerator, device.Tuning).Run(device.Stream, xBuffer.View, Matrix(w.View, type, rows, width), y.View);
                TensorAssert.Close(expected, device.Download(y), Tolerance(magnitude, width, device), [rows], $"FusedProducts alone {type}", device);
            }
        }
    }

    // Rows and widths of one and several spans of 256, and for simple types of a part of one.
    [TestCase(3, 1, 0)]
    [TestCase(4, 2, 3)]
    public void Quantised_matrices_match_the_double_reference(int rows, int spans, int moreBlocks)
    {
        foreach (BlockType type in Enum.GetValues<BlockType>())
        {
            int width = (spans * 256) + (type.BlockLength() == 32 ? moreBlocks * 32 : 0);
            var (bytes, weights, parts) = BlockWriter.Write(type, rows * width, seed: 50);
            var step = new Step(width, hasDelta: true, hasPostNorm: false);
            float[] x = Inputs.Uniform(width, seed: 51);
            foreach (TestDevice device in Devices.AllAndGpu.Where(device => device.Warp >= 16))
            {
                using var placed = new PlacedStep(device, step);
                using var w = device.Upload(bytes);
                using var xBuffer = device.Upload(x);
                using var normed = device.Room(rows);
                using var activated = device.Room(rows);
                using var alone = device.Room(rows);
                var matrix = new QuantisedMatrix(w.View, type, rows, width);
                var products = new FusedProducts(device.Accelerator, device.Tuning);
                products.RunNorm(device.Stream, placed.Inputs, cap: 0f, (matrix, normed.View));
                products.RunNormGeGlu(device.Stream, placed.Inputs, matrix, matrix, activated.View);
                products.Run(device.Stream, xBuffer.View, matrix, alone.View);
                CheckQuantised(device, device.Download(normed), step.Normed, weights, parts, $"FusedProducts {type}", scale: 3);
                CheckQuantised(device, device.Download(alone), x, weights, parts, $"FusedProducts alone {type}", scale: 1);

                // gelu(v) · v of a product v, whose error the slope of that function, at most 2.3 · |v| + 1, multiplies.
                float[] v = device.Download(normed);
                double[] expected = [.. v.Select(value => Reference.Gelu(value) * value)];
                double[] tolerance = [.. v.Select((value, i) => ((16 * Math.Abs(value)) + (Math.Pow(Math.Abs(value), 3) / 3) + 20) * TensorAssert.Rounding * Math.Abs(expected[i]) + 1e-37)];
                TensorAssert.Close(expected, device.Download(activated), tolerance, [rows], $"FusedProducts GeGLU {type}", device);
            }
        }
    }

    // A lane adds two roundings for each of its pairs to those of the parts of a weight; x itself, when normed, has those of two norms.
    private static void CheckQuantised(TestDevice device, float[] actual, float[] x, double[] weights, double[] parts, string subject, int scale)
    {
        int rows = actual.Length, width = x.Length;
        double[] expected = new double[rows], magnitude = new double[rows];
        for (int i = 0; i < rows * width; i++)
        {
            expected[i / width] += weights[i] * x[i % width];
            magnitude[i / width] += parts[i] * Math.Abs(x[i % width]);
        }

        double roundings = scale * ((width / 16.0) + device.TreeDepth + 8);
        TensorAssert.Close(expected, actual, [.. magnitude.Select(m => roundings * TensorAssert.Rounding * m)], [rows], subject, device);
    }

    [Test]
    public void Says_what_does_not_fit()
    {
        TestDevice device = Devices.All[0];
        var product = new FusedProducts(device.Accelerator, device.Tuning);
        using var x = device.Room(12);
        using var w = device.Upload(new byte[12 * 2 * 2]);
        var matrix = Matrix(w.View, WeightType.BFloat16, 2, 12);
        Assert.Multiple(() =>
        {
            Assert.That(FusedProducts.Fits(device.Accelerator, matrix, afterNorm: false), Is.False, "12 bfloat16 are no whole packets");
            Assert.That(
                () => product.Run(device.Stream, x.View, matrix, x.View.SubView(0, 2)),
                Throws.ArgumentException.With.Message.Contains("whole packets of 16 bytes"));
            var inputs = new ResidualInputs(x.View, default, default, x.View, x.View, Epsilon, 1f);
            Assert.That(
                () => product.RunNorm(device.Stream, inputs, 0f, (matrix, x.View.SubView(0, 2))),
                Throws.ArgumentException.With.Message.Contains("other memory than the old one"));
        });
    }

    private static WeightMatrix Matrix(ArrayView<byte> bytes, WeightType type, int rows, int width) => new(bytes, type, rows, width);

    // One fused multiply-add for each of a lane's weights, halved by its two parts but not for less than a packet; the tree;
    // and what the norms before have done to x: two of them and the addition (see RmsNorm).
    private static double[] Tolerance(double[] magnitude, int width, TestDevice device)
    {
        double product = Math.Ceiling(width / (double)device.Warp) + 8 + device.TreeDepth + 2;
        double norm = ((Math.Ceiling(width / (double)device.Group) + int.Log2(device.Group) + 3) / 2) + 5;
        return [.. magnitude.Select(m => (product + (2 * norm) + 2) * TensorAssert.Rounding * m)];
    }

    /// <summary>The vectors that a block begins with and what comes of them.</summary>
    private sealed class Step
    {
        public Step(int width, bool hasDelta, bool hasPostNorm)
        {
            // Of one sign, so that adding does not cancel and errors stay relative.
            Residual = [.. Inputs.Uniform(width, seed: 1).Select(v => v + 2f)];
            Delta = hasDelta ? [.. Inputs.Uniform(width, seed: 2).Select(v => v + 2f)] : [];
            DeltaNorm = hasPostNorm ? Inputs.Uniform(width, seed: 3, scale: 0.5f) : [];
            Norm = Inputs.Uniform(width, seed: 4, scale: 0.5f);
            double[] delta = !hasDelta ? new double[width] : hasPostNorm ? Reference.RmsNorm(Delta, DeltaNorm, Epsilon, 1) : [.. Delta.Select(v => (double)v)];
            Next = [.. Residual.Zip(delta, (r, d) => r + d)];
            Normed = [.. Reference.RmsNorm([.. Next.Select(v => (float)v)], Norm, Epsilon, 1).Select(v => (float)v)];
        }

        public float[] Residual { get; }
        public float[] Delta { get; }
        public float[] DeltaNorm { get; }
        public float[] Norm { get; }
        public double[] Next { get; }
        public float[] Normed { get; }
    }

    private sealed class PlacedStep : IDisposable
    {
        private readonly Step _step;
        private readonly Rooms _vectors;
        private readonly MemoryBuffer1D<float, Stride1D.Dense> _next;

        public PlacedStep(TestDevice device, Step step)
        {
            _step = step;
            _vectors = new Rooms(device, [step.Residual, step.Delta, step.DeltaNorm, step.Norm]);
            _next = device.Room(step.Residual.Length);
            Inputs = new ResidualInputs(_vectors[0], _vectors[1], _vectors[2], _vectors[3], _next.View, Epsilon, 1f);
        }

        public ResidualInputs Inputs { get; }

        public void CheckNext(TestDevice device) => TensorAssert.CloseRelative(
            _step.Next, device.Download(_next), (Math.Ceiling(_step.Next.Length / (double)device.Group) + int.Log2(device.Group) + 10) * TensorAssert.Rounding,
            [_step.Next.Length], "FusedProducts residual", device);

        public void Dispose()
        {
            _vectors.Dispose();
            _next.Dispose();
        }
    }

    private sealed class Rooms(TestDevice device, IEnumerable<float[]> contents) : IDisposable
    {
        private readonly MemoryBuffer1D<float, Stride1D.Dense>?[] _buffers = [.. contents.Select(c => c.Length == 0 ? null : device.Upload(c))];

        public Rooms(TestDevice device, IEnumerable<int> lengths)
            : this(device, lengths.Select(length => Enumerable.Repeat(float.NaN, length).ToArray()))
        {
        }

        public ArrayView<float> this[int index] => _buffers[index] is { } buffer ? buffer.View : ArrayView<float>.Empty;

        public float[] Download(int index) => device.Download(_buffers[index]!);

        public void Dispose()
        {
            foreach (var buffer in _buffers)
                buffer?.Dispose();
        }
    }

    private sealed class Buffers(TestDevice device, IEnumerable<byte[]> contents) : IDisposable
    {
        private readonly MemoryBuffer1D<byte, Stride1D.Dense>[] _buffers = [.. contents.Select(device.Upload)];

        public ArrayView<byte> this[int index] => _buffers[index].View;

        public void Dispose()
        {
            foreach (var buffer in _buffers)
                buffer.Dispose();
        }
    }
}
