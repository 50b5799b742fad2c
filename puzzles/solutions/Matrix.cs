namespace Puzzles;

/// <summary>A thread outside the matrix, in either direction, does nothing.</summary>
public static class Matrix
{
    public static void Kernel(ArrayView<float> x, ArrayView<float> result, int rows, int columns)
    {
        int column = Grid.GlobalIndex.X, row = Grid.GlobalIndex.Y;
        if (row >= rows || column >= columns)
            return;
        int i = (row * columns) + column;
        result[i] = x[i] - (10 * row);
    }
}
