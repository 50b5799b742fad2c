namespace Puzzles;

/// <summary>
/// Puzzle 15, Softmax: make each row positive numbers that add up to 1. result(r, c) = exp(x(r, c)) / sum of all exp(x(r, …)).
///
/// <code>
///   x                        1000      999      997
///   exp of that            infinity infinity infinity       a float ends at exp(88)
///
///   x - the row's largest       0       -1       -3         the same fractions,
///   exp of that                 1     0.37     0.05         because exp(a - m) = exp(a) / exp(m)
/// </code>
///
/// The host launches one group of 64 threads for each row. You need the group's largest value and the group's sum; Sum is
/// here, from puzzle 11, and shows how a function can use shared memory of its caller. Goals: read each element at most three
/// times; most lanes have work.
/// </summary>
public static class Softmax
{
    private const int GroupSize = 64;

    public static void Kernel(ArrayView<float> x, ArrayView<float> result, int columns)
    {
        var shared = SharedMemory.Allocate<float>(GroupSize);
        int t = Group.IdxX, row = Grid.IdxX * columns;

        // Your code: the largest, then the sum, then the results.
    }

    /// <summary>The sum of all threads' values, for all threads.</summary>
    private static float Sum(ArrayView<float> shared, float value)
    {
        int t = Group.IdxX;
        shared[t] = value;
        Group.Barrier();
        for (int stride = GroupSize / 2; stride > 0; stride /= 2)
        {
            if (t < stride)
                shared[t] += shared[t + stride];
            Group.Barrier();
        }
        float sum = shared[0];
        Group.Barrier();        // all have read: the memory can be used again
        return sum;
    }
}
