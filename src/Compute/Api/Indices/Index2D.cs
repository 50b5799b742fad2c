using System.Diagnostics.CodeAnalysis;

namespace ILGPU;

/// <summary>An index or extent of 2 dimensions with 32-bit parts; X varies fastest in launches.</summary>
public readonly struct Index2D : IIntIndex<Index2D, LongIndex2D>
{
    /// <summary>Creates an index whose parts all are <paramref name="value"/>.</summary>
    public Index2D(int value)
        : this(value, value)
    {
    }

    /// <summary>Creates an index from its parts.</summary>
    public Index2D(int x, int y)
    {
        X = x;
        Y = y;
    }

    /// <summary>The index of the first element.</summary>
    public static readonly Index2D Zero = new(0, 0);

    /// <summary>The index whose parts all are 1.</summary>
    public static readonly Index2D One = new(1, 1);

    /// <summary>The index whose parts all are -1.</summary>
    public static readonly Index2D Invalid = new(-1, -1);

    /// <summary>Gets the X part.</summary>
    public int X { get; }

    /// <summary>Gets the Y part.</summary>
    public int Y { get; }

    /// <summary>Gets the kind of this index.</summary>
    public IndexType IndexType => IndexType.Index2D;

    /// <summary>Gets whether every part is 0.</summary>
    public bool IsFirst => X == 0 && Y == 0;

    /// <summary>Gets the product of the parts.</summary>
    public int Size => X * Y;

    long IIndex.Size => LongSize;

    /// <summary>Gets the product of the parts, which does not overflow 32 bits.</summary>
    public long LongSize => (long)X * Y;

    /// <summary>Takes the index apart.</summary>
    public void Deconstruct(out int x, out int y)
    {
        x = X;
        y = Y;
    }

    /// <summary>Gets the parts as a tuple.</summary>
    public (int, int) ToValueTuple() => (X, Y);

    /// <summary>Makes an index of a tuple.</summary>
    public static implicit operator Index2D((int, int) values) => new(values.Item1, values.Item2);

    /// <summary>Widens to 64 bits.</summary>
    public LongIndex2D ToLongIndex() => new(X, Y);

    /// <summary>Widens to 64 bits.</summary>
    public static implicit operator LongIndex2D(Index2D index) => index.ToLongIndex();

    /// <summary>Gets whether every part is at least 0 and less than the same part of <paramref name="dimension"/>.</summary>
    public bool InBounds(Index2D dimension) =>
        X >= 0 && X < dimension.X && Y >= 0 && Y < dimension.Y;

    /// <summary>Gets whether every part is at least 0 and at most the same part of <paramref name="dimension"/>.</summary>
    public bool InBoundsInclusive(Index2D dimension) =>
        X >= 0 && X <= dimension.X && Y >= 0 && Y <= dimension.Y;

    /// <summary>Adds part by part.</summary>
    public Index2D Add(Index2D rhs) => this + rhs;

    /// <summary>Subtracts part by part.</summary>
    public Index2D Subtract(Index2D rhs) => this - rhs;

    /// <summary>Adds part by part.</summary>
    public static Index2D Add(Index2D first, Index2D second) => first + second;

    /// <summary>Subtracts part by part.</summary>
    public static Index2D Subtract(Index2D first, Index2D second) => first - second;

    /// <summary>Multiplies part by part.</summary>
    public static Index2D Multiply(Index2D first, Index2D second) => first * second;

    /// <summary>Divides part by part.</summary>
    public static Index2D Divide(Index2D first, Index2D second) => first / second;

    /// <summary>The lesser of the two, part by part.</summary>
    public static Index2D Min(Index2D first, Index2D second) =>
        new(first.X < second.X ? first.X : second.X, first.Y < second.Y ? first.Y : second.Y);

    /// <summary>The greater of the two, part by part.</summary>
    public static Index2D Max(Index2D first, Index2D second) =>
        new(first.X > second.X ? first.X : second.X, first.Y > second.Y ? first.Y : second.Y);

    /// <summary>Clamps part by part to [<paramref name="min"/>, <paramref name="max"/>].</summary>
    public static Index2D Clamp(Index2D value, Index2D min, Index2D max) => Min(Max(value, min), max);

    /// <summary>Adds part by part.</summary>
    public static Index2D operator +(Index2D first, Index2D second) => new(first.X + second.X, first.Y + second.Y);

    /// <summary>Subtracts part by part.</summary>
    public static Index2D operator -(Index2D first, Index2D second) => new(first.X - second.X, first.Y - second.Y);

    /// <summary>Multiplies part by part.</summary>
    public static Index2D operator *(Index2D first, Index2D second) => new(first.X * second.X, first.Y * second.Y);

    /// <summary>Divides part by part.</summary>
    public static Index2D operator /(Index2D first, Index2D second) => new(first.X / second.X, first.Y / second.Y);

    /// <summary>Gets whether all parts agree.</summary>
    public static bool operator ==(Index2D first, Index2D second) => first.X == second.X && first.Y == second.Y;

    /// <summary>Gets whether some part differs.</summary>
    public static bool operator !=(Index2D first, Index2D second) => !(first == second);

    /// <inheritdoc/>
    public bool Equals(Index2D other) => this == other;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Index2D other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(X, Y);

    /// <inheritdoc/>
    public override string ToString() => $"({X}, {Y})";
}
