using GemmaIlgpu.Compute.Runtime;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace ILGPU.Runtime;

public static partial class ArrayViewExtensions
{
    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this ArrayView<T> view, T[] data)
        where T : unmanaged =>
        view.CopyToCPU(ViewCopy.StreamOf(view), data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this ArrayView<T> view, AcceleratorStream stream, T[] data)
        where T : unmanaged =>
        ViewCopy.ToArray(stream, view, data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this ArrayView1D<T, Stride1D.Dense> view, T[] data)
        where T : unmanaged =>
        view.CopyToCPU(ViewCopy.StreamOf(view), data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this ArrayView1D<T, Stride1D.Dense> view, AcceleratorStream stream, T[] data)
        where T : unmanaged =>
        ViewCopy.ToArray(stream, view, data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this MemoryBuffer<ArrayView1D<T, Stride1D.Dense>> buffer, T[] data)
        where T : unmanaged =>
        buffer.CopyToCPU(ViewCopy.StreamOf(buffer), data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this MemoryBuffer<ArrayView1D<T, Stride1D.Dense>> buffer, AcceleratorStream stream, T[] data)
        where T : unmanaged =>
        buffer.View.CopyToCPU(stream, data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this ArrayView1D<T, Stride1D.General> view, T[] data)
        where T : unmanaged =>
        view.CopyToCPU(ViewCopy.StreamOf(view), data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this ArrayView1D<T, Stride1D.General> view, AcceleratorStream stream, T[] data)
        where T : unmanaged =>
        ViewCopy.ToArray(stream, view, data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this MemoryBuffer<ArrayView1D<T, Stride1D.General>> buffer, T[] data)
        where T : unmanaged =>
        buffer.CopyToCPU(ViewCopy.StreamOf(buffer), data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this MemoryBuffer<ArrayView1D<T, Stride1D.General>> buffer, AcceleratorStream stream, T[] data)
        where T : unmanaged =>
        buffer.View.CopyToCPU(stream, data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this ArrayView2D<T, Stride2D.DenseX> view, T[,] data)
        where T : unmanaged =>
        view.CopyToCPU(ViewCopy.StreamOf(view), data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this ArrayView2D<T, Stride2D.DenseX> view, AcceleratorStream stream, T[,] data)
        where T : unmanaged =>
        ViewCopy.ToArray(stream, view, data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this MemoryBuffer<ArrayView2D<T, Stride2D.DenseX>> buffer, T[,] data)
        where T : unmanaged =>
        buffer.CopyToCPU(ViewCopy.StreamOf(buffer), data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this MemoryBuffer<ArrayView2D<T, Stride2D.DenseX>> buffer, AcceleratorStream stream, T[,] data)
        where T : unmanaged =>
        buffer.View.CopyToCPU(stream, data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this ArrayView2D<T, Stride2D.DenseY> view, T[,] data)
        where T : unmanaged =>
        view.CopyToCPU(ViewCopy.StreamOf(view), data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this ArrayView2D<T, Stride2D.DenseY> view, AcceleratorStream stream, T[,] data)
        where T : unmanaged =>
        ViewCopy.ToArray(stream, view, data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this MemoryBuffer<ArrayView2D<T, Stride2D.DenseY>> buffer, T[,] data)
        where T : unmanaged =>
        buffer.CopyToCPU(ViewCopy.StreamOf(buffer), data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this MemoryBuffer<ArrayView2D<T, Stride2D.DenseY>> buffer, AcceleratorStream stream, T[,] data)
        where T : unmanaged =>
        buffer.View.CopyToCPU(stream, data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this ArrayView2D<T, Stride2D.General> view, T[,] data)
        where T : unmanaged =>
        view.CopyToCPU(ViewCopy.StreamOf(view), data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this ArrayView2D<T, Stride2D.General> view, AcceleratorStream stream, T[,] data)
        where T : unmanaged =>
        ViewCopy.ToArray(stream, view, data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this MemoryBuffer<ArrayView2D<T, Stride2D.General>> buffer, T[,] data)
        where T : unmanaged =>
        buffer.CopyToCPU(ViewCopy.StreamOf(buffer), data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this MemoryBuffer<ArrayView2D<T, Stride2D.General>> buffer, AcceleratorStream stream, T[,] data)
        where T : unmanaged =>
        buffer.View.CopyToCPU(stream, data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this ArrayView3D<T, Stride3D.DenseXY> view, T[,,] data)
        where T : unmanaged =>
        view.CopyToCPU(ViewCopy.StreamOf(view), data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this ArrayView3D<T, Stride3D.DenseXY> view, AcceleratorStream stream, T[,,] data)
        where T : unmanaged =>
        ViewCopy.ToArray(stream, view, data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this MemoryBuffer<ArrayView3D<T, Stride3D.DenseXY>> buffer, T[,,] data)
        where T : unmanaged =>
        buffer.CopyToCPU(ViewCopy.StreamOf(buffer), data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this MemoryBuffer<ArrayView3D<T, Stride3D.DenseXY>> buffer, AcceleratorStream stream, T[,,] data)
        where T : unmanaged =>
        buffer.View.CopyToCPU(stream, data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this ArrayView3D<T, Stride3D.DenseZY> view, T[,,] data)
        where T : unmanaged =>
        view.CopyToCPU(ViewCopy.StreamOf(view), data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this ArrayView3D<T, Stride3D.DenseZY> view, AcceleratorStream stream, T[,,] data)
        where T : unmanaged =>
        ViewCopy.ToArray(stream, view, data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this MemoryBuffer<ArrayView3D<T, Stride3D.DenseZY>> buffer, T[,,] data)
        where T : unmanaged =>
        buffer.CopyToCPU(ViewCopy.StreamOf(buffer), data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this MemoryBuffer<ArrayView3D<T, Stride3D.DenseZY>> buffer, AcceleratorStream stream, T[,,] data)
        where T : unmanaged =>
        buffer.View.CopyToCPU(stream, data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this ArrayView3D<T, Stride3D.General> view, T[,,] data)
        where T : unmanaged =>
        view.CopyToCPU(ViewCopy.StreamOf(view), data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this ArrayView3D<T, Stride3D.General> view, AcceleratorStream stream, T[,,] data)
        where T : unmanaged =>
        ViewCopy.ToArray(stream, view, data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this MemoryBuffer<ArrayView3D<T, Stride3D.General>> buffer, T[,,] data)
        where T : unmanaged =>
        buffer.CopyToCPU(ViewCopy.StreamOf(buffer), data);

    /// <summary>Fills an array from here; it must not be longer.</summary>
    public static void CopyToCPU<T>(this MemoryBuffer<ArrayView3D<T, Stride3D.General>> buffer, AcceleratorStream stream, T[,,] data)
        where T : unmanaged =>
        buffer.View.CopyToCPU(stream, data);
}
