namespace Puzzles;

/// <summary>
/// Puzzle 7, Copy: result[i] = x[i], with fewer threads than elements: each copies perThread of them.
///
/// <code>
///   group 0 copies the first 32 * perThread elements, group 1 the next, …     Which thread takes which?
///
///   round 0: threads  0 1 2 3 …       load together; memory moves in sectors of 8 floats:
///   round 1: threads  0 1 2 3 …       [ 0 1 2 3 4 5 6 7 ][ 8 9 10 11 12 13 14 15 ][ …
/// </code>
///
/// The host launches groups of 32 threads, enough for all elements; the last may have less to do. Goal: no more bytes move
/// than are used, in either direction.
/// </summary>
public static class Copy
{
    private const int GroupSize = 32;

    public static void Kernel(ArrayView<float> x, ArrayView<float> result, int perThread)
    {
        int t = Group.IdxX;

        // Your code: a loop of perThread rounds.
    }
}
