using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime.Cuda;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Fast;

/// <summary>Attention of many new tokens on tensor cores: softmax(cap(q·k · scale) with causal and window mask) · v.</summary>
/// <remarks>
/// <para>Shapes: q, y [T, N, H]; keys, values [K, S, H] of any cache type; H is 64, 128 or 256.</para>
/// <para>Launch: a group of 4 warps for each tile of <see cref="Rows"/> rows (query head and token) of one KV head; each
/// warp has 16 rows and all keys. The tiles of the last tokens, which see most keys, come first. A tile visits only keys
/// that some of its rows see, so local layers skip everything outside the window.</para>
/// <para>Shared memory: 64 rows of queries and a tile of keys and of values in bfloat16: 24, 48 or 64 KiB (dynamic). Values
/// arrive while scores are computed, the next keys while outputs are.</para>
/// <para>Traffic: per tile each visible key and value once, from the second-level cache if another tile has read it; 4·64·H
/// operations on the two: compute-bound. With H = 256 a warp's loop has 664 instructions, 128 of them mma and 80 ldmatrix
/// (sm_80); 243 registers, so that two groups fit a multiprocessor.</para>
/// <para>Numerics: queries, keys, values and weights are rounded to bfloat16 (2⁻⁹ relative each; exact for a bfloat16
/// cache's keys and values), products are exact, sums, softmax and outputs float32, powers and reciprocals by the
/// hardware's approximations of 2⁻²². A score errs by
/// 2 · 2⁻⁹ · Σ|q·k| · scale at most and much less on average; the sum of weights is that of the unrounded ones.</para>
/// <para>Source: Dao et al. 2022, arXiv:2205.14135; Dao 2023, arXiv:2307.08691, for the split of rows over warps. Plain
/// counterpart: <see cref="AttentionPrefill"/>.</para>
/// </remarks>
public static class FlashKernels
{
    /// <summary>Rows of a group.</summary>
    public const int Rows = 64;

    /// <summary>Threads of a group.</summary>
    public const int Threads = 128;

    /// <summary>Dynamic shared memory.</summary>
    public static int SharedBytes<TTile>()
        where TTile : unmanaged, IHeadTile => (Rows + (2 * TTile.Keys)) * TTile.HeadDim * sizeof(ushort);

    /// <summary>Tiles of one KV head.</summary>
    public static int Tiles(AttentionParameters p) => ((p.Tokens * p.HeadsPerKv) + Rows - 1) / Rows;

    public static void Kernel<TFormat, TStored, TTile>(
        View q_TNH, ArrayView<TStored> k_KSH, ArrayView<TStored> v_KSH, View kScales_KS, View vScales_KS, View y_TNH, AttentionParameters p)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
        where TTile : unmanaged, IHeadTile
    {
        if (!CudaAsm.IsSupported)
            return;

        // 1. The rows, and the keys that any of them sees.
        int tile = Tiles(p) - 1 - (Grid.IdxX / p.KvHeads);
        int kvHead = Grid.IdxX % p.KvHeads;
        int rowStart = tile * Rows;
        int rowEnd = XMath.Min(rowStart + Rows, p.Tokens * p.HeadsPerKv);
        int firstKey = AttentionRange.FirstOfRows(rowStart, p);
        int lastKey = AttentionRange.LastOfRows(rowEnd, p);
        CachedKeys keys = CachedKeys.Range(firstKey, lastKey, kvHead, p.Capacity);

        const int queryTile = 0;
        int keyTile = Rows * TTile.HeadDim * sizeof(ushort), valueTile = keyTile + (TTile.Keys * TTile.HeadDim * sizeof(ushort));
        int shared = TensorCore.DynamicShared();
        FlashTile.LoadQueries<TTile>(q_TNH, p, kvHead, rowStart, rowEnd);
        FlashTile.LoadCached<TFormat, TStored, TTile>(k_KSH, kScales_KS, keys, firstKey, keyTile);

        var scores = LocalMemory.Allocate<float>(TTile.Keys / 2);
        var outputs = LocalMemory.Allocate<float>(TTile.HeadDim / 2);
        for (int i = 0; i < TTile.HeadDim / 8; i++)
        {
            for (int j = 0; j < 4; j++)
                outputs[(4 * i) + j] = 0f;
        }

        int row = rowStart + (Warp.WarpIdx * 16) + (Warp.LaneIdx >> 2);
        FlashRow upper = FlashRow.Start(row, rowEnd, p), lower = FlashRow.Start(row + 8, rowEnd, p);

        // 2. Tile after tile of keys and values.
        for (int start = firstKey; start <= lastKey; start += TTile.Keys)
        {
            TensorCore.WaitForAll();
            Group.Barrier();        // the keys are there; all are done with the values before
            FlashTile.LoadCached<TFormat, TStored, TTile>(v_KSH, vScales_KS, keys, start, valueTile);
            FlashTile.Scores<TTile>(scores, shared + queryTile, shared + keyTile);
            upper = FlashRow.Weigh<TTile>(upper, 0, scores, outputs, start, p);
            lower = FlashRow.Weigh<TTile>(lower, 1, scores, outputs, start, p);

            TensorCore.WaitForAll();
            Group.Barrier();        // the values are there; all are done with the keys
            FlashTile.LoadCached<TFormat, TStored, TTile>(k_KSH, kScales_KS, keys, start + TTile.Keys, keyTile);
            FlashTile.AddValues<TTile>(outputs, scores, shared + valueTile);
        }

        // 3. Outputs of the rows there are.
        FlashRow.Store<TTile>(upper, 0, outputs, y_TNH, row < rowEnd ? AttentionTile.TokenHead(row, kvHead, p) * TTile.HeadDim : -1);
        FlashRow.Store<TTile>(lower, 1, outputs, y_TNH, row + 8 < rowEnd ? AttentionTile.TokenHead(row + 8, kvHead, p) * TTile.HeadDim : -1);
    }
}
