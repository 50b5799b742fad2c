using GemmaIlgpu.Kernels.Device;
using ILGPU;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Fast;

/// <summary>The parts of flash attention that touch shared memory and tensor cores: rows of head vectors in bfloat16.</summary>
/// <remarks>
/// A head vector of 64, 128 or 256 columns begins at a multiple of 128 bytes, so that chunk c of eight vectors would lie
/// in the same four banks. Chunk c of row r lies at place c xor (r mod 8) instead, and eight rows touch all 32 banks once.
/// </remarks>
public static class FlashTile
{
    /// <summary>Where a chunk of a row lies in a tile.</summary>
    public static int Place(int row, int chunk, int headDim) => (row * headDim * sizeof(ushort)) + ((chunk ^ (row & 7)) * TensorCore.ChunkBytes);

    /// <summary>Query rows rowStart … into the tile at the start of the shared memory; zeros behind the last one.</summary>
    public static void LoadQueries<TTile>(View q_TNH, AttentionParameters p, int kvHead, int rowStart, int rowEnd)
        where TTile : unmanaged, IHeadTile
    {
        ArrayView<Packet> tile = SharedMemory.GetDynamic<Packet>();
        int chunks = TTile.HeadDim / TensorCore.ChunkValues;
        for (int i = Group.IdxX; i < FlashKernels.Rows * chunks; i += FlashKernels.Threads)
        {
            int row = i / chunks, chunk = i % chunks;
            Packet packet = default;
            if (rowStart + row < rowEnd)
                packet = Rounded<Float32Cache, float>(q_TNH, (AttentionTile.TokenHead(rowStart + row, kvHead, p) * TTile.HeadDim) + (chunk * TensorCore.ChunkValues), 1f);
            tile[Place(row, chunk, TTile.HeadDim) / TensorCore.ChunkBytes] = packet;
        }
    }

    /// <summary>
    /// The cached vectors of a range into the tile at a byte of the shared memory; zeros behind the last. bfloat16 is copied
    /// while the threads go on; other types are converted on the way. Ends a stage of copies.
    /// </summary>
    public static void LoadCached<TFormat, TStored, TTile>(ArrayView<TStored> cache_KSH, View scales_KS, CachedKeys keys, int start, int at)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
        where TTile : unmanaged, IHeadTile
    {
        int chunks = TTile.HeadDim / TensorCore.ChunkValues;
        for (int index = Group.IdxX; index < TTile.Keys * chunks; index += FlashKernels.Threads)
        {
            int inTile = index / chunks, chunk = index % chunks;
            bool inside = start + inTile <= keys.Last;
            int row = CachedKeys.Row(keys, start + inTile);
            long from = ((long)row * TTile.HeadDim) + (chunk * TensorCore.ChunkValues);
            int to = at + Place(inTile, chunk, TTile.HeadDim);
            if (typeof(TFormat) == typeof(BFloat16Cache))
            {
                TensorCore.CopyAsync(TensorCore.DynamicShared() + to, TensorCore.AddressOf(cache_KSH) + (from * sizeof(ushort)), inside ? TensorCore.ChunkBytes : 0);
            }
            else
            {
                Packet packet = default;
                if (inside)
                    packet = Rounded<TFormat, TStored>(cache_KSH, from, TFormat.HasScales ? scales_KS[row] : 1f);
                SharedMemory.GetDynamic<Packet>()[to / TensorCore.ChunkBytes] = packet;
            }
        }

        TensorCore.Commit();
    }

    // Eight values as bfloat16.
    private static Packet Rounded<TFormat, TStored>(ArrayView<TStored> values, long at, float scale)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
    {
        Packet packet;
        packet.A = TensorCore.Pack(TFormat.ToFloat(values[at]) * scale, TFormat.ToFloat(values[at + 1]) * scale);
        packet.B = TensorCore.Pack(TFormat.ToFloat(values[at + 2]) * scale, TFormat.ToFloat(values[at + 3]) * scale);
        packet.C = TensorCore.Pack(TFormat.ToFloat(values[at + 4]) * scale, TFormat.ToFloat(values[at + 5]) * scale);
        packet.D = TensorCore.Pack(TFormat.ToFloat(values[at + 6]) * scale, TFormat.ToFloat(values[at + 7]) * scale);
        return packet;
    }

    /// <summary>
    /// Where a lane finds its row of a fragment: the two chunks of sixteen columns are a pair, and <see cref="Place"/> of the
    /// pairs 0, 4, 8, … differs by whole 128 bytes only. So four addresses, which the compiler keeps, serve all columns.
    /// </summary>
    private struct FragmentRow
    {
        private int _start;
        private int _turn;

        public static FragmentRow At(int tile, int row, int half, int headDim)
        {
            FragmentRow at;
            at._start = tile + (row * headDim * sizeof(ushort)) + ((half ^ (row & 1)) * TensorCore.ChunkBytes);
            at._turn = (row & 6) * TensorCore.ChunkBytes;
            return at;
        }

        /// <summary>Address of a pair of the row that lies so many bytes, a multiple of eight rows, behind.</summary>
        public static int Pair(FragmentRow row, int pair, int behind) =>
            row._start + (((pair & 3) * 2 * TensorCore.ChunkBytes) ^ row._turn) + ((pair >> 2) * 8 * TensorCore.ChunkBytes) + behind;
    }

    /// <summary>scores (16 × keys of a warp) = q · kᵀ, sixteen columns of the head at a time.</summary>
    public static void Scores<TTile>(View scores, int queries, int keys)
        where TTile : unmanaged, IHeadTile
    {
        int lane = Warp.LaneIdx;
        FragmentRow query = FragmentRow.At(queries, (Warp.WarpIdx * 16) + (lane & 15), lane >> 4, TTile.HeadDim);
        FragmentRow key = FragmentRow.At(keys, (lane & 7) + ((lane >> 4) << 3), (lane >> 3) & 1, TTile.HeadDim);
        for (int i = 0; i < TTile.Keys / 2; i++)
            scores[i] = 0f;
        for (int step = 0; step < TTile.HeadDim / 16; step++)
        {
            Fragment q = TensorCore.Load(FragmentRow.Pair(query, step, 0));
            for (int j = 0; j < TTile.Keys / 16; j++)
            {
                Fragment k = TensorCore.Load(FragmentRow.Pair(key, step, 16 * j * TTile.HeadDim * sizeof(ushort)));
                TensorCore.MultiplyAdd(scores, 8 * j, q, k.A, k.B);
                TensorCore.MultiplyAdd(scores, (8 * j) + 4, q, k.C, k.D);
            }
        }
    }

    /// <summary>outputs (16 × H of a warp) += weights · v; the weights, rounded to bfloat16, are already where a fragment has them.</summary>
    public static void AddValues<TTile>(View outputs, View weights, int values)
        where TTile : unmanaged, IHeadTile
    {
        FragmentRow value = FragmentRow.At(values, Warp.LaneIdx & 15, Warp.LaneIdx >> 4, TTile.HeadDim);
        for (int step = 0; step < TTile.Keys / 16; step++)
        {
            Fragment w;
            w.A = TensorCore.Pack(weights[8 * step], weights[(8 * step) + 1]);
            w.B = TensorCore.Pack(weights[(8 * step) + 2], weights[(8 * step) + 3]);
            w.C = TensorCore.Pack(weights[(8 * step) + 4], weights[(8 * step) + 5]);
            w.D = TensorCore.Pack(weights[(8 * step) + 6], weights[(8 * step) + 7]);
            for (int j = 0; j < TTile.HeadDim / 16; j++)
            {
                Fragment v = TensorCore.LoadTransposed(FragmentRow.Pair(value, j, 16 * step * TTile.HeadDim * sizeof(ushort)));
                TensorCore.MultiplyAdd(outputs, 8 * j, w, v.A, v.B);
                TensorCore.MultiplyAdd(outputs, (8 * j) + 4, w, v.C, v.D);
            }
        }
    }
}
