using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Arithmetic on pairs of 16-bit and quads of 8-bit numbers.</summary>
public sealed class PackedTests(string device) : ConformanceTests(device)
{
    private static readonly int[] s_words =
    [
        0, 1, -1, 0x7FFF7FFF, unchecked((int)0x80008000), 0x00FF00FF, 0x0F0F0F0F, unchecked((int)0x80808080), 0x7F7F7F7F,
        unchecked((int)0xFF80FF80), 0x12345678, unchecked((int)0xFEDCBA98), 0x00010001, unchecked((int)0xFFFF0000), 0x0000FFFF,
    ];

    [Test] public void Widened_bytes() => Check<Widened, int, int>(s_words);

    [Test] public void Widened_signed_bytes() => Check<WidenedSigned, int, int>(s_words);

    [Test] public void Sums_of_pairs() => Check<PairSum>();

    [Test] public void Products_of_pairs() => Check<PairDot>();

    [Test] public void Products_of_pairs_and_a_sum() => Check<PairDotSum>();

    [Test] public void Products_of_quads() => Check<QuadProduct>();

    [Test] public void Dot_products_of_quads() => Check<QuadDot>();

    [Test] public void Dot_products_of_unsigned_quads() => Check<UnsignedQuadDot>();

    // The definition in arithmetic that shares nothing with the operation's own C# form.
    [Test]
    public void Mean_what_they_say()
    {
        var random = new Random(1);
        for (int i = 0; i < 10_000; i++)
        {
            int a = random.Next(int.MinValue, int.MaxValue), b = random.Next(int.MinValue, int.MaxValue);
            short[] x = Halves(a), y = Halves(b);
            byte[] u = BitConverter.GetBytes(a);
            sbyte[] s = [.. BitConverter.GetBytes(b).Select(value => (sbyte)value)];
            Assert.Multiple(() =>
            {
                Assert.That((long)Packed.DotPairs(a, b, 0), Is.EqualTo((long)(int)((long)x[0] * y[0] + (long)x[1] * y[1])));
                Assert.That(Halves(Packed.AddPairs(a, b)), Is.EqualTo(new[] { (short)(x[0] + y[0]), (short)(x[1] + y[1]) }));
                Assert.That(Halves(Packed.WidenBytes(a)), Is.EqualTo(new short[] { u[0], u[1] }));
                Assert.That(Halves(Packed.WidenSignedBytes(b)), Is.EqualTo(new short[] { s[0], s[1] }));
                Assert.That(Packed.DotQuads(a, b, a), Is.EqualTo((int)((u.Select(value => (long)(sbyte)value).Zip(s, (x, y) => x * y).Sum() + a) & uint.MaxValue)));
                Assert.That(Packed.DotUnsignedQuads(a, b, a), Is.EqualTo((int)((u.Select(value => (long)value).Zip(s, (x, y) => x * y).Sum() + a) & uint.MaxValue)));
                Assert.That(Halves(Packed.MultiplyQuads(a, b)), Is.EqualTo(new[] { Saturated(u[0] * s[0] + u[1] * s[1]), Saturated(u[2] * s[2] + u[3] * s[3]) }));
            });
        }
    }

    // Bytes straight from memory: the load and the widening are one instruction there; behind a mask they are not.
    [TestCase(64, 1)]
    [TestCase(61, 1)]
    [TestCase(64, 17)]
    public void Bytes_widened_from_memory(int length, int stride)
    {
        ushort[] words = [.. Enumerable.Range(0, length * stride).Select(i => (ushort)(i * 40503))];
        int[] expected = [.. Enumerable.Range(0, length).Select(i => Packed.DotPairs(Packed.WidenBytes(words[i * stride]), Packed.WidenSignedBytes(words[i * stride]), 3))];
        using var input = Accelerator.Allocate1D(words);
        using var output = Accelerator.Allocate1D<int>(length);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<ushort>, ArrayView<ushort>, ArrayView<int>, int>(FromMemory)(length, input.View, input.View, output.View, stride);
        Accelerator.Synchronize();
        Assert.That(output.GetAsArray1D(), Is.EqualTo(expected));
    }

    private static void FromMemory(Index1D index, ArrayView<ushort> unsigned, ArrayView<ushort> signed, ArrayView<int> output, int stride) =>
        output[index] = stride == 1
            ? Packed.DotPairs(Packed.WidenBytes(unsigned[index]), Packed.WidenSignedBytes(signed[index]), 3)
            : Packed.DotPairs(Packed.WidenBytes(unsigned[index.X * 17]), Packed.WidenSignedBytes(signed[index.X * 17]), 3);

    private void Check<TFunction>()
        where TFunction : struct, IFunction<int, int, int>
    {
        (int[] first, int[] second) = Inputs.Pairs(s_words, s_words);
        Check<TFunction, int, int, int>(first, second);
    }

    private static short[] Halves(int pair) => [(short)pair, (short)(pair >> 16)];

    private static short Saturated(int sum) => sum > 32767 ? (short)32767 : sum < -32768 ? (short)-32768 : (short)sum;

    private struct Widened : IFunction<int, int>
    {
        public static int Apply(int value) => Packed.WidenBytes(value);
    }

    private struct WidenedSigned : IFunction<int, int>
    {
        public static int Apply(int value) => Packed.WidenSignedBytes(value);
    }

    private struct PairSum : IFunction<int, int, int>
    {
        public static int Apply(int first, int second) => Packed.AddPairs(first, second);
    }

    private struct PairDot : IFunction<int, int, int>
    {
        public static int Apply(int first, int second) => Packed.DotPairs(first, second, 0);
    }

    private struct PairDotSum : IFunction<int, int, int>
    {
        public static int Apply(int first, int second) => Packed.DotPairs(first, second, first);
    }

    private struct QuadProduct : IFunction<int, int, int>
    {
        public static int Apply(int first, int second) => Packed.MultiplyQuads(first, second);
    }

    private struct QuadDot : IFunction<int, int, int>
    {
        public static int Apply(int first, int second) => Packed.DotQuads(first, second, first);
    }

    private struct UnsignedQuadDot : IFunction<int, int, int>
    {
        public static int Apply(int first, int second) => Packed.DotUnsignedQuads(first, second, 7);
    }
}
