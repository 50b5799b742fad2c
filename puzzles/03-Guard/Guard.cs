namespace Puzzles;

/// <summary>
/// Puzzle 3, Guard: keep what is positive, and put 0 in place of the rest. result[i] = max(x[i], 0).
///
/// <code>
///            group 0              group 1
///   thread   0    1    2    3     4    5    6    7
///   element  0    1    2    3     4    5    -    -      6 elements: two threads have none
/// </code>
///
/// The host launches groups of 4 threads, as many as it takes to cover all elements, and at least one. The last may be
/// partial: there are more threads than elements.
/// </summary>
public static class Guard
{
    public static void Kernel(ArrayView<float> x, ArrayView<float> result)
    {
        int i = Grid.GlobalIndex.X;     // Grid.IdxX * Group.DimX + Group.IdxX

        // Your code.
    }
}
