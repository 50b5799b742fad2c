namespace Puzzles;

/// <summary>
/// Puzzle 11, GroupSum: every group adds up its 256 elements. result[g] is the sum of group g.
///
/// <code>
///   tile     [ 0 ][ 1 ][ 2 ][ 3 ][ 4 ][ 5 ][ 6 ][ 7 ]       8 in place of 256
///   stride 4   +4   +5   +6   +7                            4 threads add
///   stride 2   +2   +3                                      2
///   stride 1   +1                                           1: tile[0] is the sum
/// </code>
///
/// The host launches groups of 256 threads, at least one; the last may be partial, and a group without elements has sum 0.
/// Goals: as few warps as possible are parted by a branch, no bank conflicts, 8 rounds.
/// </summary>
public static class GroupSum
{
    private const int GroupSize = 256;

    public static void Kernel(ArrayView<float> x, ArrayView<float> result)
    {
        var tile = SharedMemory.Allocate<float>(GroupSize);
        int t = Group.IdxX, i = Grid.GlobalIndex.X;

        // Your code.
    }
}
