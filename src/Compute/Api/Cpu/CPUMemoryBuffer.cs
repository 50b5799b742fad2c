using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace ILGPU.Runtime.CPU;

/// <summary>Memory of the processor.</summary>
public abstract unsafe class CPUMemoryBuffer : MemoryBuffer
{
    private protected CPUMemoryBuffer(Accelerator accelerator, IntPtr pointer, long length, int elementSize)
        : base(accelerator, length, elementSize) =>
        NativePtr = pointer;

    /// <summary>Allocates memory; its bytes are 0.</summary>
    /// <param name="accelerator">The accelerator it belongs to.</param>
    /// <param name="length">Elements.</param>
    /// <param name="elementSize">Bytes of one element.</param>
    public static CPUMemoryBuffer Create(Accelerator accelerator, long length, int elementSize) =>
        new OwnedMemoryBuffer(accelerator, length, elementSize);

    /// <summary>Allocates memory that copies can use directly, which all processor memory is.</summary>
    /// <param name="accelerator">The accelerator it belongs to.</param>
    /// <param name="length">Elements.</param>
    /// <param name="elementSize">Bytes of one element.</param>
    public static CPUMemoryBuffer CreatePageLocked(Accelerator accelerator, long length, int elementSize) =>
        Create(accelerator, length, elementSize);

    /// <summary>Wraps memory that somebody else owns and keeps in place until the buffer is disposed.</summary>
    /// <param name="accelerator">The accelerator it belongs to.</param>
    /// <param name="ptr">The first byte.</param>
    /// <param name="length">Elements.</param>
    /// <param name="elementSize">Bytes of one element.</param>
    public static CPUMemoryBuffer Create(Accelerator accelerator, IntPtr ptr, long length, int elementSize)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(elementSize);
        return new BorrowedMemoryBuffer(accelerator, ptr, length, elementSize);
    }

    /// <summary>Wraps memory that somebody else owns and keeps in place until the buffer is disposed.</summary>
    /// <param name="accelerator">The accelerator it belongs to.</param>
    /// <param name="value">The first element.</param>
    /// <param name="length">Elements.</param>
    public static CPUMemoryBuffer Create<T>(Accelerator accelerator, T* value, long length)
        where T : unmanaged =>
        Create(accelerator, (IntPtr)value, length, sizeof(T));

    /// <summary>Wraps memory that somebody else owns and keeps in place until the buffer is disposed.</summary>
    /// <param name="accelerator">The accelerator it belongs to.</param>
    /// <param name="value">The first element; it must not move.</param>
    /// <param name="length">Elements.</param>
    public static CPUMemoryBuffer Create<T>(Accelerator accelerator, ref T value, long length)
        where T : unmanaged =>
        Create(accelerator, (IntPtr)Unsafe.AsPointer(ref value), length, sizeof(T));

    /// <summary>Sets bytes.</summary>
    /// <param name="nativePtr">The first byte of the memory.</param>
    /// <param name="value">The value of every byte.</param>
    /// <param name="offsetInBytes">Bytes to skip.</param>
    /// <param name="lengthInBytes">Bytes to set.</param>
    public static void CPUMemSet(IntPtr nativePtr, byte value, long offsetInBytes, long lengthInBytes) =>
        NativeMemory.Fill((byte*)nativePtr + offsetInBytes, checked((nuint)lengthInBytes), value);

    /// <summary>Copies bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The target is shorter than the source.</exception>
    public static void CPUCopyToCPU(ref byte sourcePtr, ref byte targetPtr, long sourceLengthInBytes, long targetLengthInBytes)
    {
        if (sourceLengthInBytes > targetLengthInBytes)
            throw new ArgumentOutOfRangeException(nameof(targetLengthInBytes), $"{sourceLengthInBytes} bytes do not fit a target of {targetLengthInBytes}.");
        fixed (byte* source = &sourcePtr, target = &targetPtr)
            Buffer.MemoryCopy(source, target, targetLengthInBytes, sourceLengthInBytes);
    }

    /// <summary>Copies a view.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The target is shorter than the source.</exception>
    public static void CPUCopy<T>(AcceleratorStream stream, in ArrayView<T> sourceView, in ArrayView<T> targetView)
        where T : unmanaged
    {
        sourceView.Source?.ThrowIfDisposed();
        targetView.Source?.ThrowIfDisposed();
        if (sourceView.Length == 0)
            return;
        CPUCopyToCPU(
            ref *(byte*)sourceView.Pointer,
            ref *(byte*)targetView.Pointer,
            sourceView.LengthInBytes,
            targetView.LengthInBytes);
    }
}
