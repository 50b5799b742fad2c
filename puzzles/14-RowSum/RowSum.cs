namespace Puzzles;

/// <summary>
/// Puzzle 14, RowSum: add up every row of a matrix. result[r] = x(r, 0) + x(r, 1) + …
///
/// <code>
///   row r     [ 0 … 63 ][ 64 … 127 ][ 128 … ]      group r: 64 threads
///               0 … 63     0 …  63     0 …         thread t takes columns t, t + 64, …
///                      ↓
///             64 sums, one for each thread
///                      ↓ a tree, as in puzzle 11
///             result[r]
/// </code>
///
/// The host launches one group of 64 threads for each row; rows have any length, shorter than the group or longer. Goals:
/// neighbours read neighbours, and most lanes have work.
/// </summary>
public static class RowSum
{
    private const int GroupSize = 64;

    public static void Kernel(ArrayView<float> x, ArrayView<float> result, int columns)
    {
        int t = Group.IdxX, row = Grid.IdxX;

        // Your code.
    }
}
