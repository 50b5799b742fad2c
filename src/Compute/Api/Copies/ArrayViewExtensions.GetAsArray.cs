using GemmaIlgpu.Compute.Runtime;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace ILGPU.Runtime;

public static partial class ArrayViewExtensions
{
    /// <summary>Copies all elements into a new array.</summary>
    public static T[] GetAsArray<T>(this ArrayView<T> view)
        where T : unmanaged =>
        view.GetAsArray(ViewCopy.StreamOf(view));

    /// <summary>Copies all elements into a new array.</summary>
    public static T[] GetAsArray<T>(this ArrayView<T> view, AcceleratorStream stream)
        where T : unmanaged =>
        ViewCopy.NewArray(stream, view);

    /// <summary>Copies all elements into a new array.</summary>
    public static T[] GetAsArray1D<T>(this ArrayView1D<T, Stride1D.Dense> view)
        where T : unmanaged =>
        view.GetAsArray1D(ViewCopy.StreamOf(view));

    /// <summary>Copies all elements into a new array.</summary>
    public static T[] GetAsArray1D<T>(this ArrayView1D<T, Stride1D.Dense> view, AcceleratorStream stream)
        where T : unmanaged =>
        ViewCopy.NewArray(stream, view);

    /// <summary>Copies all elements into a new array.</summary>
    public static T[] GetAsArray1D<T>(this MemoryBuffer<ArrayView1D<T, Stride1D.Dense>> buffer)
        where T : unmanaged =>
        buffer.GetAsArray1D(ViewCopy.StreamOf(buffer));

    /// <summary>Copies all elements into a new array.</summary>
    public static T[] GetAsArray1D<T>(this MemoryBuffer<ArrayView1D<T, Stride1D.Dense>> buffer, AcceleratorStream stream)
        where T : unmanaged =>
        buffer.View.GetAsArray1D(stream);

    /// <summary>Copies all elements into a new array.</summary>
    public static T[] GetAsArray1D<T>(this ArrayView1D<T, Stride1D.General> view)
        where T : unmanaged =>
        view.GetAsArray1D(ViewCopy.StreamOf(view));

    /// <summary>Copies all elements into a new array.</summary>
    public static T[] GetAsArray1D<T>(this ArrayView1D<T, Stride1D.General> view, AcceleratorStream stream)
        where T : unmanaged =>
        ViewCopy.NewArray(stream, view);

    /// <summary>Copies all elements into a new array.</summary>
    public static T[] GetAsArray1D<T>(this MemoryBuffer<ArrayView1D<T, Stride1D.General>> buffer)
        where T : unmanaged =>
        buffer.GetAsArray1D(ViewCopy.StreamOf(buffer));

    /// <summary>Copies all elements into a new array.</summary>
    public static T[] GetAsArray1D<T>(this MemoryBuffer<ArrayView1D<T, Stride1D.General>> buffer, AcceleratorStream stream)
        where T : unmanaged =>
        buffer.View.GetAsArray1D(stream);

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,] GetAsArray2D<T>(this ArrayView2D<T, Stride2D.DenseX> view)
        where T : unmanaged =>
        view.GetAsArray2D(ViewCopy.StreamOf(view));

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,] GetAsArray2D<T>(this ArrayView2D<T, Stride2D.DenseX> view, AcceleratorStream stream)
        where T : unmanaged =>
        ViewCopy.NewArray(stream, view);

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,] GetAsArray2D<T>(this MemoryBuffer<ArrayView2D<T, Stride2D.DenseX>> buffer)
        where T : unmanaged =>
        buffer.GetAsArray2D(ViewCopy.StreamOf(buffer));

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,] GetAsArray2D<T>(this MemoryBuffer<ArrayView2D<T, Stride2D.DenseX>> buffer, AcceleratorStream stream)
        where T : unmanaged =>
        buffer.View.GetAsArray2D(stream);

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,] GetAsArray2D<T>(this ArrayView2D<T, Stride2D.DenseY> view)
        where T : unmanaged =>
        view.GetAsArray2D(ViewCopy.StreamOf(view));

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,] GetAsArray2D<T>(this ArrayView2D<T, Stride2D.DenseY> view, AcceleratorStream stream)
        where T : unmanaged =>
        ViewCopy.NewArray(stream, view);

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,] GetAsArray2D<T>(this MemoryBuffer<ArrayView2D<T, Stride2D.DenseY>> buffer)
        where T : unmanaged =>
        buffer.GetAsArray2D(ViewCopy.StreamOf(buffer));

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,] GetAsArray2D<T>(this MemoryBuffer<ArrayView2D<T, Stride2D.DenseY>> buffer, AcceleratorStream stream)
        where T : unmanaged =>
        buffer.View.GetAsArray2D(stream);

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,] GetAsArray2D<T>(this ArrayView2D<T, Stride2D.General> view)
        where T : unmanaged =>
        view.GetAsArray2D(ViewCopy.StreamOf(view));

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,] GetAsArray2D<T>(this ArrayView2D<T, Stride2D.General> view, AcceleratorStream stream)
        where T : unmanaged =>
        ViewCopy.NewArray(stream, view);

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,] GetAsArray2D<T>(this MemoryBuffer<ArrayView2D<T, Stride2D.General>> buffer)
        where T : unmanaged =>
        buffer.GetAsArray2D(ViewCopy.StreamOf(buffer));

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,] GetAsArray2D<T>(this MemoryBuffer<ArrayView2D<T, Stride2D.General>> buffer, AcceleratorStream stream)
        where T : unmanaged =>
        buffer.View.GetAsArray2D(stream);

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,,] GetAsArray3D<T>(this ArrayView3D<T, Stride3D.DenseXY> view)
        where T : unmanaged =>
        view.GetAsArray3D(ViewCopy.StreamOf(view));

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,,] GetAsArray3D<T>(this ArrayView3D<T, Stride3D.DenseXY> view, AcceleratorStream stream)
        where T : unmanaged =>
        ViewCopy.NewArray(stream, view);

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,,] GetAsArray3D<T>(this MemoryBuffer<ArrayView3D<T, Stride3D.DenseXY>> buffer)
        where T : unmanaged =>
        buffer.GetAsArray3D(ViewCopy.StreamOf(buffer));

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,,] GetAsArray3D<T>(this MemoryBuffer<ArrayView3D<T, Stride3D.DenseXY>> buffer, AcceleratorStream stream)
        where T : unmanaged =>
        buffer.View.GetAsArray3D(stream);

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,,] GetAsArray3D<T>(this ArrayView3D<T, Stride3D.DenseZY> view)
        where T : unmanaged =>
        view.GetAsArray3D(ViewCopy.StreamOf(view));

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,,] GetAsArray3D<T>(this ArrayView3D<T, Stride3D.DenseZY> view, AcceleratorStream stream)
        where T : unmanaged =>
        ViewCopy.NewArray(stream, view);

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,,] GetAsArray3D<T>(this MemoryBuffer<ArrayView3D<T, Stride3D.DenseZY>> buffer)
        where T : unmanaged =>
        buffer.GetAsArray3D(ViewCopy.StreamOf(buffer));

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,,] GetAsArray3D<T>(this MemoryBuffer<ArrayView3D<T, Stride3D.DenseZY>> buffer, AcceleratorStream stream)
        where T : unmanaged =>
        buffer.View.GetAsArray3D(stream);

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,,] GetAsArray3D<T>(this ArrayView3D<T, Stride3D.General> view)
        where T : unmanaged =>
        view.GetAsArray3D(ViewCopy.StreamOf(view));

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,,] GetAsArray3D<T>(this ArrayView3D<T, Stride3D.General> view, AcceleratorStream stream)
        where T : unmanaged =>
        ViewCopy.NewArray(stream, view);

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,,] GetAsArray3D<T>(this MemoryBuffer<ArrayView3D<T, Stride3D.General>> buffer)
        where T : unmanaged =>
        buffer.GetAsArray3D(ViewCopy.StreamOf(buffer));

    /// <summary>Copies all elements into a new array of the same extent.</summary>
    public static T[,,] GetAsArray3D<T>(this MemoryBuffer<ArrayView3D<T, Stride3D.General>> buffer, AcceleratorStream stream)
        where T : unmanaged =>
        buffer.View.GetAsArray3D(stream);
}
