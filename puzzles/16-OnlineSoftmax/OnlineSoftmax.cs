namespace Puzzles;

/// <summary>
/// Puzzle 16, OnlineSoftmax: softmax again, but find the largest value and the sum in one go.
///
/// <code>
///   keep a pair (m, s): the largest so far, and the sum of exp(x - m) so far
///
///   x            2          1              5                      the largest changes: what was
///   m            2          2              5                      added before is too large by
///   s            1     1 + exp(-1)   s * exp(2 - 5) + 1           exp(new m - old m)
///
///   two pairs together:   m = max(m1, m2),   s = s1 * exp(m1 - m) + s2 * exp(m2 - m)
/// </code>
///
/// The host launches one group of 64 threads for each row; a thread may have no element at all (what is its m, and what is
/// exp(m - m) then?). Goal: read each element twice, once for the pair, once for the result.
/// </summary>
public static class OnlineSoftmax
{
    private const int GroupSize = 64;

    public static void Kernel(ArrayView<float> x, ArrayView<float> result, int columns)
    {
        var largest = SharedMemory.Allocate<float>(GroupSize);
        var sums = SharedMemory.Allocate<float>(GroupSize);
        int t = Group.IdxX, row = Grid.IdxX * columns;

        // Your code.
    }
}
