namespace Puzzles;

/// <summary>
/// Puzzle 12, Scan: running sums in every group. result[i] = x[first of the group] + … + x[i].
///
/// <code>
///   x            3    1    4    1    5    9    2    6
///   distance 1   3    4    5    5    6   14   11    8       each + the one 1 before
///   distance 2   3    4    8    9   11   19   17   22       each + the one 2 before
///   distance 4   3    4    8    9   14   23   25   31       each + the one 4 before
/// </code>
///
/// The host launches groups of 64 threads; the last may be partial. Goal: read x once, and come out with six rounds.
/// </summary>
public static class Scan
{
    private const int GroupSize = 64;

    public static void Kernel(ArrayView<float> x, ArrayView<float> result)
    {
        var tile = SharedMemory.Allocate<float>(GroupSize);
        int t = Group.IdxX, i = Grid.GlobalIndex.X;

        // Your code.
    }
}
