namespace Puzzles;

/// <summary>Shuffles within a warp, one shared element for each warp, and every thread adds those up.</summary>
public static class RmsNorm
{
    private const int GroupSize = 64;

    public static void Kernel(ArrayView<float> x, ArrayView<float> weight, ArrayView<float> result, int columns, float epsilon)
    {
        var warpSums = SharedMemory.Allocate<float>(GroupSize);     // as many warps as threads, if warps are that narrow
        int t = Group.IdxX, row = Grid.IdxX * columns;
        float sum = 0f;
        for (int c = t; c < columns; c += GroupSize)
            sum += x[row + c] * x[row + c];
        for (int distance = Warp.WarpSize / 2; distance > 0; distance /= 2)
            sum += Warp.ShuffleDown(sum, distance);
        if (Warp.LaneIdx == 0)
            warpSums[t / Warp.WarpSize] = sum;
        Group.Barrier();            // every warp's sum is in place
        float total = 0f;
        for (int warp = 0; warp < GroupSize / Warp.WarpSize; warp++)
            total += warpSums[warp];
        float scale = 1f / MathF.Sqrt((total / columns) + epsilon);
        for (int c = t; c < columns; c += GroupSize)
            result[row + c] = x[row + c] * scale * (1f + weight[c]);
    }
}
