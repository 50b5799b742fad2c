using ILGPU;
using ILGPU.Algorithms;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>Reductions over all threads of a group: first inside each warp, then over the warps' results.</summary>
/// <remarks>Every thread of the group must call. Shared memory: <see cref="MaxWarps"/> floats.</remarks>
public static class GroupReduce
{
    /// <summary>Most warps in a group; <see cref="Tuning"/> keeps group sizes within it.</summary>
    public const int MaxWarps = 32;

    /// <summary>Sum over the group; every thread gets it.</summary>
    public static float Sum(float value)
    {
        value = WarpReduce.Sum(value);
        int warps = Group.DimX / Warp.WarpSize;
        if (warps > 1)                          // uniform: the same for every thread
        {
            var partial = SharedMemory.Allocate<float>(MaxWarps);
            if (Warp.IsFirstLane)
                partial[Warp.WarpIdx] = value;
            Group.Barrier();                    // every warp's sum is in place
            value = 0f;
            for (int warp = 0; warp < warps; warp++)
                value += partial[warp];
            Group.Barrier();                    // all have read; the next call may overwrite
        }
        return value;
    }

    /// <summary>Largest value of the group; every thread gets it.</summary>
    public static float Max(float value)
    {
        value = WarpReduce.Max(value);
        int warps = Group.DimX / Warp.WarpSize;
        if (warps > 1)
        {
            var partial = SharedMemory.Allocate<float>(MaxWarps);
            if (Warp.IsFirstLane)
                partial[Warp.WarpIdx] = value;
            Group.Barrier();                    // every warp's maximum is in place
            for (int warp = 0; warp < warps; warp++)
                value = XMath.Max(value, partial[warp]);
            Group.Barrier();                    // all have read; the next call may overwrite
        }
        return value;
    }
}
