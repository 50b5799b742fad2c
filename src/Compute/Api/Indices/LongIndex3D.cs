using System.Diagnostics.CodeAnalysis;

namespace ILGPU;

/// <summary>An index or extent of 3 dimensions with 64-bit parts; X varies fastest in launches.</summary>
public readonly struct LongIndex3D : ILongIndex<LongIndex3D, Index3D>
{
    /// <summary>Creates an index whose parts all are <paramref name="value"/>.</summary>
    public LongIndex3D(long value)
        : this(value, value, value)
    {
    }

    /// <summary>Creates an index from its parts.</summary>
    public LongIndex3D(long x, long y, long z)
    {
        X = x;
        Y = y;
        Z = z;
    }

    /// <summary>The index of the first element.</summary>
    public static readonly LongIndex3D Zero = new(0, 0, 0);

    /// <summary>The index whose parts all are 1.</summary>
    public static readonly LongIndex3D One = new(1, 1, 1);

    /// <summary>The index whose parts all are -1.</summary>
    public static readonly LongIndex3D Invalid = new(-1, -1, -1);

    /// <summary>Gets the X part.</summary>
    public long X { get; }

    /// <summary>Gets the Y part.</summary>
    public long Y { get; }

    /// <summary>Gets the Z part.</summary>
    public long Z { get; }

    /// <summary>Gets the kind of this index.</summary>
    public IndexType IndexType => IndexType.LongIndex3D;

    /// <summary>Gets whether every part is 0.</summary>
    public bool IsFirst => X == 0 && Y == 0 && Z == 0;

    /// <summary>Gets the product of the parts.</summary>
    public long Size => X * Y * Z;

    /// <summary>Takes the index apart.</summary>
    public void Deconstruct(out long x, out long y, out long z)
    {
        x = X;
        y = Y;
        z = Z;
    }

    /// <summary>Gets the parts as a tuple.</summary>
    public (long, long, long) ToValueTuple() => (X, Y, Z);

    /// <summary>Makes an index of a tuple.</summary>
    public static implicit operator LongIndex3D((long, long, long) values) => new(values.Item1, values.Item2, values.Item3);

    /// <summary>Narrows to 32 bits. The parts must fit.</summary>
    public Index3D ToIntIndex() => new((int)X, (int)Y, (int)Z);

    /// <summary>Narrows to 32 bits. The parts must fit.</summary>
    public static explicit operator Index3D(LongIndex3D index) => index.ToIntIndex();

    /// <summary>Gets whether every part is at least 0 and less than the same part of <paramref name="dimension"/>.</summary>
    public bool InBounds(LongIndex3D dimension) =>
        X >= 0 && X < dimension.X && Y >= 0 && Y < dimension.Y && Z >= 0 && Z < dimension.Z;

    /// <summary>Gets whether every part is at least 0 and at most the same part of <paramref name="dimension"/>.</summary>
    public bool InBoundsInclusive(LongIndex3D dimension) =>
        X >= 0 && X <= dimension.X && Y >= 0 && Y <= dimension.Y && Z >= 0 && Z <= dimension.Z;

    /// <summary>Adds part by part.</summary>
    public LongIndex3D Add(LongIndex3D rhs) => this + rhs;

    /// <summary>Subtracts part by part.</summary>
    public LongIndex3D Subtract(LongIndex3D rhs) => this - rhs;

    /// <summary>Adds part by part.</summary>
    public static LongIndex3D Add(LongIndex3D first, LongIndex3D second) => first + second;

    /// <summary>Subtracts part by part.</summary>
    public static LongIndex3D Subtract(LongIndex3D first, LongIndex3D second) => first - second;

    /// <summary>Multiplies part by part.</summary>
    public static LongIndex3D Multiply(LongIndex3D first, LongIndex3D second) => first * second;

    /// <summary>Divides part by part.</summary>
    public static LongIndex3D Divide(LongIndex3D first, LongIndex3D second) => first / second;

    /// <summary>The lesser of the two, part by part.</summary>
    public static LongIndex3D Min(LongIndex3D first, LongIndex3D second) =>
        new(first.X < second.X ? first.X : second.X, first.Y < second.Y ? first.Y : second.Y, first.Z < second.Z ? first.Z : second.Z);

    /// <summary>The greater of the two, part by part.</summary>
    public static LongIndex3D Max(LongIndex3D first, LongIndex3D second) =>
        new(first.X > second.X ? first.X : second.X, first.Y > second.Y ? first.Y : second.Y, first.Z > second.Z ? first.Z : second.Z);

    /// <summary>Clamps part by part to [<paramref name="min"/>, <paramref name="max"/>].</summary>
    public static LongIndex3D Clamp(LongIndex3D value, LongIndex3D min, LongIndex3D max) => Min(Max(value, min), max);

    /// <summary>Adds part by part.</summary>
    public static LongIndex3D operator +(LongIndex3D first, LongIndex3D second) => new(first.X + second.X, first.Y + second.Y, first.Z + second.Z);

    /// <summary>Subtracts part by part.</summary>
    public static LongIndex3D operator -(LongIndex3D first, LongIndex3D second) => new(first.X - second.X, first.Y - second.Y, first.Z - second.Z);

    /// <summary>Multiplies part by part.</summary>
    public static LongIndex3D operator *(LongIndex3D first, LongIndex3D second) => new(first.X * second.X, first.Y * second.Y, first.Z * second.Z);

    /// <summary>Divides part by part.</summary>
    public static LongIndex3D operator /(LongIndex3D first, LongIndex3D second) => new(first.X / second.X, first.Y / second.Y, first.Z / second.Z);

    /// <summary>Gets whether all parts agree.</summary>
    public static bool operator ==(LongIndex3D first, LongIndex3D second) => first.X == second.X && first.Y == second.Y && first.Z == second.Z;

    /// <summary>Gets whether some part differs.</summary>
    public static bool operator !=(LongIndex3D first, LongIndex3D second) => !(first == second);

    /// <inheritdoc/>
    public bool Equals(LongIndex3D other) => this == other;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is LongIndex3D other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(X, Y, Z);

    /// <inheritdoc/>
    public override string ToString() => $"({X}, {Y}, {Z})";
}
