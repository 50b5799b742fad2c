using System.Diagnostics.CodeAnalysis;

namespace ILGPU;

/// <summary>An index or extent of 3 dimensions with 32-bit parts; X varies fastest in launches.</summary>
public readonly struct Index3D : IIntIndex<Index3D, LongIndex3D>
{
    /// <summary>Creates an index whose parts all are <paramref name="value"/>.</summary>
    public Index3D(int value)
        : this(value, value, value)
    {
    }

    /// <summary>Creates an index from its parts.</summary>
    public Index3D(int x, int y, int z)
    {
        X = x;
        Y = y;
        Z = z;
    }

    /// <summary>Creates an index from its first two parts and its last one.</summary>
    public Index3D(Index2D xy, int z)
        : this(xy.X, xy.Y, z)
    {
    }

    /// <summary>Creates an index from its first part and its last two.</summary>
    public Index3D(int x, Index2D yz)
        : this(x, yz.X, yz.Y)
    {
    }

    /// <summary>The index of the first element.</summary>
    public static readonly Index3D Zero = new(0, 0, 0);

    /// <summary>The index whose parts all are 1.</summary>
    public static readonly Index3D One = new(1, 1, 1);

    /// <summary>The index whose parts all are -1.</summary>
    public static readonly Index3D Invalid = new(-1, -1, -1);

    /// <summary>Gets the X part.</summary>
    public int X { get; }

    /// <summary>Gets the Y part.</summary>
    public int Y { get; }

    /// <summary>Gets the Z part.</summary>
    public int Z { get; }

    /// <summary>Gets the X and Y parts.</summary>
    public Index2D XY => new(X, Y);

    /// <summary>Gets the Y and Z parts.</summary>
    public Index2D YZ => new(Y, Z);

    /// <summary>Gets the kind of this index.</summary>
    public IndexType IndexType => IndexType.Index3D;

    /// <summary>Gets whether every part is 0.</summary>
    public bool IsFirst => X == 0 && Y == 0 && Z == 0;

    /// <summary>Gets the product of the parts.</summary>
    public int Size => X * Y * Z;

    long IIndex.Size => LongSize;

    /// <summary>Gets the product of the parts, which does not overflow 32 bits.</summary>
    public long LongSize => (long)X * Y * Z;

    /// <summary>Takes the index apart.</summary>
    public void Deconstruct(out int x, out int y, out int z)
    {
        x = X;
        y = Y;
        z = Z;
    }

    /// <summary>Gets the parts as a tuple.</summary>
    public (int, int, int) ToValueTuple() => (X, Y, Z);

    /// <summary>Makes an index of a tuple.</summary>
    public static implicit operator Index3D((int, int, int) values) => new(values.Item1, values.Item2, values.Item3);

    /// <summary>Widens to 64 bits.</summary>
    public LongIndex3D ToLongIndex() => new(X, Y, Z);

    /// <summary>Widens to 64 bits.</summary>
    public static implicit operator LongIndex3D(Index3D index) => index.ToLongIndex();

    /// <summary>Gets whether every part is at least 0 and less than the same part of <paramref name="dimension"/>.</summary>
    public bool InBounds(Index3D dimension) =>
        X >= 0 && X < dimension.X && Y >= 0 && Y < dimension.Y && Z >= 0 && Z < dimension.Z;

    /// <summary>Gets whether every part is at least 0 and at most the same part of <paramref name="dimension"/>.</summary>
    public bool InBoundsInclusive(Index3D dimension) =>
        X >= 0 && X <= dimension.X && Y >= 0 && Y <= dimension.Y && Z >= 0 && Z <= dimension.Z;

    /// <summary>Adds part by part.</summary>
    public Index3D Add(Index3D rhs) => this + rhs;

    /// <summary>Subtracts part by part.</summary>
    public Index3D Subtract(Index3D rhs) => this - rhs;

    /// <summary>Adds part by part.</summary>
    public static Index3D Add(Index3D first, Index3D second) => first + second;

    /// <summary>Subtracts part by part.</summary>
    public static Index3D Subtract(Index3D first, Index3D second) => first - second;

    /// <summary>Multiplies part by part.</summary>
    public static Index3D Multiply(Index3D first, Index3D second) => first * second;

    /// <summary>Divides part by part.</summary>
    public static Index3D Divide(Index3D first, Index3D second) => first / second;

    /// <summary>The lesser of the two, part by part.</summary>
    public static Index3D Min(Index3D first, Index3D second) =>
        new(first.X < second.X ? first.X : second.X, first.Y < second.Y ? first.Y : second.Y, first.Z < second.Z ? first.Z : second.Z);

    /// <summary>The greater of the two, part by part.</summary>
    public static Index3D Max(Index3D first, Index3D second) =>
        new(first.X > second.X ? first.X : second.X, first.Y > second.Y ? first.Y : second.Y, first.Z > second.Z ? first.Z : second.Z);

    /// <summary>Clamps part by part to [<paramref name="min"/>, <paramref name="max"/>].</summary>
    public static Index3D Clamp(Index3D value, Index3D min, Index3D max) => Min(Max(value, min), max);

    /// <summary>Adds part by part.</summary>
    public static Index3D operator +(Index3D first, Index3D second) => new(first.X + second.X, first.Y + second.Y, first.Z + second.Z);

    /// <summary>Subtracts part by part.</summary>
    public static Index3D operator -(Index3D first, Index3D second) => new(first.X - second.X, first.Y - second.Y, first.Z - second.Z);

    /// <summary>Multiplies part by part.</summary>
    public static Index3D operator *(Index3D first, Index3D second) => new(first.X * second.X, first.Y * second.Y, first.Z * second.Z);

    /// <summary>Divides part by part.</summary>
    public static Index3D operator /(Index3D first, Index3D second) => new(first.X / second.X, first.Y / second.Y, first.Z / second.Z);

    /// <summary>Gets whether all parts agree.</summary>
    public static bool operator ==(Index3D first, Index3D second) => first.X == second.X && first.Y == second.Y && first.Z == second.Z;

    /// <summary>Gets whether some part differs.</summary>
    public static bool operator !=(Index3D first, Index3D second) => !(first == second);

    /// <inheritdoc/>
    public bool Equals(Index3D other) => this == other;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Index3D other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(X, Y, Z);

    /// <inheritdoc/>
    public override string ToString() => $"({X}, {Y}, {Z})";
}
