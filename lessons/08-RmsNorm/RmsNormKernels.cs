using GemmaIlgpu.Lessons.Device;
using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>h = x + residual; y = h / √(mean of h² over its row + ε) · weight.</summary>
public static class RmsNormKernels
{
    public const int GroupSize = 64;
    public const float Epsilon = 1e-6f;

    /// <summary>The first half on its own.</summary>
    public static void Add(View x, View residual, View h)
    {
        int i = Grid.GlobalIndex.X;
        if (i < h.Length)
            h[i] = x[i] + residual[i];
    }

    /// <summary>One thread for each row: too few threads, each far from its neighbour.</summary>
    public static void ThreadPerRow(View h, View weight, View y)
    {
        int columns = weight.IntLength;
        long first = (long)Grid.GlobalIndex.X * columns;
        if (first >= h.Length)
            return;
        float sum = 0f;
        for (int column = 0; column < columns; column++)
            sum += h[first + column] * h[first + column];
        float scale = 1f / XMath.Sqrt((sum / columns) + Epsilon);
        for (int column = 0; column < columns; column++)
            y[first + column] = h[first + column] * scale * weight[column];
    }

    /// <summary>One group for each row, with a tree for the sum.</summary>
    public static void GroupPerRow(View h, View weight, View y)
    {
        var shared = SharedMemory.Allocate<float>(GroupSize);
        int thread = Group.IdxX, columns = weight.IntLength;
        long first = (long)Grid.IdxX * columns;
        float sum = 0f;
        for (int column = thread; column < columns; column += GroupSize)
            sum += h[first + column] * h[first + column];

        shared[thread] = sum;
        Group.Barrier();                    // all sums are in place
        for (int live = GroupSize / 2; live > 0; live /= 2)
        {
            if (thread < live)
                shared[thread] += shared[thread + live];
            Group.Barrier();
        }

        float scale = 1f / XMath.Sqrt((shared[0] / columns) + Epsilon);
        for (int column = thread; column < columns; column += GroupSize)
            y[first + column] = h[first + column] * scale * weight[column];
    }

    /// <summary>The same with the sum of lesson 3's last rung: two barriers in place of seven.</summary>
    public static void WarpFirst(View h, View weight, View y)
    {
        int columns = weight.IntLength;
        long first = (long)Grid.IdxX * columns;
        float sum = 0f;
        for (int column = Group.IdxX; column < columns; column += GroupSize)
            sum += h[first + column] * h[first + column];

        float scale = 1f / XMath.Sqrt((Warps.GroupSum(sum) / columns) + Epsilon);
        for (int column = Group.IdxX; column < columns; column += GroupSize)
            y[first + column] = h[first + column] * scale * weight[column];
    }

    /// <summary>Adds while it sums: one launch, and h is read once less.</summary>
    public static void Fused(View x, View residual, View weight, View h, View y)
    {
        int columns = weight.IntLength;
        long first = (long)Grid.IdxX * columns;
        float sum = 0f;
        for (int column = Group.IdxX; column < columns; column += GroupSize)
        {
            float value = x[first + column] + residual[first + column];
            h[first + column] = value;
            sum += value * value;
        }

        // A thread reads below what it wrote itself above, so h needs no barrier.
        float scale = 1f / XMath.Sqrt((Warps.GroupSum(sum) / columns) + Epsilon);
        for (int column = Group.IdxX; column < columns; column += GroupSize)
            y[first + column] = h[first + column] * scale * weight[column];
    }

    /// <summary>The same with a warp for each row: its lanes exchange their sums, and nobody waits at a barrier.</summary>
    public static void FusedWarp(View x, View residual, View weight, View h, View y)
    {
        int columns = weight.IntLength;
        long first = (long)((Grid.IdxX * (Group.DimX / Warp.WarpSize)) + Warp.WarpIdx) * columns;
        if (first >= x.Length)
            return;                         // the whole warp leaves
        float sum = 0f;
        for (int column = Warp.LaneIdx; column < columns; column += Warp.WarpSize)
        {
            float value = x[first + column] + residual[first + column];
            h[first + column] = value;
            sum += value * value;
        }

        float scale = 1f / XMath.Sqrt((Warps.Sum(sum) / columns) + Epsilon);
        for (int column = Warp.LaneIdx; column < columns; column += Warp.WarpSize)
            y[first + column] = h[first + column] * scale * weight[column];
    }
}
