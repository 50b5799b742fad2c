using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Runtime;

namespace ILGPU.Runtime;

/// <summary>Memory of an accelerator.</summary>
public abstract class MemoryBuffer : AcceleratorObject, IContiguousArrayView
{
    private protected MemoryBuffer(Accelerator accelerator, long length, int elementSize, bool register = true)
        : base(accelerator, register)
    {
        Length = length;
        ElementSize = elementSize;
    }

    /// <summary>Gets the number of elements.</summary>
    public long Length { get; }

    /// <summary>Gets the size of one element in bytes.</summary>
    public int ElementSize { get; }

    /// <summary>Gets the size in bytes.</summary>
    public long LengthInBytes => Length * ElementSize;

    /// <summary>Gets the address of the first byte; 0 after disposal.</summary>
    public IntPtr NativePtr { get; private protected set; }

    /// <summary>Sets bytes.</summary>
    /// <param name="stream">The stream to do it in.</param>
    /// <param name="value">The value of every byte.</param>
    /// <param name="targetOffsetInBytes">Bytes to skip.</param>
    /// <param name="length">Bytes to set.</param>
    public void MemSet(AcceleratorStream stream, byte value, long targetOffsetInBytes, long length)
    {
        CheckRange(targetOffsetInBytes, length);
        if (length > 0)
            Owner.Set(stream, value, targetOffsetInBytes, length);
    }

    /// <summary>Copies from a view into this buffer.</summary>
    /// <param name="stream">The stream to do it in.</param>
    /// <param name="sourceView">The bytes to copy.</param>
    /// <param name="targetOffsetInBytes">Bytes of this buffer to skip.</param>
    public void CopyFrom(AcceleratorStream stream, in ArrayView<byte> sourceView, long targetOffsetInBytes)
    {
        CheckRange(targetOffsetInBytes, sourceView.Length);
        ViewCopy.Between(stream, sourceView, AsRawArrayView(targetOffsetInBytes, sourceView.Length));
    }

    /// <summary>Copies from this buffer into a view.</summary>
    /// <param name="stream">The stream to do it in.</param>
    /// <param name="sourceOffsetInBytes">Bytes of this buffer to skip.</param>
    /// <param name="targetView">The bytes to fill.</param>
    public void CopyTo(AcceleratorStream stream, long sourceOffsetInBytes, in ArrayView<byte> targetView)
    {
        CheckRange(sourceOffsetInBytes, targetView.Length);
        ViewCopy.Between(stream, AsRawArrayView(sourceOffsetInBytes, targetView.Length), targetView);
    }

    /// <summary>Gets a view of a part.</summary>
    /// <param name="offset">Elements of <typeparamref name="T"/> to skip.</param>
    /// <param name="length">Elements of <typeparamref name="T"/> to show.</param>
    public ArrayView<T> AsArrayView<T>(long offset, long length)
        where T : unmanaged
    {
        ThrowIfDisposed();
        return new(Owner, offset + (NativePtr - Owner.NativePtr) / Unsafe.SizeOf<T>(), length);
    }

    /// <summary>Gets all bytes.</summary>
    public ArrayView<byte> AsRawArrayView() => AsRawArrayView(0);

    /// <summary>Gets the bytes from <paramref name="offsetInBytes"/> on.</summary>
    public ArrayView<byte> AsRawArrayView(long offsetInBytes) => AsRawArrayView(offsetInBytes, LengthInBytes - offsetInBytes);

    /// <summary>Gets a part of the bytes.</summary>
    /// <param name="offsetInBytes">Bytes to skip.</param>
    /// <param name="lengthInBytes">Bytes to show.</param>
    public ArrayView<byte> AsRawArrayView(long offsetInBytes, long lengthInBytes) => AsArrayView<byte>(offsetInBytes, lengthInBytes);

    internal virtual MemoryBuffer Owner => this;

    /// <summary>Gets whether the processor can read and write the memory at <see cref="NativePtr"/>.</summary>
    internal bool IsHostAccessible { get; private protected init; } = true;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // So that the processor does not reach for an element of it any more.
        IsPlain = false;
        base.Dispose(disposing);
    }

    /// <summary>Gets whether nobody wants to know when the processor reaches for an element.</summary>
    internal bool IsPlain { get; private protected set; } = true;

    /// <summary>Sets bytes, which are in range.</summary>
    internal virtual unsafe void Set(AcceleratorStream stream, byte value, long offset, long bytes) =>
        NativeMemory.Fill((byte*)NativePtr + offset, (nuint)bytes, value);

    /// <summary>Copies bytes from host memory, which may change as soon as this returns unless it is page-locked.</summary>
    internal virtual unsafe void FromHost(AcceleratorStream stream, void* source, long offset, long bytes, bool pageLocked) =>
        Buffer.MemoryCopy(source, (byte*)NativePtr + offset, bytes, bytes);

    /// <summary>Copies bytes to host memory, where they are when this returns; if it is page-locked, when the stream gets there.</summary>
    internal virtual unsafe void ToHost(AcceleratorStream stream, long offset, void* target, long bytes, bool pageLocked) =>
        Buffer.MemoryCopy((byte*)NativePtr + offset, target, bytes, bytes);

    /// <summary>Copies bytes from a buffer of a device that the processor cannot reach.</summary>
    /// <returns>Whether there is a way; if not, the bytes go through host memory.</returns>
    internal virtual bool TryFromDevice(AcceleratorStream stream, MemoryBuffer source, long sourceOffset, long offset, long bytes) => false;

    /// <summary>Notes that the host has written bytes one by one, for accelerators that want to know.</summary>
    internal virtual void MarkWritten(long offset, long bytes)
    {
    }

    private void CheckRange(long offset, long length)
    {
        ThrowIfDisposed();
        if (offset < 0 || length < 0 || offset > LengthInBytes - length)
            throw new ArgumentOutOfRangeException(nameof(length), $"The range of {length} bytes from {offset} is outside a buffer of {LengthInBytes} bytes.");
    }

    internal void ThrowIfDisposed()
    {
        if (IsDisposed)
            throw new ObjectDisposedException(GetType().Name, $"A buffer of {Length} elements of {ElementSize} bytes was used after it was disposed.");
        if (Accelerator.IsDisposed)
            throw new ObjectDisposedException(GetType().Name, $"A buffer of {Length} elements of {ElementSize} bytes was used after its accelerator, {Accelerator.Name}, was disposed.");
    }

    MemoryBuffer IArrayView.Buffer => Owner;

    bool IArrayView.IsValid => !IsDisposed;

    long IContiguousArrayView.Index => 0;

    long IContiguousArrayView.IndexInBytes => 0;
}

/// <summary>Memory of an accelerator together with a view of it.</summary>
/// <typeparam name="TView">The type of the view.</typeparam>
public class MemoryBuffer<TView> : MemoryBuffer
    where TView : struct, IArrayView
{
    private readonly MemoryBuffer _owner;
    private readonly TView _view;

    private protected MemoryBuffer(Accelerator accelerator, TView view, MemoryBuffer owner)
        : base(accelerator, view.Length, view.ElementSize, register: false)
    {
        _owner = owner;
        _view = view;
        NativePtr = owner.NativePtr;
        (IsHostAccessible, IsPlain) = (owner.IsHostAccessible, owner.IsPlain);
    }

    /// <summary>Gets the view of the whole buffer.</summary>
    public TView View
    {
        get
        {
            ThrowIfDisposed();
            return _view;
        }
    }

    /// <summary>Gets whether the buffer can be used.</summary>
    public bool IsValid => !IsDisposed && View.IsValid;

    /// <summary>Gets the view of the whole buffer.</summary>
    public static implicit operator TView(MemoryBuffer<TView> buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        return buffer.View;
    }

    /// <summary>Gets the view of the whole buffer.</summary>
    public TView ToArrayView() => View;

    internal override MemoryBuffer Owner => _owner;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _owner.Dispose();
        NativePtr = 0;
        base.Dispose(disposing);
    }
}
