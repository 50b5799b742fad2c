using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute.Api;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace ILGPU.Runtime;

/// <summary>A window with 2 dimensions onto memory of an accelerator.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <typeparam name="TStride">The rule that turns an index into a position.</typeparam>
public readonly struct ArrayView2D<T, TStride> : IArrayView<T>, IDebugView
    where T : unmanaged
    where TStride : struct, IStride2D
{
    /// <summary>Creates a view.</summary>
    /// <param name="baseView">The memory.</param>
    /// <param name="extent">The number of indices in each dimension.</param>
    /// <param name="stride">The rule that turns an index into a position in <paramref name="baseView"/>.</param>
    public ArrayView2D(ArrayView<T> baseView, LongIndex2D extent, TStride stride)
    {
        BaseView = baseView;
        Extent = extent;
        Stride = stride;
    }

    /// <summary>A view of nothing.</summary>
    public static readonly ArrayView2D<T, TStride> Empty;

    /// <summary>The size of one element in bytes.</summary>
    public static readonly int ElementSize = Unsafe.SizeOf<T>();

    /// <summary>Gets the memory that this view shows, gaps included.</summary>
    public ArrayView<T> BaseView { get; }

    /// <summary>Gets the number of indices in each dimension.</summary>
    public LongIndex2D Extent { get; }

    /// <summary>Gets the number of indices in each dimension, which must fit 32 bits.</summary>
    public Index2D IntExtent => Extent.ToIntIndex();

    /// <summary>Gets the rule that turns an index into a position.</summary>
    public TStride Stride { get; }

    /// <summary>Gets the number of elements.</summary>
    public long Length => Extent.Size;

    /// <summary>Gets the number of elements, which must fit 32 bits.</summary>
    public int IntLength => (int)Extent.Size;

    /// <summary>Gets the number of bytes of all elements, without gaps.</summary>
    public long LengthInBytes => Length * Unsafe.SizeOf<T>();

    /// <summary>Gets whether the view shows any memory.</summary>
    public bool IsValid => BaseView.IsValid;

    /// <summary>Gets the element at <paramref name="index"/>.</summary>
    public ref T this[Index2D index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            DebugChecks.InBounds(BaseView.Address, index, Extent);
            return ref BaseView[Stride.ComputeElementIndex(index)];
        }
    }

    /// <summary>Gets the element at <paramref name="index"/>.</summary>
    public ref T this[LongIndex2D index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            DebugChecks.InBounds(BaseView.Address, index, Extent);
            return ref BaseView[Stride.ComputeElementIndex(index)];
        }
    }

    /// <summary>Gets the element at (x, y).</summary>
    public ref T this[int x, int y]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref this[new Index2D(x, y)];
    }

    /// <summary>Gets the element at (x, y).</summary>
    public ref T this[long x, long y]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref this[new LongIndex2D(x, y)];
    }

    /// <summary>Gets an empty view with a stride.</summary>
    public static ArrayView2D<T, TStride> GetEmpty(TStride stride) => new(ArrayView<T>.Empty, LongIndex2D.Zero, stride);

    /// <summary>Computes the position of an index in <see cref="BaseView"/>.</summary>
    public int ComputeLinearIndex(Index2D index) => Stride.ComputeElementIndex(index);

    /// <summary>Computes the position of an index in <see cref="BaseView"/>.</summary>
    public long ComputeLinearIndex(LongIndex2D index) => Stride.ComputeElementIndex(index);

    /// <summary>Gets a part of this view.</summary>
    /// <param name="index">The first index to show.</param>
    /// <param name="extent">The number of indices to show in each dimension.</param>
    public ArrayView2D<T, TStride> SubView(Index2D index, Index2D extent) => SubView(index.ToLongIndex(), extent.ToLongIndex());

    /// <summary>Gets a part of this view.</summary>
    /// <param name="index">The first index to show.</param>
    /// <param name="extent">The number of indices to show in each dimension.</param>
    public ArrayView2D<T, TStride> SubView(LongIndex2D index, LongIndex2D extent)
    {
        DebugChecks.SubView(BaseView.Address, index, extent, Extent);
        return new(
            BaseView.SubView(Stride.ComputeElementIndex(index), Stride.ComputeBufferLength(extent)),
            extent,
            Stride);
    }

    /// <summary>Gets a view of the element at <paramref name="index"/>.</summary>
    public VariableView<T> VariableView(Index2D index) => new(BaseView.SubView(ComputeLinearIndex(index), 1));

    /// <summary>Gets a view of the element at <paramref name="index"/>.</summary>
    public VariableView<T> VariableView(LongIndex2D index) => new(BaseView.SubView(ComputeLinearIndex(index), 1));

    /// <summary>Gets the memory that this view shows, gaps included.</summary>
    public ArrayView<T> AsContiguous() => BaseView;

    /// <summary>Gets the same view with every stride stored.</summary>
    public ArrayView2D<T, Stride2D.General> AsGeneral() => new(BaseView, Extent, Stride.AsGeneral());

    /// <summary>Gets the same memory with other strides.</summary>
    public ArrayView2D<T, Stride2D.General> AsGeneral(Stride2D.General stride) => new(BaseView, Extent, stride);

    /// <summary>Gets the same memory as a DenseX view without gaps.</summary>
    public ArrayView2D<T, Stride2D.DenseX> AsDenseX() => new(BaseView, Extent, Stride2D.DenseX.FromExtent(Extent));

    /// <summary>Gets the same memory as a DenseY view without gaps.</summary>
    public ArrayView2D<T, Stride2D.DenseY> AsDenseY() => new(BaseView, Extent, Stride2D.DenseY.FromExtent(Extent));

    /// <summary>Gets the same memory in one dimension.</summary>
    public ArrayView1D<T, TOtherStride> As1DView<TOtherStride>(TOtherStride stride)
        where TOtherStride : struct, IStride1D =>
        new(BaseView, new LongIndex1D(Extent.Size), stride);

    /// <summary>Gets the same memory in three dimensions.</summary>
    public ArrayView3D<T, TOtherStride> As3DView<TOtherStride>(LongIndex3D extent, TOtherStride stride)
        where TOtherStride : struct, IStride3D =>
        new(BaseView, extent, stride);

    /// <inheritdoc/>
    public override string ToString() => $"{typeof(T).Name}[{Extent}]";

    MemoryBuffer? IDebugView.Source => BaseView.Source;

    nint IDebugView.Address => (nint)BaseView.Address;

    long IDebugView.LengthInBytes => BaseView.LengthInBytes;

    int IArrayView.ElementSize => Unsafe.SizeOf<T>();

    MemoryBuffer IArrayView.Buffer => BaseView.Source ?? throw new InvalidOperationException("This view belongs to no buffer.");
}
