namespace Puzzles;

/// <summary>
/// Puzzle 19, QuantisedDot: a matrix of 4-bit weights times a vector. result[r] = sum over c of weight(r, c) * x[c].
///
/// <code>
///   a block of 32 weights: 16 bytes and one scale
///
///   byte         0        1        2    …    15
///   low 4 bits   w0       w1       w2   …    w15        weight = (bits - 8) * scale
///   high 4 bits  w16      w17      w18  …    w31        bits from 0 to 15
/// </code>
///
/// A row has columns weights, a multiple of 32: columns / 2 bytes in packed and columns / 32 scales, block after block, row after
/// row. The host launches one group of 32 threads for each row. Goals: unpack both halves of a byte that was read; neighbours
/// read neighbours.
/// </summary>
public static class QuantisedDot
{
    private const int GroupSize = 32;

    public static void Kernel(
        ArrayView<byte> packed, ArrayView<float> scales, ArrayView<float> x, ArrayView<float> result, int columns)
    {
        var shared = SharedMemory.Allocate<float>(GroupSize);
        int t = Group.IdxX, row = Grid.IdxX;

        // Your code.
    }
}
