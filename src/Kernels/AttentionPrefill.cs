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
/// <para>Shapes: q, y [T, N, H]; keys, values [K, S, H] of any cache type, key j in slot j mod S; the new tokens' keys
/// are already there.</para>
/// <para>Launch: one warp per tile of 16 rows (query head and token) of one KV head; see <see cref="AttentionTile"/>.
/// A tile visits only keys that some of its rows see, so local layers skip everything outside the window.</para>
/// <para>Shared memory: none. Scratch: 2 · warp + 64 floats per token and query head.</para>
/// <para>Traffic: per tile each visible key and value once from memory, then from cache; 4·16·H operations on the two:
/// compute-bound.</para>
/// <para>Numerics: float32, fixed order that does not depend on how a prompt is cut into runs. Scores err by
/// (⌈H/warp⌉ + log₂ warp + 4) · 2⁻²⁴ · Σ|q·k| · scale, which becomes a relative error of each weight; the weighted sum adds
/// as many roundings as there are keys, of values at most max|v|. What the cache type loses comes on top; see
/// <see cref="ICacheFormat{TStored}"/>.</para>
/// <para>Source: Dao et al. 2022, arXiv:2205.14135; Gemma 2, arXiv:2408.00118, for the cap and the windows.</para>
/// </remarks>
public sealed class AttentionPrefill(Accelerator accelerator, Tuning? tuning = null) : IDisposable
{
    /// <summary>Rows that share one pass over the keys.</summary>
    public const int RowsPerTile = 16;

    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);
    private readonly Scratch _state = new(accelerator);

    // Kernels are compiled when a cache type is first used.
    private Launch<float>? _float32;
    private Launch<ushort>? _float16, _bfloat16;
    private Launch<byte>? _int8;

    private delegate void Launch<TStored>(
        AcceleratorStream stream, KernelConfig config, View q_TNH, ArrayView<TStored> k_KSH, ArrayView<TStored> v_KSH,
        View kScales_KS, View vScales_KS, View y_TNH, View state, AttentionParameters p)
        where TStored : unmanaged;

    public void Run(AcceleratorStream stream, AttentionShape shape, View q_TNH, CacheTensor keys, CacheTensor values, View y_TNH, int firstPosition, int tokens)
    {
        shape.Check(nameof(AttentionPrefill), q_TNH, keys, values, y_TNH, firstPosition, tokens);
        switch (keys.Type)
        {
            case CacheType.Float32:
                Run(stream, _float32 ??= Load<Float32Cache, float>(), shape, q_TNH, keys, values, y_TNH, firstPosition, tokens);
                break;
            case CacheType.Float16:
                Run(stream, _float16 ??= Load<Float16Cache, ushort>(), shape, q_TNH, keys, values, y_TNH, firstPosition, tokens);
                break;
            case CacheType.BFloat16:
                Run(stream, _bfloat16 ??= Load<BFloat16Cache, ushort>(), shape, q_TNH, keys, values, y_TNH, firstPosition, tokens);
                break;
            default:
                Run(stream, _int8 ??= Load<Int8Cache, byte>(), shape, q_TNH, keys, values, y_TNH, firstPosition, tokens);
                break;
        }
    }

    public void Dispose() => _state.Dispose();

    private Launch<TStored> Load<TFormat, TStored>()
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged =>
        new(accelerator.LoadKernel<View, ArrayView<TStored>, ArrayView<TStored>, View, View, View, View, AttentionParameters>(Kernel<TFormat, TStored>));

    private void Run<TStored>(
        AcceleratorStream stream, Launch<TStored> launch, AttentionShape shape, View q_TNH, in CacheTensor keys, in CacheTensor values,
        View y_TNH, int firstPosition, int tokens)
        where TStored : unmanaged
    {
        var parameters = new AttentionParameters(shape, firstPosition, tokens, keys.Capacity);
        int tiles = Tiles(parameters) * shape.KvHeads;
        View state = _state.Get((long)AttentionTile.StateLength(_tuning.WarpSize) * tokens * shape.QueryHeads);
        launch(stream, new KernelConfig(_tuning.GroupsFor(tiles), _tuning.GroupSize),
            q_TNH, keys.Data.Cast<TStored>(), values.Data.Cast<TStored>(), keys.Scales, values.Scales, y_TNH, state, parameters);
    }

    /// <summary>Tiles of one KV head.</summary>
    private static int Tiles(AttentionParameters p) => ((p.Tokens * p.HeadsPerKv) + RowsPerTile - 1) / RowsPerTile;

    public static void Kernel<TFormat, TStored>(
        View q_TNH, ArrayView<TStored> k_KSH, ArrayView<TStored> v_KSH, View kScales_KS, View vScales_KS, View y_TNH, View state, AttentionParameters p)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
    {
        int item = Elementwise.GlobalWarp();
        int tiles = Tiles(p);
        int kvHead = item / tiles;
        if (kvHead >= p.KvHeads)
            return;

        // 1. The keys that any row of the tile sees.
        int rowStart = (item % tiles) * RowsPerTile;
        int rowEnd = XMath.Min(rowStart + RowsPerTile, p.Tokens * p.HeadsPerKv);
        int firstKey = AttentionRange.FirstOfRows(rowStart, p);
        int lastKey = AttentionRange.LastOfRows(rowEnd, p);
        AttentionTile.Attend<TFormat, TStored>(
            q_TNH, k_KSH, v_KSH, kScales_KS, vScales_KS, y_TNH, state, 0, p, kvHead, rowStart, rowEnd, firstKey, lastKey, streams: false);

        // 2. Divide by the sum of weights.
        for (int row = rowStart; row < rowEnd; row++)
        {
            long tokenHead = AttentionTile.TokenHead(row, kvHead, p);
            AttentionTile.Rescale(y_TNH, tokenHead * p.HeadDim, 1f / AttentionTile.Sum(state, tokenHead), p.HeadDim);
        }
    }
}
