namespace Puzzles;

/// <summary>
/// Puzzle 2, Zip: multiply two vectors element by element. result[i] = a[i] * b[i].
///
/// <code>
///            group 0              group 1              group 2
///   IdxX     0    1    2    3     0    1    2    3     0    1    2    3
///   element  0    1    2    3     4    5    6    7     8    9   10   11
/// </code>
///
/// The host launches several groups of Group.DimX threads each, together exactly as many as there are elements. Group.IdxX
/// begins at 0 in every group; Grid.IdxX is the number of the group.
/// </summary>
public static class Zip
{
    public static void Kernel(ArrayView<float> a, ArrayView<float> b, ArrayView<float> result)
    {
        // Your code: which element is this thread's, and what goes there?
    }
}
