using System.Runtime.InteropServices;

namespace ILGPU.Runtime;

/// <summary>Keeps pinned host memory page-locked until it is disposed.</summary>
/// <typeparam name="T">The element type.</typeparam>
public abstract unsafe class PageLockScope<T> : AcceleratorObject
    where T : unmanaged
{
    private protected PageLockScope(Accelerator accelerator, IntPtr address, long length)
        : base(accelerator)
    {
        AddrOfLockedObject = address;
        Length = length;
    }

    /// <summary>Gets the first byte.</summary>
    public IntPtr AddrOfLockedObject { get; }

    /// <summary>Gets the number of elements.</summary>
    public long Length { get; }

    /// <summary>Gets the number of bytes.</summary>
    public long LengthInBytes => Length * sizeof(T);

    internal Span<T> Span
    {
        get
        {
            ThrowIfGone("A page lock");
            return new((void*)AddrOfLockedObject, checked((int)Length));
        }
    }
}

public abstract partial class Accelerator
{
    /// <summary>Page-locks host memory that is pinned.</summary>
    /// <param name="pinned">The first byte.</param>
    /// <param name="numElements">Elements of <typeparamref name="T"/>.</param>
    public PageLockScope<T> CreatePageLockFromPinned<T>(IntPtr pinned, long numElements)
        where T : unmanaged
    {
        ThrowIfDisposed();
        ArgumentOutOfRangeException.ThrowIfNegative(numElements);
        return CreatePageLock<T>(pinned, numElements);
    }

    /// <summary>Page-locks an array that is pinned.</summary>
    /// <param name="pinned">The array, pinned by a <see cref="GCHandle"/> or by allocation.</param>
    public unsafe PageLockScope<T> CreatePageLockFromPinned<T>(T[] pinned)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(pinned);
        fixed (T* first = pinned)
            return CreatePageLockFromPinned<T>((IntPtr)first, pinned.LongLength);
    }
}

/// <summary>Page-locked host memory.</summary>
public static class PageLockedArrayExtensions
{
    /// <summary>Allocates page-locked host memory.</summary>
    public static PageLockedArray1D<T> AllocatePageLocked1D<T>(this Accelerator accelerator, LongIndex1D extent)
        where T : unmanaged =>
        new(accelerator, extent);

    /// <summary>Allocates page-locked host memory.</summary>
    /// <param name="accelerator">The accelerator.</param>
    /// <param name="extent">Elements.</param>
    /// <param name="uninitialized">Whether the bytes need not be 0. Here they always are.</param>
    public static PageLockedArray1D<T> AllocatePageLocked1D<T>(this Accelerator accelerator, LongIndex1D extent, bool uninitialized)
        where T : unmanaged =>
        new(accelerator, extent);

    /// <summary>Allocates page-locked host memory of two dimensions.</summary>
    public static PageLockedArray2D<T> AllocatePageLocked2D<T>(this Accelerator accelerator, in LongIndex2D extent)
        where T : unmanaged =>
        new(accelerator, extent);

    /// <summary>Allocates page-locked host memory of three dimensions.</summary>
    public static PageLockedArray3D<T> AllocatePageLocked3D<T>(this Accelerator accelerator, in LongIndex3D extent)
        where T : unmanaged =>
        new(accelerator, extent);
}
