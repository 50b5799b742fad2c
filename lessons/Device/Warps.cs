using ILGPU;
using ILGPU.Algorithms;

namespace GemmaIlgpu.Lessons.Device;

/// <summary>Sums and maxima over the threads of a warp and of a group, as lesson 3 takes them apart.</summary>
public static class Warps
{
    /// <summary>Threads of the largest group that uses <see cref="GroupSum"/>; with warps of one there are as many warps.</summary>
    public const int MostWarps = 256;

    /// <summary>
    /// The sum over the warp, in every lane: in each step a lane adds the number of the lane whose index differs in one bit.
    /// Nothing here says how many lanes there are.
    /// </summary>
    public static float Sum(float value)
    {
        for (int mask = Warp.WarpSize / 2; mask > 0; mask /= 2)
            value += Warp.ShuffleXor(value, mask);
        return value;
    }

    /// <summary>The maximum over the warp, in every lane.</summary>
    public static float Max(float value)
    {
        for (int mask = Warp.WarpSize / 2; mask > 0; mask /= 2)
            value = XMath.Max(value, Warp.ShuffleXor(value, mask));
        return value;
    }

    /// <summary>The sum over the group, in every thread. Every thread of the group must call.</summary>
    public static float GroupSum(float value)
    {
        var perWarp = SharedMemory.Allocate<float>(MostWarps);
        float warp = Sum(value);
        if (Warp.IsFirstLane)
            perWarp[Warp.WarpIdx] = warp;
        Group.Barrier();                        // every warp's sum is in place
        float sum = 0f;
        for (int i = 0; i < Group.DimX / Warp.WarpSize; i++)
            sum += perWarp[i];
        Group.Barrier();                        // all have read: the next call may overwrite
        return sum;
    }
}
