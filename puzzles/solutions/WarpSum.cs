namespace Puzzles;

/// <summary>Halves the distance in every step; lanes without an element bring 0.</summary>
public static class WarpSum
{
    public static void Kernel(ArrayView<float> x, ArrayView<float> result)
    {
        int i = Grid.GlobalIndex.X;
        int warp = i / Warp.WarpSize;
        float sum = i < x.Length ? x[i] : 0f;
        for (int distance = Warp.WarpSize / 2; distance > 0; distance /= 2)
            sum += Warp.ShuffleDown(sum, distance);     // every lane: none may be missing
        if (Warp.LaneIdx == 0 && i < x.Length)
            result[warp] = sum;
    }
}
