namespace Puzzles;

/// <summary>
/// Puzzle 8, Stencil: every element with its two neighbours. result[i] = x[i - 1] + x[i] + x[i + 1]; beyond the ends is 0.
///
/// <code>
///   x               … [62][63] | [64][65]  …  [126][127] | [128] …
///                          \                             /
///   tile of group 1       [ 0 ][ 1 ][ 2 ]  …  [63 ][ 64 ][ 65 ]
///                         halo   threads 0 to 63           halo
/// </code>
///
/// The host launches groups of 64 threads; the last may be partial. Goal: read every element once for its own group, and two
/// more for each group at its ends.
/// </summary>
public static class Stencil
{
    private const int GroupSize = 64;

    public static void Kernel(ArrayView<float> x, ArrayView<float> result)
    {
        var tile = SharedMemory.Allocate<float>(GroupSize + 2);
        int t = Group.IdxX, i = Grid.GlobalIndex.X;

        // Your code.
    }
}
