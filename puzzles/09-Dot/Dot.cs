namespace Puzzles;

/// <summary>
/// Puzzle 9, Dot: the sum of all products. result[0] += a[0] * b[0] + a[1] * b[1] + …
///
/// <code>
///   2 groups of 32 threads, whatever the length:
///
///   element   0 … 31 | 32 … 63 | 64 … 95 | 96 … 127 | 128 …
///   thread    0 … 31 | 32 … 63 |  0 … 31 | 32 …  63 |   0 …
/// </code>
///
/// The host launches 2 groups of 32 threads and has set result[0] to 0. All threads add to that one element: only
/// Atomic.Add(ref result[0], value) does so without losing what another adds at the same time. Goal: once for each thread.
/// </summary>
public static class Dot
{
    public static void Kernel(ArrayView<float> a, ArrayView<float> b, ArrayView<float> result)
    {
        int i = Grid.GlobalIndex.X, all = Grid.DimX * Group.DimX;

        // Your code.
    }
}
