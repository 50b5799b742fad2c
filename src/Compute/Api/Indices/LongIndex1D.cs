using System.Diagnostics.CodeAnalysis;

namespace ILGPU;

/// <summary>An index or extent of 1 dimension with 64-bit parts; X varies fastest in launches.</summary>
public readonly struct LongIndex1D : ILongIndex<LongIndex1D, Index1D>
{
    /// <summary>Creates an index from its parts.</summary>
    public LongIndex1D(long x)
    {
        X = x;
    }

    /// <summary>The index of the first element.</summary>
    public static readonly LongIndex1D Zero = new(0);

    /// <summary>The index whose parts all are 1.</summary>
    public static readonly LongIndex1D One = new(1);

    /// <summary>The index whose parts all are -1.</summary>
    public static readonly LongIndex1D Invalid = new(-1);

    /// <summary>Gets the X part.</summary>
    public long X { get; }

    /// <summary>Gets the kind of this index.</summary>
    public IndexType IndexType => IndexType.LongIndex1D;

    /// <summary>Gets whether every part is 0.</summary>
    public bool IsFirst => X == 0;

    /// <summary>Gets the product of the parts.</summary>
    public long Size => X;

    /// <summary>Narrows to 32 bits. The parts must fit.</summary>
    public Index1D ToIntIndex() => new((int)X);

    /// <summary>Narrows to 32 bits. The parts must fit.</summary>
    public static explicit operator Index1D(LongIndex1D index) => index.ToIntIndex();

    /// <summary>Gets the value.</summary>
    public static implicit operator long(LongIndex1D idx) => idx.X;

    /// <summary>Gets the value without its sign.</summary>
    public static explicit operator ulong(LongIndex1D idx) => (ulong)idx.X;

    /// <summary>Makes an index of a number.</summary>
    public static implicit operator LongIndex1D(long idx) => new(idx);

    /// <summary>Gets whether every part is at least 0 and less than the same part of <paramref name="dimension"/>.</summary>
    public bool InBounds(LongIndex1D dimension) =>
        X >= 0 && X < dimension.X;

    /// <summary>Gets whether every part is at least 0 and at most the same part of <paramref name="dimension"/>.</summary>
    public bool InBoundsInclusive(LongIndex1D dimension) =>
        X >= 0 && X <= dimension.X;

    /// <summary>Adds part by part.</summary>
    public LongIndex1D Add(LongIndex1D rhs) => this + rhs;

    /// <summary>Subtracts part by part.</summary>
    public LongIndex1D Subtract(LongIndex1D rhs) => this - rhs;

    /// <summary>Adds part by part.</summary>
    public static LongIndex1D Add(LongIndex1D first, LongIndex1D second) => first + second;

    /// <summary>Subtracts part by part.</summary>
    public static LongIndex1D Subtract(LongIndex1D first, LongIndex1D second) => first - second;

    /// <summary>Multiplies part by part.</summary>
    public static LongIndex1D Multiply(LongIndex1D first, LongIndex1D second) => first * second;

    /// <summary>Divides part by part.</summary>
    public static LongIndex1D Divide(LongIndex1D first, LongIndex1D second) => first / second;

    /// <summary>The lesser of the two, part by part.</summary>
    public static LongIndex1D Min(LongIndex1D first, LongIndex1D second) =>
        new(first.X < second.X ? first.X : second.X);

    /// <summary>The greater of the two, part by part.</summary>
    public static LongIndex1D Max(LongIndex1D first, LongIndex1D second) =>
        new(first.X > second.X ? first.X : second.X);

    /// <summary>Clamps part by part to [<paramref name="min"/>, <paramref name="max"/>].</summary>
    public static LongIndex1D Clamp(LongIndex1D value, LongIndex1D min, LongIndex1D max) => Min(Max(value, min), max);

    /// <summary>Adds part by part.</summary>
    public static LongIndex1D operator +(LongIndex1D first, LongIndex1D second) => new(first.X + second.X);

    /// <summary>Subtracts part by part.</summary>
    public static LongIndex1D operator -(LongIndex1D first, LongIndex1D second) => new(first.X - second.X);

    /// <summary>Multiplies part by part.</summary>
    public static LongIndex1D operator *(LongIndex1D first, LongIndex1D second) => new(first.X * second.X);

    /// <summary>Divides part by part.</summary>
    public static LongIndex1D operator /(LongIndex1D first, LongIndex1D second) => new(first.X / second.X);

    /// <summary>Gets whether all parts agree.</summary>
    public static bool operator ==(LongIndex1D first, LongIndex1D second) => first.X == second.X;

    /// <summary>Gets whether some part differs.</summary>
    public static bool operator !=(LongIndex1D first, LongIndex1D second) => !(first == second);

    /// <inheritdoc/>
    public bool Equals(LongIndex1D other) => this == other;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is LongIndex1D other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => X.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => $"{X}";
}
