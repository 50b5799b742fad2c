namespace ILGPU.Runtime;

/// <summary>What devices and the accelerators made of them can tell.</summary>
public interface IDevice
{
    /// <summary>Gets the name for people.</summary>
    string Name { get; }

    /// <summary>Gets the memory in bytes.</summary>
    long MemorySize { get; }

    /// <summary>Gets the most groups in each dimension.</summary>
    Index3D MaxGridSize { get; }

    /// <summary>Gets the most threads of a group in each dimension.</summary>
    Index3D MaxGroupSize { get; }

    /// <summary>Gets the most threads of a group in all.</summary>
    int MaxNumThreadsPerGroup { get; }

    /// <summary>Gets the most shared memory of a group in bytes.</summary>
    int MaxSharedMemoryPerGroup { get; }

    /// <summary>Gets the most constant memory in bytes.</summary>
    int MaxConstantMemory { get; }

    /// <summary>Gets the number of lanes of a warp; a power of two.</summary>
    int WarpSize { get; }

    /// <summary>Gets the number of multiprocessors.</summary>
    int NumMultiprocessors { get; }

    /// <summary>Gets the most threads that a multiprocessor runs at a time.</summary>
    int MaxNumThreadsPerMultiprocessor { get; }

    /// <summary>Gets the most threads that the device runs at a time.</summary>
    int MaxNumThreads { get; }

    /// <summary>Prints all this.</summary>
    void PrintInformation(TextWriter writer);
}

/// <summary>Printing of devices.</summary>
public static class DeviceExtensions
{
    /// <summary>Prints what a device has to the console.</summary>
    public static void PrintInformation(this IDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        device.PrintInformation(Console.Out);
    }
}
