namespace ILGPU.Runtime;

public abstract partial class Accelerator
{
    /// <summary>Gets a group size that suits a kernel.</summary>
    public int EstimateGroupSize(Kernel kernel) => EstimateGroupSize(kernel, out _);

    /// <summary>Gets a group size that suits a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="minGridSize">The fewest groups that fill the device.</param>
    public int EstimateGroupSize(Kernel kernel, out int minGridSize) => EstimateGroupSize(kernel, 0, MaxNumThreadsPerGroup, out minGridSize);

    /// <summary>Gets a group size that suits a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="dynamicSharedMemorySizeInBytes">Dynamic shared memory of a group.</param>
    /// <param name="minGridSize">The fewest groups that fill the device.</param>
    public int EstimateGroupSize(Kernel kernel, int dynamicSharedMemorySizeInBytes, out int minGridSize) =>
        EstimateGroupSize(kernel, dynamicSharedMemorySizeInBytes, MaxNumThreadsPerGroup, out minGridSize);

    /// <summary>Gets a group size that suits a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="dynamicSharedMemorySizeInBytes">Dynamic shared memory of a group.</param>
    /// <param name="maxGroupSize">The largest group to consider.</param>
    /// <param name="minGridSize">The fewest groups that fill the device.</param>
    public int EstimateGroupSize(Kernel kernel, int dynamicSharedMemorySizeInBytes, int maxGroupSize, out int minGridSize)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        return EstimateGroupSizeCore(kernel, dynamicSharedMemorySizeInBytes, maxGroupSize, out minGridSize);
    }

    /// <summary>Gets a group size that suits a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="computeSharedMemorySize">Dynamic shared memory of a group, given its threads.</param>
    /// <param name="minGridSize">The fewest groups that fill the device.</param>
    public int EstimateGroupSize(Kernel kernel, Func<int, int> computeSharedMemorySize, out int minGridSize) =>
        EstimateGroupSize(kernel, computeSharedMemorySize, MaxNumThreadsPerGroup, out minGridSize);

    /// <summary>Gets the largest group size that suits a kernel and whose shared memory there is.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="computeSharedMemorySize">Dynamic shared memory of a group, given its threads.</param>
    /// <param name="maxGroupSize">The largest group to consider.</param>
    /// <param name="minGridSize">The fewest groups that fill the device.</param>
    public int EstimateGroupSize(Kernel kernel, Func<int, int> computeSharedMemorySize, int maxGroupSize, out int minGridSize)
    {
        ArgumentNullException.ThrowIfNull(computeSharedMemorySize);
        int size = maxGroupSize;
        while (size > 1 && computeSharedMemorySize(size) > MaxSharedMemoryPerGroup)
            size /= 2;
        return EstimateGroupSize(kernel, computeSharedMemorySize(size), size, out minGridSize);
    }

    /// <summary>Estimates how many groups a multiprocessor runs at a time.</summary>
    public int EstimateMaxActiveGroupsPerMultiprocessor<TIndex>(Kernel kernel, TIndex groupDim)
        where TIndex : struct, IIndex =>
        EstimateMaxActiveGroupsPerMultiprocessor(kernel, checked((int)groupDim.Size));

    /// <summary>Estimates how many groups a multiprocessor runs at a time.</summary>
    public int EstimateMaxActiveGroupsPerMultiprocessor(Kernel kernel, int groupSize) => EstimateMaxActiveGroupsPerMultiprocessor(kernel, groupSize, 0);

    /// <summary>Estimates how many groups a multiprocessor runs at a time: as many as its threads are enough for, of whole warps, and its
    /// shared memory, if that is what one group may have. Registers are not looked at.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="groupSize">Threads of a group.</param>
    /// <param name="dynamicSharedMemorySizeInBytes">Dynamic shared memory of a group.</param>
    public int EstimateMaxActiveGroupsPerMultiprocessor(Kernel kernel, int groupSize, int dynamicSharedMemorySizeInBytes)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groupSize);
        ArgumentOutOfRangeException.ThrowIfNegative(dynamicSharedMemorySizeInBytes);
        if (groupSize > MaxNumThreadsPerGroup)
            return 0;
        int threads = (groupSize + WarpSize - 1) / WarpSize * WarpSize;
        int groups = Math.Max(1, MaxNumThreadsPerMultiprocessor / threads);
        return dynamicSharedMemorySizeInBytes == 0 ? groups : Math.Min(groups, MaxSharedMemoryPerGroup / dynamicSharedMemorySizeInBytes);
    }

    /// <summary>Estimates how much of a multiprocessor's threads a kernel uses, 0 to 1.</summary>
    public float EstimateOccupancyPerMultiprocessor<TIndex>(Kernel kernel, TIndex groupDim)
        where TIndex : struct, IIndex =>
        EstimateOccupancyPerMultiprocessor(kernel, checked((int)groupDim.Size));

    /// <summary>Estimates how much of a multiprocessor's threads a kernel uses, 0 to 1.</summary>
    public float EstimateOccupancyPerMultiprocessor(Kernel kernel, int groupSize) => EstimateOccupancyPerMultiprocessor(kernel, groupSize, 0);

    /// <summary>Estimates how much of a multiprocessor's threads a kernel uses, 0 to 1.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="groupSize">Threads of a group.</param>
    /// <param name="dynamicSharedMemorySizeInBytes">Dynamic shared memory of a group.</param>
    public float EstimateOccupancyPerMultiprocessor(Kernel kernel, int groupSize, int dynamicSharedMemorySizeInBytes) =>
        Math.Min(1f, EstimateMaxActiveGroupsPerMultiprocessor(kernel, groupSize, dynamicSharedMemorySizeInBytes) * (float)groupSize / MaxNumThreadsPerMultiprocessor);

    private protected virtual int EstimateGroupSizeCore(Kernel kernel, int dynamicSharedBytes, int maxGroupSize, out int minGridSize)
    {
        minGridSize = kernel.Info?.MinGridSize ?? NumMultiprocessors;
        return Math.Min(kernel.Info?.MinGroupSize ?? WarpSize, maxGroupSize);
    }
}
