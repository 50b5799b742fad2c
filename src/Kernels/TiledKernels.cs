using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Matrix times many vectors, the product of prefill: y = x · Wᵀ in register tiles.</summary>
/// <remarks>
/// <para>Shapes: x [T, K]; w [N, K]; y [T, N].</para>
/// <para>Launch: a warp makes 8 outputs for a run of tokens. It takes K in blocks of 1024, so that its 8 · 1024
/// weights stay in the first cache while all tokens pass, and within a block makes tiles of four outputs × two tokens in
/// registers: eight independent sums cover the multiply-add's latency, and with two values of x and one weight they fit
/// the 16 registers of AVX2. Lanes run along K.</para>
/// <para>Shared memory: none.</para>
/// <para>Traffic: weights once from memory (per run of tokens), x once per eight outputs from cache: compute-bound.</para>
/// <para>Numerics: per block of K each lane sums up to 1024/warp products, then log₂(warp) tree additions; blocks are
/// added in order.</para>
/// <para>Source: register and cache blocking after Goto and van de Geijn 2008, "Anatomy of high-performance matrix
/// multiplication".</para>
/// </remarks>
public static class TiledKernels
{
    /// <summary>Outputs of one warp.</summary>
    public const int RowsPerBlock = 8;

    /// <summary>Outputs of one register tile.</summary>
    public const int RowsPerTile = 4;

    /// <summary>Tokens of one register tile.</summary>
    public const int TokensPerTile = 2;

    /// <summary>Summed columns of one pass: 8 rows of them fill half a first-level cache of 32 KiB in bfloat16.</summary>
    public const int ColumnsPerBlock = 1024;

    /// <summary>Row blocks of a matrix.</summary>
    public static int RowBlocks(int rows) => (rows + RowsPerBlock - 1) / RowsPerBlock;

    public static void Kernel<TFormat, TStored>(
        View x_TK, ArrayView<TStored> w_NK, View y_TN, int tokens, int rows, int width, int tokensPerWarp)
        where TFormat : unmanaged, IWeightFormat<TStored>
        where TStored : unmanaged
    {
        int blocks = RowBlocks(rows);
        int item = Elementwise.GlobalWarp();
        int rowStart = (item % blocks) * RowsPerBlock;
        int rowEnd = XMath.Min(rowStart + RowsPerBlock, rows);
        int tokenStart = (item / blocks) * tokensPerWarp;
        int tokenEnd = XMath.Min(tokenStart + tokensPerWarp, tokens);

        for (int column = 0; column < width; column += ColumnsPerBlock)
        {
            int columns = XMath.Min(ColumnsPerBlock, width - column);
            for (int token = tokenStart; token < tokenEnd; token += TokensPerTile)
            {
                for (int row = rowStart; row < rowEnd; row += RowsPerTile)
                    Tile<TFormat, TStored>(x_TK, w_NK, y_TN, token, tokenEnd, row, rows, width, column, columns);
            }
        }
    }

    /// <summary>Four outputs of two tokens over some of the columns; the first columns store, later ones add.</summary>
    private static void Tile<TFormat, TStored>(
        View x_TK, ArrayView<TStored> w_NK, View y_TN, int token, int tokenEnd, int row, int rows, int width, int column, int columns)
        where TFormat : unmanaged, IWeightFormat<TStored>
        where TStored : unmanaged
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;

        // Behind the last row or token its work is repeated and not stored, which keeps the loop free of branches.
        long x0 = ((long)token * width) + column;
        long x1 = ((long)XMath.Min(token + 1, tokenEnd - 1) * width) + column;
        long w0 = ((long)row * width) + column;
        long w1 = ((long)XMath.Min(row + 1, rows - 1) * width) + column;
        long w2 = ((long)XMath.Min(row + 2, rows - 1) * width) + column;
        long w3 = ((long)XMath.Min(row + 3, rows - 1) * width) + column;
        float a0 = 0f, a1 = 0f, a2 = 0f, a3 = 0f, b0 = 0f, b1 = 0f, b2 = 0f, b3 = 0f;
        int steps = columns / warp;
        for (int step = 0; step < steps; step++)
        {
            int k = (step * warp) + lane;
            float first = x_TK[x0 + k], second = x_TK[x1 + k];
            float w = TFormat.ToFloat(w_NK[w0 + k]);
            a0 = Fma.MultiplyAdd(w, first, a0);
            b0 = Fma.MultiplyAdd(w, second, b0);
            w = TFormat.ToFloat(w_NK[w1 + k]);
            a1 = Fma.MultiplyAdd(w, first, a1);
            b1 = Fma.MultiplyAdd(w, second, b1);
            w = TFormat.ToFloat(w_NK[w2 + k]);
            a2 = Fma.MultiplyAdd(w, first, a2);
            b2 = Fma.MultiplyAdd(w, second, b2);
            w = TFormat.ToFloat(w_NK[w3 + k]);
            a3 = Fma.MultiplyAdd(w, first, a3);
            b3 = Fma.MultiplyAdd(w, second, b3);
        }

        int rest = (steps * warp) + lane;
        if (steps * warp < columns && rest < columns)      // the first half is uniform: no masks when nothing is left
        {
            float first = x_TK[x0 + rest], second = x_TK[x1 + rest];
            float w = TFormat.ToFloat(w_NK[w0 + rest]);
            a0 = Fma.MultiplyAdd(w, first, a0);
            b0 = Fma.MultiplyAdd(w, second, b0);
            w = TFormat.ToFloat(w_NK[w1 + rest]);
            a1 = Fma.MultiplyAdd(w, first, a1);
            b1 = Fma.MultiplyAdd(w, second, b1);
            w = TFormat.ToFloat(w_NK[w2 + rest]);
            a2 = Fma.MultiplyAdd(w, first, a2);
            b2 = Fma.MultiplyAdd(w, second, b2);
            w = TFormat.ToFloat(w_NK[w3 + rest]);
            a3 = Fma.MultiplyAdd(w, first, a3);
            b3 = Fma.MultiplyAdd(w, second, b3);
        }

        for (int number = 0; number < RowsPerTile; number += warp)
        {
            float firstSum = WarpReduce.PutSums(0f, -number, a0, a1, a2, a3);
            float secondSum = WarpReduce.PutSums(0f, -number, b0, b1, b2, b3);
            int output = row + number + lane;
            if (number + lane < RowsPerTile && output < rows)
            {
                Store(y_TN, ((long)token * rows) + output, firstSum, column);
                if (token + 1 < tokenEnd)
                    Store(y_TN, ((long)(token + 1) * rows) + output, secondSum, column);
            }
        }
    }

    private static void Store(View y_TN, long index, float sum, int column)
    {
        if (column > 0)
            sum += y_TN[index];
        y_TN[index] = sum;
    }
}
