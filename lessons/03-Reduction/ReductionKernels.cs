using GemmaIlgpu.Lessons.Device;
using ILGPU;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>The sum of an array. Each kernel but the first leaves one partial sum for each group.</summary>
public static class ReductionKernels
{
    public const int GroupSize = 128;   // a power of two: the tree halves it

    /// <summary>Everybody adds to the same number, one after the other.</summary>
    public static void Atomics(View values, View sum)
    {
        int i = Grid.GlobalIndex.X;
        if (i < values.Length)
            Atomic.Add(ref sum[0], values[i]);
    }

    /// <summary>A tree in shared memory: 64 threads add pairs, then 32, then 16, and so on.</summary>
    public static void Tree(View values, View partial)
    {
        var shared = SharedMemory.Allocate<float>(GroupSize);
        int thread = Group.IdxX, i = Grid.GlobalIndex.X;
        shared[thread] = i < values.Length ? values[i] : 0f;    // a thread without an element adds nothing
        Group.Barrier();                                        // all numbers are in place

        for (int live = GroupSize / 2; live > 0; live /= 2)
        {
            if (thread < live)
                shared[thread] += shared[thread + live];
            Group.Barrier();                                    // outside the if: every thread must reach it
        }

        if (thread == 0)
            partial[Grid.IdxX] = shared[0];
    }

    /// <summary>Within a warp numbers go from register to register; only warps meet in shared memory.</summary>
    public static void WarpFirst(View values, View partial)
    {
        var perWarp = SharedMemory.Allocate<float>(GroupSize);  // enough even where a warp is one thread
        int i = Grid.GlobalIndex.X;
        float sum = i < values.Length ? values[i] : 0f;
        for (int mask = Warp.WarpSize / 2; mask > 0; mask /= 2)
            sum += Warp.ShuffleXor(sum, mask);

        if (Warp.IsFirstLane)
            perWarp[Warp.WarpIdx] = sum;
        Group.Barrier();                                        // all warps' sums are in place

        if (Group.IdxX == 0)
        {
            float total = 0f;
            for (int warp = 0; warp < Group.DimX / Warp.WarpSize; warp++)
                total += perWarp[warp];
            partial[Grid.IdxX] = total;
        }
    }

    /// <summary>A few groups share the array: each thread first adds many numbers on its own, and meets the others once.</summary>
    public static void GridStride(View values, View partial)
    {
        int threads = Grid.DimX * Group.DimX;
        float sum = 0f;
        for (int i = Grid.GlobalIndex.X; i < values.Length; i += threads)
            sum += values[i];

        sum = Warps.GroupSum(sum);
        if (Group.IdxX == 0)
            partial[Grid.IdxX] = sum;
    }
}
