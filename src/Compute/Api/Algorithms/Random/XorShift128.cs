namespace ILGPU.Algorithms.Random;

/// <summary>Marsaglia's generator with 128 bits of state; its period is 2^128 - 1 (Xorshift RNGs, 2003, with the triple 11, 8, 19).</summary>
public struct XorShift128 : IRandomProvider<XorShift128>
{
    private uint _x;
    private uint _y;
    private uint _z;
    private uint _w;

    /// <summary>Begins with a state.</summary>
    /// <param name="x">Its first part: the number before the last three.</param>
    /// <param name="y">Its second part.</param>
    /// <param name="z">Its third part.</param>
    /// <param name="w">Its last part: the last number. If all are 0, from which there would be no way, another is taken.</param>
    public XorShift128(uint x, uint y, uint z, uint w)
    {
        (_x, _y, _z, _w) = (x, y, z, (x | y | z) == 0 ? RandomBits.NotZero(w) : w);
    }

    private XorShift128(ulong low, ulong high)
        : this((uint)low, (uint)(low >> 32), (uint)high, (uint)(high >> 32))
    {
    }

    /// <summary>A generator that .NET's seeds.</summary>
    public static XorShift128 Create(System.Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return new(RandomBits.Draw(random), RandomBits.Draw(random));
    }

    /// <summary>32 bits.</summary>
    public uint NextUInt()
    {
        uint t = _x ^ (_x << 11);
        _x = _y;
        _y = _z;
        _z = _w;
        return _w = _w ^ (_w >> 19) ^ t ^ (t >> 8);
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
    public void ShiftPeriod(int shift)
    {
        ulong low = RandomBits.Scatter((ulong)_y << 32 | _x, shift), high = RandomBits.Scatter(low ^ ((ulong)_w << 32 | _z), shift);
        this = new(low, high);
    }

    /// <inheritdoc/>
    public XorShift128 NextProvider()
    {
        ulong low = NextULong(), high = NextULong();
        return new(RandomBits.Scatter(low, 0), RandomBits.Scatter(high, 1));
    }

    /// <inheritdoc/>
    public readonly XorShift128 CreateProvider(System.Random random) => Create(random);

    /// <inheritdoc/>
    public readonly XorShift128 CreateProvider<TRandomProvider>(ref TRandomProvider random)
        where TRandomProvider : unmanaged, IRandomProvider<TRandomProvider> =>
        new(RandomBits.Draw(ref random), RandomBits.Draw(ref random));
}
