namespace Puzzles;

/// <summary>
/// Puzzle 17, MatMul: the product of two matrices. result(r, c) = sum over i of a(r, i) * b(i, c); a is m × k, b is k × n.
///
/// <code>
///                          b   [   | B0 |   ]
///                              [   | B1 |   ]     The group's tile of the result is
///                              [   | B2 |   ]     A0·B0 + A1·B1 + A2·B2. For each pair:
///                                                   1. every thread brings one element of A and one of B
///   a  [    |    |    ]        [   |    |   ]       2. barrier
///      [ A0 | A1 | A2 ]        [   |tile|   ]       3. every thread adds 16 products
///      [    |    |    ]        [   |    |   ]       4. barrier: the next pair overwrites
/// </code>
///
/// The host launches groups of 16 × 16 threads that cover the result, x along its columns; m, n and k are any numbers, and what
/// lies outside counts as 0. Goal: sixteen threads share what one has read.
/// </summary>
public static class MatMul
{
    private const int Tile = 16;

    public static void Kernel(ArrayView<float> a, ArrayView<float> b, ArrayView<float> result, int m, int n, int k)
    {
        var tileA = SharedMemory.Allocate<float>(Tile * Tile);
        var tileB = SharedMemory.Allocate<float>(Tile * Tile);
        int tx = Group.IdxX, ty = Group.IdxY;
        int column = Grid.GlobalIndex.X, row = Grid.GlobalIndex.Y;

        // Your code.
    }
}
