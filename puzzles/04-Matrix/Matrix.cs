namespace Puzzles;

/// <summary>
/// Puzzle 4, Matrix: take 10 times the number of its row off every element. result(r, c) = x(r, c) - 10 * r.
///
/// <code>
///                 Grid.GlobalIndex.X: the column              in memory: row after row
///                  0   1   2   3   4   5 ...
///   .Y: the row 0 [  ][  ][  ][  ][  ] .  .               [ row 0 ][ row 1 ][ row 2 ]
///               1 [  ][  ][  ][  ][  ] .  .                0     4  5     9  10   14
///               2 [  ][  ][  ][  ][  ] .  .               with 5 columns
///               .  .   .   .   .   .   .  .    threads, no elements
/// </code>
///
/// The host launches groups of 4 × 4 threads, as many in each direction as it takes to cover the matrix.
/// </summary>
public static class Matrix
{
    public static void Kernel(ArrayView<float> x, ArrayView<float> result, int rows, int columns)
    {
        int column = Grid.GlobalIndex.X, row = Grid.GlobalIndex.Y;

        // Your code.
    }
}
