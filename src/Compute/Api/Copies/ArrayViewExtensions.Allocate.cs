using GemmaIlgpu.Compute.Runtime;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace ILGPU.Runtime;

public static partial class ArrayViewExtensions
{
    /// <summary>Allocates memory for an array and copies it there.</summary>
    public static MemoryBuffer1D<T, Stride1D.Dense> Allocate1D<T>(this Accelerator accelerator, T[] data)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        return accelerator.Allocate1D(accelerator.DefaultStream, data);
    }

    /// <summary>Allocates memory for an array and copies it there.</summary>
    public static MemoryBuffer1D<T, Stride1D.Dense> Allocate1D<T>(this Accelerator accelerator, AcceleratorStream stream, T[] data)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(data);
        MemoryBuffer1D<T, Stride1D.Dense> buffer = accelerator.Allocate1D<T>(data.LongLength);
        buffer.View.CopyFromCPU(stream, data);
        return buffer;
    }

    /// <summary>Allocates memory for an array and copies it there.</summary>
    public static MemoryBuffer2D<T, Stride2D.DenseX> Allocate2DDenseX<T>(this Accelerator accelerator, T[,] data)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        return accelerator.Allocate2DDenseX(accelerator.DefaultStream, data);
    }

    /// <summary>Allocates memory for an array and copies it there.</summary>
    public static MemoryBuffer2D<T, Stride2D.DenseX> Allocate2DDenseX<T>(this Accelerator accelerator, AcceleratorStream stream, T[,] data)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(data);
        MemoryBuffer2D<T, Stride2D.DenseX> buffer = accelerator.Allocate2DDenseX<T>(ViewCopy.Extent(data));
        buffer.View.CopyFromCPU(stream, data);
        return buffer;
    }

    /// <summary>Allocates memory for an array and copies it there.</summary>
    public static MemoryBuffer2D<T, Stride2D.DenseY> Allocate2DDenseY<T>(this Accelerator accelerator, T[,] data)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        return accelerator.Allocate2DDenseY(accelerator.DefaultStream, data);
    }

    /// <summary>Allocates memory for an array and copies it there.</summary>
    public static MemoryBuffer2D<T, Stride2D.DenseY> Allocate2DDenseY<T>(this Accelerator accelerator, AcceleratorStream stream, T[,] data)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(data);
        MemoryBuffer2D<T, Stride2D.DenseY> buffer = accelerator.Allocate2DDenseY<T>(ViewCopy.Extent(data));
        buffer.View.CopyFromCPU(stream, data);
        return buffer;
    }

    /// <summary>Allocates memory for an array and copies it there.</summary>
    public static MemoryBuffer3D<T, Stride3D.DenseXY> Allocate3DDenseXY<T>(this Accelerator accelerator, T[,,] data)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        return accelerator.Allocate3DDenseXY(accelerator.DefaultStream, data);
    }

    /// <summary>Allocates memory for an array and copies it there.</summary>
    public static MemoryBuffer3D<T, Stride3D.DenseXY> Allocate3DDenseXY<T>(this Accelerator accelerator, AcceleratorStream stream, T[,,] data)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(data);
        MemoryBuffer3D<T, Stride3D.DenseXY> buffer = accelerator.Allocate3DDenseXY<T>(ViewCopy.Extent(data));
        buffer.View.CopyFromCPU(stream, data);
        return buffer;
    }

    /// <summary>Allocates memory for an array and copies it there.</summary>
    public static MemoryBuffer3D<T, Stride3D.DenseZY> Allocate3DDenseZY<T>(this Accelerator accelerator, T[,,] data)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        return accelerator.Allocate3DDenseZY(accelerator.DefaultStream, data);
    }

    /// <summary>Allocates memory for an array and copies it there.</summary>
    public static MemoryBuffer3D<T, Stride3D.DenseZY> Allocate3DDenseZY<T>(this Accelerator accelerator, AcceleratorStream stream, T[,,] data)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(data);
        MemoryBuffer3D<T, Stride3D.DenseZY> buffer = accelerator.Allocate3DDenseZY<T>(ViewCopy.Extent(data));
        buffer.View.CopyFromCPU(stream, data);
        return buffer;
    }
}
