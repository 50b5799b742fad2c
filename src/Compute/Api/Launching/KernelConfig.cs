namespace ILGPU;

/// <summary>How an explicitly grouped kernel is launched: how many groups of how many threads.</summary>
public readonly struct KernelConfig
{
    /// <summary>Creates a configuration.</summary>
    public KernelConfig(int gridDimX, int gridDimY, int gridDimZ, int groupDimX, int groupDimY, int groupDimZ)
        : this(new Index3D(gridDimX, gridDimY, gridDimZ), new Index3D(groupDimX, groupDimY, groupDimZ))
    {
    }

    /// <summary>Creates a configuration.</summary>
    public KernelConfig(Index1D gridDim, Index1D groupDim)
        : this(new Index3D(gridDim.X, 1, 1), new Index3D(groupDim.X, 1, 1))
    {
    }

    /// <summary>Creates a configuration with dynamic shared memory.</summary>
    public KernelConfig(Index1D gridDim, Index1D groupDim, SharedMemoryConfig sharedMemoryConfig)
        : this(new Index3D(gridDim.X, 1, 1), new Index3D(groupDim.X, 1, 1), sharedMemoryConfig)
    {
    }

    /// <summary>Creates a configuration.</summary>
    public KernelConfig(Index2D gridDim, Index2D groupDim)
        : this(new Index3D(gridDim.X, gridDim.Y, 1), new Index3D(groupDim.X, groupDim.Y, 1))
    {
    }

    /// <summary>Creates a configuration with dynamic shared memory.</summary>
    public KernelConfig(Index2D gridDim, Index2D groupDim, SharedMemoryConfig sharedMemoryConfig)
        : this(new Index3D(gridDim.X, gridDim.Y, 1), new Index3D(groupDim.X, groupDim.Y, 1), sharedMemoryConfig)
    {
    }

    /// <summary>Creates a configuration.</summary>
    public KernelConfig(Index3D gridDim, Index3D groupDim)
        : this(gridDim, groupDim, default)
    {
    }

    /// <summary>Creates a configuration with dynamic shared memory.</summary>
    public KernelConfig(Index3D gridDim, Index3D groupDim, SharedMemoryConfig sharedMemoryConfig)
    {
        GridDim = gridDim;
        GroupDim = groupDim;
        SharedMemoryConfig = sharedMemoryConfig;
    }

    /// <summary>Gets the number of groups in each dimension.</summary>
    public Index3D GridDim { get; }

    /// <summary>Gets the number of threads of a group in each dimension.</summary>
    public Index3D GroupDim { get; }

    /// <summary>Gets the dynamic shared memory.</summary>
    public SharedMemoryConfig SharedMemoryConfig { get; }

    /// <summary>Gets the kind of index of kernels launched this way.</summary>
    public IndexType IndexType => IndexType.KernelConfig;

    /// <summary>Gets whether all dimensions are at least 1.</summary>
    public bool IsValid =>
        GridDim.X > 0 && GridDim.Y > 0 && GridDim.Z > 0 && GroupDim.X > 0 && GroupDim.Y > 0 && GroupDim.Z > 0;

    /// <summary>Gets the number of threads.</summary>
    public long Size => GridDim.LongSize * GroupDim.LongSize;

    /// <summary>Gets whether the launch asks for dynamic shared memory.</summary>
    public bool UsesDynamicSharedMemory => SharedMemoryConfig.UsesDynamicSharedMemory;

    /// <summary>Takes the configuration apart.</summary>
    public void Deconstruct(out Index3D gridDim, out Index3D groupDim)
    {
        gridDim = GridDim;
        groupDim = GroupDim;
    }

    /// <summary>Takes the configuration apart.</summary>
    public void Deconstruct(out Index3D gridDim, out Index3D groupDim, out SharedMemoryConfig sharedMemoryConfig)
    {
        gridDim = GridDim;
        groupDim = GroupDim;
        sharedMemoryConfig = SharedMemoryConfig;
    }

    /// <summary>Gets grid and group dimensions.</summary>
    public (Index3D GridDim, Index3D GroupDim) ToDimensions() => (GridDim, GroupDim);

    /// <summary>Gets all parts as a tuple.</summary>
    public (Index3D GridDim, Index3D GroupDim, SharedMemoryConfig SharedMemoryConfig) ToValueTuple() =>
        (GridDim, GroupDim, SharedMemoryConfig);

    /// <summary>Gets grid and group dimensions.</summary>
    public static implicit operator (Index3D, Index3D)(KernelConfig config) => config.ToDimensions();

    /// <summary>Gets all parts as a tuple.</summary>
    public static implicit operator (Index3D, Index3D, SharedMemoryConfig)(KernelConfig config) => config.ToValueTuple();

    /// <summary>Makes a configuration of a tuple.</summary>
    public static implicit operator KernelConfig((Index1D, Index1D) dimensions) =>
        new(new Index3D(dimensions.Item1.X, 1, 1), new Index3D(dimensions.Item2.X, 1, 1));

    /// <summary>Makes a configuration of a tuple.</summary>
    public static implicit operator KernelConfig((Index3D, Index1D) dimensions) =>
        new(dimensions.Item1, new Index3D(dimensions.Item2.X, 1, 1));

    /// <summary>Makes a configuration of a tuple.</summary>
    public static implicit operator KernelConfig((Index3D, Index2D) dimensions) =>
        new(dimensions.Item1, new Index3D(dimensions.Item2.X, dimensions.Item2.Y, 1));

    /// <summary>Makes a configuration of a tuple.</summary>
    public static implicit operator KernelConfig((Index2D, Index2D) dimensions) =>
        new(new Index3D(dimensions.Item1.X, dimensions.Item1.Y, 1), new Index3D(dimensions.Item2.X, dimensions.Item2.Y, 1));

    /// <summary>Makes a configuration of a tuple.</summary>
    public static implicit operator KernelConfig((Index3D, Index3D) dimensions) =>
        new(dimensions.Item1, dimensions.Item2);

    /// <summary>Makes a configuration of a tuple.</summary>
    public static implicit operator KernelConfig((Index1D, Index1D, SharedMemoryConfig) dimensions) =>
        new(new Index3D(dimensions.Item1.X, 1, 1), new Index3D(dimensions.Item2.X, 1, 1), dimensions.Item3);

    /// <summary>Makes a configuration of a tuple.</summary>
    public static implicit operator KernelConfig((Index3D, Index3D, SharedMemoryConfig) dimensions) =>
        new(dimensions.Item1, dimensions.Item2, dimensions.Item3);
}
