using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Quantised matrix times many vectors, the product of prefill: y = x · Wᵀ with integer arithmetic.</summary>
/// <remarks>
/// <para>Shapes: x [T, K] as 16-bit numbers; w [N, K] in any block format; y [T, N].</para>
/// <para>Launch: a warp, alone in its group, makes a tile of 2 · warp outputs for a run of tokens; each lane has two outputs
/// of its own. Outputs that fill no tile are left to <see cref="QuantisedMatVec"/>. It takes K in pieces: unpacks the levels of its rows to pairs in shared memory, turned so that lanes become rows,
/// then lets all tokens pass, two at a time in registers: four sums of
/// integers and four of floats; three tokens would need all 16 registers of AVX2, and the compiler then keeps a sum in
/// memory, which halves the speed.</para>
/// <para>Shared memory: <see cref="TilePairs"/> pairs and 2 · <see cref="TileGroups"/> floats, 20 KiB: with two tokens'
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
    public const int TokensPerTile = 2;

    /// <summary>Outputs of one warp.</summary>
    public static int RowsPerWarp(int warp) => 2 * warp;

    /// <summary>The launch, and the tokens of each warp: all, so that weights are unpacked once, unless that leaves part of the device idle.</summary>
    internal static (KernelConfig Config, int TokensPerWarp) Split(Tuning tuning, int tiles, int tokens)
    {
        int parts = Math.Clamp(tuning.TargetWarps / tiles, 1, (tokens + TokensPerTile - 1) / TokensPerTile);
        int share = (tokens + parts - 1) / parts;
        share = (share + TokensPerTile - 1) / TokensPerTile * TokensPerTile;
        return (new KernelConfig(checked(tiles * ((tokens + share - 1) / share)), tuning.WarpSize), share);
    }

    public static void Kernel<TFormat>(
        IntegerActivations x, BlockData w, View y_TN, int tokens, int tiles, int outputs, int width, int rowHalves, int tokensPerWarp)
        where TFormat : unmanaged, IBlockFormat
    {
        var pairs = SharedMemory.Allocate<int>(TilePairs);
        var scales = SharedMemory.Allocate<float>(TileGroups);
        var minima = SharedMemory.Allocate<float>(TileGroups);
        int tileRows = RowsPerWarp(Warp.WarpSize);
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
                Unpack<TFormat>(w, pairs, scales, minima, (long)(row + i) * rowHalves, i, first, count);
            Warp.Barrier();
            for (int t = token; t < tokenEnd; t += TokensPerTile)
                Tile<TFormat>(x, pairs, scales, minima, y_TN, t, tokenEnd, row, outputs, width, first, count);
        }
    }

    /// <summary>Some blocks of one row into its column of the tile.</summary>
    private static void Unpack<TFormat>(
        BlockData w, ArrayView<int> pairs, View scales, View minima, long rowStart, int column, int first, int count)
        where TFormat : unmanaged, IBlockFormat
    {
        const int blocksPerSpan = IBlockFormat.Span / IBlockFormat.Block;
        int perBlock = IBlockFormat.Block / TFormat.GroupLength;
        int block = first;
        while (block < first + count)
        {
            // As much of a span as the piece has.
            long span = rowStart + ((long)(block / blocksPerSpan) * TFormat.SpanHalves);
            int from = block & (blocksPerSpan - 1);
            int taken = XMath.Min(blocksPerSpan - from, first + count - block);
            for (int i = 0; i < taken; i++)
                UnpackLevels<TFormat>(w, pairs, span, from + i, column, block + i - first);
            UnpackScales<TFormat>(
                w, scales, minima, span, from * perBlock, taken * perBlock, ((long)(block - first) * perBlock * RowsPerWarp(Warp.WarpSize)) + column);
            block += taken;
        }
    }

    // Whole warps of groups, then one after the other, the same in all lanes: no masks, which would cost the tile registers.
    private static void UnpackScales<TFormat>(BlockData w, View scales, View minima, long span, int firstGroup, int groups, long to)
        where TFormat : unmanaged, IBlockFormat
    {
        int inWarps = groups & -Warp.WarpSize;
        for (int step = 0; step < inWarps; step += Warp.WarpSize)
            UnpackScale<TFormat>(w, scales, minima, span, firstGroup + step + Warp.LaneIdx, to + ((step + Warp.LaneIdx) * RowsPerWarp(Warp.WarpSize)));
        for (int group = inWarps; group < groups; group++)
            UnpackScale<TFormat>(w, scales, minima, span, firstGroup + group, to + (group * RowsPerWarp(Warp.WarpSize)));
    }

    private static void UnpackScale<TFormat>(BlockData w, View scales, View minima, long span, int group, long to)
        where TFormat : unmanaged, IBlockFormat
    {
        scales[to] = TFormat.Scale(w, span, group);
        if (TFormat.HasMinimum)
            minima[to] = TFormat.Minimum(w, span, group);
    }

    private static void UnpackLevels<TFormat>(BlockData w, ArrayView<int> pairs, long span, int inSpan, int column, int inPiece)
        where TFormat : unmanaged, IBlockFormat
    {
        for (int step = 0; step < IBlockFormat.Pairs; step += Warp.WarpSize)
        {
            if (Warp.WarpSize <= IBlockFormat.Pairs || Warp.LaneIdx < IBlockFormat.Pairs)
            {
                long to = ((((long)inPiece * IBlockFormat.Pairs) + step + Warp.LaneIdx) * RowsPerWarp(Warp.WarpSize)) + column;
                pairs[to] = TFormat.Levels(w, span, inSpan, step, Warp.LaneIdx);
            }
        }
    }

    /// <summary>The tile's outputs of two tokens over some blocks; the first blocks store, later ones add.</summary>
    internal static void Tile<TFormat>(
        IntegerActivations x, ArrayView<int> pairs, View scales, View minima, View y_TN,
        int token, int tokenEnd, int row, int outputs, int width, int first, int count)
        where TFormat : unmanaged, IBlockFormat
    {
        int tileRows = RowsPerWarp(Warp.WarpSize);
        int perBlock = IBlockFormat.Block / TFormat.GroupLength;
        int pairsPerGroup = TFormat.GroupLength / 2;
        int blocks = width / IBlockFormat.Block;
        int lane = Warp.LaneIdx;

        // Behind the last token its work is repeated and not stored, which keeps the loop free of branches.
        long b0 = ((long)token * blocks) + first, b1 = ((long)XMath.Min(token + 1, tokenEnd - 1) * blocks) + first;
        float y00 = 0f, y01 = 0f, y10 = 0f, y11 = 0f;
        for (int group = 0; group < count * perBlock; group++)
        {
            int d00 = 0, d01 = 0, d10 = 0, d11 = 0;
            long x0 = (b0 * IBlockFormat.Pairs) + (group * pairsPerGroup);
            long x1 = (b1 * IBlockFormat.Pairs) + (group * pairsPerGroup);
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
            }

            long g = ((long)group * tileRows) + lane;
            int block = group / perBlock;
            float s0 = scales[g], s1 = scales[g + Warp.WarpSize];
            float f0 = x.Scales32_TB[b0 + block], f1 = x.Scales32_TB[b1 + block];
            y00 = Fma.MultiplyAdd(d00 * f0, s0, y00);
            y01 = Fma.MultiplyAdd(d01 * f0, s1, y01);
            y10 = Fma.MultiplyAdd(d10 * f1, s0, y10);
            y11 = Fma.MultiplyAdd(d11 * f1, s1, y11);
            if (TFormat.HasMinimum)
            {
                float m0 = -minima[g], m1 = -minima[g + Warp.WarpSize];
                View sums = TFormat.GroupLength == 16 ? x.Sums16_TB : x.Sums32_TB;
                f0 = sums[(b0 * perBlock) + group];
                f1 = sums[(b1 * perBlock) + group];
                y00 = Fma.MultiplyAdd(f0, m0, y00);
                y01 = Fma.MultiplyAdd(f0, m1, y01);
                y10 = Fma.MultiplyAdd(f1, m0, y10);
                y11 = Fma.MultiplyAdd(f1, m1, y11);
            }
        }

        Store(y_TN, ((long)token * outputs) + row + lane, y00, y01, first > 0);
        if (token + 1 < tokenEnd)
            Store(y_TN, ((long)(token + 1) * outputs) + row + lane, y10, y11, first > 0);
    }

    private static void Store(View y_TN, long index, float first, float second, bool add)
    {
        y_TN[index] = add ? y_TN[index] + first : first;
        y_TN[index + Warp.WarpSize] = add ? y_TN[index + Warp.WarpSize] + second : second;
    }
}
