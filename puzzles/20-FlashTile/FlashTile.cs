namespace Puzzles;

/// <summary>
/// Puzzle 20, FlashTile: attention as Gemma 2 has it, one head, without ever writing the scores to memory.
///
/// <code>
///   score(i, j) = softcap * tanh(q(i) · k(j) / 4 / softcap)         4 is the root of Head
///   result(i)   = sum over j of softmax(score(i, …))(j) * v(j)      for the keys j that query i sees:
///
///   keys j →   0  1  2  3  4  5
///   query 0    x                          from i - window + 1 to i: no later ones (causal), and
///         1    x  x                       only the last window of them; here it is 3
///         2    x  x  x
///         3       x  x  x                 thread t: query 32 * group + t
///         4          x  x  x              tile: 32 keys and values in shared memory, for all threads
///         5             x  x  x
/// </code>
///
/// q, k, v and result have tokens rows of 16. The host launches groups of 32 threads, one for each query; the last may be
/// partial. A thread keeps its query, a pair (m, s) as in puzzle 16, and 16 sums, which are scaled whenever m changes. Goals: a
/// group reads each tile of keys once, and only tiles that one of its queries sees.
/// </summary>
public static class FlashTile
{
    private const int Head = 16;
    private const int Tile = 32;

    public static void Kernel(
        ArrayView<float> q, ArrayView<float> k, ArrayView<float> v, ArrayView<float> result,
        int tokens, int window, float softcap)
    {
        var keys = SharedMemory.Allocate<float>(Tile * Head);
        var values = SharedMemory.Allocate<float>(Tile * Head);
        var query = LocalMemory.Allocate<float>(Head);      // a thread's own
        var sums = LocalMemory.Allocate<float>(Head);
        int t = Group.IdxX, i = Grid.GlobalIndex.X;

        // Your code.
    }
}
