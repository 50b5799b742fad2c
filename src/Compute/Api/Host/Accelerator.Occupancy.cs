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

    private protected virtual int EstimateGroupSizeCore(Kernel kernel, int dynamicSharedBytes, int maxGroupSize, out int minGridSize)
    {
        minGridSize = kernel.Info?.MinGridSize ?? NumMultiprocessors;
        return Math.Min(kernel.Info?.MinGroupSize ?? WarpSize, maxGroupSize);
    }
}
