namespace ILGPU.Algorithms.Random;

/// <summary>What the generators have in common.</summary>
internal static class RandomBits
{
    // Of 2^64 and of 2^32, the golden section: its multiples are far apart.
    private const ulong Golden64 = 0x9E3779B97F4A7C15;
    private const uint Golden32 = 0x9E3779B9;

    /// <summary>The 24 upper bits as a float in [0, 1).</summary>
    public static float ToFloat(uint bits) => (bits >> 8) * (1f / (1 << 24));

    /// <summary>32 bits as a double in [0, 1).</summary>
    public static double ToDouble(uint bits) => bits * (1.0 / (1L << 32));

    /// <summary>The 53 upper bits as a double in [0, 1).</summary>
    public static double ToDouble(ulong bits) => (bits >> 11) * (1.0 / (1L << 53));

    /// <summary>Scatters a state; states and shifts that differ give values that differ as good as always, and of one state always.</summary>
    /// <remarks>The finaliser of SplitMix64, which is a permutation (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).</remarks>
    public static ulong Scatter(ulong state, int shift)
    {
        ulong z = state + ((ulong)(uint)shift + 1) * Golden64;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return NotZero(z ^ (z >> 31));
    }

    /// <summary>The same with 32 bits, by the finaliser of MurmurHash3.</summary>
    public static uint Scatter(uint state, int shift)
    {
        uint z = state + ((uint)shift + 1) * Golden32;
        z = (z ^ (z >> 16)) * 0x85EBCA6B;
        z = (z ^ (z >> 13)) * 0xC2B2AE35;
        return NotZero(z ^ (z >> 16));
    }

    /// <summary>A state that a shift register leaves again; it stays at zero forever.</summary>
    public static ulong NotZero(ulong state) => state == 0 ? Golden64 : state;

    /// <summary>The same with 32 bits.</summary>
    public static uint NotZero(uint state) => state == 0 ? Golden32 : state;

    /// <summary>64 bits of .NET's generator.</summary>
    public static ulong Draw(System.Random random) => (ulong)random.NextInt64() << 1 ^ (ulong)random.NextInt64();

    /// <summary>64 bits of a generator, of whose numbers the sign is not used.</summary>
    public static ulong Draw<TRandomProvider>(ref TRandomProvider random)
        where TRandomProvider : unmanaged, IRandomProvider<TRandomProvider> =>
        (ulong)random.NextLong() << 1 ^ (ulong)random.NextLong();
}
