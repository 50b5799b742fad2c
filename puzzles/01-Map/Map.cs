namespace Puzzles;

/// <summary>
/// Puzzle 1, Map: add 10 to every element. result[i] = x[i] + 10.
///
/// <code>
///   thread     0    1    2    3         as many threads as elements,
///              |    |    |    |         and all of them run this method
///   x        [ 4 ][ 7 ][-1 ][ 2 ]
///              |    |    |    |
///   result   [14 ][17 ][ 9 ][12 ]
/// </code>
///
/// The host launches one group of x.Length threads. Each asks who it is, Group.IdxX, and does its own element: no loop.
/// </summary>
public static class Map
{
    public static void Kernel(ArrayView<float> x, ArrayView<float> result)
    {
        int i = Group.IdxX;

        // Your code: one line.
    }
}
