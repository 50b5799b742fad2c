using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime.Cuda;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Fast;

/// <summary>Matrix times many vectors on tensor cores, the product of prefill: y = x · Wᵀ in bfloat16 with float32 sums.</summary>
/// <remarks>
/// <para>Shapes: x [T, K] and w [N, K] in bfloat16, K a multiple of 8; y [T, N] in float32.</para>
/// <para>Launch: a group of 4 warps makes 128 tokens × 128 outputs, each warp 64 × 64 in 128 registers a lane. Groups of
/// neighbouring numbers share the outputs and differ in tokens, so that a tile of weights is read from memory once and from
/// the second-level cache by the others.</para>
/// <para>Shared memory: <see cref="Stages"/> stages of two tiles of 128 × 32, 64 KiB (dynamic). While one stage is
/// multiplied, the next two arrive and the one after them is asked for; one barrier for each tile of columns.</para>
/// <para>Traffic: 16 KiB for 2 · 128 · 128 · 32 operations, 64 a byte: compute-bound from about 128 tokens on. A
/// warp's loop has 193 instructions, 64 of them mma and 16 ldmatrix (sm_80); 218 registers, so that two groups fit a
/// multiprocessor.</para>
/// <para>Numerics: products of bfloat16 are exact in float32; a tensor core adds 16 of them to a sum with at least
/// truncation's accuracy, so |error| ≤ (K/8 + 1) · 2⁻²³ · Σ|x·w|, on top of the rounding of x, 2⁻⁹ · Σ|x·w|.</para>
/// <para>Source: PTX ISA 7.8 for the instructions; tiles and stages after the block structure that any GPU text
/// describes, e.g. Boehm 2022, "How to optimize a CUDA matmul kernel". Plain counterpart: <see cref="TiledKernels"/>.</para>
/// </remarks>
public static class TensorMatMulKernels
{
    /// <summary>Stages of the pipeline.</summary>
    public const int Stages = 4;

    /// <summary>Dynamic shared memory.</summary>
    public const int SharedBytes = Stages * 2 * TensorTile.Bytes;

    public static void Kernel(ArrayView<ushort> x_TK, ArrayView<ushort> w_NK, View y_TN, int tokens, int outputs, int width)
    {
        if (!CudaAsm.IsSupported)
            return;

        var sums = LocalMemory.Allocate<float>(TensorTile.Sums);
        TensorTile.Clear(sums);
        int tokenTiles = (tokens + TensorTile.Rows - 1) / TensorTile.Rows;
        int token = Grid.IdxX % tokenTiles * TensorTile.Rows, output = Grid.IdxX / tokenTiles * TensorTile.Rows;
        long x = TensorCore.AddressOf(x_TK), w = TensorCore.AddressOf(w_NK);
        int shared = TensorCore.DynamicShared();
        int tiles = (width + TensorTile.Columns - 1) / TensorTile.Columns;

        // 1. Fill all stages but one. Stages behind the last column are zeros, so that every round is the same.
        for (int stage = 0; stage < Stages - 1; stage++)
            Fetch(shared, x, w, tokens, outputs, width, token, output, stage);

        // 2. Wait for the oldest stage, ask for the next in the place of the one multiplied before, multiply.
        for (int tile = 0; tile < tiles; tile++)
        {
            TensorCore.WaitForAllButTwo();
            Group.Barrier();        // all threads' parts have arrived, and all are done with the stage before
            Fetch(shared, x, w, tokens, outputs, width, token, output, tile + Stages - 1);
            int stage = shared + (tile % Stages * 2 * TensorTile.Bytes);
            TensorTile.MultiplyAdd(sums, stage, stage + TensorTile.Bytes);
        }

        TensorTile.Store(sums, y_TN, tokens, outputs, token, output);
    }

    private static void Fetch(int shared, long x, long w, int tokens, int outputs, int width, int token, int output, int tile)
    {
        int stage = shared + (tile % Stages * 2 * TensorTile.Bytes);
        int column = tile * TensorTile.Columns;
        TensorTile.CopyAsync(stage, x, tokens, width, token, column);
        TensorTile.CopyAsync(stage + TensorTile.Bytes, w, outputs, width, output, column);
        TensorCore.Commit();
    }
}
