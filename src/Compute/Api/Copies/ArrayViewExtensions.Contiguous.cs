using GemmaIlgpu.Compute.Runtime;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace ILGPU.Runtime;

/// <summary>Copies, fills, casts and alignment of views and buffers.</summary>
public static partial class ArrayViewExtensions
{
    /// <summary>Copies elements from host memory.</summary>
    public static void CopyFromCPU<T, TView>(this TView target, ref T cpuData, long length)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        target.CopyFromCPU(ViewCopy.StreamOf(target), ref cpuData, length);

    /// <summary>Copies elements from host memory.</summary>
    public static void CopyFromCPU<T, TView>(this TView target, AcceleratorStream stream, ref T cpuData, long length)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        ViewCopy.FromHost(stream, ViewCopy.Elements<T, TView>(target), ref cpuData, length);

    /// <summary>Copies elements to host memory.</summary>
    public static void CopyToCPU<T, TView>(this TView source, ref T cpuData, long length)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        source.CopyToCPU(ViewCopy.StreamOf(source), ref cpuData, length);

    /// <summary>Copies elements to host memory.</summary>
    public static void CopyToCPU<T, TView>(this TView source, AcceleratorStream stream, ref T cpuData, long length)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        ViewCopy.ToHost(stream, ViewCopy.Elements<T, TView>(source), ref cpuData, length);

    /// <summary>Copies elements from host memory, which must stay in place until the stream is done.</summary>
    public static void CopyFromCPUUnsafeAsync<T, TView>(this TView target, ref T cpuData, long length)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        target.CopyFromCPUUnsafeAsync(ViewCopy.StreamOf(target), ref cpuData, length);

    /// <summary>Copies elements from host memory, which must stay in place until the stream is done.</summary>
    public static void CopyFromCPUUnsafeAsync<T, TView>(this TView target, AcceleratorStream stream, ref T cpuData, long length)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        ViewCopy.FromHost(stream, ViewCopy.Elements<T, TView>(target), ref cpuData, length);

    /// <summary>Copies elements to host memory, which must stay in place until the stream is done.</summary>
    public static void CopyToCPUUnsafeAsync<T, TView>(this TView source, ref T cpuData, long length)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        source.CopyToCPUUnsafeAsync(ViewCopy.StreamOf(source), ref cpuData, length);

    /// <summary>Copies elements to host memory, which must stay in place until the stream is done.</summary>
    public static void CopyToCPUUnsafeAsync<T, TView>(this TView source, AcceleratorStream stream, ref T cpuData, long length)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        ViewCopy.ToHost(stream, ViewCopy.Elements<T, TView>(source), ref cpuData, length);

    /// <summary>Copies elements from host memory.</summary>
    public static void CopyFromCPU<T, TView>(this TView target, in ReadOnlySpan<T> span)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        target.CopyFromCPU(ViewCopy.StreamOf(target), span);

    /// <summary>Copies elements from host memory.</summary>
    public static void CopyFromCPU<T, TView>(this TView target, AcceleratorStream stream, in ReadOnlySpan<T> span)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        ViewCopy.FromHost(stream, ViewCopy.Elements<T, TView>(target), span);

    /// <summary>Copies elements to host memory.</summary>
    public static void CopyToCPU<T, TView>(this TView source, in Span<T> span)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        source.CopyToCPU(ViewCopy.StreamOf(source), span);

    /// <summary>Copies elements to host memory.</summary>
    public static void CopyToCPU<T, TView>(this TView source, AcceleratorStream stream, in Span<T> span)
        where T : unmanaged
        where TView : IContiguousArrayView<T> =>
        ViewCopy.ToHost(stream, ViewCopy.Elements<T, TView>(source), span);

    /// <summary>Copies all elements of <c>source</c> to <c>target</c>, which must not be shorter.</summary>
    public static void CopyFrom<TView>(this TView target, in TView source)
        where TView : IContiguousArrayView =>
        target.CopyFrom(ViewCopy.StreamOf(target), source);

    /// <summary>Copies all elements of <c>source</c> to <c>target</c>, which must not be shorter.</summary>
    public static void CopyFrom<TView>(this TView target, AcceleratorStream stream, in TView source)
        where TView : IContiguousArrayView =>
        ViewCopy.Between(stream, ViewCopy.Bytes(source), ViewCopy.Bytes(target));

    /// <summary>Copies all elements of <c>source</c> to <c>target</c>, which must not be shorter.</summary>
    public static void CopyTo<TView>(this TView source, in TView target)
        where TView : IContiguousArrayView =>
        source.CopyTo(ViewCopy.StreamOf(source), target);

    /// <summary>Copies all elements of <c>source</c> to <c>target</c>, which must not be shorter.</summary>
    public static void CopyTo<TView>(this TView source, AcceleratorStream stream, in TView target)
        where TView : IContiguousArrayView =>
        ViewCopy.Between(stream, ViewCopy.Bytes(source), ViewCopy.Bytes(target));

    /// <summary>Sets every byte.</summary>
    public static void MemSet<TView>(this TView view, byte value)
        where TView : IContiguousArrayView =>
        view.MemSet(ViewCopy.StreamOf(view), value);

    /// <summary>Sets every byte.</summary>
    public static void MemSet<TView>(this TView view, AcceleratorStream stream, byte value)
        where TView : IContiguousArrayView =>
        ViewCopy.Set(stream, ViewCopy.Bytes(view), value);

    /// <summary>Sets every byte to 0.</summary>
    public static void MemSetToZero<TView>(this TView view)
        where TView : IContiguousArrayView =>
        view.MemSetToZero(ViewCopy.StreamOf(view));

    /// <summary>Sets every byte to 0.</summary>
    public static void MemSetToZero<TView>(this TView view, AcceleratorStream stream)
        where TView : IContiguousArrayView =>
        ViewCopy.Set(stream, ViewCopy.Bytes(view), 0);

    /// <summary>Copies all bytes to the host.</summary>
    public static ArraySegment<byte> GetRawData<TView>(this TView view)
        where TView : IContiguousArrayView =>
        view.GetRawData(ViewCopy.StreamOf(view));

    /// <summary>Copies all bytes to the host.</summary>
    public static ArraySegment<byte> GetRawData<TView>(this TView view, AcceleratorStream stream)
        where TView : IContiguousArrayView =>
        view.GetRawData(stream, 0, ViewCopy.Bytes(view).Length);

    /// <summary>Copies bytes to the host.</summary>
    /// <param name="view">The view.</param>
    /// <param name="byteOffset">Bytes to skip.</param>
    /// <param name="byteExtent">Bytes to copy.</param>
    public static ArraySegment<byte> GetRawData<TView>(this TView view, long byteOffset, long byteExtent)
        where TView : IContiguousArrayView =>
        view.GetRawData(ViewCopy.StreamOf(view), byteOffset, byteExtent);

    /// <summary>Copies bytes to the host.</summary>
    /// <param name="view">The view.</param>
    /// <param name="stream">The stream to copy in.</param>
    /// <param name="byteOffset">Bytes to skip.</param>
    /// <param name="byteExtent">Bytes to copy.</param>
    public static ArraySegment<byte> GetRawData<TView>(this TView view, AcceleratorStream stream, long byteOffset, long byteExtent)
        where TView : IContiguousArrayView
    {
        ArrayView<byte> bytes = ViewCopy.Bytes(view);
        if (byteOffset < 0 || byteExtent < 0 || byteOffset > bytes.Length - byteExtent)
            throw new ArgumentOutOfRangeException(nameof(byteExtent), $"The range of {byteExtent} bytes from {byteOffset} is outside a view of {bytes.Length} bytes.");
        byte[] data = new byte[byteExtent];
        if (byteExtent > 0)
            bytes.SubView(byteOffset, byteExtent).CopyToCPU(stream, data);
        return data;
    }
}
