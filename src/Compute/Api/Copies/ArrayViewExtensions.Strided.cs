using GemmaIlgpu.Compute.Runtime;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace ILGPU.Runtime;

public static partial class ArrayViewExtensions
{
    /// <summary>Copies elements from host memory.</summary>
    public static void CopyFromCPU<T>(this ArrayView1D<T, Stride1D.Dense> target, ref T cpuData, long length)
        where T : unmanaged =>
        target.CopyFromCPU(ViewCopy.StreamOf(target), ref cpuData, length);

    /// <summary>Copies elements from host memory.</summary>
    public static void CopyFromCPU<T>(this ArrayView1D<T, Stride1D.Dense> target, AcceleratorStream stream, ref T cpuData, long length)
        where T : unmanaged =>
        ViewCopy.FromHost(stream, target.BaseView, ref cpuData, length);

    /// <summary>Copies elements to host memory.</summary>
    public static void CopyToCPU<T>(this ArrayView1D<T, Stride1D.Dense> source, ref T cpuData, long length)
        where T : unmanaged =>
        source.CopyToCPU(ViewCopy.StreamOf(source), ref cpuData, length);

    /// <summary>Copies elements to host memory.</summary>
    public static void CopyToCPU<T>(this ArrayView1D<T, Stride1D.Dense> source, AcceleratorStream stream, ref T cpuData, long length)
        where T : unmanaged =>
        ViewCopy.ToHost(stream, source.BaseView, ref cpuData, length);

    /// <summary>Copies elements from host memory.</summary>
    public static void CopyFromCPU<T>(this ArrayView1D<T, Stride1D.Dense> target, AcceleratorStream stream, in ReadOnlySpan<T> span)
        where T : unmanaged =>
        ViewCopy.FromHost(stream, target.BaseView, span);

    /// <summary>Copies elements to host memory.</summary>
    public static void CopyToCPU<T>(this ArrayView1D<T, Stride1D.Dense> source, AcceleratorStream stream, in Span<T> span)
        where T : unmanaged =>
        ViewCopy.ToHost(stream, source.BaseView, span);

    /// <summary>Sets every byte.</summary>
    public static void MemSet<T>(this ArrayView1D<T, Stride1D.Dense> view, byte value)
        where T : unmanaged =>
        view.MemSet(ViewCopy.StreamOf(view), value);

    /// <summary>Sets every byte.</summary>
    public static void MemSet<T>(this ArrayView1D<T, Stride1D.Dense> view, AcceleratorStream stream, byte value)
        where T : unmanaged =>
        ViewCopy.Set(stream, view.BaseView.Cast<byte>(), value);

    /// <summary>Sets every byte to 0.</summary>
    public static void MemSetToZero<T>(this ArrayView1D<T, Stride1D.Dense> view)
        where T : unmanaged =>
        view.MemSetToZero(ViewCopy.StreamOf(view));

    /// <summary>Sets every byte to 0.</summary>
    public static void MemSetToZero<T>(this ArrayView1D<T, Stride1D.Dense> view, AcceleratorStream stream)
        where T : unmanaged =>
        ViewCopy.Set(stream, view.BaseView.Cast<byte>(), 0);

    /// <summary>Copies all elements of <c>source</c> to <c>target</c>, which must not be shorter.</summary>
    public static void CopyFrom<T>(this ArrayView1D<T, Stride1D.Dense> target, in ArrayView1D<T, Stride1D.Dense> source)
        where T : unmanaged =>
        target.CopyFrom(ViewCopy.StreamOf(target), source);

    /// <summary>Copies all elements of <c>source</c> to <c>target</c>, which must not be shorter.</summary>
    public static void CopyFrom<T>(this ArrayView1D<T, Stride1D.Dense> target, AcceleratorStream stream, in ArrayView1D<T, Stride1D.Dense> source)
        where T : unmanaged =>
        ViewCopy.Between(stream, source.BaseView.Cast<byte>(), target.BaseView.Cast<byte>());

    /// <summary>Copies all elements of <c>source</c> to <c>target</c>, which must not be shorter.</summary>
    public static void CopyTo<T>(this ArrayView1D<T, Stride1D.Dense> source, ArrayView1D<T, Stride1D.Dense> target)
        where T : unmanaged =>
        source.CopyTo(ViewCopy.StreamOf(source), target);

    /// <summary>Copies all elements of <c>source</c> to <c>target</c>, which must not be shorter.</summary>
    public static void CopyTo<T>(this ArrayView1D<T, Stride1D.Dense> source, AcceleratorStream stream, in ArrayView1D<T, Stride1D.Dense> target)
        where T : unmanaged =>
        ViewCopy.Between(stream, source.BaseView.Cast<byte>(), target.BaseView.Cast<byte>());

    /// <summary>Copies elements from host memory.</summary>
    public static void CopyFromCPU<T>(this ArrayView1D<T, Stride1D.Infinite> target, ref T cpuData, long length)
        where T : unmanaged =>
        target.CopyFromCPU(ViewCopy.StreamOf(target), ref cpuData, length);

    /// <summary>Copies elements from host memory.</summary>
    public static void CopyFromCPU<T>(this ArrayView1D<T, Stride1D.Infinite> target, AcceleratorStream stream, ref T cpuData, long length)
        where T : unmanaged =>
        ViewCopy.FromHost(stream, target.BaseView, ref cpuData, length);

    /// <summary>Copies elements to host memory.</summary>
    public static void CopyToCPU<T>(this ArrayView1D<T, Stride1D.Infinite> source, ref T cpuData, long length)
        where T : unmanaged =>
        source.CopyToCPU(ViewCopy.StreamOf(source), ref cpuData, length);

    /// <summary>Copies elements to host memory.</summary>
    public static void CopyToCPU<T>(this ArrayView1D<T, Stride1D.Infinite> source, AcceleratorStream stream, ref T cpuData, long length)
        where T : unmanaged =>
        ViewCopy.ToHost(stream, source.BaseView, ref cpuData, length);

    /// <summary>Copies elements from host memory.</summary>
    public static void CopyFromCPU<T>(this ArrayView1D<T, Stride1D.Infinite> target, AcceleratorStream stream, in ReadOnlySpan<T> span)
        where T : unmanaged =>
        ViewCopy.FromHost(stream, target.BaseView, span);

    /// <summary>Copies elements to host memory.</summary>
    public static void CopyToCPU<T>(this ArrayView1D<T, Stride1D.Infinite> source, AcceleratorStream stream, in Span<T> span)
        where T : unmanaged =>
        ViewCopy.ToHost(stream, source.BaseView, span);

    /// <summary>Sets every byte.</summary>
    public static void MemSet<T>(this ArrayView1D<T, Stride1D.Infinite> view, byte value)
        where T : unmanaged =>
        view.MemSet(ViewCopy.StreamOf(view), value);

    /// <summary>Sets every byte.</summary>
    public static void MemSet<T>(this ArrayView1D<T, Stride1D.Infinite> view, AcceleratorStream stream, byte value)
        where T : unmanaged =>
        ViewCopy.Set(stream, view.BaseView.Cast<byte>(), value);

    /// <summary>Sets every byte to 0.</summary>
    public static void MemSetToZero<T>(this ArrayView1D<T, Stride1D.Infinite> view)
        where T : unmanaged =>
        view.MemSetToZero(ViewCopy.StreamOf(view));

    /// <summary>Sets every byte to 0.</summary>
    public static void MemSetToZero<T>(this ArrayView1D<T, Stride1D.Infinite> view, AcceleratorStream stream)
        where T : unmanaged =>
        ViewCopy.Set(stream, view.BaseView.Cast<byte>(), 0);

    /// <summary>Copies all elements of <c>source</c> to <c>target</c>, which must not be shorter.</summary>
    public static void CopyFrom<T>(this ArrayView1D<T, Stride1D.Infinite> target, in ArrayView1D<T, Stride1D.Infinite> source)
        where T : unmanaged =>
        target.CopyFrom(ViewCopy.StreamOf(target), source);

    /// <summary>Copies all elements of <c>source</c> to <c>target</c>, which must not be shorter.</summary>
    public static void CopyFrom<T>(this ArrayView1D<T, Stride1D.Infinite> target, AcceleratorStream stream, in ArrayView1D<T, Stride1D.Infinite> source)
        where T : unmanaged =>
        ViewCopy.Between(stream, source.BaseView.Cast<byte>(), target.BaseView.Cast<byte>());

    /// <summary>Copies all elements of <c>source</c> to <c>target</c>, which must not be shorter.</summary>
    public static void CopyTo<T>(this ArrayView1D<T, Stride1D.Infinite> source, ArrayView1D<T, Stride1D.Infinite> target)
        where T : unmanaged =>
        source.CopyTo(ViewCopy.StreamOf(source), target);

    /// <summary>Copies all elements of <c>source</c> to <c>target</c>, which must not be shorter.</summary>
    public static void CopyTo<T>(this ArrayView1D<T, Stride1D.Infinite> source, AcceleratorStream stream, in ArrayView1D<T, Stride1D.Infinite> target)
        where T : unmanaged =>
        ViewCopy.Between(stream, source.BaseView.Cast<byte>(), target.BaseView.Cast<byte>());
}
