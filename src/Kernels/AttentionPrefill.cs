using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>
/// Attention of many new tokens over the cache: softmax(cap(q·k · scale) with causal and window mask) · v, without ever
/// writing the matrix of scores.
/// </summary>
/// <remarks>
/// <para>Shapes: q, y [T, N, H]; cacheK, cacheV [S, K, H], S = capacity, key j in slot j mod S; the new tokens' keys are
/// already there.</para>
/// <para>Launch: one warp per tile of 16 rows (query head and token) of one KV head; see <see cref="AttentionTile"/>.
/// A tile visits only keys that some of its rows see, so local layers skip everything outside the window.</para>
/// <para>Shared memory: none. Scratch: 3 · warp floats per token and query head.</para>
/// <para>Traffic: per tile each visible key and value once from memory, 8·H bytes, then from cache; 4·16·H operations
/// on them: compute-bound.</para>
/// <para>Numerics: float32, fixed order. Scores err by (⌈H/warp⌉ + log₂ warp + 4) · 2⁻²⁴ · Σ|q·k| · scale, which becomes
/// a relative error of each weight; the weighted sum adds as many roundings as there are keys, of values at most max|v|.</para>
/// <para>Source: Dao et al. 2022, arXiv:2205.14135; Gemma 2, arXiv:2408.00118, for the cap and the windows.</para>
/// </remarks>
public sealed class AttentionPrefill(Accelerator accelerator, Tuning? tuning = null) : IDisposable
{
    /// <summary>Rows that share one pass over the keys.</summary>
    public const int RowsPerTile = 16;

    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);
    private readonly Scratch _state = new(accelerator);

    private readonly Action<AcceleratorStream, KernelConfig, View, View, View, View, View, AttentionParameters> _launch =
        accelerator.LoadKernel<View, View, View, View, View, AttentionParameters>(Kernel);

    public void Run(
        AcceleratorStream stream, AttentionShape shape, View q_TNH, View cacheK_SKH, View cacheV_SKH, View y_TNH,
        int firstPosition, int tokens, int capacity)
    {
        shape.Check(nameof(AttentionPrefill), q_TNH, cacheK_SKH, cacheV_SKH, y_TNH, firstPosition, tokens, capacity);
        var parameters = new AttentionParameters(shape, firstPosition, tokens, capacity);
        int tiles = Tiles(parameters) * shape.KvHeads;
        View state = _state.Get((long)AttentionTile.StateLines * _tuning.WarpSize * tokens * shape.QueryHeads);
        _launch(stream, new KernelConfig(_tuning.GroupsFor(tiles), _tuning.GroupSize),
            q_TNH, cacheK_SKH, cacheV_SKH, y_TNH, state, parameters);
    }

    public void Dispose() => _state.Dispose();

    /// <summary>Tiles of one KV head.</summary>
    private static int Tiles(AttentionParameters p) => ((p.Tokens * p.HeadsPerKv) + RowsPerTile - 1) / RowsPerTile;

    public static void Kernel(View q_TNH, View cacheK_SKH, View cacheV_SKH, View y_TNH, View state, AttentionParameters p)
    {
        int item = Elementwise.GlobalWarp();
        int tiles = Tiles(p);
        int kvHead = item / tiles;
        if (kvHead >= p.KvHeads)
            return;

        // 1. The keys that any row of the tile sees.
        int rowStart = (item % tiles) * RowsPerTile;
        int rowEnd = XMath.Min(rowStart + RowsPerTile, p.Tokens * p.HeadsPerKv);
        int firstKey = AttentionRange.First(p.FirstPosition + (rowStart / p.HeadsPerKv), p.Window);
        int lastKey = p.FirstPosition + ((rowEnd - 1) / p.HeadsPerKv);
        AttentionTile.Attend(q_TNH, cacheK_SKH, cacheV_SKH, y_TNH, state, 0, p, kvHead, rowStart, rowEnd, firstKey, lastKey);

        // 2. Divide by the sum of weights.
        for (int row = rowStart; row < rowEnd; row++)
        {
            long tokenHead = AttentionTile.TokenHead(row, kvHead, p);
            float inverse = 1f / AttentionTile.Sum(state, tokenHead);
            for (int d = Warp.LaneIdx; d < p.HeadDim; d += Warp.WarpSize)
                y_TNH[(tokenHead * p.HeadDim) + d] *= inverse;
        }
    }
}
