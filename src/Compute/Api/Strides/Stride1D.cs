using GemmaIlgpu.Compute.Api;

namespace ILGPU;

/// <summary>The strides of views with 1 dimension: elements between neighbours.</summary>
public static class Stride1D
{
    /// <summary>Every index falls on the same element.</summary>
    public readonly struct Infinite : IStride1D
    {
        /// <inheritdoc/>
        public Index1D StrideExtent => new(XStride);

        /// <inheritdoc/>
        public int XStride => 0;

        /// <inheritdoc/>
        public int ComputeElementIndex(Index1D index) => 0;

        /// <inheritdoc/>
        public long ComputeElementIndex(LongIndex1D index) => 0;

        /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
        public int ComputeElementIndexChecked(Index1D index, Index1D extent)
        {
            DebugChecks.InBounds(0, index, extent);
            return ComputeElementIndex(index);
        }

        /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
        public long ComputeElementIndexChecked(LongIndex1D index, LongIndex1D extent)
        {
            DebugChecks.InBounds(0, index, extent);
            return ComputeElementIndex(index);
        }

        /// <inheritdoc/>
        public int ComputeBufferLength(Index1D extent) => extent.Size == 0 ? 0 : ComputeElementIndex(extent - Index1D.One) + 1;

        /// <inheritdoc/>
        public long ComputeBufferLength(LongIndex1D extent) => extent.Size == 0 ? 0 : ComputeElementIndex(extent - LongIndex1D.One) + 1;

        /// <inheritdoc/>
        public General AsGeneral() => new(StrideExtent);

        /// <inheritdoc/>
        public override string ToString() => StrideExtent.ToString();
    }

    /// <summary>Neighbours in X are neighbours in memory.</summary>
    public readonly struct Dense : IStride1D
    {
        /// <inheritdoc/>
        public Index1D StrideExtent => new(XStride);

        /// <inheritdoc/>
        public int XStride => 1;

        /// <inheritdoc/>
        public int ComputeElementIndex(Index1D index) => index.X;

        /// <inheritdoc/>
        public long ComputeElementIndex(LongIndex1D index) => index.X;

        /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
        public int ComputeElementIndexChecked(Index1D index, Index1D extent)
        {
            DebugChecks.InBounds(0, index, extent);
            return ComputeElementIndex(index);
        }

        /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
        public long ComputeElementIndexChecked(LongIndex1D index, LongIndex1D extent)
        {
            DebugChecks.InBounds(0, index, extent);
            return ComputeElementIndex(index);
        }

        /// <inheritdoc/>
        public int ComputeBufferLength(Index1D extent) => extent.Size == 0 ? 0 : ComputeElementIndex(extent - Index1D.One) + 1;

        /// <inheritdoc/>
        public long ComputeBufferLength(LongIndex1D extent) => extent.Size == 0 ? 0 : ComputeElementIndex(extent - LongIndex1D.One) + 1;

        /// <summary>Computes the index at a position: the inverse of <see cref="ComputeElementIndex(Index1D)"/>.</summary>
        public Index1D ReconstructFromElementIndex(int elementIndex) => new(elementIndex);

        /// <summary>Computes the index at a position: the inverse of <see cref="ComputeElementIndex(LongIndex1D)"/>.</summary>
        public LongIndex1D ReconstructFromElementIndex(long elementIndex) => new(elementIndex);

        /// <inheritdoc/>
        public General AsGeneral() => new(StrideExtent);

        /// <inheritdoc/>
        public override string ToString() => StrideExtent.ToString();
    }

    /// <summary>Any stride.</summary>
    public readonly struct General : IStride1D
    {
        /// <summary>Creates a rule from the strides of all dimensions.</summary>
        public General(Index1D stride) => StrideExtent = stride;

        /// <inheritdoc/>
        public Index1D StrideExtent { get; }

        /// <inheritdoc/>
        public int XStride => StrideExtent.X;

        /// <inheritdoc/>
        public int ComputeElementIndex(Index1D index) => index.X * XStride;

        /// <inheritdoc/>
        public long ComputeElementIndex(LongIndex1D index) => index.X * XStride;

        /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
        public int ComputeElementIndexChecked(Index1D index, Index1D extent)
        {
            DebugChecks.InBounds(0, index, extent);
            return ComputeElementIndex(index);
        }

        /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
        public long ComputeElementIndexChecked(LongIndex1D index, LongIndex1D extent)
        {
            DebugChecks.InBounds(0, index, extent);
            return ComputeElementIndex(index);
        }

        /// <inheritdoc/>
        public int ComputeBufferLength(Index1D extent) => extent.Size == 0 ? 0 : ComputeElementIndex(extent - Index1D.One) + 1;

        /// <inheritdoc/>
        public long ComputeBufferLength(LongIndex1D extent) => extent.Size == 0 ? 0 : ComputeElementIndex(extent - LongIndex1D.One) + 1;

        /// <summary>Computes the index at a position: the inverse of <see cref="ComputeElementIndex(Index1D)"/>.</summary>
        public Index1D ReconstructFromElementIndex(int elementIndex) => new(elementIndex / XStride);

        /// <summary>Computes the index at a position: the inverse of <see cref="ComputeElementIndex(LongIndex1D)"/>.</summary>
        public LongIndex1D ReconstructFromElementIndex(long elementIndex) => new(elementIndex / XStride);

        /// <inheritdoc/>
        public General AsGeneral() => new(StrideExtent);

        /// <inheritdoc/>
        public override string ToString() => StrideExtent.ToString();
    }

    /// <summary>Computes the position of an index.</summary>
    public static int ComputeElementIndex<TStride>(this TStride stride, Index1D index)
        where TStride : struct, IStride1D =>
        stride.ComputeElementIndex(index);

    /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
    public static int ComputeElementIndexChecked<TStride>(this TStride stride, Index1D index, Index1D extent)
        where TStride : struct, IStride1D
    {
        DebugChecks.InBounds(0, index, extent);
        return stride.ComputeElementIndex(index);
    }

    /// <summary>Computes how many elements a buffer of <paramref name="extent"/> spans.</summary>
    public static int ComputeBufferLength<TStride>(this TStride stride, Index1D extent)
        where TStride : struct, IStride1D =>
        stride.ComputeBufferLength(extent);

    /// <summary>Computes the position of an index.</summary>
    public static long ComputeElementIndex<TStride>(this TStride stride, LongIndex1D index)
        where TStride : struct, IStride1D =>
        stride.ComputeElementIndex(index);

    /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
    public static long ComputeElementIndexChecked<TStride>(this TStride stride, LongIndex1D index, LongIndex1D extent)
        where TStride : struct, IStride1D
    {
        DebugChecks.InBounds(0, index, extent);
        return stride.ComputeElementIndex(index);
    }

    /// <summary>Computes how many elements a buffer of <paramref name="extent"/> spans.</summary>
    public static long ComputeBufferLength<TStride>(this TStride stride, LongIndex1D extent)
        where TStride : struct, IStride1D =>
        stride.ComputeBufferLength(extent);
}
