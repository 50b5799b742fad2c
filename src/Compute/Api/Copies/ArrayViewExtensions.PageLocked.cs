using GemmaIlgpu.Compute.Runtime;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace ILGPU.Runtime;

public static partial class ArrayViewExtensions
{
    /// <summary>Copies page-locked host memory here; it must fit.</summary>
    public static void CopyFromPageLockedAsync<T, TView>(this TView target, PageLockScope<T> pageLockScope)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        target.CopyFromPageLockedAsync(ViewCopy.StreamOf(target), pageLockScope);

    /// <summary>Copies page-locked host memory here; it must fit.</summary>
    public static void CopyFromPageLockedAsync<T, TView>(this TView target, AcceleratorStream stream, PageLockScope<T> pageLockScope)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        ViewCopy.FromHost(stream, ViewCopy.Elements<T, TView>(target), pageLockScope.Span, pageLocked: true);

    /// <summary>Copies page-locked host memory here; it must fit.</summary>
    public static void CopyFromPageLockedAsync<T, TView>(this TView target, PageLockedArray<T> pageLockedArray)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        target.CopyFromPageLockedAsync(ViewCopy.StreamOf(target), pageLockedArray);

    /// <summary>Copies page-locked host memory here; it must fit.</summary>
    public static void CopyFromPageLockedAsync<T, TView>(this TView target, AcceleratorStream stream, PageLockedArray<T> pageLockedArray)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        ViewCopy.FromHost(stream, ViewCopy.Elements<T, TView>(target), pageLockedArray.Span, pageLocked: true);

    /// <summary>Copies page-locked host memory here; it must fit.</summary>
    public static void CopyFromPageLockedAsync<T>(this ArrayView1D<T, Stride1D.Dense> target, PageLockScope<T> pageLockScope)
        where T : unmanaged =>
        target.CopyFromPageLockedAsync(ViewCopy.StreamOf(target), pageLockScope);

    /// <summary>Copies page-locked host memory here; it must fit.</summary>
    public static void CopyFromPageLockedAsync<T>(this ArrayView1D<T, Stride1D.Dense> target, AcceleratorStream stream, PageLockScope<T> pageLockScope)
        where T : unmanaged =>
        ViewCopy.FromHost(stream, target.BaseView, pageLockScope.Span, pageLocked: true);

    /// <summary>Copies page-locked host memory here; it must fit.</summary>
    public static void CopyFromPageLockedAsync<T>(this ArrayView1D<T, Stride1D.Infinite> target, PageLockScope<T> pageLockScope)
        where T : unmanaged =>
        target.CopyFromPageLockedAsync(ViewCopy.StreamOf(target), pageLockScope);

    /// <summary>Copies page-locked host memory here; it must fit.</summary>
    public static void CopyFromPageLockedAsync<T>(this ArrayView1D<T, Stride1D.Infinite> target, AcceleratorStream stream, PageLockScope<T> pageLockScope)
        where T : unmanaged =>
        ViewCopy.FromHost(stream, target.BaseView, pageLockScope.Span, pageLocked: true);

    /// <summary>Copies page-locked host memory here; it must fit.</summary>
    public static void CopyFromPageLockedAsync<T>(this ArrayView1D<T, Stride1D.Dense> target, PageLockedArray1D<T> pageLockedArray)
        where T : unmanaged =>
        target.CopyFromPageLockedAsync(ViewCopy.StreamOf(target), pageLockedArray);

    /// <summary>Copies page-locked host memory here; it must fit.</summary>
    public static void CopyFromPageLockedAsync<T>(this ArrayView1D<T, Stride1D.Dense> target, AcceleratorStream stream, PageLockedArray1D<T> pageLockedArray)
        where T : unmanaged =>
        ViewCopy.FromHost(stream, target.BaseView, pageLockedArray.Span, pageLocked: true);

    /// <summary>Copies page-locked host memory here; it must fit.</summary>
    public static void CopyFromPageLockedAsync<T>(this ArrayView2D<T, Stride2D.DenseY> target, PageLockedArray2D<T> pageLockedArray)
        where T : unmanaged =>
        target.CopyFromPageLockedAsync(ViewCopy.StreamOf(target), pageLockedArray);

    /// <summary>Copies page-locked host memory here; it must fit.</summary>
    public static void CopyFromPageLockedAsync<T>(this ArrayView2D<T, Stride2D.DenseY> target, AcceleratorStream stream, PageLockedArray2D<T> pageLockedArray)
        where T : unmanaged =>
        ViewCopy.FromHost(stream, ViewCopy.WithoutGaps(target), pageLockedArray.Span, pageLocked: true);

    /// <summary>Copies page-locked host memory here; it must fit.</summary>
    public static void CopyFromPageLockedAsync<T>(this ArrayView3D<T, Stride3D.DenseZY> target, PageLockedArray3D<T> pageLockedArray)
        where T : unmanaged =>
        target.CopyFromPageLockedAsync(ViewCopy.StreamOf(target), pageLockedArray);

    /// <summary>Copies page-locked host memory here; it must fit.</summary>
    public static void CopyFromPageLockedAsync<T>(this ArrayView3D<T, Stride3D.DenseZY> target, AcceleratorStream stream, PageLockedArray3D<T> pageLockedArray)
        where T : unmanaged =>
        ViewCopy.FromHost(stream, ViewCopy.WithoutGaps(target), pageLockedArray.Span, pageLocked: true);

    /// <summary>Fills page-locked host memory from here; it must not be longer.</summary>
    public static void CopyToPageLockedAsync<T, TView>(this TView source, PageLockScope<T> pageLockScope)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        source.CopyToPageLockedAsync(ViewCopy.StreamOf(source), pageLockScope);

    /// <summary>Fills page-locked host memory from here; it must not be longer.</summary>
    public static void CopyToPageLockedAsync<T, TView>(this TView source, AcceleratorStream stream, PageLockScope<T> pageLockScope)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        ViewCopy.ToHost(stream, ViewCopy.Elements<T, TView>(source), pageLockScope.Span, pageLocked: true);

    /// <summary>Fills page-locked host memory from here; it must not be longer.</summary>
    public static void CopyToPageLockedAsync<T, TView>(this TView source, PageLockedArray<T> pageLockedArray)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        source.CopyToPageLockedAsync(ViewCopy.StreamOf(source), pageLockedArray);

    /// <summary>Fills page-locked host memory from here; it must not be longer.</summary>
    public static void CopyToPageLockedAsync<T, TView>(this TView source, AcceleratorStream stream, PageLockedArray<T> pageLockedArray)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        ViewCopy.ToHost(stream, ViewCopy.Elements<T, TView>(source), pageLockedArray.Span, pageLocked: true);

    /// <summary>Fills page-locked host memory from here; it must not be longer.</summary>
    public static void CopyToPageLockedAsync<T>(this ArrayView1D<T, Stride1D.Dense> source, PageLockScope<T> pageLockScope)
        where T : unmanaged =>
        source.CopyToPageLockedAsync(ViewCopy.StreamOf(source), pageLockScope);

    /// <summary>Fills page-locked host memory from here; it must not be longer.</summary>
    public static void CopyToPageLockedAsync<T>(this ArrayView1D<T, Stride1D.Dense> source, AcceleratorStream stream, PageLockScope<T> pageLockScope)
        where T : unmanaged =>
        ViewCopy.ToHost(stream, source.BaseView, pageLockScope.Span, pageLocked: true);

    /// <summary>Fills page-locked host memory from here; it must not be longer.</summary>
    public static void CopyToPageLockedAsync<T>(this ArrayView1D<T, Stride1D.Infinite> source, PageLockScope<T> pageLockScope)
        where T : unmanaged =>
        source.CopyToPageLockedAsync(ViewCopy.StreamOf(source), pageLockScope);

    /// <summary>Fills page-locked host memory from here; it must not be longer.</summary>
    public static void CopyToPageLockedAsync<T>(this ArrayView1D<T, Stride1D.Infinite> source, AcceleratorStream stream, PageLockScope<T> pageLockScope)
        where T : unmanaged =>
        ViewCopy.ToHost(stream, source.BaseView, pageLockScope.Span, pageLocked: true);

    /// <summary>Fills page-locked host memory from here; it must not be longer.</summary>
    public static void CopyToPageLockedAsync<T>(this ArrayView1D<T, Stride1D.Dense> source, PageLockedArray1D<T> pageLockedArray)
        where T : unmanaged =>
        source.CopyToPageLockedAsync(ViewCopy.StreamOf(source), pageLockedArray);

    /// <summary>Fills page-locked host memory from here; it must not be longer.</summary>
    public static void CopyToPageLockedAsync<T>(this ArrayView1D<T, Stride1D.Dense> source, AcceleratorStream stream, PageLockedArray1D<T> pageLockedArray)
        where T : unmanaged =>
        ViewCopy.ToHost(stream, source.BaseView, pageLockedArray.Span, pageLocked: true);

    /// <summary>Fills page-locked host memory from here; it must not be longer.</summary>
    public static void CopyToPageLockedAsync<T>(this ArrayView2D<T, Stride2D.DenseY> source, PageLockedArray2D<T> pageLockedArray)
        where T : unmanaged =>
        source.CopyToPageLockedAsync(ViewCopy.StreamOf(source), pageLockedArray);

    /// <summary>Fills page-locked host memory from here; it must not be longer.</summary>
    public static void CopyToPageLockedAsync<T>(this ArrayView2D<T, Stride2D.DenseY> source, AcceleratorStream stream, PageLockedArray2D<T> pageLockedArray)
        where T : unmanaged =>
        ViewCopy.ToHost(stream, ViewCopy.WithoutGaps(source), pageLockedArray.Span, pageLocked: true);

    /// <summary>Fills page-locked host memory from here; it must not be longer.</summary>
    public static void CopyToPageLockedAsync<T>(this ArrayView3D<T, Stride3D.DenseZY> source, PageLockedArray3D<T> pageLockedArray)
        where T : unmanaged =>
        source.CopyToPageLockedAsync(ViewCopy.StreamOf(source), pageLockedArray);

    /// <summary>Fills page-locked host memory from here; it must not be longer.</summary>
    public static void CopyToPageLockedAsync<T>(this ArrayView3D<T, Stride3D.DenseZY> source, AcceleratorStream stream, PageLockedArray3D<T> pageLockedArray)
        where T : unmanaged =>
        ViewCopy.ToHost(stream, ViewCopy.WithoutGaps(source), pageLockedArray.Span, pageLocked: true);

    /// <summary>Copies all elements into new page-locked host memory.</summary>
    public static PageLockedArray1D<T> GetAsPageLocked<T>(this ArrayView<T> view)
        where T : unmanaged =>
        view.GetAsPageLocked(ViewCopy.StreamOf(view));

    /// <summary>Copies all elements into new page-locked host memory.</summary>
    public static PageLockedArray1D<T> GetAsPageLocked<T>(this ArrayView<T> view, AcceleratorStream stream)
        where T : unmanaged
    {
        PageLockedArray1D<T> array = view.GetAccelerator().AllocatePageLocked1D<T>(view.Extent);
        ViewCopy.ToHost(stream, view, array.Span);
        return array;
    }

    /// <summary>Copies all elements into new page-locked host memory.</summary>
    public static PageLockedArray1D<T> GetAsPageLocked1D<T>(this ArrayView1D<T, Stride1D.Dense> view)
        where T : unmanaged =>
        view.GetAsPageLocked1D(ViewCopy.StreamOf(view));

    /// <summary>Copies all elements into new page-locked host memory.</summary>
    public static PageLockedArray1D<T> GetAsPageLocked1D<T>(this ArrayView1D<T, Stride1D.Dense> view, AcceleratorStream stream)
        where T : unmanaged
    {
        PageLockedArray1D<T> array = view.GetAccelerator().AllocatePageLocked1D<T>(view.Extent);
        ViewCopy.ToHost(stream, view.BaseView, array.Span);
        return array;
    }

    /// <summary>Copies all elements into new page-locked host memory.</summary>
    public static PageLockedArray2D<T> GetAsPageLocked2D<T>(this ArrayView2D<T, Stride2D.DenseY> view)
        where T : unmanaged =>
        view.GetAsPageLocked2D(ViewCopy.StreamOf(view));

    /// <summary>Copies all elements into new page-locked host memory.</summary>
    public static PageLockedArray2D<T> GetAsPageLocked2D<T>(this ArrayView2D<T, Stride2D.DenseY> view, AcceleratorStream stream)
        where T : unmanaged
    {
        PageLockedArray2D<T> array = view.GetAccelerator().AllocatePageLocked2D<T>(view.Extent);
        ViewCopy.ToHost(stream, ViewCopy.WithoutGaps(view), array.Span);
        return array;
    }

    /// <summary>Copies all elements into new page-locked host memory.</summary>
    public static PageLockedArray3D<T> GetAsPageLocked3D<T>(this ArrayView3D<T, Stride3D.DenseZY> view)
        where T : unmanaged =>
        view.GetAsPageLocked3D(ViewCopy.StreamOf(view));

    /// <summary>Copies all elements into new page-locked host memory.</summary>
    public static PageLockedArray3D<T> GetAsPageLocked3D<T>(this ArrayView3D<T, Stride3D.DenseZY> view, AcceleratorStream stream)
        where T : unmanaged
    {
        PageLockedArray3D<T> array = view.GetAccelerator().AllocatePageLocked3D<T>(view.Extent);
        ViewCopy.ToHost(stream, ViewCopy.WithoutGaps(view), array.Span);
        return array;
    }
}
