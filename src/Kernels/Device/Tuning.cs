using ILGPU.Runtime;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>The few launch numbers that depend on the device; everything else follows from the shapes.</summary>
/// <remarks>
/// On a CPU one warp is one vector and a group of one warp has free barriers, so a group is a warp. On a GPU a group is
/// several warps, which hide each other's memory latency.
/// </remarks>
public sealed record Tuning
{
    /// <summary>Threads of a warp.</summary>
    public int WarpSize { get; }

    /// <summary>Threads of a group: a multiple of <see cref="WarpSize"/>.</summary>
    public int GroupSize { get; }

    /// <summary>Warps that keep the whole device busy; kernels that can split their work aim at this many.</summary>
    public int TargetWarps { get; }

    /// <summary>Longest vector of floats that stays in the first-level cache while weights stream past it.</summary>
    public int CachedColumns { get; init; } = 6144;

    public Tuning(int warpSize, int groupSize, int targetWarps)
    {
        if (warpSize < 1 || (warpSize & (warpSize - 1)) != 0)
            throw new ArgumentException($"Tuning: warp size {warpSize} is not a power of two.");
        if (groupSize < warpSize || groupSize % warpSize != 0 || groupSize / warpSize > GroupReduce.MaxWarps)
            throw new ArgumentException(
                $"Tuning: group size {groupSize} must be 1 to {GroupReduce.MaxWarps} warps of {warpSize} threads.");
        if (targetWarps < 1)
            throw new ArgumentException($"Tuning: {targetWarps} target warps; at least 1 is needed.");
        WarpSize = warpSize;
        GroupSize = groupSize;
        TargetWarps = targetWarps;
    }

    /// <summary>Warps of a group.</summary>
    public int WarpsPerGroup => GroupSize / WarpSize;

    /// <summary>What suits the accelerator.</summary>
    public static Tuning For(Accelerator accelerator)
    {
        int warp = accelerator.WarpSize;
        int processors = Math.Max(1, accelerator.NumMultiprocessors);
        if (accelerator.AcceleratorType == AcceleratorType.CPU)
            return new Tuning(warp, warp, targetWarps: 4 * processors);
        // OpenCL devices without sub-groups have warps of one thread.
        int most = Math.Min(Math.Min(256, GroupReduce.MaxWarps * warp), accelerator.MaxNumThreadsPerGroup);
        int group = Math.Max(warp, most / warp * warp);
        return new Tuning(warp, group, targetWarps: 16 * processors) { CachedColumns = int.MaxValue };
    }

    /// <summary>Groups that hold at least this many warps.</summary>
    public int GroupsFor(long warps) => checked((int)((warps + WarpsPerGroup - 1) / WarpsPerGroup));
}
