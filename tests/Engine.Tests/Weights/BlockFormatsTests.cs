using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Tests.Weights;

public class BlockFormatsTests
{
    private static readonly TensorType[] Blocks =
    [
        TensorType.Q8_0, TensorType.Q4_0, TensorType.Q4_1, TensorType.Q5_0, TensorType.Q5_1,
        TensorType.Q2K, TensorType.Q3K, TensorType.Q4K, TensorType.Q5K, TensorType.Q6K,
    ];

    [TestCaseSource(nameof(Blocks))]
    public void Unpacking_is_the_rounded_double_reference(TensorType type)
    {
        for (int seed = 0; seed < 200; seed++)
        {
            byte[] block = RandomBlock(type, (ulong)seed);
            var actual = new float[type.BlockLength()];
            BlockFormats.Unpack(type, block, actual);
            double[] expected = BlockReference.Unpack(type, block);
            Assert.That(actual, Is.EqualTo(expected.Select(value => (float)value)), $"{type.FileName()}, seed {seed}");
        }
    }

    [Test]
    public void A_block_drawn_by_hand_gives_its_values()
    {
        // d = 0.5 (0x3800), weights 0 and 16 are 15 − 8 and 0 − 8 in byte 0.
        byte[] block = [0x00, 0x38, 0x0F, .. Enumerable.Repeat((byte)0x88, 15)];
        var values = new float[32];
        BlockFormats.Unpack(TensorType.Q4_0, block, values);

        Assert.That(values[0], Is.EqualTo(3.5f));
        Assert.That(values[16], Is.EqualTo(-4f));
        Assert.That(values.Where((_, i) => i % 16 != 0), Is.All.Zero);
    }

    // Bounds on the error relative to the largest weight of a block: half a step of evenly spaced levels, a little more
    // because extremes may be clipped, and for the K types for the rounding of their scales. Q2_K has four levels.
    [TestCase(TensorType.Q8_0, 1 / 250.0)]
    [TestCase(TensorType.Q4_0, 1 / 7.0)]
    [TestCase(TensorType.Q4_1, 1 / 8.0)]
    [TestCase(TensorType.Q5_0, 1 / 15.0)]
    [TestCase(TensorType.Q5_1, 1 / 16.0)]
    [TestCase(TensorType.Q2K, 1 / 2.0)]
    [TestCase(TensorType.Q3K, 1 / 3.0)]
    [TestCase(TensorType.Q4K, 1 / 8.0)]
    [TestCase(TensorType.Q5K, 1 / 16.0)]
    [TestCase(TensorType.Q6K, 1 / 28.0)]
    public void Packing_keeps_weights_within_a_step(TensorType type, double bound)
    {
        for (int seed = 0; seed < 100; seed++)
        {
            float[] values = RandomWeights(type.BlockLength(), (ulong)seed);
            float[] back = RoundTrip(type, values);
            double largest = values.Max(Math.Abs);
            for (int i = 0; i < values.Length; i++)
                Assert.That(back[i], Is.EqualTo(values[i]).Within(bound * largest), $"{type.FileName()}, seed {seed}, weight {i}");
        }
    }

    // Root mean square error of normal weights relative to their deviation; the bounds are 2 % above what was observed.
    [TestCase(TensorType.Q8_0, 0.0053)]
    [TestCase(TensorType.Q4_0, 0.080)]
    [TestCase(TensorType.Q4_1, 0.0702)]
    [TestCase(TensorType.Q5_0, 0.0397)]
    [TestCase(TensorType.Q5_1, 0.0336)]
    [TestCase(TensorType.Q2K, 0.264)]
    [TestCase(TensorType.Q3K, 0.1434)]
    [TestCase(TensorType.Q4K, 0.0703)]
    [TestCase(TensorType.Q5K, 0.0345)]
    [TestCase(TensorType.Q6K, 0.0173)]
    public void Rounding_loses_no_more_than_it_did(TensorType type, double bound)
    {
        float[] values = RandomWeights(64 * 256, seed: 5);
        float[] back = RoundTrip(type, values);
        double error = Math.Sqrt(values.Zip(back, (x, y) => Math.Pow(x - y, 2)).Sum() / values.Sum(x => (double)x * x));

        TestContext.Out.WriteLine($"{type.FileName()}: {error:0.0000}");
        Assert.That(error, Is.LessThan(bound));
    }

    [Test]
    public void Zeros_constants_and_what_was_packed_before_come_back([ValueSource(nameof(Blocks))] TensorType type)
    {
        int length = type.BlockLength();
        Assert.That(RoundTrip(type, new float[length]), Is.All.Zero);
        Assert.That(RoundTrip(type, [.. Enumerable.Repeat(-2f, length)]), Is.All.EqualTo(-2f).Within(0.02));
        Assert.That(RoundTrip(type, [.. Enumerable.Repeat(3f, length)]), Is.All.EqualTo(3f).Within(0.03));

        // A second rounding loses far less than the first: scales may move a little. Q2_K's levels are a deviation apart.
        float[] once = RoundTrip(type, RandomWeights(length, seed: 9)), twice = RoundTrip(type, once);
        Assert.That(once.Zip(twice, (x, y) => Math.Abs(x - y)).Average(), Is.LessThan(type == TensorType.Q2K ? 0.05 : 0.02));
    }

    [Test]
    public void Rounds_to_nearest_even_in_bfloat16()
    {
        float[] values = [1f, 1.00390625f, 1.01171875f, -1.004f, float.MaxValue, 0f];
        Assert.That(RoundTrip(TensorType.BF16, values), Is.EqualTo(new[] { 1f, 1f, 1.015625f, -1.0078125f, float.PositiveInfinity, 0f }));
    }

    private static float[] RoundTrip(TensorType type, float[] values)
    {
        var bytes = new byte[type.Bytes(values.Length)];
        var back = new float[values.Length];
        BlockPacking.Pack(type, values, bytes);
        BlockFormats.Unpack(type, bytes, back);
        return back;
    }

    // Random bits everywhere, but scales are finite.
    private static byte[] RandomBlock(TensorType type, ulong seed)
    {
        var random = new SeededRandom(seed * 1000 + (ulong)type);
        var block = new byte[type.BlockBytes()];
        for (int i = 0; i < block.Length; i++)
            block[i] = (byte)random.NextBits();
        foreach (int offset in BlockReference.ScaleOffsets(type))
            BitConverter.TryWriteBytes(block.AsSpan(offset), (Half)((random.NextUnit() - 0.5) * Math.Pow(2, random.NextUnit() * 20 - 10)));
        return block;
    }

    // A normal distribution by the sum of twelve uniform ones.
    private static float[] RandomWeights(int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        var values = new float[count];
        for (int i = 0; i < count; i++)
        {
            double sum = -6;
            for (int k = 0; k < 12; k++)
                sum += random.NextUnit();
            values[i] = (float)sum;
        }

        return values;
    }
}
