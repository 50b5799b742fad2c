namespace Puzzles;

/// <summary>
/// Puzzle 6, Ring: in each group, add to every element its neighbour on the right; the last one's neighbour is the first.
///
/// <code>
///   t        0    1    2        63
///   x      [ 4 ][ 7 ][ 1 ] … [ 2 ]
///            └─┐  └─┐  └─ …    └──→ to the group's first: 4
///   result  4+7  7+1  1+…  …  2+4
/// </code>
///
/// The host launches groups of 64 threads, exactly as many threads as elements. Goal: read every element of x once. Threads of
/// a group see each other's values in shared memory; Group.Barrier() waits until all of them have come that far.
/// </summary>
public static class Ring
{
    private const int GroupSize = 64;

    public static void Kernel(ArrayView<float> x, ArrayView<float> result)
    {
        var tile = SharedMemory.Allocate<float>(GroupSize);
        int t = Group.IdxX, i = Grid.GlobalIndex.X;

        // Your code.
    }
}
