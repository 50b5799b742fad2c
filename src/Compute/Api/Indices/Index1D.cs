using System.Diagnostics.CodeAnalysis;

namespace ILGPU;

/// <summary>An index or extent of 1 dimension with 32-bit parts; X varies fastest in launches.</summary>
public readonly struct Index1D : IIntIndex<Index1D, LongIndex1D>
{
    /// <summary>Creates an index from its parts.</summary>
    public Index1D(int x)
    {
        X = x;
    }

    /// <summary>The index of the first element.</summary>
    public static readonly Index1D Zero = new(0);

    /// <summary>The index whose parts all are 1.</summary>
    public static readonly Index1D One = new(1);

    /// <summary>The index whose parts all are -1.</summary>
    public static readonly Index1D Invalid = new(-1);

    /// <summary>Gets the X part.</summary>
    public int X { get; }

    /// <summary>Gets the kind of this index.</summary>
    public IndexType IndexType => IndexType.Index1D;

    /// <summary>Gets whether every part is 0.</summary>
    public bool IsFirst => X == 0;

    /// <summary>Gets the product of the parts.</summary>
    public int Size => X;

    long IIndex.Size => LongSize;

    /// <summary>Gets the product of the parts, which does not overflow 32 bits.</summary>
    public long LongSize => (long)X;

    /// <summary>Widens to 64 bits.</summary>
    public LongIndex1D ToLongIndex() => new(X);

    /// <summary>Widens to 64 bits.</summary>
    public static implicit operator LongIndex1D(Index1D index) => index.ToLongIndex();

    /// <summary>Gets the value.</summary>
    public static implicit operator int(Index1D idx) => idx.X;

    /// <summary>Gets the value without its sign.</summary>
    public static explicit operator uint(Index1D idx) => (uint)idx.X;

    /// <summary>Makes an index of a number.</summary>
    public static implicit operator Index1D(int idx) => new(idx);

    /// <summary>Gets whether every part is at least 0 and less than the same part of <paramref name="dimension"/>.</summary>
    public bool InBounds(Index1D dimension) =>
        X >= 0 && X < dimension.X;

    /// <summary>Gets whether every part is at least 0 and at most the same part of <paramref name="dimension"/>.</summary>
    public bool InBoundsInclusive(Index1D dimension) =>
        X >= 0 && X <= dimension.X;

    /// <summary>Adds part by part.</summary>
    public Index1D Add(Index1D rhs) => this + rhs;

    /// <summary>Subtracts part by part.</summary>
    public Index1D Subtract(Index1D rhs) => this - rhs;

    /// <summary>Adds part by part.</summary>
    public static Index1D Add(Index1D first, Index1D second) => first + second;

    /// <summary>Subtracts part by part.</summary>
    public static Index1D Subtract(Index1D first, Index1D second) => first - second;

    /// <summary>Multiplies part by part.</summary>
    public static Index1D Multiply(Index1D first, Index1D second) => first * second;

    /// <summary>Divides part by part.</summary>
    public static Index1D Divide(Index1D first, Index1D second) => first / second;

    /// <summary>The lesser of the two, part by part.</summary>
    public static Index1D Min(Index1D first, Index1D second) =>
        new(first.X < second.X ? first.X : second.X);

    /// <summary>The greater of the two, part by part.</summary>
    public static Index1D Max(Index1D first, Index1D second) =>
        new(first.X > second.X ? first.X : second.X);

    /// <summary>Clamps part by part to [<paramref name="min"/>, <paramref name="max"/>].</summary>
    public static Index1D Clamp(Index1D value, Index1D min, Index1D max) => Min(Max(value, min), max);

    /// <summary>Adds part by part.</summary>
    public static Index1D operator +(Index1D first, Index1D second) => new(first.X + second.X);

    /// <summary>Subtracts part by part.</summary>
    public static Index1D operator -(Index1D first, Index1D second) => new(first.X - second.X);

    /// <summary>Multiplies part by part.</summary>
    public static Index1D operator *(Index1D first, Index1D second) => new(first.X * second.X);

    /// <summary>Divides part by part.</summary>
    public static Index1D operator /(Index1D first, Index1D second) => new(first.X / second.X);

    /// <summary>Gets whether all parts agree.</summary>
    public static bool operator ==(Index1D first, Index1D second) => first.X == second.X;

    /// <summary>Gets whether some part differs.</summary>
    public static bool operator !=(Index1D first, Index1D second) => !(first == second);

    /// <inheritdoc/>
    public bool Equals(Index1D other) => this == other;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Index1D other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => X.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => $"{X}";
}
