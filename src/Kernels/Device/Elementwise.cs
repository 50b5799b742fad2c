using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>
/// How kernels that treat every value alone cut a long vector: each warp takes one contiguous run of
/// <see cref="StepsPerWarp"/> · warp values and walks it in steps of a warp, so neighbouring lanes touch neighbouring addresses.
/// </summary>
public static class Elementwise
{
    /// <summary>Steps of one warp: enough to pay for its start, few enough that short vectors still spread out.</summary>
    public const int StepsPerWarp = 32;

    /// <summary>Launch dimensions for a vector of this many values.</summary>
    public static KernelConfig Config(Tuning tuning, long length)
    {
        long run = (long)StepsPerWarp * tuning.WarpSize;
        return new KernelConfig(tuning.GroupsFor((length + run - 1) / run), tuning.GroupSize);
    }

    /// <summary>Index of this warp among all warps of the grid; groups are one-dimensional.</summary>
    public static int GlobalWarp() => (Grid.IdxX * (Group.DimX / Warp.WarpSize)) + Warp.WarpIdx;

    /// <summary>First value of this warp's run.</summary>
    public static long Start() => (long)GlobalWarp() * (StepsPerWarp * Warp.WarpSize);

    /// <summary>Values in the run that begins at <paramref name="start"/>; 0 or less when it lies behind the end.</summary>
    public static int Count(long start, long length)
    {
        long remaining = length - start;
        int run = StepsPerWarp * Warp.WarpSize;
        return remaining < run ? (int)remaining : run;
    }
}
