namespace ILGPU.Algorithms.ComparisonOperations;

/// <summary>Compares two values.</summary>
public interface IComparisonOperation<T>
    where T : struct
{
    /// <summary>Less than, equal to or greater than 0, as the first value is to the second.</summary>
    int Compare(T first, T second);
}

/// <summary>Compares <see cref="sbyte"/> values.</summary>
public readonly struct ComparisonInt8 : IComparisonOperation<sbyte>
{
    /// <inheritdoc/>
    public int Compare(sbyte first, sbyte second) => first < second ? -1 : first > second ? 1 : 0;
}

/// <summary>Compares <see cref="short"/> values.</summary>
public readonly struct ComparisonInt16 : IComparisonOperation<short>
{
    /// <inheritdoc/>
    public int Compare(short first, short second) => first < second ? -1 : first > second ? 1 : 0;
}

/// <summary>Compares <see cref="int"/> values.</summary>
public readonly struct ComparisonInt32 : IComparisonOperation<int>
{
    /// <inheritdoc/>
    public int Compare(int first, int second) => first < second ? -1 : first > second ? 1 : 0;
}

/// <summary>Compares <see cref="long"/> values.</summary>
public readonly struct ComparisonInt64 : IComparisonOperation<long>
{
    /// <inheritdoc/>
    public int Compare(long first, long second) => first < second ? -1 : first > second ? 1 : 0;
}

/// <summary>Compares <see cref="byte"/> values.</summary>
public readonly struct ComparisonUInt8 : IComparisonOperation<byte>
{
    /// <inheritdoc/>
    public int Compare(byte first, byte second) => first < second ? -1 : first > second ? 1 : 0;
}

/// <summary>Compares <see cref="ushort"/> values.</summary>
public readonly struct ComparisonUInt16 : IComparisonOperation<ushort>
{
    /// <inheritdoc/>
    public int Compare(ushort first, ushort second) => first < second ? -1 : first > second ? 1 : 0;
}

/// <summary>Compares <see cref="uint"/> values.</summary>
public readonly struct ComparisonUInt32 : IComparisonOperation<uint>
{
    /// <inheritdoc/>
    public int Compare(uint first, uint second) => first < second ? -1 : first > second ? 1 : 0;
}

/// <summary>Compares <see cref="ulong"/> values.</summary>
public readonly struct ComparisonUInt64 : IComparisonOperation<ulong>
{
    /// <inheritdoc/>
    public int Compare(ulong first, ulong second) => first < second ? -1 : first > second ? 1 : 0;
}

/// <summary>Compares <see cref="Half"/> values.</summary>
public readonly struct ComparisonHalf : IComparisonOperation<Half>
{
    /// <inheritdoc/>
    public int Compare(Half first, Half second) => first < second ? -1 : first > second ? 1 : 0;
}

/// <summary>Compares <see cref="float"/> values.</summary>
public readonly struct ComparisonFloat : IComparisonOperation<float>
{
    /// <inheritdoc/>
    public int Compare(float first, float second) => first < second ? -1 : first > second ? 1 : 0;
}

/// <summary>Compares <see cref="double"/> values.</summary>
public readonly struct ComparisonDouble : IComparisonOperation<double>
{
    /// <inheritdoc/>
    public int Compare(double first, double second) => first < second ? -1 : first > second ? 1 : 0;
}
