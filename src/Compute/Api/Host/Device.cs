namespace ILGPU.Runtime;

/// <summary>A device that accelerators can be made of.</summary>
public abstract class Device : IDevice
{
    private protected Device()
    {
    }

    /// <summary>Gets the kind of accelerators this makes.</summary>
    public AcceleratorType AcceleratorType { get; private protected init; } = AcceleratorType.CPU;

    /// <summary>Gets the name for people.</summary>
    public string Name { get; private protected init; } = "";

    /// <summary>Gets the memory in bytes.</summary>
    public long MemorySize { get; private protected init; }

    /// <summary>Gets the most groups in each dimension.</summary>
    public Index3D MaxGridSize { get; private protected init; }

    /// <summary>Gets the most threads of a group in each dimension.</summary>
    public Index3D MaxGroupSize { get; private protected init; }

    /// <summary>Gets the most threads of a group in all.</summary>
    public int MaxNumThreadsPerGroup { get; private protected init; }

    /// <summary>Gets the most shared memory of a group in bytes.</summary>
    public int MaxSharedMemoryPerGroup { get; private protected init; }

    /// <summary>Gets the most constant memory in bytes.</summary>
    public int MaxConstantMemory { get; private protected init; }

    /// <summary>Gets the number of lanes of a warp; a power of two.</summary>
    public int WarpSize { get; private protected init; }

    /// <summary>Gets the number of multiprocessors, each of which runs one group or more at a time.</summary>
    public int NumMultiprocessors { get; private protected init; }

    /// <summary>Gets the most threads that a multiprocessor runs at a time.</summary>
    public int MaxNumThreadsPerMultiprocessor { get; private protected init; }

    /// <summary>Gets the most threads that the device runs at a time.</summary>
    public int MaxNumThreads => NumMultiprocessors * MaxNumThreadsPerMultiprocessor;

    /// <summary>Creates an accelerator.</summary>
    public abstract Accelerator CreateAccelerator(Context context);

    /// <summary>Prints what the device has.</summary>
    public void PrintInformation(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteLine($"Device: {Name}");
        writer.WriteLine($"  Accelerator type:                {AcceleratorType}");
        writer.WriteLine($"  Warp size:                       {WarpSize}");
        writer.WriteLine($"  Multiprocessors:                 {NumMultiprocessors}");
        writer.WriteLine($"  Max threads per multiprocessor:  {MaxNumThreadsPerMultiprocessor}");
        writer.WriteLine($"  Max threads per group:           {MaxNumThreadsPerGroup}");
        writer.WriteLine($"  Max group size:                  {MaxGroupSize}");
        writer.WriteLine($"  Max grid size:                   {MaxGridSize}");
        writer.WriteLine($"  Memory:                          {MemorySize} bytes");
        writer.WriteLine($"  Shared memory per group:         {MaxSharedMemoryPerGroup} bytes");
        writer.WriteLine($"  Constant memory:                 {MaxConstantMemory} bytes");
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => $"{Name} [Type: {AcceleratorType}, WarpSize: {WarpSize}, MaxNumThreadsPerGroup: {MaxNumThreadsPerGroup}, MemorySize: {MemorySize}]";
}
