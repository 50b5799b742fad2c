using GemmaIlgpu.Lessons.Device;
using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>y = exp(x - max) / Σ exp(x - max) for each row of a matrix.</summary>
public static class SoftmaxKernels
{
    public const int GroupSize = 64;

    /// <summary>Smaller than every number that occurs, yet a number: minus infinity minus itself would be none.</summary>
    public const float Lowest = float.MinValue;

    /// <summary>One thread for each row, in three passes over it: the maximum, the sum, the quotients.</summary>
    public static void ThreadPerRow(View x, View y, int columns)
    {
        long first = (long)Grid.GlobalIndex.X * columns;
        if (first >= x.Length)
            return;
        float max = Lowest;
        for (int column = 0; column < columns; column++)
            max = XMath.Max(max, x[first + column]);
        float sum = 0f;
        for (int column = 0; column < columns; column++)
            sum += XMath.Exp(x[first + column] - max);
        for (int column = 0; column < columns; column++)
            y[first + column] = XMath.Exp(x[first + column] - max) / sum;
    }

    /// <summary>One group for each row: neighbours read neighbours, and meet twice in shared memory.</summary>
    public static void GroupPerRow(View x, View y, int columns)
    {
        var shared = SharedMemory.Allocate<float>(GroupSize);
        int thread = Group.IdxX;
        long first = (long)Grid.IdxX * columns;

        // 1. The maximum of this thread's columns, then of the group's.
        float max = Lowest;
        for (int column = thread; column < columns; column += GroupSize)
            max = XMath.Max(max, x[first + column]);
        shared[thread] = max;
        Group.Barrier();                // all maxima are in place
        for (int live = GroupSize / 2; live > 0; live /= 2)
        {
            if (thread < live)
                shared[thread] = XMath.Max(shared[thread], shared[thread + live]);
            Group.Barrier();
        }

        max = shared[0];

        // 2. The sum, in the same way.
        float sum = 0f;
        for (int column = thread; column < columns; column += GroupSize)
            sum += XMath.Exp(x[first + column] - max);
        sum = Warps.GroupSum(sum);

        // 3. The quotients.
        for (int column = thread; column < columns; column += GroupSize)
            y[first + column] = XMath.Exp(x[first + column] - max) / sum;
    }

    /// <summary>One pass for maximum and sum together: when the maximum grows, the sum so far is scaled to it.</summary>
    public static void Online(View x, View y, int columns)
    {
        var maxima = SharedMemory.Allocate<float>(GroupSize);
        var sums = SharedMemory.Allocate<float>(GroupSize);
        int thread = Group.IdxX;
        long first = (long)Grid.IdxX * columns;

        // 1. Maximum and sum of this thread's columns.
        float max = Lowest, sum = 0f;
        for (int column = thread; column < columns; column += GroupSize)
        {
            float value = x[first + column], larger = XMath.Max(max, value);
            sum = (sum * XMath.Exp(max - larger)) + XMath.Exp(value - larger);
            max = larger;
        }

        // 2. Two pairs become one: both sums are scaled to the larger maximum.
        maxima[thread] = max;
        sums[thread] = sum;
        Group.Barrier();                // all pairs are in place
        for (int live = GroupSize / 2; live > 0; live /= 2)
        {
            if (thread < live)
            {
                float other = maxima[thread + live], larger = XMath.Max(maxima[thread], other);
                sums[thread] = (sums[thread] * XMath.Exp(maxima[thread] - larger)) + (sums[thread + live] * XMath.Exp(other - larger));
                maxima[thread] = larger;
            }

            Group.Barrier();
        }

        // 3. The quotients.
        for (int column = thread; column < columns; column += GroupSize)
            y[first + column] = XMath.Exp(x[first + column] - maxima[0]) / sums[0];
    }

    /// <summary>One warp for each row: the same pairs, exchanged between registers, and no barrier at all.</summary>
    public static void OnlineWarp(View x, View y, int columns)
    {
        long row = (Grid.IdxX * (Group.DimX / Warp.WarpSize)) + Warp.WarpIdx, first = row * columns;
        if (first >= x.Length)
            return;                     // the whole warp leaves
        float max = Lowest, sum = 0f;
        for (int column = Warp.LaneIdx; column < columns; column += Warp.WarpSize)
        {
            float value = x[first + column], larger = XMath.Max(max, value);
            sum = (sum * XMath.Exp(max - larger)) + XMath.Exp(value - larger);
            max = larger;
        }

        float rowMax = Warps.Max(max);
        float rowSum = Warps.Sum(sum * XMath.Exp(max - rowMax));
        for (int column = Warp.LaneIdx; column < columns; column += Warp.WarpSize)
            y[first + column] = XMath.Exp(x[first + column] - rowMax) / rowSum;
    }
}
