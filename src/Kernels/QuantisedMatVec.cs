using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Quantised matrix times one vector, the product of decoding: y = W · x with integer arithmetic.</summary>
/// <remarks>
/// <para>Shapes: x [K] as 16-bit numbers; w [N, K] in any block format; y [N].</para>
/// <para>Launch: a warp makes a run of outputs one after the other, so it reads one unbroken stream of weights; lanes run
/// along K, two weights each. The scales of 256 weights are computed by as many lanes at once and wait in shared memory,
/// from where all lanes read the same one.</para>
/// <para>Shared memory: 32 floats a warp.</para>
/// <para>Traffic: every byte of the weights once, 0.33 (Q2_K) to 1.06 (Q8_0) bytes for 2 operations: memory-bound.</para>
/// <para>Numerics: products of levels and their sums over a block are exact integers; a block's sum is converted, scaled and
/// added with one rounding each: |error| ≤ Σ|w| · (activation's rounding) + (K/16 + log₂ warp + 4) · 2⁻²⁴ · Σ(|w|+|minimum|)·|x|.</para>
/// <para>Source: see <see cref="QuantisedActivations"/> for the integers; that one row after the other streams best is
/// measured with <see cref="MatVecKernels"/>.</para>
/// </remarks>
public static class QuantisedMatVec
{
    /// <summary>Most groups of a span.</summary>
    private const int MaxGroups = IBlockFormat.Span / 16;

    /// <summary>The scales of two spans: one is written while slower lanes may still read the other.</summary>
    private const int WarpScales = 2 * MaxGroups;

    private const int BlocksPerSpan = IBlockFormat.Span / IBlockFormat.Block;

    /// <remarks>Rows begin at multiples of rowHalves halfwords; scales_G and sums_G are the activations' for the format's groups.</remarks>
    public static void Kernel<TFormat>(
        ArrayView<int> pairs_K, View scales_G, View sums_G, BlockData w, View y_N, int rows, int width, int rowHalves, int rowsPerWarp)
        where TFormat : unmanaged, IBlockFormat
    {
        var shared = SharedMemory.Allocate<float>(WarpScales * GroupReduce.MaxWarps);
        ArrayView<float> groups = shared.SubView(Warp.WarpIdx * WarpScales, WarpScales);
        int start = Elementwise.GlobalWarp() * rowsPerWarp;
        int end = XMath.Min(start + rowsPerWarp, rows);
        int spans = width / IBlockFormat.Span;
        for (int row = start; row < end; row++)
        {
            long at = (long)row * rowHalves;
            Sums sums = default;
            for (int span = 0; span < spans; span++)
            {
                sums = Add<TFormat>(sums, pairs_K, scales_G, sums_G, w, groups, at, span, BlocksPerSpan);
                at += TFormat.SpanHalves;
            }

            if (TFormat.HasShortSpans && spans * IBlockFormat.Span < width)
                sums = Add<TFormat>(sums, pairs_K, scales_G, sums_G, w, groups, at, spans, (width / IBlockFormat.Block) & (BlocksPerSpan - 1));
            // Lanes behind a block's 16 pairs (wide warps) have repeated the last one.
            bool extra = Warp.WarpSize > IBlockFormat.Pairs && Warp.LaneIdx >= IBlockFormat.Pairs;
            float sum = WarpReduce.Sum((extra ? 0f : sums.Even + sums.Odd) - sums.Minimum);
            y_N[row] = Warp.Broadcast(sum, 0);
        }
    }

    /// <summary>What a lane adds up.</summary>
    private struct Sums
    {
        public float Even;
        public float Odd;
        public float Minimum;
    }

    /// <summary>Adds some blocks of one span.</summary>
    private static Sums Add<TFormat>(
        Sums sums, ArrayView<int> pairs_K, View scales_G, View sums_G, BlockData w, ArrayView<float> groups, long at, int span, int blocks)
        where TFormat : unmanaged, IBlockFormat
    {
        int perBlock = IBlockFormat.Block / TFormat.GroupLength;
        long firstBlock = (long)span * BlocksPerSpan;

        // 1. A lane prepares a group: its scale with the activations', and what its minimum takes away.
        long first = (span & 1) * MaxGroups;
        int inWarps = (blocks * perBlock) & -Warp.WarpSize;
        for (int step = 0; step < inWarps; step += Warp.WarpSize)
        {
            int group = step + Warp.LaneIdx;
            groups[first + group] = TFormat.Scale(w, at, group) * scales_G[(firstBlock * perBlock) + group];
            if (TFormat.HasMinimum)
                sums.Minimum = Fma.MultiplyAdd(TFormat.Minimum(w, at, group), sums_G[(firstBlock * perBlock) + group], sums.Minimum);
        }

        // The rest one after the other, the same in all lanes, of which the first counts: no masks.
        for (int group = inWarps; group < blocks * perBlock; group++)
        {
            groups[first + group] = TFormat.Scale(w, at, group) * scales_G[(firstBlock * perBlock) + group];
            float minimum = TFormat.HasMinimum ? TFormat.Minimum(w, at, group) * sums_G[(firstBlock * perBlock) + group] : 0f;
            sums.Minimum += Warp.LaneIdx == 0 ? minimum : 0f;
        }

        // 2. Integer products of blocks, scaled; two sums, so that one does not wait for the other.
        Warp.Barrier();
        long pair = (long)firstBlock * IBlockFormat.Pairs;
        for (int block = 0; block + 1 < blocks; block += 2)
        {
            sums.Even = Block<TFormat>(sums.Even, pairs_K, w, groups, first, at, pair, block);
            sums.Odd = Block<TFormat>(sums.Odd, pairs_K, w, groups, first, at, pair, block + 1);
        }

        if ((blocks & 1) != 0)
            sums.Even = Block<TFormat>(sums.Even, pairs_K, w, groups, first, at, pair, blocks - 1);
        return sums;
    }

    private static float Block<TFormat>(
        float sum, ArrayView<int> pairs_K, BlockData w, ArrayView<float> groups, long firstGroup, long at, long pair, int block)
        where TFormat : unmanaged, IBlockFormat
    {
        int lane = Warp.WarpSize <= IBlockFormat.Pairs ? Warp.LaneIdx : XMath.Min(Warp.LaneIdx, IBlockFormat.Pairs - 1);
        pair += block * IBlockFormat.Pairs;
        int dot = 0;
        for (int first = 0; first < IBlockFormat.Pairs; first += Warp.WarpSize)
        {
            dot = IntegerPairs.Dot(TFormat.Levels(w, at, block, first, lane), pairs_K[pair + first + lane], dot);
            if (TFormat.GroupLength == 16)
            {
                long half = firstGroup + (2 * block);
                float scale = Warp.WarpSize <= 8 ? groups[half + (first >> 3)] : lane < 8 ? groups[half] : groups[half + 1];
                sum = Fma.MultiplyAdd(dot, scale, sum);
                dot = 0;
            }
        }

        return TFormat.GroupLength == 16 ? sum : Fma.MultiplyAdd(dot, groups[firstGroup + block], sum);
    }
}
