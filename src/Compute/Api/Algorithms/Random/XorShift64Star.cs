namespace ILGPU.Algorithms.Random;

/// <summary>Vigna's xorshift64* with 64 bits of state; its period is 2^64 - 1 (An experimental exploration of Marsaglia's xorshift generators,
/// scrambled, 2016, with the triple 12, 25, 27).</summary>
public struct XorShift64Star : IRandomProvider<XorShift64Star>
{
    private ulong _state;

    /// <summary>Begins with a state.</summary>
    /// <param name="state">Any number; for 0, from which there would be no way, another is taken.</param>
    public XorShift64Star(ulong state)
    {
        _state = RandomBits.NotZero(state);
    }

    /// <summary>Gets the state.</summary>
    public readonly ulong State => _state;

    /// <summary>A generator that .NET's seeds.</summary>
    public static XorShift64Star Create(System.Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return new(RandomBits.Draw(random));
    }

    /// <summary>64 bits.</summary>
    public ulong NextULong()
    {
        ulong x = _state;
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        _state = x;
        return x * 0x2545F4914F6CDD1D;
    }

    /// <summary>The 32 upper bits of a step.</summary>
    public uint NextUInt() => (uint)(NextULong() >> 32);

    /// <inheritdoc/>
    public int Next() => (int)(NextULong() >> 33);

    /// <inheritdoc/>
    public long NextLong() => (long)(NextULong() >> 1);

    /// <inheritdoc/>
    public float NextFloat() => RandomBits.ToFloat(NextUInt());

    /// <inheritdoc/>
    public double NextDouble() => RandomBits.ToDouble(NextULong());

    /// <inheritdoc/>
    public void ShiftPeriod(int shift) => _state = RandomBits.Scatter(_state, shift);

    /// <inheritdoc/>
    public XorShift64Star NextProvider() => new(RandomBits.Scatter(NextULong(), 0));

    /// <inheritdoc/>
    public readonly XorShift64Star CreateProvider(System.Random random) => Create(random);

    /// <inheritdoc/>
    public readonly XorShift64Star CreateProvider<TRandomProvider>(ref TRandomProvider random)
        where TRandomProvider : unmanaged, IRandomProvider<TRandomProvider> =>
        new(RandomBits.Draw(ref random));
}
