using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Quantised matrix times many vectors, the product of prefill: y = x · Wᵀ with integer arithmetic.</summary>
/// <remarks>
/// <para>Shapes: x [T, K] as 16-bit numbers; w [N, K] in any block format; y [T, N].</para>
/// <para>Launch: a warp, alone in its group, makes 2 · warp outputs for a run of tokens; each lane has two outputs of its
/// own. It takes K in pieces: unpacks the levels of its rows to pairs in shared memory, turned so that lanes become rows,
/// then lets all tokens pass, three at a time in registers.</para>
/// <para>Shared memory: <see cref="TilePairs"/> pairs and 2 · <see cref="TileGroups"/> floats, 18 KiB: with three tokens'
/// activations that stays in the first-level cache.</para>
/// <para>Traffic: weights once from memory, activations once per 2 · warp outputs from cache; a multiply-add instruction
/// makes two products a lane, where float32 makes one: compute-bound.</para>
/// <para>Numerics: products and their sums over a group are exact integers; a group's sum is converted, scaled and added
/// with three roundings: |error| ≤ Σ|w| · (activation's rounding) + (3K/16 + 4) · 2⁻²⁴ · Σ(|w|+|minimum|)·|x|.</para>
/// <para>Source: blocking after Goto and van de Geijn 2008; integers as in <see cref="QuantisedActivations"/>.</para>
/// </remarks>
public static class QuantisedTiled
{
    /// <summary>Pairs of levels in shared memory: 16 KiB.</summary>
    public const int TilePairs = 4096;

    /// <summary>Scales in shared memory.</summary>
    public const int TileGroups = TilePairs / 8;

    /// <summary>Tokens that pass together.</summary>
    public const int TokensPerTile = 3;

    /// <summary>Outputs of one warp.</summary>
    public static int RowsPerWarp(int warp) => 2 * warp;

    public static void Kernel<TFormat>(
        IntegerActivations x, BlockData w, View y_TN, int tokens, int rows, int width, int rowHalves, int tokensPerWarp)
        where TFormat : unmanaged, IBlockFormat
    {
        var pairs = SharedMemory.Allocate<int>(TilePairs);
        var scales = SharedMemory.Allocate<float>(TileGroups);
        var minima = SharedMemory.Allocate<float>(TileGroups);
        int tileRows = RowsPerWarp(Warp.WarpSize);
        int tiles = (rows + tileRows - 1) / tileRows;
        int row = (Grid.IdxX % tiles) * tileRows;
        int token = (Grid.IdxX / tiles) * tokensPerWarp;
        int tokenEnd = XMath.Min(token + tokensPerWarp, tokens);
        int pieceBlocks = TilePairs / (tileRows * IBlockFormat.Pairs);
        int blocks = width / IBlockFormat.Block;
        for (int first = 0; first < blocks; first += pieceBlocks)
        {
            int count = XMath.Min(pieceBlocks, blocks - first);
            Warp.Barrier();
            for (int i = 0; i < tileRows; i++)
                Unpack<TFormat>(w, pairs, scales, minima, (long)XMath.Min(row + i, rows - 1) * rowHalves, i, first, count);
            Warp.Barrier();
            for (int t = token; t < tokenEnd; t += TokensPerTile)
                Tile<TFormat>(x, pairs, scales, minima, y_TN, t, tokenEnd, row, rows, width, first, count);
        }
    }

    /// <summary>Some blocks of one row into its column of the tile.</summary>
    private static void Unpack<TFormat>(
        BlockData w, ArrayView<int> pairs, View scales, View minima, long rowStart, int column, int first, int count)
        where TFormat : unmanaged, IBlockFormat
    {
        int tileRows = RowsPerWarp(Warp.WarpSize);
        int lane = Warp.LaneIdx;
        int perBlock = IBlockFormat.Block / TFormat.GroupLength;
        for (int block = 0; block < count; block++)
        {
            long span = rowStart + ((long)((first + block) >> 3) * TFormat.SpanHalves);
            int inSpan = (first + block) & 7;
            for (int step = 0; step < IBlockFormat.Pairs; step += Warp.WarpSize)
            {
                if (Warp.WarpSize <= IBlockFormat.Pairs || lane < IBlockFormat.Pairs)
                    pairs[((((block * IBlockFormat.Pairs) + step) + lane) * tileRows) + column] = TFormat.Levels(w, span, inSpan, step, lane);
            }
        }

        for (int step = 0; step < count * perBlock; step += Warp.WarpSize)
        {
            int group = step + lane;
            if (group < count * perBlock)
            {
                int all = (first * perBlock) + group;
                long span = rowStart + ((long)(all / (8 * perBlock)) * TFormat.SpanHalves);
                int inSpan = all & ((8 * perBlock) - 1);
                scales[(group * tileRows) + column] = TFormat.Scale(w, span, inSpan);
                if (TFormat.HasMinimum)
                    minima[(group * tileRows) + column] = TFormat.Minimum(w, span, inSpan);
            }
        }
    }

    /// <summary>The tile's outputs of three tokens over some blocks; the first blocks store, later ones add.</summary>
    private static void Tile<TFormat>(
        IntegerActivations x, ArrayView<int> pairs, View scales, View minima, View y_TN,
        int token, int tokenEnd, int row, int rows, int width, int first, int count)
        where TFormat : unmanaged, IBlockFormat
    {
        int tileRows = RowsPerWarp(Warp.WarpSize);
        int perBlock = IBlockFormat.Block / TFormat.GroupLength;
        int pairsPerGroup = TFormat.GroupLength / 2;
        int blocks = width / IBlockFormat.Block;
        int lane = Warp.LaneIdx;

        // Behind the last token its work is repeated and not stored, which keeps the loop free of branches.
        int t1 = XMath.Min(token + 1, tokenEnd - 1), t2 = XMath.Min(token + 2, tokenEnd - 1);
        long b0 = ((long)token * blocks) + first, b1 = ((long)t1 * blocks) + first, b2 = ((long)t2 * blocks) + first;
        float y00 = 0f, y01 = 0f, y10 = 0f, y11 = 0f, y20 = 0f, y21 = 0f;
        for (int group = 0; group < count * perBlock; group++)
        {
            int d00 = 0, d01 = 0, d10 = 0, d11 = 0, d20 = 0, d21 = 0;
            long x0 = (b0 * IBlockFormat.Pairs) + (group * pairsPerGroup);
            long x1 = (b1 * IBlockFormat.Pairs) + (group * pairsPerGroup);
            long x2 = (b2 * IBlockFormat.Pairs) + (group * pairsPerGroup);
            long at = ((long)group * pairsPerGroup * tileRows) + lane;
            for (int pair = 0; pair < pairsPerGroup; pair++)
            {
                long i = at + (pair * tileRows);
                int w0 = pairs[i], w1 = pairs[i + Warp.WarpSize];
                int a = x.Pairs_TK[x0 + pair];
                d00 = IntegerPairs.Dot(w0, a, d00);
                d01 = IntegerPairs.Dot(w1, a, d01);
                a = x.Pairs_TK[x1 + pair];
                d10 = IntegerPairs.Dot(w0, a, d10);
                d11 = IntegerPairs.Dot(w1, a, d11);
                a = x.Pairs_TK[x2 + pair];
                d20 = IntegerPairs.Dot(w0, a, d20);
                d21 = IntegerPairs.Dot(w1, a, d21);
            }

            long g = ((long)group * tileRows) + lane;
            int block = group / perBlock;
            float s0 = scales[g], s1 = scales[g + Warp.WarpSize];
            float f = x.Scales_TB[b0 + block];
            y00 = Fma.MultiplyAdd(d00 * f, s0, y00);
            y01 = Fma.MultiplyAdd(d01 * f, s1, y01);
            f = x.Scales_TB[b1 + block];
            y10 = Fma.MultiplyAdd(d10 * f, s0, y10);
            y11 = Fma.MultiplyAdd(d11 * f, s1, y11);
            f = x.Scales_TB[b2 + block];
            y20 = Fma.MultiplyAdd(d20 * f, s0, y20);
            y21 = Fma.MultiplyAdd(d21 * f, s1, y21);
            if (TFormat.HasMinimum)
            {
                float m0 = -minima[g], m1 = -minima[g + Warp.WarpSize];
                View sums = TFormat.GroupLength == 16 ? x.Sums16_TB : x.Sums32_TB;
                f = sums[(b0 * perBlock) + group];
                y00 = Fma.MultiplyAdd(f, m0, y00);
                y01 = Fma.MultiplyAdd(f, m1, y01);
                f = sums[(b1 * perBlock) + group];
                y10 = Fma.MultiplyAdd(f, m0, y10);
                y11 = Fma.MultiplyAdd(f, m1, y11);
                f = sums[(b2 * perBlock) + group];
                y20 = Fma.MultiplyAdd(f, m0, y20);
                y21 = Fma.MultiplyAdd(f, m1, y21);
            }
        }

        // The choice is the same for all lanes, so that whole tiles are stored without masks.
        bool whole = row + tileRows <= rows;
        Store(y_TN, token, rows, row + lane, whole, y00, y01, first > 0);
        if (token + 1 < tokenEnd)
            Store(y_TN, token + 1, rows, row + lane, whole, y10, y11, first > 0);
        if (token + 2 < tokenEnd)
            Store(y_TN, token + 2, rows, row + lane, whole, y20, y21, first > 0);
    }

    private static void Store(View y_TN, int token, int rows, int row, bool whole, float first, float second, bool add)
    {
        long index = ((long)token * rows) + row;
        if (whole)
        {
            y_TN[index] = add ? y_TN[index] + first : first;
            y_TN[index + Warp.WarpSize] = add ? y_TN[index + Warp.WarpSize] + second : second;
            return;
        }

        if (row < rows)
            y_TN[index] = add ? y_TN[index] + first : first;
        if (row + Warp.WarpSize < rows)
            y_TN[index + Warp.WarpSize] = add ? y_TN[index + Warp.WarpSize] + second : second;
    }
}
