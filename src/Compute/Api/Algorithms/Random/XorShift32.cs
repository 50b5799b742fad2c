namespace ILGPU.Algorithms.Random;

/// <summary>Marsaglia's generator with 32 bits of state; its period is 2^32 - 1 (Xorshift RNGs, 2003, with the triple 13, 17, 5).</summary>
public struct XorShift32 : IRandomProvider<XorShift32>
{
    private uint _state;

    /// <summary>Begins with a state.</summary>
    /// <param name="state">Any number; for 0, from which there would be no way, another is taken.</param>
    public XorShift32(uint state)
    {
        _state = RandomBits.NotZero(state);
    }

    /// <summary>Gets the state.</summary>
    public readonly uint State => _state;

    /// <summary>A generator that .NET's seeds.</summary>
    public static XorShift32 Create(System.Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return new((uint)RandomBits.Draw(random));
    }

    /// <summary>32 bits; never all zero.</summary>
    public uint NextUInt()
    {
        uint x = _state;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        return _state = x;
    }

    /// <summary>64 bits, of two steps.</summary>
    public ulong NextULong() => (ulong)NextUInt() << 32 | NextUInt();

    /// <inheritdoc/>
    public int Next() => (int)(NextUInt() >> 1);

    /// <inheritdoc/>
    public long NextLong() => (long)(NextULong() >> 1);

    /// <inheritdoc/>
    public float NextFloat() => RandomBits.ToFloat(NextUInt());

    /// <inheritdoc/>
    public double NextDouble() => RandomBits.ToDouble(NextUInt());

    /// <inheritdoc/>
    public void ShiftPeriod(int shift) => _state = RandomBits.Scatter(_state, shift);

    /// <inheritdoc/>
    public XorShift32 NextProvider() => new(RandomBits.Scatter(NextUInt(), 0));

    /// <inheritdoc/>
    public readonly XorShift32 CreateProvider(System.Random random) => Create(random);

    /// <inheritdoc/>
    public readonly XorShift32 CreateProvider<TRandomProvider>(ref TRandomProvider random)
        where TRandomProvider : unmanaged, IRandomProvider<TRandomProvider> =>
        new((uint)RandomBits.Draw(ref random));
}
