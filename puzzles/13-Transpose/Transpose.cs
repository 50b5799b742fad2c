namespace Puzzles;

/// <summary>
/// Puzzle 13, Transpose: rows become columns. result(c, r) = x(r, c).
///
/// <code>
///   x: rows × columns                   result: columns × rows
///
///      [   |   | A |   ]                    [   |   |   ]
///      [   |   |   |   ]    a tile of       [   |   |   ]
///      [   |   |   |   ]    32 × 32 goes    [ Aᵀ|   |   ]      to its mirror place,
///                           through shared  [   |   |   ]      turned round
///                           memory
/// </code>
///
/// The host launches groups of 32 × 32 threads that cover x, whose columns are along X; the last groups may stick out. Goals:
/// neighbouring threads read neighbours and write neighbours, and no two lanes want different words of one bank (there are
/// 32 banks; word w of shared memory lies in bank w % 32).
/// </summary>
public static class Transpose
{
    private const int Tile = 32;

    public static void Kernel(ArrayView<float> x, ArrayView<float> result, int rows, int columns)
    {
        int tx = Group.IdxX, ty = Group.IdxY;

        // Your code.
    }
}
