using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute.Api;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace ILGPU.Runtime;

/// <summary>A window with 1 dimension onto memory of an accelerator.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <typeparam name="TStride">The rule that turns an index into a position.</typeparam>
public readonly struct ArrayView1D<T, TStride> : IArrayView<T>, IDebugView
    where T : unmanaged
    where TStride : struct, IStride1D
{
    /// <summary>Creates a view.</summary>
    /// <param name="baseView">The memory.</param>
    /// <param name="extent">The number of indices in each dimension.</param>
    /// <param name="stride">The rule that turns an index into a position in <paramref name="baseView"/>.</param>
    public ArrayView1D(ArrayView<T> baseView, LongIndex1D extent, TStride stride)
    {
        BaseView = baseView;
        Extent = extent;
        Stride = stride;
    }

    /// <summary>A view of nothing.</summary>
    public static readonly ArrayView1D<T, TStride> Empty;

    /// <summary>The size of one element in bytes.</summary>
    public static readonly int ElementSize = Unsafe.SizeOf<T>();

    /// <summary>Gets the memory that this view shows, gaps included.</summary>
    public ArrayView<T> BaseView { get; }

    /// <summary>Gets the number of indices in each dimension.</summary>
    public LongIndex1D Extent { get; }

    /// <summary>Gets the number of indices in each dimension, which must fit 32 bits.</summary>
    public Index1D IntExtent => Extent.ToIntIndex();

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
    public ref T this[Index1D index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            DebugChecks.InBounds<TStride>(BaseView.Address, index, Extent);
            return ref BaseView[Stride.ComputeElementIndex(index)];
        }
    }

    /// <summary>Gets the element at <paramref name="index"/>.</summary>
    public ref T this[LongIndex1D index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            DebugChecks.InBounds<TStride>(BaseView.Address, index, Extent);
            return ref BaseView[Stride.ComputeElementIndex(index)];
        }
    }

    /// <summary>Gets an empty view with a stride.</summary>
    public static ArrayView1D<T, TStride> GetEmpty(TStride stride) => new(ArrayView<T>.Empty, LongIndex1D.Zero, stride);

    /// <summary>Computes the position of an index in <see cref="BaseView"/>.</summary>
    public int ComputeLinearIndex(Index1D index) => Stride.ComputeElementIndex(index);

    /// <summary>Computes the position of an index in <see cref="BaseView"/>.</summary>
    public long ComputeLinearIndex(LongIndex1D index) => Stride.ComputeElementIndex(index);

    /// <summary>Gets a part of this view.</summary>
    /// <param name="index">The first index to show.</param>
    /// <param name="extent">The number of indices to show in each dimension.</param>
    public ArrayView1D<T, TStride> SubView(Index1D index, Index1D extent) => SubView(index.ToLongIndex(), extent.ToLongIndex());

    /// <summary>Gets a part of this view.</summary>
    /// <param name="index">The first index to show.</param>
    /// <param name="extent">The number of indices to show in each dimension.</param>
    public ArrayView1D<T, TStride> SubView(LongIndex1D index, LongIndex1D extent)
    {
        DebugChecks.SubView(BaseView.Address, index, extent, Extent);
        return new(
            BaseView.SubView(Stride.ComputeElementIndex(index), Stride.ComputeBufferLength(extent)),
            extent,
            Stride);
    }

    /// <summary>Gets a view of the element at <paramref name="index"/>.</summary>
    public VariableView<T> VariableView(Index1D index) => new(BaseView.SubView(ComputeLinearIndex(index), 1));

    /// <summary>Gets a view of the element at <paramref name="index"/>.</summary>
    public VariableView<T> VariableView(LongIndex1D index) => new(BaseView.SubView(ComputeLinearIndex(index), 1));

    /// <summary>Gets the memory that this view shows, gaps included.</summary>
    public ArrayView<T> AsContiguous() => BaseView;

    /// <summary>Gets the same view with every stride stored.</summary>
    public ArrayView1D<T, Stride1D.General> AsGeneral() => new(BaseView, Extent, Stride.AsGeneral());

    /// <summary>Gets the same memory with other strides.</summary>
    public ArrayView1D<T, Stride1D.General> AsGeneral(Stride1D.General stride) => new(BaseView, Extent, stride);

    /// <summary>Gets the same memory without gaps.</summary>
    public ArrayView1D<T, Stride1D.Dense> AsDense() => new(BaseView, Extent, default);

    /// <summary>Gets the same view with its stride stored.</summary>
    public ArrayView1D<T, Stride1D.General> To1DView() => AsGeneral();

    /// <summary>Gets the same memory as rows and columns.</summary>
    public ArrayView2D<T, TOtherStride> As2DView<TOtherStride>(LongIndex2D extent, TOtherStride stride)
        where TOtherStride : struct, IStride2D =>
        new(BaseView, extent, stride);

    /// <summary>Gets the same memory in two dimensions, X without gaps.</summary>
    public ArrayView2D<T, Stride2D.DenseX> As2DDenseXView(LongIndex2D extent) =>
        As2DView(extent, Stride2D.DenseX.FromExtent(extent));

    /// <summary>Gets the same memory in two dimensions, Y without gaps.</summary>
    public ArrayView2D<T, Stride2D.DenseY> As2DDenseYView(LongIndex2D extent) =>
        As2DView(extent, Stride2D.DenseY.FromExtent(extent));

    /// <summary>Gets the same memory in three dimensions.</summary>
    public ArrayView3D<T, TOtherStride> As3DView<TOtherStride>(LongIndex3D extent, TOtherStride stride)
        where TOtherStride : struct, IStride3D =>
        new(BaseView, extent, stride);

    /// <summary>Gets the same memory in three dimensions, X without gaps.</summary>
    public ArrayView3D<T, Stride3D.DenseXY> As3DDenseXYView(LongIndex3D extent) =>
        As3DView(extent, Stride3D.DenseXY.FromExtent(extent));

    /// <summary>Gets the same memory in three dimensions, Z without gaps.</summary>
    public ArrayView3D<T, Stride3D.DenseZY> As3DDenseZYView(LongIndex3D extent) =>
        As3DView(extent, Stride3D.DenseZY.FromExtent(extent));

    /// <inheritdoc/>
    public override string ToString() => $"{typeof(T).Name}[{Extent}]";

    MemoryBuffer? IDebugView.Source => BaseView.Source;

    nint IDebugView.Address => (nint)BaseView.Address;

    long IDebugView.LengthInBytes => BaseView.LengthInBytes;

    int IArrayView.ElementSize => Unsafe.SizeOf<T>();

    MemoryBuffer IArrayView.Buffer => BaseView.Source ?? throw new InvalidOperationException("This view belongs to no buffer.");
}
