using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute.Runtime.Cpu;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Api;

/// <summary>The checks of indices and ranges that only the Debug accelerator and host code make.</summary>
internal static unsafe class DebugChecks
{
    /// <summary>Reports an index outside a view.</summary>
    [DebugOnly]
    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void OutOfBounds(void* pointer, MemoryBuffer? source, long index, long length) =>
        throw new ViewAccessException((nint)pointer, source, $"index {index}", length.ToString());

    /// <summary>The processor reaches for an element: an error if it lies on another device, else perhaps a write.</summary>
    [DebugOnly]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void OnHost(MemoryBuffer source, void* element, int size)
    {
        if (!source.IsHostAccessible)
            throw new InvalidOperationException($"The processor cannot read or write an element of a buffer of {source.Accelerator.Name}; copy it with CopyToCPU, GetAsArray1D or CopyFromCPU.");
        source.ThrowIfDisposed();
        source.Owner.MarkWritten((byte*)element - (byte*)source.NativePtr, size);
    }

    /// <summary>Checks a range of elements of a view against the view's length.</summary>
    [DebugOnly]
    public static void SubView(void* pointer, MemoryBuffer? source, long index, long count, long length)
    {
        if (index < 0 || count < 0 || index > length - count)
            throw new ViewAccessException((nint)pointer, source, $"the range of {count} from {index}", length.ToString());
    }

    /// <summary>Checks a range of elements of a buffer against the buffer's length.</summary>
    [DebugOnly]
    public static void Range(long index, long count, long length)
    {
        if (index < 0 || count < 0 || index > length - count)
            throw new ArgumentOutOfRangeException(nameof(index), $"The range of {count} elements from {index} is outside a buffer of {length}.");
    }

    /// <summary>Checks an index against an extent; where all indices are the same element any will do.</summary>
    [DebugOnly]
    public static void InBounds<TStride>(long address, Index1D index, LongIndex1D extent)
        where TStride : struct, IStride1D
    {
        if (typeof(TStride) != typeof(Stride1D.Infinite))
            InBounds(address, index, extent);
    }

    /// <summary>Checks an index against an extent; where all indices are the same element any will do.</summary>
    [DebugOnly]
    public static void InBounds<TStride>(long address, LongIndex1D index, LongIndex1D extent)
        where TStride : struct, IStride1D
    {
        if (typeof(TStride) != typeof(Stride1D.Infinite))
            InBounds(address, index, extent);
    }

    /// <summary>Checks every part of an index against an extent.</summary>
    [DebugOnly]
    public static void InBounds(long address, Index1D index, Index1D extent)
    {
        if ((ulong)index.X >= (ulong)extent.X)
            throw new ViewAccessException((nint)address, null, $"index {index}", extent.ToString());
    }

    /// <summary>Checks every part of an index against an extent.</summary>
    [DebugOnly]
    public static void InBounds(long address, Index1D index, LongIndex1D extent)
    {
        if ((ulong)index.X >= (ulong)extent.X)
            throw new ViewAccessException((nint)address, null, $"index {index}", extent.ToString());
    }

    /// <summary>Checks every part of an index against an extent.</summary>
    [DebugOnly]
    public static void InBounds(long address, LongIndex1D index, LongIndex1D extent)
    {
        if ((ulong)index.X >= (ulong)extent.X)
            throw new ViewAccessException((nint)address, null, $"index {index}", extent.ToString());
    }

    /// <summary>Checks every part of a range against an extent.</summary>
    [DebugOnly]
    public static void SubView(long address, LongIndex1D index, LongIndex1D count, LongIndex1D extent)
    {
        if (index.X < 0 || count.X < 0 || index.X > extent.X - count.X)
            throw new ViewAccessException((nint)address, null, $"the range of {count} from {index}", extent.ToString());
    }

    /// <summary>Checks every part of an index against an extent.</summary>
    [DebugOnly]
    public static void InBounds(long address, Index2D index, Index2D extent)
    {
        if ((ulong)index.X >= (ulong)extent.X || (ulong)index.Y >= (ulong)extent.Y)
            throw new ViewAccessException((nint)address, null, $"index {index}", extent.ToString());
    }

    /// <summary>Checks every part of an index against an extent.</summary>
    [DebugOnly]
    public static void InBounds(long address, Index2D index, LongIndex2D extent)
    {
        if ((ulong)index.X >= (ulong)extent.X || (ulong)index.Y >= (ulong)extent.Y)
            throw new ViewAccessException((nint)address, null, $"index {index}", extent.ToString());
    }

    /// <summary>Checks every part of an index against an extent.</summary>
    [DebugOnly]
    public static void InBounds(long address, LongIndex2D index, LongIndex2D extent)
    {
        if ((ulong)index.X >= (ulong)extent.X || (ulong)index.Y >= (ulong)extent.Y)
            throw new ViewAccessException((nint)address, null, $"index {index}", extent.ToString());
    }

    /// <summary>Checks every part of a range against an extent.</summary>
    [DebugOnly]
    public static void SubView(long address, LongIndex2D index, LongIndex2D count, LongIndex2D extent)
    {
        if (index.X < 0 || count.X < 0 || index.X > extent.X - count.X || index.Y < 0 || count.Y < 0 || index.Y > extent.Y - count.Y)
            throw new ViewAccessException((nint)address, null, $"the range of {count} from {index}", extent.ToString());
    }

    /// <summary>Checks every part of an index against an extent.</summary>
    [DebugOnly]
    public static void InBounds(long address, Index3D index, Index3D extent)
    {
        if ((ulong)index.X >= (ulong)extent.X || (ulong)index.Y >= (ulong)extent.Y || (ulong)index.Z >= (ulong)extent.Z)
            throw new ViewAccessException((nint)address, null, $"index {index}", extent.ToString());
    }

    /// <summary>Checks every part of an index against an extent.</summary>
    [DebugOnly]
    public static void InBounds(long address, Index3D index, LongIndex3D extent)
    {
        if ((ulong)index.X >= (ulong)extent.X || (ulong)index.Y >= (ulong)extent.Y || (ulong)index.Z >= (ulong)extent.Z)
            throw new ViewAccessException((nint)address, null, $"index {index}", extent.ToString());
    }

    /// <summary>Checks every part of an index against an extent.</summary>
    [DebugOnly]
    public static void InBounds(long address, LongIndex3D index, LongIndex3D extent)
    {
        if ((ulong)index.X >= (ulong)extent.X || (ulong)index.Y >= (ulong)extent.Y || (ulong)index.Z >= (ulong)extent.Z)
            throw new ViewAccessException((nint)address, null, $"index {index}", extent.ToString());
    }

    /// <summary>Checks every part of a range against an extent.</summary>
    [DebugOnly]
    public static void SubView(long address, LongIndex3D index, LongIndex3D count, LongIndex3D extent)
    {
        if (index.X < 0 || count.X < 0 || index.X > extent.X - count.X || index.Y < 0 || count.Y < 0 || index.Y > extent.Y - count.Y || index.Z < 0 || count.Z < 0 || index.Z > extent.Z - count.Z)
            throw new ViewAccessException((nint)address, null, $"the range of {count} from {index}", extent.ToString());
    }

    /// <summary>Checks that an address is aligned.</summary>
    [DebugOnly]
    public static void Aligned(long address, int alignmentInBytes)
    {
        if ((address & (alignmentInBytes - 1)) != 0)
            throw new InvalidOperationException($"The view does not begin at a multiple of {alignmentInBytes} bytes.");
    }
}
