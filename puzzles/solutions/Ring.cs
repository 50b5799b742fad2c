namespace Puzzles;

/// <summary>Each element is read once, and used twice from shared memory.</summary>
public static class Ring
{
    private const int GroupSize = 64;

    public static void Kernel(ArrayView<float> x, ArrayView<float> result)
    {
        var tile = SharedMemory.Allocate<float>(GroupSize);
        int t = Group.IdxX, i = Grid.GlobalIndex.X;
        tile[t] = x[i];
        Group.Barrier();        // the tile is complete
        result[i] = tile[t] + tile[(t + 1) % GroupSize];
    }
}
