namespace Puzzles;

/// <summary>
/// Puzzle 5, Outer: a column and a row make a table of products. result(r, c) = down[r] * across[c].
///
/// <code>
///                 across   2   5   7
///                        +-----------+
///   down   3             | 6  15  21 | .  .         result: 3 columns, but its rows begin
///          4             | 8  20  28 | .  .         stride = 5 elements apart; what is
///                        +-----------+              between them is not yours to write
/// </code>
///
/// The host launches groups of 4 × 4 threads, as many in each direction as it takes to cover the table; x is the column.
/// </summary>
public static class Outer
{
    public static void Kernel(ArrayView<float> down, ArrayView<float> across, ArrayView<float> result, int stride)
    {
        int column = Grid.GlobalIndex.X, row = Grid.GlobalIndex.Y;

        // Your code.
    }
}
