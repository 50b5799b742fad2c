namespace Puzzles;

/// <summary>Lengths say how large the table is, the stride where its rows begin.</summary>
public static class Outer
{
    public static void Kernel(ArrayView<float> down, ArrayView<float> across, ArrayView<float> result, int stride)
    {
        int column = Grid.GlobalIndex.X, row = Grid.GlobalIndex.Y;
        if (row < down.Length && column < across.Length)
            result[(row * stride) + column] = down[row] * across[column];
    }
}
