using System.Diagnostics.CodeAnalysis;

namespace ILGPU;

/// <summary>An index or extent of 2 dimensions with 64-bit parts; X varies fastest in launches.</summary>
public readonly struct LongIndex2D : ILongIndex<LongIndex2D, Index2D>
{
    /// <summary>Creates an index whose parts all are <paramref name="value"/>.</summary>
    public LongIndex2D(long value)
        : this(value, value)
    {
    }

    /// <summary>Creates an index from its parts.</summary>
    public LongIndex2D(long x, long y)
    {
        X = x;
        Y = y;
    }

    /// <summary>The index of the first element.</summary>
    public static readonly LongIndex2D Zero = new(0, 0);

    /// <summary>The index whose parts all are 1.</summary>
    public static readonly LongIndex2D One = new(1, 1);

    /// <summary>The index whose parts all are -1.</summary>
    public static readonly LongIndex2D Invalid = new(-1, -1);

    /// <summary>Gets the X part.</summary>
    public long X { get; }

    /// <summary>Gets the Y part.</summary>
    public long Y { get; }

    /// <summary>Gets the kind of this index.</summary>
    public IndexType IndexType => IndexType.LongIndex2D;

    /// <summary>Gets whether every part is 0.</summary>
    public bool IsFirst => X == 0 && Y == 0;

    /// <summary>Gets the product of the parts.</summary>
    public long Size => X * Y;

    /// <summary>Takes the index apart.</summary>
    public void Deconstruct(out long x, out long y)
    {
        x = X;
        y = Y;
    }

    /// <summary>Gets the parts as a tuple.</summary>
    public (long, long) ToValueTuple() => (X, Y);

    /// <summary>Makes an index of a tuple.</summary>
    public static implicit operator LongIndex2D((long, long) values) => new(values.Item1, values.Item2);

    /// <summary>Narrows to 32 bits. The parts must fit.</summary>
    public Index2D ToIntIndex() => new((int)X, (int)Y);

    /// <summary>Narrows to 32 bits. The parts must fit.</summary>
    public static explicit operator Index2D(LongIndex2D index) => index.ToIntIndex();

    /// <summary>Gets whether every part is at least 0 and less than the same part of <paramref name="dimension"/>.</summary>
    public bool InBounds(LongIndex2D dimension) =>
        X >= 0 && X < dimension.X && Y >= 0 && Y < dimension.Y;

    /// <summary>Gets whether every part is at least 0 and at most the same part of <paramref name="dimension"/>.</summary>
    public bool InBoundsInclusive(LongIndex2D dimension) =>
        X >= 0 && X <= dimension.X && Y >= 0 && Y <= dimension.Y;

    /// <summary>Adds part by part.</summary>
    public LongIndex2D Add(LongIndex2D rhs) => this + rhs;

    /// <summary>Subtracts part by part.</summary>
    public LongIndex2D Subtract(LongIndex2D rhs) => this - rhs;

    /// <summary>Adds part by part.</summary>
    public static LongIndex2D Add(LongIndex2D first, LongIndex2D second) => first + second;

    /// <summary>Subtracts part by part.</summary>
    public static LongIndex2D Subtract(LongIndex2D first, LongIndex2D second) => first - second;

    /// <summary>Multiplies part by part.</summary>
    public static LongIndex2D Multiply(LongIndex2D first, LongIndex2D second) => first * second;

    /// <summary>Divides part by part.</summary>
    public static LongIndex2D Divide(LongIndex2D first, LongIndex2D second) => first / second;

    /// <summary>The lesser of the two, part by part.</summary>
    public static LongIndex2D Min(LongIndex2D first, LongIndex2D second) =>
        new(first.X < second.X ? first.X : second.X, first.Y < second.Y ? first.Y : second.Y);

    /// <summary>The greater of the two, part by part.</summary>
    public static LongIndex2D Max(LongIndex2D first, LongIndex2D second) =>
        new(first.X > second.X ? first.X : second.X, first.Y > second.Y ? first.Y : second.Y);

    /// <summary>Clamps part by part to [<paramref name="min"/>, <paramref name="max"/>].</summary>
    public static LongIndex2D Clamp(LongIndex2D value, LongIndex2D min, LongIndex2D max) => Min(Max(value, min), max);

    /// <summary>Adds part by part.</summary>
    public static LongIndex2D operator +(LongIndex2D first, LongIndex2D second) => new(first.X + second.X, first.Y + second.Y);

    /// <summary>Subtracts part by part.</summary>
    public static LongIndex2D operator -(LongIndex2D first, LongIndex2D second) => new(first.X - second.X, first.Y - second.Y);

    /// <summary>Multiplies part by part.</summary>
    public static LongIndex2D operator *(LongIndex2D first, LongIndex2D second) => new(first.X * second.X, first.Y * second.Y);

    /// <summary>Divides part by part.</summary>
    public static LongIndex2D operator /(LongIndex2D first, LongIndex2D second) => new(first.X / second.X, first.Y / second.Y);

    /// <summary>Gets whether all parts agree.</summary>
    public static bool operator ==(LongIndex2D first, LongIndex2D second) => first.X == second.X && first.Y == second.Y;

    /// <summary>Gets whether some part differs.</summary>
    public static bool operator !=(LongIndex2D first, LongIndex2D second) => !(first == second);

    /// <inheritdoc/>
    public bool Equals(LongIndex2D other) => this == other;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is LongIndex2D other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(X, Y);

    /// <inheritdoc/>
    public override string ToString() => $"({X}, {Y})";
}
