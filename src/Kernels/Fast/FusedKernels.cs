using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Fast;

/// <summary>The products of decoding one token on a GPU, each with the steps around it in the same launch.</summary>
/// <remarks>
/// <para>Shapes: w [N, K] of any weight or block type; x [K] or the residual stream [D = K]; y [N].</para>
/// <para>Launch: any number of groups of whole warps; a warp takes two rows at a time, then the two that lie as many pairs
/// further as there are warps in the grid. As many groups as are resident at once suffice, and each prepares x only once.
/// Lanes run along K; see <see cref="PacketRows{TFormat}"/> and <see cref="BlockRows{TFormat}"/>.</para>
/// <para>Shared memory: K floats for a normed x (dynamic), 256 bytes for sums over warps.</para>
/// <para>Traffic: every weight once, 2 operations each: memory-bound. Of packets a lane has 8 on their way, a
/// multiprocessor with 32 warps 128 KiB; latency times bandwidth of an H200 asks for 25 KiB.</para>
/// <para>Numerics: float32; a lane sums its products in two parts with fused multiply-adds, then log₂(warp) tree additions:
/// |error| ≤ (⌈K/warp⌉ + log₂ warp + 2) · 2⁻²⁴ · Σ|w·x|. Norms as in <see cref="RmsNorm"/>, GELU as in <see cref="GeGlu"/>.</para>
/// <para>Source: a warp per row, as in any GPU text; the plain counterparts are <see cref="MatVecKernels"/>,
/// <see cref="RmsNorm"/>, <see cref="Add"/>, <see cref="GeGlu"/> and <see cref="Softcap"/>.</para>
/// </remarks>
public static class FusedKernels
{
    /// <summary>
    /// Residual, norm, and up to three products with the same normed vector: query, key and value, or the logits with
    /// their cap (0 = none). Matrices that are not there have no rows in their y.
    /// </summary>
    public static void NormProductsKernel<TRows>(
        ResidualInputs inputs, ArrayView<byte> w0, ArrayView<byte> w1, ArrayView<byte> w2, View y0, View y1, View y2, float cap)
        where TRows : unmanaged, IDecodeRows
    {
        View x_D = SharedMemory.GetDynamic<float>();
        ResidualNorm.Prepare<TRows>(inputs, x_D);

        int pairs0 = Pairs(y0), pairs1 = Pairs(y1), all = pairs0 + pairs1 + Pairs(y2);
        for (int item = Elementwise.GlobalWarp(); item < all; item += Warps())
        {
            ArrayView<byte> w = w0;
            View y = y0;
            int pair = item;
            if (item >= pairs0 + pairs1)
            {
                w = w2;
                y = y2;
                pair = item - pairs0 - pairs1;
            }
            else if (item >= pairs0)
            {
                w = w1;
                y = y1;
                pair = item - pairs0;
            }

            Multiply<TRows>(w, x_D, inputs.Norm_D.IntLength, placed: true, y, pair, cap);
        }
    }

    /// <summary>Residual, norm, gate and up, and the activation: y = gelu(gate · x) · (up · x).</summary>
    public static void NormGeGluKernel<TRows>(ResidualInputs inputs, ArrayView<byte> gate_FD, ArrayView<byte> up_FD, View y_F)
        where TRows : unmanaged, IDecodeRows
    {
        View x_D = SharedMemory.GetDynamic<float>();
        ResidualNorm.Prepare<TRows>(inputs, x_D);

        for (int row = Elementwise.GlobalWarp(); row < y_F.IntLength; row += Warps())
        {
            RowPair sums = TRows.Dots(gate_FD, row, up_FD, row, x_D, inputs.Norm_D.IntLength, placed: true);
            if (Warp.IsFirstLane)
                y_F[row] = GeGlu.Gelu(sums.First) * sums.Second;
        }
    }

    /// <summary>A product alone: y = W · x, for the matrices after attention and after the activation.</summary>
    public static void ProductKernel<TRows>(View x_K, ArrayView<byte> w_NK, View y_N)
        where TRows : unmanaged, IDecodeRows
    {
        for (int pair = Elementwise.GlobalWarp(); pair < Pairs(y_N); pair += Warps())
            Multiply<TRows>(w_NK, x_K, x_K.IntLength, placed: false, y_N, pair, 0f);
    }

    /// <summary>Two rows of a product; behind an odd last row it is computed twice and stored once.</summary>
    private static void Multiply<TRows>(ArrayView<byte> w, View x, int width, bool placed, View y, int pair, float cap)
        where TRows : unmanaged, IDecodeRows
    {
        int row = 2 * pair;
        int next = XMath.Min(row + 1, y.IntLength - 1);
        RowPair sums = TRows.Dots(w, row, w, next, x, width, placed);
        if (cap > 0f)
        {
            sums.First = Softcap.Apply(sums.First, cap);
            sums.Second = Softcap.Apply(sums.Second, cap);
        }

        if (Warp.IsFirstLane)
        {
            y[row] = sums.First;
            y[next] = sums.Second;
        }
    }

    private static int Pairs(View y) => (y.IntLength + 1) / 2;

    private static int Warps() => Grid.DimX * (Group.DimX / Warp.WarpSize);
}
