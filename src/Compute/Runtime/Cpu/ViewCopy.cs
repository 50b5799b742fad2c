using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Copies between views and host memory. Lengths are checked before a byte moves.</summary>
internal static unsafe class ViewCopy
{
    /// <summary>Gets the default stream of a view's accelerator.</summary>
    public static AcceleratorStream StreamOf<TView>(TView view)
        where TView : IArrayView =>
        view.Buffer.Accelerator.DefaultStream;

    /// <summary>Gets the elements of a view without gaps.</summary>
    public static ArrayView<T> Elements<T, TView>(TView view)
        where T : unmanaged
        where TView : IContiguousArrayView =>
        view is ArrayView<T> elements ? elements : Bytes(view).Cast<T>();

    /// <summary>Gets the bytes of a view without gaps.</summary>
    public static ArrayView<byte> Bytes<TView>(TView view)
        where TView : IContiguousArrayView
    {
        if (view.Length == 0)
            return default;
        view.Buffer.ThrowIfDisposed();
        return new(view.Buffer, view.IndexInBytes, view.LengthInBytes);
    }

    /// <summary>Gets the elements of a view, which must have no gaps.</summary>
    public static ArrayView<T> WithoutGaps<T>(ArrayView2D<T, Stride2D.DenseY> view)
        where T : unmanaged =>
        view.Stride.XStride == view.Extent.Y ? view.BaseView : throw Gaps(view);

    /// <summary>Gets the elements of a view, which must have no gaps.</summary>
    public static ArrayView<T> WithoutGaps<T>(ArrayView3D<T, Stride3D.DenseZY> view)
        where T : unmanaged =>
        view.Stride.YStride == view.Extent.Z && view.Stride.XStride == view.Extent.Y * view.Extent.Z ? view.BaseView : throw Gaps(view);

    /// <summary>Gets the extent of an array.</summary>
    public static LongIndex2D Extent<T>(T[,] data) => new(data.GetLongLength(0), data.GetLongLength(1));

    /// <summary>Gets the extent of an array.</summary>
    public static LongIndex3D Extent<T>(T[,,] data) => new(data.GetLongLength(0), data.GetLongLength(1), data.GetLongLength(2));

    /// <summary>Copies from host memory.</summary>
    public static void FromHost<T>(AcceleratorStream stream, ArrayView<T> target, ref T source, long length)
        where T : unmanaged
    {
        Check(stream, target, length);
        fixed (T* from = &source)
            Move(from, target.Pointer, length);
        GC.KeepAlive(target.Source);
    }

    /// <summary>Copies from host memory.</summary>
    public static void FromHost<T>(AcceleratorStream stream, ArrayView<T> target, ReadOnlySpan<T> source)
        where T : unmanaged
    {
        Check(stream, target, source.Length);
        source.CopyTo(new Span<T>(target.Pointer, source.Length));
        GC.KeepAlive(target.Source);
    }

    /// <summary>Copies to host memory.</summary>
    public static void ToHost<T>(AcceleratorStream stream, ArrayView<T> source, ref T target, long length)
        where T : unmanaged
    {
        Check(stream, source, length);
        fixed (T* to = &target)
            Move(source.Pointer, to, length);
        GC.KeepAlive(source.Source);
    }

    /// <summary>Copies to host memory.</summary>
    public static void ToHost<T>(AcceleratorStream stream, ArrayView<T> source, Span<T> target)
        where T : unmanaged
    {
        Check(stream, source, target.Length);
        new ReadOnlySpan<T>(source.Pointer, target.Length).CopyTo(target);
        GC.KeepAlive(source.Source);
    }

    /// <summary>Copies bytes between views.</summary>
    public static void Between(AcceleratorStream stream, ArrayView<byte> source, ArrayView<byte> target)
    {
        Check(stream, source, source.Length);
        Check(stream, target, source.Length);
        Move(source.Pointer, target.Pointer, source.Length);
        GC.KeepAlive(source.Source);
        GC.KeepAlive(target.Source);
    }

    /// <summary>Sets bytes.</summary>
    public static void Set(AcceleratorStream stream, ArrayView<byte> view, byte value)
    {
        Check(stream, view, view.Length);
        if (view.Length > 0)
            view.Source!.MemSet(stream, value, view.Pointer - (byte*)view.Source.NativePtr, view.Length);
    }

    /// <summary>Copies an array into a view.</summary>
    public static void FromArray<T>(AcceleratorStream stream, ArrayView<T> view, T[] data)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        FromHost(stream, view, data.AsSpan());
    }

    /// <summary>Copies an array into a view.</summary>
    public static void FromArray<T, TStride>(AcceleratorStream stream, ArrayView1D<T, TStride> view, T[] data)
        where T : unmanaged
        where TStride : struct, IStride1D
    {
        ArgumentNullException.ThrowIfNull(data);
        if (view.Stride.XStride == 1)
        {
            FromArray(stream, view.BaseView, data);
            return;
        }

        CheckExtent(stream, view.BaseView, new LongIndex1D(data.LongLength).InBoundsInclusive(view.Extent), $"{data.LongLength}", $"{view.Extent}");
        for (long x = 0; x < data.LongLength; x++)
            view[new LongIndex1D(x)] = data[x];
    }

    /// <summary>Copies an array into a view: element [x, y] to [x, y].</summary>
    public static void FromArray<T, TStride>(AcceleratorStream stream, ArrayView2D<T, TStride> view, T[,] data)
        where T : unmanaged
        where TStride : struct, IStride2D
    {
        ArgumentNullException.ThrowIfNull(data);
        LongIndex2D extent = Extent(data);
        CheckExtent(stream, view.BaseView, extent.InBoundsInclusive(view.Extent), $"{extent}", $"{view.Extent}");
        for (long x = 0; x < extent.X; x++)
        {
            for (long y = 0; y < extent.Y; y++)
                view[x, y] = data[x, y];
        }
    }

    /// <summary>Copies an array into a view: element [x, y, z] to [x, y, z].</summary>
    public static void FromArray<T, TStride>(AcceleratorStream stream, ArrayView3D<T, TStride> view, T[,,] data)
        where T : unmanaged
        where TStride : struct, IStride3D
    {
        ArgumentNullException.ThrowIfNull(data);
        LongIndex3D extent = Extent(data);
        CheckExtent(stream, view.BaseView, extent.InBoundsInclusive(view.Extent), $"{extent}", $"{view.Extent}");
        for (long x = 0; x < extent.X; x++)
        {
            for (long y = 0; y < extent.Y; y++)
            {
                for (long z = 0; z < extent.Z; z++)
                    view[x, y, z] = data[x, y, z];
            }
        }
    }

    /// <summary>Fills an array from a view.</summary>
    public static void ToArray<T>(AcceleratorStream stream, ArrayView<T> view, T[] data)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        ToHost(stream, view, data.AsSpan());
    }

    /// <summary>Fills an array from a view.</summary>
    public static void ToArray<T, TStride>(AcceleratorStream stream, ArrayView1D<T, TStride> view, T[] data)
        where T : unmanaged
        where TStride : struct, IStride1D
    {
        ArgumentNullException.ThrowIfNull(data);
        if (view.Stride.XStride == 1)
        {
            ToArray(stream, view.BaseView, data);
            return;
        }

        CheckExtent(stream, view.BaseView, new LongIndex1D(data.LongLength).InBoundsInclusive(view.Extent), $"{data.LongLength}", $"{view.Extent}");
        for (long x = 0; x < data.LongLength; x++)
            data[x] = view[new LongIndex1D(x)];
    }

    /// <summary>Fills an array from a view: element [x, y] from [x, y].</summary>
    public static void ToArray<T, TStride>(AcceleratorStream stream, ArrayView2D<T, TStride> view, T[,] data)
        where T : unmanaged
        where TStride : struct, IStride2D
    {
        ArgumentNullException.ThrowIfNull(data);
        LongIndex2D extent = Extent(data);
        CheckExtent(stream, view.BaseView, extent.InBoundsInclusive(view.Extent), $"{extent}", $"{view.Extent}");
        for (long x = 0; x < extent.X; x++)
        {
            for (long y = 0; y < extent.Y; y++)
                data[x, y] = view[x, y];
        }
    }

    /// <summary>Fills an array from a view: element [x, y, z] from [x, y, z].</summary>
    public static void ToArray<T, TStride>(AcceleratorStream stream, ArrayView3D<T, TStride> view, T[,,] data)
        where T : unmanaged
        where TStride : struct, IStride3D
    {
        ArgumentNullException.ThrowIfNull(data);
        LongIndex3D extent = Extent(data);
        CheckExtent(stream, view.BaseView, extent.InBoundsInclusive(view.Extent), $"{extent}", $"{view.Extent}");
        for (long x = 0; x < extent.X; x++)
        {
            for (long y = 0; y < extent.Y; y++)
            {
                for (long z = 0; z < extent.Z; z++)
                    data[x, y, z] = view[x, y, z];
            }
        }
    }

    /// <summary>Copies a view into a new array.</summary>
    public static T[] NewArray<T>(AcceleratorStream stream, ArrayView<T> view)
        where T : unmanaged
    {
        var data = new T[view.Length];
        ToArray(stream, view, data);
        return data;
    }

    /// <summary>Copies a view into a new array.</summary>
    public static T[] NewArray<T, TStride>(AcceleratorStream stream, ArrayView1D<T, TStride> view)
        where T : unmanaged
        where TStride : struct, IStride1D
    {
        var data = new T[view.Length];
        ToArray(stream, view, data);
        return data;
    }

    /// <summary>Copies a view into a new array of the same extent.</summary>
    public static T[,] NewArray<T, TStride>(AcceleratorStream stream, ArrayView2D<T, TStride> view)
        where T : unmanaged
        where TStride : struct, IStride2D
    {
        var data = new T[view.Extent.X, view.Extent.Y];
        ToArray(stream, view, data);
        return data;
    }

    /// <summary>Copies a view into a new array of the same extent.</summary>
    public static T[,,] NewArray<T, TStride>(AcceleratorStream stream, ArrayView3D<T, TStride> view)
        where T : unmanaged
        where TStride : struct, IStride3D
    {
        var data = new T[view.Extent.X, view.Extent.Y, view.Extent.Z];
        ToArray(stream, view, data);
        return data;
    }

    /// <summary>Gets all elements of an array of any rank.</summary>
    public static Span<T> SpanOf<T>(Array array)
        where T : unmanaged =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);

    private static void Move<T>(T* source, T* target, long length)
        where T : unmanaged
    {
        long bytes = checked(length * Unsafe.SizeOf<T>());
        Buffer.MemoryCopy(source, target, bytes, bytes);
    }

    private static void Check<T>(AcceleratorStream stream, ArrayView<T> view, long length)
        where T : unmanaged
    {
        CheckExtent(stream, view, length >= 0 && length <= view.Length, $"{length}", $"{view.Length}");
    }

    private static void CheckExtent<T>(AcceleratorStream stream, ArrayView<T> view, bool fits, string asked, string length)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(stream);
        ObjectDisposedException.ThrowIf(stream.IsDisposed, stream);
        view.Source?.ThrowIfDisposed();
        if (!fits)
            throw new ArgumentOutOfRangeException(nameof(length), $"A copy of {asked} elements does not fit a view of {length}.");
    }

    private static ArgumentException Gaps(object view) =>
        new($"The view {view} has gaps between its rows; page-locked arrays have none.");
}
