using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime.Cuda;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Fast;

/// <summary>Quantised matrix times many vectors on tensor cores: y = x · Wᵀ, weights unpacked to bfloat16 in shared memory.</summary>
/// <remarks>
/// <para>Shapes: x [T, K] in bfloat16; w [N, K] in any block format; y [T, N] in float32.</para>
/// <para>Launch: as <see cref="TensorMatMulKernels"/>. A tile of 32 columns is one block of each of 128 rows; half a warp
/// unpacks a block, a lane two neighbouring weights, so that a warp reads two rows' bytes in sequence.</para>
/// <para>Shared memory: 4 stages of x and 2 tiles of unpacked weights, 48 KiB (dynamic). While a tile is multiplied, the
/// levels of the next are on their way to registers; one barrier for each tile.</para>
/// <para>Traffic: a weight's 0.33 to 1.06 bytes once for 128 tokens. For half a tile a warp's loop has 324
/// instructions with Q8_0 and 614 with Q4_K, 32 of them mma (sm_80): unpacking bounds it, not the tensor cores. 238 to 255
/// registers.</para>
/// <para>Numerics: scale · level − minimum in float32, rounded to bfloat16: 2⁻⁹ of each weight. The rest as
/// <see cref="TensorMatMulKernels"/>.</para>
/// <para>Source: the block layouts of GGUF files, docs/gguf.md of ggml-org/ggml. Plain counterpart: <see cref="QuantisedTiled"/>.</para>
/// </remarks>
public static class TensorQuantisedKernels
{
    /// <summary>Dynamic shared memory.</summary>
    public const int SharedBytes = (TensorMatMulKernels.Stages + 2) * TensorTile.Bytes;

    private const int RowsPerStep = TensorTile.Threads / IBlockFormat.Pairs;
    private const int Steps = TensorTile.Rows / RowsPerStep / 2;     // of half a tile

    public static void Kernel<TFormat>(ArrayView<ushort> x_TK, BlockData w, View y_TN, int tokens, int outputs, int width, int rowHalves)
        where TFormat : unmanaged, IBlockFormat
    {
        if (!CudaAsm.IsSupported)
            return;

        var sums = LocalMemory.Allocate<float>(TensorTile.Sums);
        var levels = LocalMemory.Allocate<int>(Steps);
        TensorTile.Clear(sums);
        int tokenTiles = (tokens + TensorTile.Rows - 1) / TensorTile.Rows;
        int token = Grid.IdxX % tokenTiles * TensorTile.Rows, output = Grid.IdxX / tokenTiles * TensorTile.Rows;
        long x = TensorCore.AddressOf(x_TK);
        int shared = TensorCore.DynamicShared();
        int unpacked = TensorMatMulKernels.Stages * TensorTile.Bytes;
        int tiles = width / TensorTile.Columns;

        for (int stage = 0; stage < TensorMatMulKernels.Stages - 1; stage++)
            Fetch(shared, x, tokens, width, token, stage);
        for (int half = 0; half < 2; half++)
        {
            LoadLevels<TFormat>(levels, w, half, output, outputs, rowHalves, 0);
            StoreWeights<TFormat>(levels, w, half, unpacked, output, outputs, rowHalves, 0);
        }

        for (int tile = 0; tile < tiles; tile++)
        {
            TensorCore.WaitForAllButTwo();
            Group.Barrier();        // both tiles have arrived, and all are done with those before
            Fetch(shared, x, tokens, width, token, tile + TensorMatMulKernels.Stages - 1);
            int next = XMath.Min(tile + 1, tiles - 1);      // the last is unpacked twice, which spares a branch
            int tokenTile = shared + (tile % TensorMatMulKernels.Stages * TensorTile.Bytes), outputTile = shared + unpacked + (tile % 2 * TensorTile.Bytes);
            for (int half = 0; half < 2; half++)
            {
                LoadLevels<TFormat>(levels, w, half, output, outputs, rowHalves, next);
                TensorTile.MultiplyAddHalf(sums, tokenTile, outputTile, half);
                StoreWeights<TFormat>(levels, w, half, unpacked + ((tile + 1) % 2 * TensorTile.Bytes), output, outputs, rowHalves, next);
            }
        }

        TensorTile.Store(sums, y_TN, tokens, outputs, token, output);
    }

    private static void Fetch(int shared, long x, int tokens, int width, int token, int tile)
    {
        TensorTile.CopyAsync(shared + (tile % TensorMatMulKernels.Stages * TensorTile.Bytes), x, tokens, width, token, tile * TensorTile.Columns);
        TensorCore.Commit();
    }

    /// <summary>The levels of a block of half of the rows, on their way while half of the columns are multiplied. Behind the last row it is taken again, for outputs that nobody stores.</summary>
    private static void LoadLevels<TFormat>(ArrayView<int> levels, BlockData w, int half, int output, int outputs, int rowHalves, int block)
        where TFormat : unmanaged, IBlockFormat
    {
        int pair = Group.IdxX % IBlockFormat.Pairs;
        for (int step = 0; step < Steps; step++)
            levels[step] = TFormat.Levels(w, Span<TFormat>(Row(half, step, output, outputs), rowHalves, block), block & 7, 0, pair);
    }

    /// <summary>Levels times scales into the tile at a byte of the shared memory.</summary>
    private static void StoreWeights<TFormat>(ArrayView<int> levels, BlockData w, int half, int at, int output, int outputs, int rowHalves, int block)
        where TFormat : unmanaged, IBlockFormat
    {
        ArrayView<int> tile = SharedMemory.GetDynamic<int>();
        int pair = Group.IdxX % IBlockFormat.Pairs;
        int perBlock = IBlockFormat.Block / TFormat.GroupLength;
        int group = ((block & 7) * perBlock) + (perBlock == 1 ? 0 : pair >> 3);
        for (int step = 0; step < Steps; step++)
        {
            long span = Span<TFormat>(Row(half, step, output, outputs), rowHalves, block);
            float scale = TFormat.Scale(w, span, group);
            float minimum = TFormat.HasMinimum ? TFormat.Minimum(w, span, group) : 0f;
            float lower = Fma.MultiplyAdd((short)levels[step], scale, -minimum), upper = Fma.MultiplyAdd(levels[step] >> 16, scale, -minimum);
            int row = (Group.IdxX / IBlockFormat.Pairs) + (((half * Steps) + step) * RowsPerStep);
            tile[((at + TensorTile.Place(row, pair >> 2)) / sizeof(int)) + (pair & 3)] = TensorCore.Pack(lower, upper);
        }
    }

    private static int Row(int half, int step, int output, int outputs) =>
        XMath.Min(output + (Group.IdxX / IBlockFormat.Pairs) + (((half * Steps) + step) * RowsPerStep), outputs - 1);

    private static long Span<TFormat>(int row, int rowHalves, int block)
        where TFormat : unmanaged, IBlockFormat => ((long)row * rowHalves) + ((long)(block >> 3) * TFormat.SpanHalves);
}
