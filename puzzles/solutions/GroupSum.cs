namespace Puzzles;

/// <summary>The first half of the live threads adds the second half's sums.</summary>
public static class GroupSum
{
    private const int GroupSize = 256;

    public static void Kernel(ArrayView<float> x, ArrayView<float> result)
    {
        var tile = SharedMemory.Allocate<float>(GroupSize);
        int t = Group.IdxX, i = Grid.GlobalIndex.X;
        tile[t] = i < x.Length ? x[i] : 0f;
        Group.Barrier();            // all elements are in place
        for (int stride = GroupSize / 2; stride > 0; stride /= 2)
        {
            if (t < stride)
                tile[t] += tile[t + stride];
            Group.Barrier();        // outside the if: every thread has to reach it
        }
        if (t == 0)
            result[Grid.IdxX] = tile[0];
    }
}
