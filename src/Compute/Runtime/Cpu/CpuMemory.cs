using System.Runtime.InteropServices;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Native memory that this buffer frees: zeroed, and aligned for the widest vectors and whole cache lines.</summary>
internal sealed unsafe class OwnedMemoryBuffer : CPUMemoryBuffer
{
    public const int Alignment = 64;

    private void* _allocation;

    public OwnedMemoryBuffer(Accelerator accelerator, long length, int elementSize, int alignment = Alignment)
        : this(accelerator, Allocate(length, elementSize, alignment), length, elementSize, alignment)
    {
    }

    private OwnedMemoryBuffer(Accelerator accelerator, IntPtr allocation, long length, int elementSize, int alignment)
        : base(accelerator, Align(allocation, alignment), length, elementSize) =>
        _allocation = (void*)allocation;

    ~OwnedMemoryBuffer() => Abandon();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        NativePtr = 0;
        NativeMemory.Free(_allocation);
        _allocation = null;
        base.Dispose(disposing);
    }

    // Zeroed by the operating system page by page on first use, which an aligned allocation is not.
    private static IntPtr Allocate(long length, int elementSize, int alignment)
    {
        try
        {
            return (IntPtr)NativeMemory.AllocZeroed(checked((nuint)length * (nuint)elementSize + (nuint)alignment));
        }
        catch (OutOfMemoryException exception)
        {
            throw new OutOfMemoryException($"There is no memory for a buffer of {length} elements of {elementSize} bytes.", exception);
        }
    }

    private static IntPtr Align(IntPtr address, int alignment) => (address + alignment - 1) & ~(alignment - 1);
}

/// <summary>Memory that somebody else owns.</summary>
internal sealed class BorrowedMemoryBuffer(Accelerator accelerator, IntPtr pointer, long length, int elementSize)
    : CPUMemoryBuffer(accelerator, pointer, length, elementSize)
{
    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        NativePtr = 0;
        base.Dispose(disposing);
    }
}

/// <summary>Pinned host memory: for the processor there is nothing to lock.</summary>
internal sealed class CpuPageLockScope<T>(Accelerator accelerator, IntPtr address, long length)
    : PageLockScope<T>(accelerator, address, length)
    where T : unmanaged;
