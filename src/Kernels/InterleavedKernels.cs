using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Products of an interleaved Q4_0 matrix with one vector or many: y = x · Wᵀ with 8-bit integer arithmetic.</summary>
/// <remarks>
/// <para>Shapes: x [T, K] as 8-bit numbers; w [N, K], see <see cref="InterleavedMatrix"/>; y [T, N].</para>
/// <para>Launch: a lane makes a row's output, so nothing is summed over lanes. One token: a warp takes a run of row
/// groups one after the other, one unbroken stream of weights. Many: a warp takes one group and lets all tokens pass, four
/// at a time in registers, in pieces of <see cref="BlocksPerPiece"/> blocks: the group's weights stay in the first-level
/// cache, the tokens' numbers in the second.</para>
/// <para>Shared memory: none.</para>
/// <para>Traffic: 0.56 bytes of weights for 2 operations and token; a byte multiplication makes four products a lane.</para>
/// <para>Numerics: products of a block and their sum are exact; the sum is converted, scaled and added with three
/// roundings: |error| ≤ Σ|w| · (activation's rounding) + (3K/32 + 4) · 2⁻²⁴ · Σ|w·x|.</para>
/// <para>Source: interleaved rows as in the repacked types of ggml ("Q4_0_8_8"); sums of 16 bits over a whole block,
/// which four-bit levels allow, are our own: they save two instructions of every five.</para>
/// </remarks>
public static class InterleavedKernels
{
    /// <summary>Tokens of one register tile.</summary>
    public const int TokensPerTile = 4;

    /// <summary>Blocks of K in one pass: 2,048 columns.</summary>
    public const int BlocksPerPiece = 64;

    private const int QuadsPerBlock = IBlockFormat.Block / 4;

    /// <summary>One token.</summary>
    public static void MatVecKernel(
        ArrayView<int> quads_K, View scales_B, ArrayView<int> offsets_B, ArrayView<ushort> wScales, ArrayView<int> wWords, View y_N,
        int rows, int blocks, int groupsPerWarp)
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
                int pairs = 0;
                for (int i = 0; i < InterleavedMatrix.WordsPerBlock; i++)
                {
                    int w = wWords[word + (i * warp)];
                    pairs = Add(quads_K, block, i, w & IntegerQuads.LowHalves, (w >> 4) & IntegerQuads.LowHalves, pairs);
                }

                int dot = IntegerPairs.Dot(pairs, IntegerPairs.LowOne, offsets_B[block]);
                y = Fma.MultiplyAdd(dot * scales_B[block], BlockReads.ToFloat(wScales[(at * warp) + Warp.LaneIdx]), y);
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

    /// <summary>Many tokens; groups of rows that are whole.</summary>
    public static void TiledKernel(
        ByteVectors x, ArrayView<ushort> wScales, ArrayView<int> wWords, View y_TN, int tokens, int groups, int outputs, int blocks, int tokensPerWarp)
    {
        int item = Elementwise.GlobalWarp();
        int group = item % groups;
        int token = (item / groups) * tokensPerWarp;
        int tokenEnd = XMath.Min(token + tokensPerWarp, tokens);
        for (int first = 0; first < blocks; first += BlocksPerPiece)
        {
            int count = XMath.Min(BlocksPerPiece, blocks - first);
            for (int t = token; t < tokenEnd; t += TokensPerTile)
                Tile(x, wScales, wWords, y_TN, t, tokenEnd, group, outputs, blocks, first, count);
        }
    }

    /// <summary>Four tokens over some blocks; the first blocks store, later ones add.</summary>
    private static void Tile(
        ByteVectors x, ArrayView<ushort> wScales, ArrayView<int> wWords, View y_TN,
        int token, int tokenEnd, int group, int outputs, int blocks, int first, int count)
    {
        int warp = Warp.WarpSize;
        long w = ((long)group * blocks) + first;

        // Behind the last token its work is repeated and not stored, which keeps the loop free of branches.
        long b0 = ((long)token * blocks) + first, b1 = ((long)XMath.Min(token + 1, tokenEnd - 1) * blocks) + first;
        long b2 = ((long)XMath.Min(token + 2, tokenEnd - 1) * blocks) + first, b3 = ((long)XMath.Min(token + 3, tokenEnd - 1) * blocks) + first;
        float y0 = 0f, y1 = 0f, y2 = 0f, y3 = 0f;
        for (int block = 0; block < count; block++)
        {
            long word = ((w + block) * (warp * InterleavedMatrix.WordsPerBlock)) + Warp.LaneIdx;
            int p0 = 0, p1 = 0, p2 = 0, p3 = 0;
            for (int i = 0; i < InterleavedMatrix.WordsPerBlock; i++)
            {
                int levels = wWords[word + (i * warp)];
                int low = levels & IntegerQuads.LowHalves, high = (levels >> 4) & IntegerQuads.LowHalves;
                p0 = Add(x.Quads_TK, b0 + block, i, low, high, p0);
                p1 = Add(x.Quads_TK, b1 + block, i, low, high, p1);
                p2 = Add(x.Quads_TK, b2 + block, i, low, high, p2);
                p3 = Add(x.Quads_TK, b3 + block, i, low, high, p3);
            }

            float scale = BlockReads.ToFloat(wScales[((w + block) * warp) + Warp.LaneIdx]);
            y0 = Fma.MultiplyAdd(Finish(x, b0 + block, p0), scale, y0);
            y1 = Fma.MultiplyAdd(Finish(x, b1 + block, p1), scale, y1);
            y2 = Fma.MultiplyAdd(Finish(x, b2 + block, p2), scale, y2);
            y3 = Fma.MultiplyAdd(Finish(x, b3 + block, p3), scale, y3);
        }

        long to = ((long)token * outputs) + ((long)group * warp) + Warp.LaneIdx;
        y_TN[to] = first > 0 ? y_TN[to] + y0 : y0;
        if (token + 1 < tokenEnd)
            y_TN[to + outputs] = first > 0 ? y_TN[to + outputs] + y1 : y1;
        if (token + 2 < tokenEnd)
            y_TN[to + (2L * outputs)] = first > 0 ? y_TN[to + (2L * outputs)] + y2 : y2;
        if (token + 3 < tokenEnd)
            y_TN[to + (3L * outputs)] = first > 0 ? y_TN[to + (3L * outputs)] + y3 : y3;
    }

    private static int Add(ArrayView<int> quads, long block, int i, int low, int high, int pairs)
    {
        long quad = (block * QuadsPerBlock) + i;
        return IntegerQuads.MultiplyAdd(high, quads[quad + InterleavedMatrix.WordsPerBlock], IntegerQuads.MultiplyAdd(low, quads[quad], pairs));
    }

    private static float Finish(ByteVectors x, long block, int pairs) =>
        IntegerPairs.Dot(pairs, IntegerPairs.LowOne, x.Offsets_TB[block]) * x.Scales_TB[block];
}
