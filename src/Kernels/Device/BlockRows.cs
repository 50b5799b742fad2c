using ILGPU;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>Rows of quantised blocks, for warps of 16 lanes and more: sixteen lanes take a block, two weights each.</summary>
/// <remarks>
/// <para>A weight is scale · level − minimum; a lane adds scale · (level₀·x₀ + level₁·x₁) − minimum · (x₀ + x₁). Levels are
/// exact in float32, and x is not rounded, unlike in <see cref="QuantisedMatVec"/>, whose integers suit processors.</para>
/// <para>Sixteen lanes read the 10 to 34 bytes of a block in sequence, two each; scales come from the same sectors. A lane has
/// the levels of eight pairs on their way.</para>
/// </remarks>
public readonly struct BlockRows<TFormat> : IDecodeRows
    where TFormat : unmanaged, IBlockFormat
{
    private const int AtOnce = 4;

    public static int Place(int d, int width) => d;

    public static RowPair Dots(ArrayView<byte> first, int firstRow, ArrayView<byte> second, int secondRow, View x, int width, bool placed)
    {
        var v = new BlockData(first);
        var w = new BlockData(second);
        int blocks = width / IBlockFormat.Block;
        int rowHalves = TFormat.HasShortSpans ? blocks * (TFormat.SpanHalves / 8) : blocks / 8 * TFormat.SpanHalves;
        long firstAt = (long)firstRow * rowHalves, secondAt = (long)secondRow * rowHalves;
        int together = Warp.WarpSize / IBlockFormat.Pairs;
        int pair = Warp.LaneIdx % IBlockFormat.Pairs, block = Warp.LaneIdx / IBlockFormat.Pairs;
        float a = 0f, b = 0f;
        for (; block + ((AtOnce - 1) * together) < blocks; block += AtOnce * together)
        {
            for (int i = 0; i < AtOnce; i++)
            {
                a = Add(v, firstAt, x, block + (i * together), pair, a);
                b = Add(w, secondAt, x, block + (i * together), pair, b);
            }
        }

        for (; block < blocks; block += together)
        {
            a = Add(v, firstAt, x, block, pair, a);
            b = Add(w, secondAt, x, block, pair, b);
        }

        RowPair sums;
        sums.First = WarpReduce.Sum(a);
        sums.Second = WarpReduce.Sum(b);
        return sums;
    }

    private static float Add(BlockData w, long row, View x, int block, int pair, float sum)
    {
        long span = row + ((long)(block >> 3) * TFormat.SpanHalves);
        int inSpan = block & 7;
        int perBlock = IBlockFormat.Block / TFormat.GroupLength;
        int group = (inSpan * perBlock) + (perBlock == 1 ? 0 : pair >> 3);
        int levels = TFormat.Levels(w, span, inSpan, 0, pair);
        int at = (block * IBlockFormat.Block) + (2 * pair);
        float x0 = x[at], x1 = x[at + 1];
        sum = Fma.MultiplyAdd(TFormat.Scale(w, span, group), Fma.MultiplyAdd(levels >> 16, x1, (short)levels * x0), sum);
        return TFormat.HasMinimum ? Fma.MultiplyAdd(-TFormat.Minimum(w, span, group), x0 + x1, sum) : sum;
    }
}
