namespace ILGPU.Algorithms.Random;

/// <summary>Vigna's xorshift128+ with 128 bits of state; its period is 2^128 - 1 (Further scramblings of Marsaglia's xorshift generators, 2017,
/// with the triple 23, 18, 5).</summary>
public struct XorShift128Plus : IRandomProvider<XorShift128Plus>
{
    private ulong _state0;
    private ulong _state1;

    /// <summary>Begins with a state.</summary>
    /// <param name="state0">Its one half.</param>
    /// <param name="state1">Its other half. If both are 0, from which there would be no way, another is taken.</param>
    public XorShift128Plus(ulong state0, ulong state1)
    {
        (_state0, _state1) = (state0, state0 == 0 ? RandomBits.NotZero(state1) : state1);
    }

    /// <summary>Gets the one half of the state.</summary>
    public readonly ulong State0 => _state0;

    /// <summary>Gets the other half of the state.</summary>
    public readonly ulong State1 => _state1;

    /// <summary>A generator that .NET's seeds.</summary>
    public static XorShift128Plus Create(System.Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return new(RandomBits.Draw(random), RandomBits.Draw(random));
    }

    /// <summary>64 bits.</summary>
    public ulong NextULong()
    {
        ulong x = _state0, y = _state1, sum = x + y;
        _state0 = y;
        x ^= x << 23;
        _state1 = x ^ y ^ (x >> 18) ^ (y >> 5);
        return sum;
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
    public void ShiftPeriod(int shift)
    {
        _state0 = RandomBits.Scatter(_state0, shift);
        _state1 = RandomBits.Scatter(_state0 ^ _state1, shift);
    }

    /// <inheritdoc/>
    public XorShift128Plus NextProvider()
    {
        ulong first = NextULong(), second = NextULong();
        return new(RandomBits.Scatter(first, 0), RandomBits.Scatter(second, 1));
    }

    /// <inheritdoc/>
    public readonly XorShift128Plus CreateProvider(System.Random random) => Create(random);

    /// <inheritdoc/>
    public readonly XorShift128Plus CreateProvider<TRandomProvider>(ref TRandomProvider random)
        where TRandomProvider : unmanaged, IRandomProvider<TRandomProvider> =>
        new(RandomBits.Draw(ref random), RandomBits.Draw(ref random));
}
