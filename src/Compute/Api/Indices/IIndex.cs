namespace ILGPU;

/// <summary>The kinds of indices a kernel can have.</summary>
public enum IndexType
{
    /// <summary>No index.</summary>
    None = 0,

    /// <summary><see cref="ILGPU.Index1D"/>.</summary>
    Index1D = 1,

    /// <summary><see cref="ILGPU.Index2D"/>.</summary>
    Index2D = 2,

    /// <summary><see cref="ILGPU.Index3D"/>.</summary>
    Index3D = 3,

    /// <summary><see cref="ILGPU.LongIndex1D"/>.</summary>
    LongIndex1D = 4,

    /// <summary><see cref="ILGPU.LongIndex2D"/>.</summary>
    LongIndex2D = 5,

    /// <summary><see cref="ILGPU.LongIndex3D"/>.</summary>
    LongIndex3D = 6,

    /// <summary>An explicitly grouped kernel: it has no index parameter.</summary>
    KernelConfig = 7,
}

/// <summary>An index or extent.</summary>
public interface IIndex
{
    /// <summary>Gets the product of the parts.</summary>
    long Size { get; }
}

/// <summary>The operations that every index type has.</summary>
public interface IGenericIndex<TIndex> : IIndex, IEquatable<TIndex>
    where TIndex : struct, IIndex
{
    /// <summary>Gets whether every part is at least 0 and less than the same part of <paramref name="dimension"/>.</summary>
    bool InBounds(TIndex dimension);

    /// <summary>Gets whether every part is at least 0 and at most the same part of <paramref name="dimension"/>.</summary>
    bool InBoundsInclusive(TIndex dimension);

    /// <summary>Adds part by part.</summary>
    TIndex Add(TIndex rhs);

    /// <summary>Subtracts part by part.</summary>
    TIndex Subtract(TIndex rhs);
}

/// <summary>An index of 32-bit parts.</summary>
public interface IIntIndex : IIndex
{
    /// <summary>Gets the product of the parts, which must fit 32 bits.</summary>
    new int Size { get; }
}

/// <summary>An index of 32-bit parts that can be widened.</summary>
public interface IIntIndex<TIndex, TLongIndex> : IIntIndex, IGenericIndex<TIndex>
    where TIndex : struct, IIntIndex<TIndex, TLongIndex>
    where TLongIndex : struct, ILongIndex<TLongIndex, TIndex>
{
    /// <summary>Widens to 64 bits.</summary>
    TLongIndex ToLongIndex();
}

/// <summary>An index of 64-bit parts that can be narrowed.</summary>
public interface ILongIndex<TLongIndex, TIndex> : IGenericIndex<TLongIndex>
    where TLongIndex : struct, ILongIndex<TLongIndex, TIndex>
    where TIndex : struct, IIntIndex<TIndex, TLongIndex>
{
    /// <summary>Narrows to 32 bits. The parts must fit.</summary>
    TIndex ToIntIndex();
}
