using GemmaIlgpu.Kernels.Device;
using ILGPU;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Rows of a quantised table as floats, times a factor: the embedding of tokens.</summary>
/// <remarks>
/// <para>Shapes: ids [T]; table [V, D] in any block format; out [T, D].</para>
/// <para>Launch: one warp per token; lanes run along D, two weights each.</para>
/// <para>Shared memory: none.</para>
/// <para>Traffic: a row's bytes in, 4·D bytes out: memory-bound.</para>
/// <para>Numerics: scale · level − minimum with one rounding, times the factor with another.</para>
/// <para>Source: the block layouts of GGUF files, docs/gguf.md of ggml-org/ggml.</para>
/// </remarks>
public static class QuantisedGather
{
    public static void Kernel<TFormat>(ArrayView<int> ids_T, BlockData table, View out_TD, int tokens, int width, int rowHalves, float factor)
        where TFormat : unmanaged, IBlockFormat
    {
        int token = Elementwise.GlobalWarp();
        if (token >= tokens)
            return;

        int lane = Warp.LaneIdx;
        int perBlock = IBlockFormat.Block / TFormat.GroupLength;
        long row = (long)ids_T[token] * rowHalves;
        for (int block = 0; block < width / IBlockFormat.Block; block++)
        {
            long span = row + ((long)(block >> 3) * TFormat.SpanHalves);
            for (int first = 0; first < IBlockFormat.Pairs; first += Warp.WarpSize)
            {
                if (Warp.WarpSize <= IBlockFormat.Pairs || lane < IBlockFormat.Pairs)
                {
                    int levels = TFormat.Levels(table, span, block & 7, first, lane);
                    int group = ((block & 7) * perBlock) + (perBlock == 1 ? 0 : (first + lane) >> 3);
                    float scale = TFormat.Scale(table, span, group), minimum = TFormat.Minimum(table, span, group);
                    long to = ((long)token * width) + (block * IBlockFormat.Block) + (2 * (first + lane));
                    out_TD[to] = Fma.MultiplyAdd(scale, (short)levels, -minimum) * factor;
                    out_TD[to + 1] = Fma.MultiplyAdd(scale, levels >> 16, -minimum) * factor;
                }
            }
        }
    }
}
