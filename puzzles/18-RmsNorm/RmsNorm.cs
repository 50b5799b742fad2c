namespace Puzzles;

/// <summary>
/// Puzzle 18, RmsNorm: what Gemma does before every layer. y = x / sqrt(mean of x² in its row + epsilon) * (1 + weight).
///
/// <code>
///   row r, group r:   x           3      4
///                     x²          9     16        mean 12.5, root 3.54
///                     x / root    0.85   1.13
///                     result      0.85 * (1 + weight[0])   1.13 * (1 + weight[1])
/// </code>
///
/// The host launches one group of 64 threads for each row of columns elements; weight has one element for each column. The sum
/// can go by shared memory as before, or by shuffles within each warp (puzzle 10) and then from warp to warp. Goals:
/// at most two reads of x and one of weight for each element; most lanes have work.
/// </summary>
public static class RmsNorm
{
    private const int GroupSize = 64;

    public static void Kernel(ArrayView<float> x, ArrayView<float> weight, ArrayView<float> result, int columns, float epsilon)
    {
        int t = Group.IdxX, row = Grid.IdxX * columns;

        // Your code.
    }
}
