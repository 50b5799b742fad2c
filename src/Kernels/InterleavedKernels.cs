using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Products of an interleaved Q4_0 matrix with one vector or many: y = x · Wᵀ with integer arithmetic.</summary>
/// <remarks>
/// <para>Shapes: x [T, K] as 16-bit numbers; w [N, K], see <see cref="InterleavedMatrix"/>; y [T, N].</para>
/// <para>Launch: a lane makes a row's output, so nothing is summed over lanes. One token: a warp takes a run of row
/// groups one after the other, one unbroken stream of weights, and multiplies the levels' bytes by the upper and the lower
/// bytes of x. Many tokens: as <see cref="QuantisedTiled"/>, but unpacking needs no turning.</para>
/// <para>Shared memory: none, or as <see cref="QuantisedTiled"/>.</para>
/// <para>Traffic: 0.56 bytes of weights for 2 operations and token; a multiplication of bytes makes four products a lane.</para>
/// <para>Numerics: products of a block and their sum are exact; the sum is converted, scaled and added with three
/// roundings: |error| ≤ Σ|w| · (activation's rounding) + (3K/32 + 4) · 2⁻²⁴ · Σ|w·x|.</para>
/// <para>Source: interleaved rows as in the repacked types of ggml ("Q4_0_8_8"). Sums of 16 bits over a whole block, which
/// levels of four bits allow, and two bytes for each activation are our own: docs/decisions/2026-11-22-quantised-products.md.</para>
/// </remarks>
public static class InterleavedKernels
{
    /// <summary>Both 16-bit numbers 256.</summary>
    private const int UpperBytes = 0x0100_0100;

    private const int QuadsPerBlock = IBlockFormat.Block / 4;

    /// <summary>One token.</summary>
    public static void MatVecKernel(IntegerActivations x, ArrayView<ushort> wScales, ArrayView<int> wWords, View y_N, int rows, int blocks, int groupsPerWarp)
    {
        int warp = Warp.WarpSize;
        int groups = (rows + warp - 1) / warp;
        int start = Elementwise.GlobalWarp() * groupsPerWarp;
        int end = XMath.Min(start + groupsPerWarp, groups);
        for (int group = start; group < end; group++)
        {
            float y = 0f;
            for (int block = 0; block < blocks; block++)
            {
                long at = ((long)group * blocks) + block;
                long word = (at * (warp * InterleavedMatrix.WordsPerBlock)) + Warp.LaneIdx;
                long quad = (long)block * QuadsPerBlock;
                int upper = 0, lower = 0;
                for (int i = 0; i < InterleavedMatrix.WordsPerBlock; i++)
                {
                    int w = wWords[word + (i * warp)];
                    int first = w & IntegerQuads.LowHalves, second = (w >> 4) & IntegerQuads.LowHalves;
                    upper = IntegerQuads.MultiplyAdd(first, x.Upper_TK[quad + i], upper);
                    lower = IntegerQuads.MultiplyAdd(first, x.Lower_TK[quad + i], lower);
                    upper = IntegerQuads.MultiplyAdd(second, x.Upper_TK[quad + i + InterleavedMatrix.WordsPerBlock], upper);
                    lower = IntegerQuads.MultiplyAdd(second, x.Lower_TK[quad + i + InterleavedMatrix.WordsPerBlock], lower);
                }

                int dot = IntegerPairs.Dot(upper, UpperBytes, IntegerPairs.Dot(lower, IntegerPairs.LowOne, x.Offsets_TB[block]));
                y = Fma.MultiplyAdd(dot * x.Scales32_TB[block], BlockReads.ToFloat(wScales[(at * warp) + Warp.LaneIdx]), y);
            }

            // The last rows, if they fill no warp, one after the other: a mask would slow down the loop above.
            int row = group * warp;
            if (row + warp <= rows)
            {
                y_N[row + Warp.LaneIdx] = y;
            }
            else
            {
                for (int i = 0; i < rows - row; i++)
                    y_N[row + i] = Warp.Broadcast(y, i);
            }
        }
    }

    /// <summary>Many tokens; tiles of two groups of rows.</summary>
    public static void TiledKernel(
        IntegerActivations x, ArrayView<ushort> wScales, ArrayView<int> wWords, View y_TN, int tokens, int tiles, int outputs, int width, int tokensPerWarp)
    {
        var pairs = SharedMemory.Allocate<int>(QuantisedTiled.TilePairs);
        var scales = SharedMemory.Allocate<float>(QuantisedTiled.TileGroups);
        int tile = Grid.IdxX % tiles;
        int token = (Grid.IdxX / tiles) * tokensPerWarp;
        int tokenEnd = XMath.Min(token + tokensPerWarp, tokens);
        int tileRows = QuantisedTiled.RowsPerWarp(Warp.WarpSize);
        int pieceBlocks = QuantisedTiled.TilePairs / (tileRows * IBlockFormat.Pairs);
        int blocks = width / IBlockFormat.Block;
        for (int first = 0; first < blocks; first += pieceBlocks)
        {
            int count = XMath.Min(pieceBlocks, blocks - first);
            Warp.Barrier();
            for (int half = 0; half < 2; half++)
            {
                for (int block = 0; block < count; block++)
                {
                    long at = ((((long)tile * 2) + half) * blocks) + first + block;
                    long group = ((long)block * tileRows) + (half * Warp.WarpSize) + Warp.LaneIdx;
                    scales[group] = BlockReads.ToFloat(wScales[(at * Warp.WarpSize) + Warp.LaneIdx]);
                    Unpack(wWords, pairs, (at * (Warp.WarpSize * InterleavedMatrix.WordsPerBlock)) + Warp.LaneIdx, group + ((long)block * tileRows * (IBlockFormat.Pairs - 1)), tileRows);
                }
            }

            Warp.Barrier();
            for (int t = token; t < tokenEnd; t += QuantisedTiled.TokensPerTile)
                QuantisedTiled.Tile<Q8_0Format>(x, pairs, scales, scales, y_TN, t, tokenEnd, tile * tileRows, outputs, width, first, count);
        }
    }

    // A row's 16 pairs of one block, one under the other.
    private static void Unpack(ArrayView<int> words, ArrayView<int> pairs, long word, long to, int tileRows)
    {
        for (int i = 0; i < InterleavedMatrix.WordsPerBlock; i++)
        {
            int w = words[word + (i * Warp.WarpSize)];
            int low = w & IntegerQuads.LowHalves, high = (w >> 4) & IntegerQuads.LowHalves;
            pairs[to + (2 * i * tileRows)] = Signed(IntegerPairs.FromBytes((ushort)low));
            pairs[to + (((2 * i) + 1) * tileRows)] = Signed(IntegerPairs.FromBytes((ushort)(low >> 16)));
            pairs[to + (((2 * i) + 8) * tileRows)] = Signed(IntegerPairs.FromBytes((ushort)high));
            pairs[to + (((2 * i) + 9) * tileRows)] = Signed(IntegerPairs.FromBytes((ushort)(high >> 16)));
        }
    }

    // Takes 8 from both numbers of a pair; their upper bits, set meanwhile, keep one from borrowing of the other.
    private static int Signed(int pair) => ((pair | unchecked((int)0x8000_8000)) - 0x0008_0008) ^ unchecked((int)0x8000_8000);
}
