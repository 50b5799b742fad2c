using ILGPU.Algorithms.Random;

namespace GemmaIlgpu.Compute.Tests.Api;

/// <summary>The generators against published sequences and against matrices over two elements.</summary>
public sealed class XorShiftTests
{
    [Test] public void Of_32_bits()
    {
        XorShift32 random = new(1);
        Assert.That(Enumerable.Range(0, 4).Select(_ => random.NextUInt()), Is.EqualTo(new uint[] { 270369, 67634689, 2647435461, 307599695 }));
    }

    [Test] public void Of_64_bits_multiplied()
    {
        XorShift64Star random = new(1234567);
        Assert.That(Enumerable.Range(0, 5).Select(_ => random.NextUInt()), Is.EqualTo(new uint[] { 3540625527, 2750739987, 4037983143, 1993361440, 3809424708 }));
    }

    [Test] public void Of_128_bits_from_Marsaglias_state()
    {
        XorShift128 random = new(123456789, 362436069, 521288629, 88675123);
        Assert.That(Enumerable.Range(0, 5).Select(_ => random.NextUInt()), Is.EqualTo(new uint[] { 3701687786, 458299110, 2500872618, 3633119408, 516391518 }));
    }

    // The halves go through (I + L^23), (I + R^18) and (I + R^5) of the paper's matrix, here bit by bit.
    [Test] public void Of_128_bits_added()
    {
        XorShift128Plus random = new(0x0123456789ABCDEF, 0xFEDCBA9876543210);
        for (int i = 0; i < 100; i++)
        {
            bool[] x = Bits(random.State0), y = Bits(random.State1), mixed = new bool[64], next = new bool[64];
            ulong sum = unchecked(random.State0 + random.State1), other = random.State1;
            for (int bit = 0; bit < 64; bit++)
                mixed[bit] = x[bit] ^ (bit >= 23 && x[bit - 23]);
            for (int bit = 0; bit < 64; bit++)
                next[bit] = mixed[bit] ^ (bit + 18 < 64 && mixed[bit + 18]) ^ y[bit] ^ (bit + 5 < 64 && y[bit + 5]);
            Assert.That(random.NextULong(), Is.EqualTo(sum));
            Assert.That((random.State0, Bits(random.State1)), Is.EqualTo((other, next)).Using<(ulong, bool[])>((a, b) => a.Item1 == b.Item1 && a.Item2.SequenceEqual(b.Item2)));
        }
    }

    private static bool[] Bits(ulong value) => [.. Enumerable.Range(0, 64).Select(bit => (value >> bit & 1) != 0)];

    [Test] public void A_state_of_zeros_is_replaced()
    {
        Assert.That(new XorShift32(0).NextUInt(), Is.Not.Zero);
        Assert.That(new XorShift64Star(0).NextULong(), Is.Not.Zero);
        Assert.That(new XorShift128(0, 0, 0, 0).NextUInt(), Is.Not.Zero);
        Assert.That(new XorShift128Plus(0, 0).NextULong(), Is.Not.Zero);
    }

    [Test] public void Shifts_and_seeded_generators_lead_elsewhere()
    {
        AssertDistinct(new XorShift32(7));
        AssertDistinct(new XorShift64Star(7));
        AssertDistinct(new XorShift128(7, 0, 0, 0));
        AssertDistinct(new XorShift128Plus(7, 0));
    }

    private static void AssertDistinct<T>(T seed)
        where T : unmanaged, IRandomProvider<T>
    {
        HashSet<long> seen = [];
        for (int shift = -1000; shift < 1000; shift++)
        {
            T shifted = seed;
            shifted.ShiftPeriod(shift);
            Assert.That(seen.Add(shifted.NextLong()), Is.True, $"{typeof(T).Name} {shift}");
        }
        T parent = seed;
        for (int i = 0; i < 1000; i++)
        {
            T child = i % 2 == 0 ? parent.NextProvider() : seed.CreateProvider(ref parent);
            Assert.That(seen.Add(child.NextLong()), Is.True, $"{typeof(T).Name} child {i}");
        }
        T once = seed.CreateProvider(new Random(3)), again = seed.CreateProvider(new Random(3));
        Assert.That(once.NextLong(), Is.EqualTo(again.NextLong()));
    }
}
