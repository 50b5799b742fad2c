using System.Numerics;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Values worth trying: the corners of each type, and seeded random ones.</summary>
public static class Inputs
{
    /// <summary>The ends of the range, powers of two and their neighbours, and random bits of every magnitude.</summary>
    public static T[] Integers<T>()
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var random = new Random(17);
        var values = new List<T> { T.Zero, T.One, T.CreateTruncating(-1), T.CreateTruncating(2), T.CreateTruncating(3), T.CreateTruncating(7), T.CreateTruncating(-5), T.MinValue, T.MaxValue, T.MaxValue - T.One, T.MinValue + T.One };
        int bits = int.CreateChecked(T.PopCount(T.AllBitsSet));
        foreach (int bit in new[] { 3, 7, 8, 15, 16, 31, 32, bits - 2 }.Where(bit => bit < bits))
            values.AddRange([T.One << bit, (T.One << bit) - T.One, (T.One << bit) + T.One]);
        for (int i = 0; i < 12; i++)
            values.Add(T.CreateTruncating(random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(0, 64)));
        return [.. values.Distinct()];
    }

    /// <summary>Signed zeros, infinities, NaN, subnormals, the edges of the integer types, and random ones of every magnitude.</summary>
    public static T[] Floats<T>()
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        var random = new Random(23);
        double[] plain = [0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 0.1, -0.1, 3, 10, 100, 127, 128, 255, 256, -128, -129, 32767, 32768, 65535, 65536, -32769,
            2147483520, 2147483647, 2147483648, -2147483648, -2147483649, 4294967040, 4294967295, 4294967296, 9.2233720368547758e18, -9.2233720368547758e18, 1.8446744073709552e19, 1e20, -1e20, 1e30, 1e-30];
        var values = new List<T>(plain.Select(T.CreateSaturating)) { T.NaN, T.PositiveInfinity, T.NegativeInfinity, T.MaxValue, T.MinValue, T.Epsilon, -T.Epsilon, T.BitIncrement(T.One), T.BitDecrement(T.One) };
        for (int i = 0; i < 12; i++)
            values.Add(T.CreateSaturating((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-8, 9))));
        return [.. values];
    }

    /// <summary>Every value with every other.</summary>
    public static (T1[] First, T2[] Second) Pairs<T1, T2>(T1[] first, T2[] second)
    {
        var pairs = (from a in first from b in second select (a, b)).ToArray();
        return ([.. pairs.Select(pair => pair.a)], [.. pairs.Select(pair => pair.b)]);
    }

    public static int[] Range(int count) => [.. Enumerable.Range(0, count)];

    public static int[] Random(int count, int below, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(below))];
    }

    /// <summary>Numbers from -1 to 1.</summary>
    public static float[] Uniform(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }
}
