using GemmaIlgpu.Kernels.Tests.Golden;
using ILGPU;

namespace GemmaIlgpu.Kernels.Tests;

public class RopeTests
{
    // Pairs around warps of 4, 8, 16, 32; a position of each magnitude.
    [TestCase(1, 1, 2, 0)]
    [TestCase(3, 2, 6, 5)]
    [TestCase(2, 4, 16, 100)]
    [TestCase(5, 1, 62, 1000)]
    [TestCase(2, 3, 64, 4090)]
    [TestCase(1, 2, 66, 8191)]
    [TestCase(2, 1, 256, 32766)]
    public void Matches_the_double_reference(int tokens, int heads, int headDim, int firstPosition)
    {
        float[] x = Inputs.Uniform(tokens * heads * headDim, seed: 1);
        float[] frequencies = Reference.InverseFrequencies(headDim, 10000);
        int[] positions = [.. Enumerable.Range(firstPosition, tokens)];
        double[] expected = Reference.Rope(x, heads, headDim, positions, frequencies);
        foreach (TestDevice device in Devices.AllAndWide)
        {
            float[] actual = Run(device, x, tokens, heads, headDim, firstPosition, frequencies);
            TensorAssert.Close(expected, actual, Tolerance(1), [tokens, heads, headDim], "Rope", device);
        }
    }

    [TestCaseSource(nameof(GoldenCases))]
    public void Matches_the_golden_values_made_with_float32_angles(string name)
    {
        int[] shape = GoldenOps.File.Shape($"{name}.x"), positions = GoldenOps.File.Ints($"{name}.positions");
        int heads = shape[1], headDim = shape[2], row = heads * headDim;
        float[] x = GoldenOps.File.Floats($"{name}.x");
        float[] frequencies = Reference.InverseFrequencies(headDim, GoldenOps.Number(name, "theta"));
        double[] expected = [.. GoldenOps.File.Floats($"{name}.y_f32_tables")];
        double[] exact = GoldenOps.File.Doubles($"{name}.y");
        foreach (TestDevice device in Devices.All)
        {
            // The positions of a case have gaps, so every token is a run of its own.
            var actual = new float[x.Length];
            for (int t = 0; t < positions.Length; t++)
                Run(device, x[(t * row)..((t + 1) * row)], 1, heads, headDim, positions[t], frequencies).CopyTo(actual, t * row);

            // Their frequencies may differ from ours in the last bit, which moves an angle by position · 2⁻²⁴.
            double largest = x.Max(MathF.Abs);
            double tolerance = Tolerance(largest) + (2 * largest * positions.Max() * TensorAssert.Rounding);
            TensorAssert.Close(expected, actual, tolerance, shape, "Rope golden", device);
            TensorAssert.Close(exact, actual, tolerance + GoldenOps.Number(name, "f32_table_max_error"), shape, "Rope golden, exact angles", device);
        }
    }

    [Test]
    public void Position_zero_is_the_identity()
    {
        float[] x = Inputs.Uniform(3 * 20, seed: 2);
        foreach (TestDevice device in Devices.All)
            Assert.That(Run(device, x, 1, 3, 20, 0, Reference.InverseFrequencies(20, 10000)), Is.EqualTo(x), device.ToString());
    }

    [Test]
    public void Rotation_keeps_the_length_of_each_pair()
    {
        const int headDim = 24, half = headDim / 2;
        float[] x = Inputs.Uniform(headDim, seed: 3);
        foreach (TestDevice device in Devices.All)
        {
            float[] y = Run(device, x, 1, 1, headDim, 1234, Reference.InverseFrequencies(headDim, 10000));
            for (int i = 0; i < half; i++)
                Assert.That(Length(y[i], y[i + half]), Is.EqualTo(Length(x[i], x[i + half])).Within(Tolerance(1)), $"pair {i} on {device}");
        }
    }

    [Test]
    public void The_product_of_query_and_key_depends_only_on_their_distance()
    {
        const int headDim = 16;
        float[] q = Inputs.Uniform(headDim, seed: 4), k = Inputs.Uniform(headDim, seed: 5);
        float[] frequencies = Reference.InverseFrequencies(headDim, 10000);
        foreach (TestDevice device in Devices.All)
        {
            double Product(int at, int distance) => Run(device, q, 1, 1, headDim, at + distance, frequencies)
                .Zip(Run(device, k, 1, 1, headDim, at, frequencies), (a, b) => (double)a * b).Sum();

            // Angles below 128 are rounded to within 128 · 2⁻²⁴; each of 16 products feels two of them.
            double tolerance = headDim * ((2 * 128 * TensorAssert.Rounding) + (2 * Tolerance(1)));
            Assert.That(Product(90, 7), Is.EqualTo(Product(3, 7)).Within(tolerance), device.ToString());
        }
    }

    [Test]
    public void Says_which_lengths_do_not_fit()
    {
        TestDevice device = Devices.All[0];
        using var x = device.Room(10);
        Assert.That(
            () => new Rope(device.Accelerator).Run(device.Stream, x.View, 1, 4, x.View, x.View),
            Throws.ArgumentException.With.Message.EqualTo("Rope: x has 10 values, cos 10, sin 10; they must be tokens × 1 × 4, tokens × 2 and tokens × 2."));
    }

    private static IEnumerable<string> GoldenCases() => GoldenOps.Of("rope");

    // Sine and cosine within 4 units in the last place of 1, then two products and a sum of values up to `largest` each.
    private static double Tolerance(double largest) => ((2 * 8) + 4) * largest * TensorAssert.Rounding;

    private static double Length(double a, double b) => Math.Sqrt((a * a) + (b * b));

    private static float[] Run(TestDevice device, float[] x, int tokens, int heads, int headDim, int firstPosition, float[] frequencies)
    {
        using var xBuffer = device.Upload(x);
        using var frequencyBuffer = device.Upload(frequencies);
        using var cos = device.Room(tokens * headDim / 2);
        using var sin = device.Room(tokens * headDim / 2);
        var rope = new Rope(device.Accelerator, device.Tuning);
        rope.Tables(device.Stream, firstPosition, tokens, frequencyBuffer.View, cos.View, sin.View);
        rope.Run(device.Stream, xBuffer.View, heads, headDim, cos.View, sin.View);
        return device.Download(xBuffer);
    }
}
