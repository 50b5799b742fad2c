using GemmaIlgpu.Compute.Runtime.Cpu;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Runtime;

/// <summary>The checks of a launch before anything runs; each complaint is one sentence.</summary>
internal static class LaunchChecks
{
    /// <summary>Checks the dimensions of an explicitly grouped launch.</summary>
    public static void Config(Kernel kernel, in KernelConfig config)
    {
        Index3D grid = config.GridDim, group = config.GroupDim;
        if (!config.IsValid)
            throw new ArgumentOutOfRangeException(nameof(config), $"Kernel {kernel.DisplayName} was launched with grid {grid} and group {group}; all dimensions must be at least 1.");
        if (group.LongSize > kernel.Accelerator.MaxNumThreadsPerGroup)
            throw new ArgumentOutOfRangeException(nameof(config), $"Kernel {kernel.DisplayName} was launched with {group.LongSize} threads per group; {kernel.Accelerator.Name} takes {kernel.Accelerator.MaxNumThreadsPerGroup}.");
        if (config.SharedMemoryConfig.ArraySize > kernel.Accelerator.MaxSharedMemoryPerGroup)
            throw new ArgumentOutOfRangeException(nameof(config), $"Kernel {kernel.DisplayName} was launched with {config.SharedMemoryConfig.ArraySize} bytes of dynamic shared memory; {kernel.Accelerator.Name} has {kernel.Accelerator.MaxSharedMemoryPerGroup}.");
    }

    /// <summary>Checks the dimensions of a launch against what the device can count.</summary>
    public static void Grid(Kernel kernel, Index3D grid, Index3D group)
    {
        Index3D mostGroups = kernel.Accelerator.MaxGridSize, mostThreads = kernel.Accelerator.MaxGroupSize;
        if (grid.X > mostGroups.X || grid.Y > mostGroups.Y || grid.Z > mostGroups.Z)
            throw new ArgumentOutOfRangeException(nameof(grid), $"Kernel {kernel.DisplayName} was launched with grid {grid}; {kernel.Accelerator.Name} takes {mostGroups}.");
        if (group.X > mostThreads.X || group.Y > mostThreads.Y || group.Z > mostThreads.Z)
            throw new ArgumentOutOfRangeException(nameof(group), $"Kernel {kernel.DisplayName} was launched with group {group}; {kernel.Accelerator.Name} takes {mostThreads}.");
    }

    /// <summary>Checks the shared memory of a launch.</summary>
    public static void SharedMemory(Kernel kernel, int staticBytes, int dynamicBytes)
    {
        if ((long)staticBytes + dynamicBytes > kernel.Accelerator.MaxSharedMemoryPerGroup)
            throw new ArgumentOutOfRangeException(null, $"Kernel {kernel.DisplayName} needs {staticBytes} bytes of shared memory and {dynamicBytes} of dynamic; {kernel.Accelerator.Name} has {kernel.Accelerator.MaxSharedMemoryPerGroup}.");
    }

    /// <summary>Checks the extent of an implicitly grouped launch. An extent of 0 launches nothing.</summary>
    public static void Extent(Kernel kernel, LongIndex3D extent)
    {
        if (extent.X < 0 || extent.Y < 0 || extent.Z < 0)
            throw new ArgumentOutOfRangeException(nameof(extent), $"Kernel {kernel.DisplayName} was launched with extent {extent}; it must not be negative.");
    }

    /// <summary>Widens an extent to three dimensions.</summary>
    public static LongIndex3D Extent(IIndex index) => index switch
    {
        Index1D i => new(i.X, 1, 1),
        Index2D i => new(i.X, i.Y, 1),
        Index3D i => i.ToLongIndex(),
        LongIndex1D i => new(i.X, 1, 1),
        LongIndex2D i => new(i.X, i.Y, 1),
        LongIndex3D i => i,
        _ => throw new ArgumentException($"{index.GetType().Name} is no extent of a launch.", nameof(index)),
    };

    /// <summary>Checks that kernel, stream and buffers are alive and belong to the same accelerator.</summary>
    public static void Objects(Kernel kernel, AcceleratorStream stream, object[] arguments)
    {
        Stream(kernel, stream);
        foreach (object argument in arguments)
        {
            foreach ((_, IDebugView view) in DebugViews.In(argument, ""))
                Buffer(kernel, view.Source);
        }
    }

    /// <summary>Checks that kernel and stream are alive and belong to the same accelerator.</summary>
    public static void Stream(Kernel kernel, AcceleratorStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        kernel.Accelerator.ThrowIfDisposed();
        if (stream.IsDisposed)
            throw new ObjectDisposedException(stream.GetType().Name, $"Kernel {kernel.DisplayName} was launched in a stream that has been disposed.");
        if (!ReferenceEquals(stream.Accelerator, kernel.Accelerator))
            throw new ArgumentException($"Kernel {kernel.DisplayName} was launched in a stream of another accelerator, {stream.Accelerator.Name}.", nameof(stream));
    }

    /// <summary>Checks that a buffer is alive and that the kernel's accelerator reaches it.</summary>
    public static void Buffer(Kernel kernel, MemoryBuffer? buffer)
    {
        // The Checked accelerator lets the thread that reaches for the memory report it.
        if (buffer is CheckedMemoryBuffer { IsDisposed: true, IsKept: true } && ReferenceEquals(buffer.Accelerator, kernel.Accelerator) && !kernel.Accelerator.IsDisposed)
            return;
        if (buffer is { IsDisposed: true })
            throw new ObjectDisposedException(buffer.GetType().Name, $"Kernel {kernel.DisplayName} was launched with a buffer of {buffer.Length} elements that has been disposed.");
        if (buffer is not null && !kernel.Accelerator.CanAccess(buffer))
            throw new ArgumentException($"Kernel {kernel.DisplayName} on {kernel.Accelerator.Name} was launched with a buffer of {buffer.Accelerator.Name}, which it cannot reach; copy the data into a buffer of its own accelerator.");
        // What this kernel writes there, the other accelerator does not see.
        if (buffer is not null && !ReferenceEquals(buffer.Accelerator, kernel.Accelerator))
            buffer.MarkWritten(0, buffer.LengthInBytes);
    }
}
