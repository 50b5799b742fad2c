namespace ILGPU;

/// <summary>A rule that turns an index into a position in memory.</summary>
public interface IStride<TIndex>
    where TIndex : struct, IGenericIndex<TIndex>
{
    /// <summary>Gets the elements between neighbours in each dimension.</summary>
    TIndex StrideExtent { get; }
}

/// <summary>A rule that turns an index into a position, counted in elements.</summary>
public interface IStride<TIndex, TLongIndex> : IStride<TIndex>
    where TIndex : struct, IIntIndex<TIndex, TLongIndex>
    where TLongIndex : struct, ILongIndex<TLongIndex, TIndex>
{
    /// <summary>Computes the position of an index.</summary>
    int ComputeElementIndex(TIndex index);

    /// <summary>Computes the position of an index.</summary>
    long ComputeElementIndex(TLongIndex index);

    /// <summary>Computes how many elements a buffer of <paramref name="extent"/> spans.</summary>
    int ComputeBufferLength(TIndex extent);

    /// <summary>Computes how many elements a buffer of <paramref name="extent"/> spans.</summary>
    long ComputeBufferLength(TLongIndex extent);
}

/// <summary>A rule for 1 dimension.</summary>
public interface IStride1D : IStride<Index1D, LongIndex1D>
{
    /// <summary>Gets the elements between neighbours in X.</summary>
    int XStride { get; }

    /// <summary>Gets the same rule with every stride stored.</summary>
    Stride1D.General AsGeneral();
}

/// <summary>A rule for 2 dimensions.</summary>
public interface IStride2D : IStride<Index2D, LongIndex2D>
{
    /// <summary>Gets the elements between neighbours in X.</summary>
    int XStride { get; }

    /// <summary>Gets the elements between neighbours in Y.</summary>
    int YStride { get; }

    /// <summary>Gets the same rule with every stride stored.</summary>
    Stride2D.General AsGeneral();
}

/// <summary>A rule for 3 dimensions.</summary>
public interface IStride3D : IStride<Index3D, LongIndex3D>
{
    /// <summary>Gets the elements between neighbours in X.</summary>
    int XStride { get; }

    /// <summary>Gets the elements between neighbours in Y.</summary>
    int YStride { get; }

    /// <summary>Gets the elements between neighbours in Z.</summary>
    int ZStride { get; }

    /// <summary>Gets the same rule with every stride stored.</summary>
    Stride3D.General AsGeneral();
}
