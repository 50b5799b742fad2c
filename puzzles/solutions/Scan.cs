namespace Puzzles;

/// <summary>In every round all read, then all write.</summary>
public static class Scan
{
    private const int GroupSize = 64;

    public static void Kernel(ArrayView<float> x, ArrayView<float> result)
    {
        var tile = SharedMemory.Allocate<float>(GroupSize);
        int t = Group.IdxX, i = Grid.GlobalIndex.X;
        tile[t] = i < x.Length ? x[i] : 0f;
        Group.Barrier();            // the tile is complete
        for (int distance = 1; distance < GroupSize; distance *= 2)
        {
            float before = t >= distance ? tile[t - distance] : 0f;
            Group.Barrier();        // all have read
            tile[t] += before;
            Group.Barrier();        // all have written
        }
        if (i < x.Length)
            result[i] = tile[t];
    }
}
