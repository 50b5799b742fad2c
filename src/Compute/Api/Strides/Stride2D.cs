using GemmaIlgpu.Compute.Api;

namespace ILGPU;

/// <summary>The strides of views with 2 dimensions: elements between neighbours.</summary>
public static class Stride2D
{
    /// <summary>Says how many elements the dimension without gaps has.</summary>
    /// <param name="extent">The number of indices in each dimension.</param>
    public delegate long GetLeadingDimensionSize(LongIndex2D extent);

    /// <summary>Makes a stride.</summary>
    /// <param name="extent">The number of indices in each dimension.</param>
    /// <param name="leadingDimension">Elements of the dimension without gaps.</param>
    public delegate TStride BuildStride<TStride>(LongIndex2D extent, int leadingDimension)
        where TStride : struct, IStride2D;

    /// <summary>Neighbours in X are neighbours in memory (column by column in C# terms: [x, y] at x + y · YStride).</summary>
    public readonly struct DenseX : IStride2D
    {
        /// <summary>Creates a rule from the strides that are not 1.</summary>
        public DenseX(int yStride)
        {
            YStride = yStride;
        }

        /// <inheritdoc/>
        public Index2D StrideExtent => new(XStride, YStride);

        /// <inheritdoc/>
        public int XStride => 1;

        /// <inheritdoc/>
        public int YStride { get; }

        /// <inheritdoc/>
        public int ComputeElementIndex(Index2D index) => index.X + index.Y * YStride;

        /// <inheritdoc/>
        public long ComputeElementIndex(LongIndex2D index) => index.X + index.Y * YStride;

        /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
        public int ComputeElementIndexChecked(Index2D index, Index2D extent)
        {
            DebugChecks.InBounds(0, index, extent);
            return ComputeElementIndex(index);
        }

        /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
        public long ComputeElementIndexChecked(LongIndex2D index, LongIndex2D extent)
        {
            DebugChecks.InBounds(0, index, extent);
            return ComputeElementIndex(index);
        }

        /// <inheritdoc/>
        public int ComputeBufferLength(Index2D extent) => extent.Size == 0 ? 0 : ComputeElementIndex(extent - Index2D.One) + 1;

        /// <inheritdoc/>
        public long ComputeBufferLength(LongIndex2D extent) => extent.Size == 0 ? 0 : ComputeElementIndex(extent - LongIndex2D.One) + 1;

        /// <summary>Computes the index at a position: the inverse of <see cref="ComputeElementIndex(Index2D)"/>.</summary>
        public Index2D ReconstructFromElementIndex(int elementIndex) => new(elementIndex % YStride, elementIndex / YStride);

        /// <summary>Computes the index at a position: the inverse of <see cref="ComputeElementIndex(LongIndex2D)"/>.</summary>
        public LongIndex2D ReconstructFromElementIndex(long elementIndex) => new(elementIndex % YStride, elementIndex / YStride);

        /// <summary>Creates the rule of a buffer without gaps.</summary>
        public static DenseX FromExtent(Index2D extent) => new(extent.X);

        /// <summary>Creates the rule of a buffer without gaps.</summary>
        public static DenseX FromExtent(LongIndex2D extent) => new((int)extent.X);

        /// <inheritdoc/>
        public General AsGeneral() => new(StrideExtent);

        /// <inheritdoc/>
        public override string ToString() => StrideExtent.ToString();
    }

    /// <summary>Neighbours in Y are neighbours in memory, as in C# arrays: [x, y] at x · XStride + y.</summary>
    public readonly struct DenseY : IStride2D
    {
        /// <summary>Creates a rule from the strides that are not 1.</summary>
        public DenseY(int xStride)
        {
            XStride = xStride;
        }

        /// <inheritdoc/>
        public Index2D StrideExtent => new(XStride, YStride);

        /// <inheritdoc/>
        public int XStride { get; }

        /// <inheritdoc/>
        public int YStride => 1;

        /// <inheritdoc/>
        public int ComputeElementIndex(Index2D index) => index.X * XStride + index.Y;

        /// <inheritdoc/>
        public long ComputeElementIndex(LongIndex2D index) => index.X * XStride + index.Y;

        /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
        public int ComputeElementIndexChecked(Index2D index, Index2D extent)
        {
            DebugChecks.InBounds(0, index, extent);
            return ComputeElementIndex(index);
        }

        /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
        public long ComputeElementIndexChecked(LongIndex2D index, LongIndex2D extent)
        {
            DebugChecks.InBounds(0, index, extent);
            return ComputeElementIndex(index);
        }

        /// <inheritdoc/>
        public int ComputeBufferLength(Index2D extent) => extent.Size == 0 ? 0 : ComputeElementIndex(extent - Index2D.One) + 1;

        /// <inheritdoc/>
        public long ComputeBufferLength(LongIndex2D extent) => extent.Size == 0 ? 0 : ComputeElementIndex(extent - LongIndex2D.One) + 1;

        /// <summary>Computes the index at a position: the inverse of <see cref="ComputeElementIndex(Index2D)"/>.</summary>
        public Index2D ReconstructFromElementIndex(int elementIndex) => new(elementIndex / XStride, elementIndex % XStride);

        /// <summary>Computes the index at a position: the inverse of <see cref="ComputeElementIndex(LongIndex2D)"/>.</summary>
        public LongIndex2D ReconstructFromElementIndex(long elementIndex) => new(elementIndex / XStride, elementIndex % XStride);

        /// <summary>Creates the rule of a buffer without gaps.</summary>
        public static DenseY FromExtent(Index2D extent) => new(extent.Y);

        /// <summary>Creates the rule of a buffer without gaps.</summary>
        public static DenseY FromExtent(LongIndex2D extent) => new((int)extent.Y);

        /// <inheritdoc/>
        public General AsGeneral() => new(StrideExtent);

        /// <inheritdoc/>
        public override string ToString() => StrideExtent.ToString();
    }

    /// <summary>Any strides.</summary>
    public readonly struct General : IStride2D
    {
        /// <summary>Creates a rule from the strides of all dimensions.</summary>
        public General(Index2D stride) => StrideExtent = stride;

        /// <inheritdoc/>
        public Index2D StrideExtent { get; }

        /// <inheritdoc/>
        public int XStride => StrideExtent.X;

        /// <inheritdoc/>
        public int YStride => StrideExtent.Y;

        /// <inheritdoc/>
        public int ComputeElementIndex(Index2D index) => index.X * XStride + index.Y * YStride;

        /// <inheritdoc/>
        public long ComputeElementIndex(LongIndex2D index) => index.X * XStride + index.Y * YStride;

        /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
        public int ComputeElementIndexChecked(Index2D index, Index2D extent)
        {
            DebugChecks.InBounds(0, index, extent);
            return ComputeElementIndex(index);
        }

        /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
        public long ComputeElementIndexChecked(LongIndex2D index, LongIndex2D extent)
        {
            DebugChecks.InBounds(0, index, extent);
            return ComputeElementIndex(index);
        }

        /// <inheritdoc/>
        public int ComputeBufferLength(Index2D extent) => extent.Size == 0 ? 0 : ComputeElementIndex(extent - Index2D.One) + 1;

        /// <inheritdoc/>
        public long ComputeBufferLength(LongIndex2D extent) => extent.Size == 0 ? 0 : ComputeElementIndex(extent - LongIndex2D.One) + 1;

        /// <inheritdoc/>
        public General AsGeneral() => new(StrideExtent);

        /// <inheritdoc/>
        public override string ToString() => StrideExtent.ToString();
    }

    /// <summary>Computes the position of an index.</summary>
    public static int ComputeElementIndex<TStride>(this TStride stride, Index2D index)
        where TStride : struct, IStride2D =>
        stride.ComputeElementIndex(index);

    /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
    public static int ComputeElementIndexChecked<TStride>(this TStride stride, Index2D index, Index2D extent)
        where TStride : struct, IStride2D
    {
        DebugChecks.InBounds(0, index, extent);
        return stride.ComputeElementIndex(index);
    }

    /// <summary>Computes how many elements a buffer of <paramref name="extent"/> spans.</summary>
    public static int ComputeBufferLength<TStride>(this TStride stride, Index2D extent)
        where TStride : struct, IStride2D =>
        stride.ComputeBufferLength(extent);

    /// <summary>Computes the position of an index.</summary>
    public static long ComputeElementIndex<TStride>(this TStride stride, LongIndex2D index)
        where TStride : struct, IStride2D =>
        stride.ComputeElementIndex(index);

    /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
    public static long ComputeElementIndexChecked<TStride>(this TStride stride, LongIndex2D index, LongIndex2D extent)
        where TStride : struct, IStride2D
    {
        DebugChecks.InBounds(0, index, extent);
        return stride.ComputeElementIndex(index);
    }

    /// <summary>Computes how many elements a buffer of <paramref name="extent"/> spans.</summary>
    public static long ComputeBufferLength<TStride>(this TStride stride, LongIndex2D extent)
        where TStride : struct, IStride2D =>
        stride.ComputeBufferLength(extent);
}
