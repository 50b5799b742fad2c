using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Matrix times one vector, the product of decoding: y = W · x.</summary>
/// <remarks>
/// <para>Shapes: x [K]; w [N, K]; y [N].</para>
/// <para>Launch: row by row, a warp makes a run of outputs one after the other, so it reads one unbroken stream of
/// weights; eight rows, a warp makes eight outputs at once. Lanes run along K.</para>
/// <para>Shared memory: none.</para>
/// <para>Traffic: every weight once, 2 operations each: memory-bound on everything.</para>
/// <para>Numerics: each lane sums its products with fused multiply-adds (row by row in four parts), then log₂(warp) tree
/// additions.</para>
/// <para>Source: a warp per row, as in any GPU text. Measured on 2 cores with AVX2, bfloat16 from memory: at K = 2304
/// row by row 43 to 47 GB/s, two rows at once 14, four 20, eight 31, as short streams restart the prefetcher; at K = 9216 row by
/// row 20 GB/s, because x no longer fits the first-level cache, eight rows 40, because they share each load of x.</para>
/// </remarks>
public static class MatVecKernels
{
    /// <summary>Outputs of one warp in <see cref="EightRowsKernel{TFormat, TStored}"/>.</summary>
    public const int RowsPerTile = 8;

    private const int StepsAtOnce = 4;

    public static void RowByRowKernel<TFormat, TStored>(View x_K, ArrayView<TStored> w_NK, View y_N, int rows, int width, int rowsPerWarp)
        where TFormat : unmanaged, IWeightFormat<TStored>
        where TStored : unmanaged
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        int start = Elementwise.GlobalWarp() * rowsPerWarp;
        int end = XMath.Min(start + rowsPerWarp, rows);
        int steps = width / (StepsAtOnce * warp);
        for (int row = start; row < end; row++)
        {
            long w = (long)row * width;
            float a0 = 0f, a1 = 0f, a2 = 0f, a3 = 0f;
            for (int step = 0; step < steps; step++)
            {
                int k = (step * StepsAtOnce * warp) + lane;
                a0 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w + k]), x_K[k], a0);
                a1 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w + warp + k]), x_K[warp + k], a1);
                a2 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w + (2 * warp) + k]), x_K[(2 * warp) + k], a2);
                a3 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w + (3 * warp) + k]), x_K[(3 * warp) + k], a3);
            }

            for (int rest = steps * StepsAtOnce * warp; rest < width; rest += warp)
            {
                int k = rest + lane;
                if (k < width)
                    a0 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w + k]), x_K[k], a0);
            }

            float sum = WarpReduce.Sum((a0 + a1) + (a2 + a3));
            if (Warp.IsFirstLane)
                y_N[row] = sum;
        }
    }

    public static void EightRowsKernel<TFormat, TStored>(View x_K, ArrayView<TStored> w_NK, View y_N, int rows, int width)
        where TFormat : unmanaged, IWeightFormat<TStored>
        where TStored : unmanaged
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        int row = Elementwise.GlobalWarp() * RowsPerTile;
        if (row >= rows)
            return;

        // 1. Behind the last row its work is repeated and not stored, which keeps the loop free of branches.
        long w0 = (long)row * width, w1 = (long)XMath.Min(row + 1, rows - 1) * width;
        long w2 = (long)XMath.Min(row + 2, rows - 1) * width, w3 = (long)XMath.Min(row + 3, rows - 1) * width;
        long w4 = (long)XMath.Min(row + 4, rows - 1) * width, w5 = (long)XMath.Min(row + 5, rows - 1) * width;
        long w6 = (long)XMath.Min(row + 6, rows - 1) * width, w7 = (long)XMath.Min(row + 7, rows - 1) * width;
        float a0 = 0f, a1 = 0f, a2 = 0f, a3 = 0f, a4 = 0f, a5 = 0f, a6 = 0f, a7 = 0f;
        int steps = width / warp;
        for (int step = 0; step < steps; step++)
        {
            int k = (step * warp) + lane;
            float x = x_K[k];
            a0 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w0 + k]), x, a0);
            a1 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w1 + k]), x, a1);
            a2 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w2 + k]), x, a2);
            a3 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w3 + k]), x, a3);
            a4 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w4 + k]), x, a4);
            a5 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w5 + k]), x, a5);
            a6 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w6 + k]), x, a6);
            a7 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w7 + k]), x, a7);
        }

        int rest = (steps * warp) + lane;
        if (steps * warp < width && rest < width)      // the first half is uniform: no masks when nothing is left
        {
            float x = x_K[rest];
            a0 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w0 + rest]), x, a0);
            a1 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w1 + rest]), x, a1);
            a2 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w2 + rest]), x, a2);
            a3 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w3 + rest]), x, a3);
            a4 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w4 + rest]), x, a4);
            a5 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w5 + rest]), x, a5);
            a6 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w6 + rest]), x, a6);
            a7 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w7 + rest]), x, a7);
        }

        // 2. Sums over the warp, then one store of eight neighbours (several when the warp is narrower).
        for (int first = 0; first < RowsPerTile; first += warp)
        {
            float sum = WarpReduce.PutSums(0f, -first, a0, a1, a2, a3);
            sum = WarpReduce.PutSums(sum, 4 - first, a4, a5, a6, a7);
            int number = first + lane;
            if (number < RowsPerTile && row + number < rows)
                y_N[row + number] = sum;
        }
    }
}
