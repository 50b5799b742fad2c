namespace Puzzles;

/// <summary>
/// Puzzle 10, WarpSum: every warp adds up its elements, one for each lane. result[w] is the sum of warp w of the whole launch.
///
/// <code>
///   lanes of a warp of 8      0   1   2   3   4   5   6   7
///   value                     3   1   4   1   5   9   2   6
///   + the one 4 further on    8  10   6   7   .   .   .   .     Warp.ShuffleDown(sum, 4)
///   + the one 2 further on   14  17   .   .                     Warp.ShuffleDown(sum, 2)
///   + the one 1 further on   31                                 Warp.ShuffleDown(sum, 1)
/// </code>
///
/// The host launches groups of 64 threads; the last may be partial. A warp has Warp.WarpSize lanes, which differs from GPU to
/// GPU; Warp.LaneIdx is a thread's place in it. Goal: no shared memory, and as few exchanges as in the picture.
/// </summary>
public static class WarpSum
{
    public static void Kernel(ArrayView<float> x, ArrayView<float> result)
    {
        int i = Grid.GlobalIndex.X;
        int warp = i / Warp.WarpSize;

        // Your code.
    }
}
