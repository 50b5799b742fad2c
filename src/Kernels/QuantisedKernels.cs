using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Kernels that expand blocks of weights in registers: matrix times vector, and rows to floats.</summary>
/// <remarks>
/// <para>Shapes: x [K]; w [N, K] in blocks of 32 along K; y [N]. Rows: table [V, D], out [T, D].</para>
/// <para>Launch: a warp makes four outputs, as <see cref="MatVecKernels"/>, or one row. Lanes run along a block, so the
/// bytes of a block are one or a few contiguous vector loads, and its scale is the same for all lanes.</para>
/// <para>Shared memory: none.</para>
/// <para>Traffic: every byte of the weights once: 1.06 (Q8_0) or 0.56 (Q4_0) bytes for 2 operations: memory-bound.</para>
/// <para>Numerics: levels are exact; a lane sums the products of a block in float32, multiplies by the scale and adds
/// with one rounding: |error| ≤ (⌈32/warp⌉ + K/32 + log₂ warp + 2) · 2⁻²⁴ · Σ|x·w|.</para>
/// <para>Source: the block layouts are those of GGUF files, docs/gguf.md of ggml-org/ggml.</para>
/// </remarks>
public static class QuantisedKernels
{
    /// <summary>Outputs of one warp.</summary>
    public const int RowsPerWarp = 4;

    /// <summary>One token: y = W · x.</summary>
    public static void MatVec<TFormat>(View x_K, ArrayView<byte> w_NK, ArrayView<ushort> halves, View y_N, int rows, int width)
        where TFormat : unmanaged, IBlockFormat
    {
        int lane = Warp.LaneIdx;
        int lanes = BlockWeights.Lanes;
        int row = Elementwise.GlobalWarp() * RowsPerWarp;
        if (row >= rows)
            return;

        // 1. Four rows; behind the last row its work is repeated and not stored, which keeps the loop free of branches.
        int blocks = width / QuantisedMatrix.BlockLength;
        long rowBytes = (long)blocks * TFormat.Bytes;
        long w0 = row * rowBytes;
        long w1 = XMath.Min(row + 1, rows - 1) * rowBytes;
        long w2 = XMath.Min(row + 2, rows - 1) * rowBytes;
        long w3 = XMath.Min(row + 3, rows - 1) * rowBytes;
        float a0 = 0f, a1 = 0f, a2 = 0f, a3 = 0f;
        if (BlockWeights.IsActive)
        {
            for (int block = 0; block < blocks; block++)
            {
                float p0 = 0f, p1 = 0f, p2 = 0f, p3 = 0f;
                for (int first = 0; first < QuantisedMatrix.BlockLength; first += lanes)
                {
                    float x = x_K[(block * QuantisedMatrix.BlockLength) + first + lane];
                    p0 = Fma.MultiplyAdd(TFormat.Level(w_NK, w0, first, lane), x, p0);
                    p1 = Fma.MultiplyAdd(TFormat.Level(w_NK, w1, first, lane), x, p1);
                    p2 = Fma.MultiplyAdd(TFormat.Level(w_NK, w2, first, lane), x, p2);
                    p3 = Fma.MultiplyAdd(TFormat.Level(w_NK, w3, first, lane), x, p3);
                }

                a0 = Fma.MultiplyAdd(BlockWeights.Scale(halves, w0), p0, a0);
                a1 = Fma.MultiplyAdd(BlockWeights.Scale(halves, w1), p1, a1);
                a2 = Fma.MultiplyAdd(BlockWeights.Scale(halves, w2), p2, a2);
                a3 = Fma.MultiplyAdd(BlockWeights.Scale(halves, w3), p3, a3);
                w0 += TFormat.Bytes;
                w1 += TFormat.Bytes;
                w2 += TFormat.Bytes;
                w3 += TFormat.Bytes;
            }
        }

        // 2. Sums over the warp, then one store of four neighbours (several when the warp is narrower).
        for (int start = 0; start < RowsPerWarp; start += Warp.WarpSize)
        {
            float sum = WarpReduce.PutSums(0f, -start, a0, a1, a2, a3);
            int number = start + lane;
            if (number < RowsPerWarp && row + number < rows)
                y_N[row + number] = sum;
        }
    }

    /// <summary>Rows ids[t] of a table as floats, times a factor.</summary>
    public static void Gather<TFormat>(
        ArrayView<int> ids_T, ArrayView<byte> table_VD, ArrayView<ushort> halves, View out_TD, int tokens, int width, float scale)
        where TFormat : unmanaged, IBlockFormat
    {
        int token = Elementwise.GlobalWarp();
        if (token < tokens)
            ExpandRow<TFormat>(table_VD, halves, out_TD, ids_T[token], token, width, scale);
    }

    /// <summary>All rows of a matrix as floats.</summary>
    public static void Expand<TFormat>(ArrayView<byte> w_NK, ArrayView<ushort> halves, View out_NK, int rows, int width)
        where TFormat : unmanaged, IBlockFormat
    {
        int row = Elementwise.GlobalWarp();
        if (row < rows)
            ExpandRow<TFormat>(w_NK, halves, out_NK, row, row, width, 1f);
    }

    private static void ExpandRow<TFormat>(
        ArrayView<byte> data, ArrayView<ushort> halves, View target, int sourceRow, int targetRow, int width, float factor)
        where TFormat : unmanaged, IBlockFormat
    {
        int lane = Warp.LaneIdx;
        int lanes = BlockWeights.Lanes;
        int blocks = width / QuantisedMatrix.BlockLength;
        long start = (long)sourceRow * blocks * TFormat.Bytes;
        long to = (long)targetRow * width;
        if (!BlockWeights.IsActive)
            return;
        for (int block = 0; block < blocks; block++)
        {
            float scale = BlockWeights.Scale(halves, start);
            for (int first = 0; first < QuantisedMatrix.BlockLength; first += lanes)
                target[to + first + lane] = TFormat.Level(data, start, first, lane) * scale * factor;
            start += TFormat.Bytes;
            to += QuantisedMatrix.BlockLength;
        }
    }
}
