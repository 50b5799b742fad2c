using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Runtime;

/// <summary>Copies between views and host memory. Lengths are checked before a byte moves.</summary>
internal static unsafe partial class ViewCopy
{
    private const int ThroughHostBytes = 4 << 20;

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
        // A buffer whose rows are padded is longer than its elements.
        return view is MemoryBuffer ? new(view.Buffer, 0, view.Buffer.LengthInBytes) : new(view.Buffer, view.IndexInBytes, view.LengthInBytes);
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
            FromHost(stream, target, from, length, pageLocked: false);
    }

    /// <summary>Copies from host memory.</summary>
    public static void FromHost<T>(AcceleratorStream stream, ArrayView<T> target, ReadOnlySpan<T> source, bool pageLocked = false)
        where T : unmanaged
    {
        Check(stream, target, source.Length);
        fixed (T* from = source)
            FromHost(stream, target, from, source.Length, pageLocked);
    }

    /// <summary>Copies to host memory.</summary>
    public static void ToHost<T>(AcceleratorStream stream, ArrayView<T> source, ref T target, long length)
        where T : unmanaged
    {
        Check(stream, source, length);
        fixed (T* to = &target)
            ToHost(stream, source, to, length, pageLocked: false);
    }

    /// <summary>Copies to host memory.</summary>
    public static void ToHost<T>(AcceleratorStream stream, ArrayView<T> source, Span<T> target, bool pageLocked = false)
        where T : unmanaged
    {
        Check(stream, source, target.Length);
        fixed (T* to = target)
            ToHost(stream, source, to, target.Length, pageLocked);
    }

    /// <summary>Copies bytes between views of any devices.</summary>
    public static void Between(AcceleratorStream stream, ArrayView<byte> source, ArrayView<byte> target)
    {
        Check(stream, source, source.Length);
        if (source.Length > target.Length)
            throw new ArgumentOutOfRangeException(nameof(target), $"A copy of {source.Length} bytes does not fit a view of {target.Length} bytes.");
        Check(stream, target, source.Length);
        if (source.Length == 0)
            return;
        if (source.Source!.IsHostAccessible)
            FromHost(stream, target, source.Pointer, source.Length, pageLocked: false);
        else if (target.Source!.IsHostAccessible)
            ToHost(stream, source, target.Pointer, source.Length, pageLocked: false);
        else if (!target.Source.TryFromDevice(stream, source.Source, OffsetOf(source), OffsetOf(target), source.Length))
            ThroughHost(stream, source, target);
        GC.KeepAlive(source.Source);
    }

    /// <summary>Sets bytes.</summary>
    public static void Set(AcceleratorStream stream, ArrayView<byte> view, byte value)
    {
        Check(stream, view, view.Length);
        if (view.Length > 0)
            view.Source!.MemSet(stream, value, OffsetOf(view), view.Length);
    }

    /// <summary>Gets all elements of an array of any rank.</summary>
    public static Span<T> SpanOf<T>(Array array)
        where T : unmanaged =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);

    private static void FromHost<T>(AcceleratorStream stream, ArrayView<T> target, T* source, long length, bool pageLocked)
        where T : unmanaged
    {
        if (length > 0)
            target.Source!.FromHost(stream, source, OffsetOf(target), checked(length * sizeof(T)), pageLocked);
        GC.KeepAlive(target.Source);
    }

    private static void ToHost<T>(AcceleratorStream stream, ArrayView<T> source, T* target, long length, bool pageLocked)
        where T : unmanaged
    {
        if (length > 0)
            source.Source!.ToHost(stream, OffsetOf(source), target, checked(length * sizeof(T)), pageLocked);
        GC.KeepAlive(source.Source);
    }

    // The stream belongs to one of the two devices; the other copies in its default stream, which must have come so far.
    private static void ThroughHost(AcceleratorStream stream, ArrayView<byte> source, ArrayView<byte> target)
    {
        AcceleratorStream reading = StreamFor(source), writing = StreamFor(target);
        byte[] piece = new byte[Math.Min(source.Length, ThroughHostBytes)];
        for (long done = 0; done < source.Length; done += piece.Length)
        {
            Span<byte> bytes = piece.AsSpan(0, (int)Math.Min(piece.Length, source.Length - done));
            ToHost(reading, source.SubView(done, bytes.Length), bytes);
            FromHost<byte>(writing, target.SubView(done, bytes.Length), bytes);
        }

        AcceleratorStream StreamFor(ArrayView<byte> view) =>
            ReferenceEquals(view.Source!.Accelerator, stream.Accelerator) ? stream : view.Source.Accelerator.DefaultStream;
    }

    /// <summary>Gets the bytes from the beginning of the buffer to the view.</summary>
    public static long OffsetOf<T>(ArrayView<T> view)
        where T : unmanaged =>
        (byte*)view.Pointer - (byte*)view.Source!.NativePtr;

    private static void Check<T>(AcceleratorStream stream, ArrayView<T> view, long length)
        where T : unmanaged
    {
        CheckExtent(stream, view, length >= 0 && length <= view.Length, $"{length}", $"{view.Length}");
    }

    private static void CheckExtent<T>(AcceleratorStream stream, ArrayView<T> view, bool fits, string asked, string length)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.ThrowIfDisposed();
        view.Source?.ThrowIfDisposed();
        if (!fits)
            throw new ArgumentOutOfRangeException(nameof(length), $"A copy of {asked} elements does not fit a view of {length}.");
    }

    private static ArgumentException Gaps(object view) =>
        new($"The view {view} has gaps between its rows; page-locked arrays have none.");
}
