using GemmaIlgpu.Compute.Api;

namespace ILGPU;

/// <summary>The strides of views with 3 dimensions: elements between neighbours.</summary>
public static class Stride3D
{
    /// <summary>Says how many elements the dimension without gaps has.</summary>
    /// <param name="extent">The number of indices in each dimension.</param>
    public delegate long GetLeadingDimensionSize(LongIndex3D extent);

    /// <summary>Makes a stride.</summary>
    /// <param name="extent">The number of indices in each dimension.</param>
    /// <param name="leadingDimension">Elements of the dimension without gaps.</param>
    public delegate TStride BuildStride<TStride>(LongIndex3D extent, int leadingDimension)
        where TStride : struct, IStride3D;

    /// <summary>Neighbours in X are neighbours in memory: [x, y, z] at x + y · YStride + z · ZStride.</summary>
    public readonly struct DenseXY : IStride3D
    {
        /// <summary>Creates a rule from the strides that are not 1.</summary>
        public DenseXY(int yStride, int zStride)
        {
            YStride = yStride;
            ZStride = zStride;
        }

        /// <inheritdoc/>
        public Index3D StrideExtent => new(XStride, YStride, ZStride);

        /// <inheritdoc/>
        public int XStride => 1;

        /// <inheritdoc/>
        public int YStride { get; }

        /// <inheritdoc/>
        public int ZStride { get; }

        /// <inheritdoc/>
        public int ComputeElementIndex(Index3D index) => index.X + index.Y * YStride + index.Z * ZStride;

        /// <inheritdoc/>
        public long ComputeElementIndex(LongIndex3D index) => index.X + index.Y * YStride + index.Z * ZStride;

        /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
        public int ComputeElementIndexChecked(Index3D index, Index3D extent)
        {
            DebugChecks.InBounds(0, index, extent);
            return ComputeElementIndex(index);
        }

        /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
        public long ComputeElementIndexChecked(LongIndex3D index, LongIndex3D extent)
        {
            DebugChecks.InBounds(0, index, extent);
            return ComputeElementIndex(index);
        }

        /// <inheritdoc/>
        public int ComputeBufferLength(Index3D extent) => extent.Size == 0 ? 0 : ComputeElementIndex(extent - Index3D.One) + 1;

        /// <inheritdoc/>
        public long ComputeBufferLength(LongIndex3D extent) => extent.Size == 0 ? 0 : ComputeElementIndex(extent - LongIndex3D.One) + 1;

        /// <summary>Computes the index at a position: the inverse of <see cref="ComputeElementIndex(Index3D)"/>.</summary>
        public Index3D ReconstructFromElementIndex(int elementIndex) => new(elementIndex % YStride, elementIndex % ZStride / YStride, elementIndex / ZStride);

        /// <summary>Computes the index at a position: the inverse of <see cref="ComputeElementIndex(LongIndex3D)"/>.</summary>
        public LongIndex3D ReconstructFromElementIndex(long elementIndex) => new(elementIndex % YStride, elementIndex % ZStride / YStride, elementIndex / ZStride);

        /// <summary>Creates the rule of a buffer without gaps.</summary>
        public static DenseXY FromExtent(Index3D extent) => new(extent.X, extent.X * extent.Y);

        /// <summary>Creates the rule of a buffer without gaps.</summary>
        public static DenseXY FromExtent(LongIndex3D extent) => new((int)extent.X, (int)(extent.X * extent.Y));

        /// <inheritdoc/>
        public General AsGeneral() => new(StrideExtent);

        /// <inheritdoc/>
        public override string ToString() => StrideExtent.ToString();
    }

    /// <summary>Neighbours in Z are neighbours in memory, as in C# arrays: [x, y, z] at x · XStride + y · YStride + z.</summary>
    public readonly struct DenseZY : IStride3D
    {
        /// <summary>Creates a rule from the strides that are not 1.</summary>
        public DenseZY(int xStride, int yStride)
        {
            XStride = xStride;
            YStride = yStride;
        }

        /// <inheritdoc/>
        public Index3D StrideExtent => new(XStride, YStride, ZStride);

        /// <inheritdoc/>
        public int XStride { get; }

        /// <inheritdoc/>
        public int YStride { get; }

        /// <inheritdoc/>
        public int ZStride => 1;

        /// <inheritdoc/>
        public int ComputeElementIndex(Index3D index) => index.X * XStride + index.Y * YStride + index.Z;

        /// <inheritdoc/>
        public long ComputeElementIndex(LongIndex3D index) => index.X * XStride + index.Y * YStride + index.Z;

        /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
        public int ComputeElementIndexChecked(Index3D index, Index3D extent)
        {
            DebugChecks.InBounds(0, index, extent);
            return ComputeElementIndex(index);
        }

        /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
        public long ComputeElementIndexChecked(LongIndex3D index, LongIndex3D extent)
        {
            DebugChecks.InBounds(0, index, extent);
            return ComputeElementIndex(index);
        }

        /// <inheritdoc/>
        public int ComputeBufferLength(Index3D extent) => extent.Size == 0 ? 0 : ComputeElementIndex(extent - Index3D.One) + 1;

        /// <inheritdoc/>
        public long ComputeBufferLength(LongIndex3D extent) => extent.Size == 0 ? 0 : ComputeElementIndex(extent - LongIndex3D.One) + 1;

        /// <summary>Computes the index at a position: the inverse of <see cref="ComputeElementIndex(Index3D)"/>.</summary>
        public Index3D ReconstructFromElementIndex(int elementIndex) => new(elementIndex / XStride, elementIndex % XStride / YStride, elementIndex % YStride);

        /// <summary>Computes the index at a position: the inverse of <see cref="ComputeElementIndex(LongIndex3D)"/>.</summary>
        public LongIndex3D ReconstructFromElementIndex(long elementIndex) => new(elementIndex / XStride, elementIndex % XStride / YStride, elementIndex % YStride);

        /// <summary>Creates the rule of a buffer without gaps.</summary>
        public static DenseZY FromExtent(Index3D extent) => new(extent.Y * extent.Z, extent.Z);

        /// <summary>Creates the rule of a buffer without gaps.</summary>
        public static DenseZY FromExtent(LongIndex3D extent) => new((int)(extent.Y * extent.Z), (int)extent.Z);

        /// <inheritdoc/>
        public General AsGeneral() => new(StrideExtent);

        /// <inheritdoc/>
        public override string ToString() => StrideExtent.ToString();
    }

    /// <summary>Any strides.</summary>
    public readonly struct General : IStride3D
    {
        /// <summary>Creates a rule from the strides of all dimensions.</summary>
        public General(Index3D stride) => StrideExtent = stride;

        /// <inheritdoc/>
        public Index3D StrideExtent { get; }

        /// <inheritdoc/>
        public int XStride => StrideExtent.X;

        /// <inheritdoc/>
        public int YStride => StrideExtent.Y;

        /// <inheritdoc/>
        public int ZStride => StrideExtent.Z;

        /// <inheritdoc/>
        public int ComputeElementIndex(Index3D index) => index.X * XStride + index.Y * YStride + index.Z * ZStride;

        /// <inheritdoc/>
        public long ComputeElementIndex(LongIndex3D index) => index.X * XStride + index.Y * YStride + index.Z * ZStride;

        /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
        public int ComputeElementIndexChecked(Index3D index, Index3D extent)
        {
            DebugChecks.InBounds(0, index, extent);
            return ComputeElementIndex(index);
        }

        /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
        public long ComputeElementIndexChecked(LongIndex3D index, LongIndex3D extent)
        {
            DebugChecks.InBounds(0, index, extent);
            return ComputeElementIndex(index);
        }

        /// <inheritdoc/>
        public int ComputeBufferLength(Index3D extent) => extent.Size == 0 ? 0 : ComputeElementIndex(extent - Index3D.One) + 1;

        /// <inheritdoc/>
        public long ComputeBufferLength(LongIndex3D extent) => extent.Size == 0 ? 0 : ComputeElementIndex(extent - LongIndex3D.One) + 1;

        /// <inheritdoc/>
        public General AsGeneral() => new(StrideExtent);

        /// <inheritdoc/>
        public override string ToString() => StrideExtent.ToString();
    }

    /// <summary>Computes the position of an index.</summary>
    public static int ComputeElementIndex<TStride>(this TStride stride, Index3D index)
        where TStride : struct, IStride3D =>
        stride.ComputeElementIndex(index);

    /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
    public static int ComputeElementIndexChecked<TStride>(this TStride stride, Index3D index, Index3D extent)
        where TStride : struct, IStride3D
    {
        DebugChecks.InBounds(0, index, extent);
        return stride.ComputeElementIndex(index);
    }

    /// <summary>Computes how many elements a buffer of <paramref name="extent"/> spans.</summary>
    public static int ComputeBufferLength<TStride>(this TStride stride, Index3D extent)
        where TStride : struct, IStride3D =>
        stride.ComputeBufferLength(extent);

    /// <summary>Computes the position of an index.</summary>
    public static long ComputeElementIndex<TStride>(this TStride stride, LongIndex3D index)
        where TStride : struct, IStride3D =>
        stride.ComputeElementIndex(index);

    /// <summary>Computes the position of an index, which must lie within <paramref name="extent"/>.</summary>
    public static long ComputeElementIndexChecked<TStride>(this TStride stride, LongIndex3D index, LongIndex3D extent)
        where TStride : struct, IStride3D
    {
        DebugChecks.InBounds(0, index, extent);
        return stride.ComputeElementIndex(index);
    }

    /// <summary>Computes how many elements a buffer of <paramref name="extent"/> spans.</summary>
    public static long ComputeBufferLength<TStride>(this TStride stride, LongIndex3D extent)
        where TStride : struct, IStride3D =>
        stride.ComputeBufferLength(extent);
}
