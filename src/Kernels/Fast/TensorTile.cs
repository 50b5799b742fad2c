using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Kernels.Fast;

/// <summary>
/// The parts of a tensor core product: tiles of 128 rows × 32 columns of bfloat16 in shared memory, how they get there, and
/// what a warp makes of them.
/// </summary>
/// <remarks>
/// A tile's row is 64 bytes, four chunks of 16. Shared memory has 32 banks of 4 bytes, so rows 0, 2, 4, 6 would begin in the
/// same bank and ldmatrix, which reads one chunk of eight rows at once, would take four turns. Chunk c of row r lies
/// at place c xor (r / 2 mod 4) instead: eight rows then touch all 32 banks once.
/// </remarks>
public static class TensorTile
{
    /// <summary>Rows of a tile: tokens or outputs.</summary>
    public const int Rows = 128;

    /// <summary>Summed columns of a tile.</summary>
    public const int Columns = 32;

    /// <summary>Threads of a group: four warps, each with 64 × 64 of the 128 × 128 outputs.</summary>
    public const int Threads = 128;

    /// <summary>Sums of a thread: 64 · 64 / 32.</summary>
    public const int Sums = 128;

    public const int RowBytes = Columns * sizeof(ushort);
    public const int Bytes = Rows * RowBytes;
    private const int ChunksPerRow = RowBytes / TensorCore.ChunkBytes;
    private const int WarpRows = 64;

    /// <summary>Where a chunk of a row lies in a tile.</summary>
    public static int Place(int row, int chunk) => (row * RowBytes) + ((chunk ^ ((row >> 1) & 3)) * TensorCore.ChunkBytes);

    /// <summary>
    /// Starts copying a tile of a matrix; zeros stand for what lies outside. A thread copies a chunk of every 32nd row.
    /// </summary>
    /// <param name="tile">Address in shared memory.</param>
    /// <param name="matrix">Address in device memory, a multiple of 16.</param>
    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="width">Columns of the matrix, a multiple of 8.</param>
    /// <param name="row">The tile's first row.</param>
    /// <param name="column">The tile's first column.</param>
    public static void CopyAsync(int tile, long matrix, int rows, int width, int row, int column)
    {
        int chunk = Group.IdxX % ChunksPerRow;
        int inTile = Group.IdxX / ChunksPerRow;
        int at = column + (chunk * TensorCore.ChunkValues);
        for (int i = 0; i < Rows * ChunksPerRow / Threads; i++)
        {
            int r = inTile + (i * (Threads / ChunksPerRow));
            bool inside = (row + r < rows) & (at < width);
            long from = inside ? (((long)(row + r) * width) + at) * sizeof(ushort) : 0;
            TensorCore.CopyAsync(tile + Place(r, chunk), matrix + from, inside ? TensorCore.ChunkBytes : 0);
        }
    }

    /// <summary>Sets a thread's sums to zero.</summary>
    public static void Clear(ArrayView<float> sums)
    {
        for (int i = 0; i < Sums / 8; i++)
        {
            for (int j = 0; j < 8; j++)
                sums[(i * 8) + j] = 0f;
        }
    }

    /// <summary>Adds the products of a tile of tokens and a tile of outputs to a warp's 64 × 64 sums.</summary>
    public static void MultiplyAdd(ArrayView<float> sums, int tokens, int outputs)
    {
        for (int half = 0; half < Columns / 16; half++)
            MultiplyAddHalf(sums, tokens, outputs, half);
    }

    /// <summary>The same for 16 of the 32 columns.</summary>
    /// <remarks>
    /// 8 ldmatrix bring 4 fragments of tokens and 4 of outputs, which 32 mma multiply: 4 KiB of shared memory for 65,536
    /// multiply-adds.
    /// </remarks>
    public static void MultiplyAddHalf(ArrayView<float> sums, int tokens, int outputs, int half)
    {
        int lane = Warp.LaneIdx;
        int left = (Warp.WarpIdx / 2 * WarpRows) + (lane & 15), leftHalf = lane >> 4;
        int right = (Warp.WarpIdx % 2 * WarpRows) + (lane & 7) + ((lane >> 4) << 3), rightHalf = (lane >> 3) & 1;

        // 1. All outputs of the warp: fragment j holds outputs 16·j to 16·j + 15, two right-hand sides.
        var fragments = LocalMemory.Allocate<int>(16);
        for (int j = 0; j < 4; j++)
        {
            Fragment w = TensorCore.Load(outputs + Place(right + (16 * j), (2 * half) + rightHalf));
            fragments[4 * j] = w.A;
            fragments[(4 * j) + 1] = w.B;
            fragments[(4 * j) + 2] = w.C;
            fragments[(4 * j) + 3] = w.D;
        }

        // 2. Sixteen tokens at a time.
        for (int i = 0; i < 4; i++)
        {
            Fragment x = TensorCore.Load(tokens + Place(left + (16 * i), (2 * half) + leftHalf));
            for (int j = 0; j < 8; j++)
                TensorCore.MultiplyAdd(sums, ((i * 8) + j) * 4, x, fragments[2 * j], fragments[(2 * j) + 1]);
        }
    }

    /// <summary>Writes a warp's sums to y [tokens, outputs], of which the group's tile begins at (token, output).</summary>
    public static void Store(ArrayView<float> sums, ArrayView<float> y_TN, int tokens, int outputs, int token, int output)
    {
        int lane = Warp.LaneIdx;
        token += (Warp.WarpIdx / 2 * WarpRows) + (lane >> 2);
        output += (Warp.WarpIdx % 2 * WarpRows) + (2 * (lane & 3));
        for (int i = 0; i < 4; i++)
        {
            for (int j = 0; j < 8; j++)
            {
                int at = ((i * 8) + j) * 4;
                StoreTwo(y_TN, tokens, outputs, token + (16 * i), output + (8 * j), sums[at], sums[at + 1]);
                StoreTwo(y_TN, tokens, outputs, token + (16 * i) + 8, output + (8 * j), sums[at + 2], sums[at + 3]);
            }
        }
    }

    // Two neighbours in one store of 8 bytes, unless rows begin at odd places.
    private static void StoreTwo(ArrayView<float> y_TN, int tokens, int outputs, int token, int output, float first, float second)
    {
        if (token >= tokens || output >= outputs)
            return;
        long at = ((long)token * outputs) + output;
        if ((outputs & 1) == 0)
        {
            FloatPair pair;
            pair.First = first;
            pair.Second = second;
            y_TN.Cast<FloatPair>().AsAligned16()[at / 2] = pair;
        }
        else
        {
            y_TN[at] = first;
            if (output + 1 < outputs)
                y_TN[at + 1] = second;
        }
    }

    /// <summary>Eight bytes.</summary>
    public struct FloatPair
    {
        public float First;
        public float Second;
    }
}
