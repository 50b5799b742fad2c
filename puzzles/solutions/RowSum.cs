namespace Puzzles;

/// <summary>Each thread adds up its columns, a tree the threads' sums.</summary>
public static class RowSum
{
    private const int GroupSize = 64;

    public static void Kernel(ArrayView<float> x, ArrayView<float> result, int columns)
    {
        var sums = SharedMemory.Allocate<float>(GroupSize);
        int t = Group.IdxX, row = Grid.IdxX;
        float sum = 0f;
        for (int c = t; c < columns; c += GroupSize)
            sum += x[(row * columns) + c];
        sums[t] = sum;
        Group.Barrier();
        for (int stride = GroupSize / 2; stride > 0; stride /= 2)
        {
            if (t < stride)
                sums[t] += sums[t + stride];
            Group.Barrier();
        }
        if (t == 0)
            result[row] = sums[0];
    }
}
