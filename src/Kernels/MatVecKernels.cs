using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Matrix times one vector, the product of decoding: y = W · x.</summary>
/// <remarks>
/// <para>Shapes: x [K]; w [N, K]; y [N].</para>
/// <para>Launch: a warp makes four outputs. Lanes run along K, so each row is read as one contiguous stream, and the four
/// rows share each load of x.</para>
/// <para>Shared memory: none.</para>
/// <para>Traffic: every weight once, 2 operations each: memory-bound on everything.</para>
/// <para>Numerics: each lane sums ⌈K/warp⌉ products with fused multiply-adds, then log₂(warp) tree additions.</para>
/// <para>Source: a warp per row, as in any GPU text; four rows, so that four independent sums hide the latency of a
/// multiply-add and each load of x serves four of them.</para>
/// </remarks>
public static class MatVecKernels
{
    /// <summary>Outputs of one warp.</summary>
    public const int RowsPerWarp = 4;

    public static void Kernel<TFormat, TStored>(View x_K, ArrayView<TStored> w_NK, View y_N, int rows, int width)
        where TFormat : unmanaged, IWeightFormat<TStored>
        where TStored : unmanaged
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        int row = Elementwise.GlobalWarp() * RowsPerWarp;
        if (row >= rows)
            return;

        // 1. Four rows; behind the last row its work is repeated and not stored, which keeps the loop free of branches.
        long w0 = (long)row * width;
        long w1 = (long)XMath.Min(row + 1, rows - 1) * width;
        long w2 = (long)XMath.Min(row + 2, rows - 1) * width;
        long w3 = (long)XMath.Min(row + 3, rows - 1) * width;
        float a0 = 0f, a1 = 0f, a2 = 0f, a3 = 0f;
        int steps = width / warp;
        for (int step = 0; step < steps; step++)
        {
            int k = (step * warp) + lane;
            float x = x_K[k];
            a0 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w0 + k]), x, a0);
            a1 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w1 + k]), x, a1);
            a2 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w2 + k]), x, a2);
            a3 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w3 + k]), x, a3);
        }

        int rest = (steps * warp) + lane;
        if (steps * warp < width && rest < width)      // the first half is uniform: no masks when nothing is left
        {
            float x = x_K[rest];
            a0 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w0 + rest]), x, a0);
            a1 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w1 + rest]), x, a1);
            a2 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w2 + rest]), x, a2);
            a3 = Fma.MultiplyAdd(TFormat.ToFloat(w_NK[w3 + rest]), x, a3);
        }

        // 2. Sums over the warp, then one store of four neighbours (several when the warp is narrower).
        for (int first = 0; first < RowsPerWarp; first += warp)
        {
            float sum = WarpReduce.PutSums(0f, -first, a0, a1, a2, a3);
            int number = first + lane;
            if (number < RowsPerWarp && row + number < rows)
                y_N[row + number] = sum;
        }
    }
}
