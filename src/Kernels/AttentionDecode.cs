using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>
/// Attention of one new token over the cache: the visible keys are split over warps, each makes a partial softmax, and a
/// second kernel merges them.
/// </summary>
/// <remarks>
/// <para>Shapes: q, y [1, N, H]; keys, values [K, S, H] of any cache type, key j in slot j mod S; the new token's key is
/// already there.</para>
/// <para>Launch: one warp per KV head and split, which handles all N / K query heads of that KV head, so each key and value
/// is read from memory once; see <see cref="AttentionTile"/>. Splits are the runs of <see cref="KeysPerSplit"/> positions
/// from a multiple of that on, whatever the device, so that no result depends on how many threads there are. Merging: one
/// warp per query head.</para>
/// <para>Shared memory: none. Scratch: per split and query head H floats of output and 2 · warp + 64 of softmax state.</para>
/// <para>Traffic: 2·K·H stored values per visible key, 4·N·H operations: memory-bound.</para>
/// <para>Numerics: float32, fixed order for a given warp size; errors as in <see cref="AttentionPrefill"/>, and
/// merging adds three roundings per split.</para>
/// <para>Source: Flash-Decoding, Dao et al. 2023 (pytorch.org/blog/flash-decoding).</para>
/// </remarks>
public sealed class AttentionDecode(Accelerator accelerator, Tuning? tuning = null) : IDisposable
{
    /// <summary>Keys of a split: 2,048 of them make 32 splits of each KV head, and a split still outweighs its merging 30 times.</summary>
    public const int KeysPerSplit = AttentionTile.KeysPerBlock;

    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);
    private readonly Scratch _partial = new(accelerator);
    private readonly Scratch _state = new(accelerator);

    // Kernels are compiled when a cache type is first used.
    private Launch<float>? _float32;
    private Launch<ushort>? _float16, _bfloat16;
    private Launch<byte>? _int8;

    private readonly Action<AcceleratorStream, KernelConfig, View, View, View, int, int, int> _merge =
        accelerator.LoadKernel<View, View, View, int, int, int>(MergeKernel);

    private delegate void Launch<TStored>(
        AcceleratorStream stream, KernelConfig config, View q_NH, ArrayView<TStored> k_KSH, ArrayView<TStored> v_KSH,
        View kScales_KS, View vScales_KS, View partial, View state, AttentionParameters p)
        where TStored : unmanaged;

    public void Run(AcceleratorStream stream, AttentionShape shape, View q_TNH, CacheTensor keys, CacheTensor values, View y_TNH, int firstPosition, int tokens)
    {
        shape.Check(nameof(AttentionDecode), q_TNH, keys, values, y_TNH, firstPosition, tokens);
        if (tokens != 1)
            throw new ArgumentException($"AttentionDecode: {tokens} tokens; it handles one, AttentionPrefill many.");
        switch (keys.Type)
        {
            case CacheType.Float32:
                Run(stream, _float32 ??= Load<Float32Cache, float>(), shape, q_TNH, keys, values, y_TNH, firstPosition);
                break;
            case CacheType.Float16:
                Run(stream, _float16 ??= Load<Float16Cache, ushort>(), shape, q_TNH, keys, values, y_TNH, firstPosition);
                break;
            case CacheType.BFloat16:
                Run(stream, _bfloat16 ??= Load<BFloat16Cache, ushort>(), shape, q_TNH, keys, values, y_TNH, firstPosition);
                break;
            default:
                Run(stream, _int8 ??= Load<Int8Cache, byte>(), shape, q_TNH, keys, values, y_TNH, firstPosition);
                break;
        }
    }

    public void Dispose()
    {
        _partial.Dispose();
        _state.Dispose();
    }

    private Launch<TStored> Load<TFormat, TStored>()
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged =>
        new(accelerator.LoadKernel<View, ArrayView<TStored>, ArrayView<TStored>, View, View, View, View, AttentionParameters>(SplitKernel<TFormat, TStored>));

    private void Run<TStored>(
        AcceleratorStream stream, Launch<TStored> launch, AttentionShape shape, View q_NH, in CacheTensor keys, in CacheTensor values,
        View y_NH, int position)
        where TStored : unmanaged
    {
        int splits = Splits(position, shape.Window);
        long rows = (long)splits * shape.QueryHeads;
        View partial = _partial.Get(rows * shape.HeadDim);
        View state = _state.Get(rows * AttentionTile.StateLength(_tuning.WarpSize));
        launch(stream, new KernelConfig(_tuning.GroupsFor((long)splits * shape.KvHeads), _tuning.GroupSize),
            q_NH, keys.Data.Cast<TStored>(), values.Data.Cast<TStored>(), keys.Scales, values.Scales, partial, state,
            new AttentionParameters(shape, position, 1, keys.Capacity));
        _merge(stream, new KernelConfig(_tuning.GroupsFor(shape.QueryHeads), _tuning.GroupSize),
            partial, state, y_NH, splits, shape.QueryHeads, shape.HeadDim);
    }

    /// <summary>Splits that the keys seen from a position lie in.</summary>
    private static int Splits(int position, int window) =>
        (position / KeysPerSplit) - (AttentionRange.First(position, window) / KeysPerSplit) + 1;

    public static void SplitKernel<TFormat, TStored>(
        View q_NH, ArrayView<TStored> k_KSH, ArrayView<TStored> v_KSH, View kScales_KS, View vScales_KS, View partial, View state, AttentionParameters p)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
    {
        // Neighbouring warps take neighbouring splits, which lie one behind the other in memory.
        int item = Elementwise.GlobalWarp();
        int splits = Splits(p.FirstPosition, p.Window);
        int kvHead = item / splits;
        int split = item % splits;
        if (kvHead >= p.KvHeads)
            return;

        int firstVisible = AttentionRange.First(p.FirstPosition, p.Window);
        int start = ((firstVisible / KeysPerSplit) + split) * KeysPerSplit;
        AttentionTile.Attend<TFormat, TStored>(
            q_NH, k_KSH, v_KSH, kScales_KS, vScales_KS, partial, state, (long)split * p.QueryHeads, p, kvHead, 0, p.HeadsPerKv,
            XMath.Max(start, firstVisible), XMath.Min(start + KeysPerSplit - 1, p.FirstPosition), streams: true);
    }

    /// <summary>y = Σ e^(mₛ − m) · partialₛ / Σ e^(mₛ − m) · sumₛ over the splits s, with m the largest maximum mₛ.</summary>
    public static void MergeKernel(View partial, View state, View y_NH, int splits, int heads, int headDim)
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        int head = Elementwise.GlobalWarp();
        if (head >= heads)
            return;

        // 1. The largest maximum; all lanes hold the same.
        float maximum = float.NegativeInfinity;
        for (int split = 0; split < splits; split++)
            maximum = XMath.Max(maximum, state[AttentionTile.StateOf(((long)split * heads) + head)]);

        // 2. The whole sum; each split's maximum makes room for its factor.
        float sum = 0f;
        for (int split = 0; split < splits; split++)
        {
            long row = ((long)split * heads) + head;
            float factor = XMath.Exp(state[AttentionTile.StateOf(row)] - maximum);
            sum += factor * AttentionTile.Sum(state, row);
            state[AttentionTile.StateOf(row)] = factor;
        }

        // 3. The outputs.
        float inverse = 1f / sum;
        for (int d = lane; d < headDim; d += warp)
        {
            float value = 0f;
            for (int split = 0; split < splits; split++)
            {
                long row = ((long)split * heads) + head;
                value = Fma.MultiplyAdd(state[AttentionTile.StateOf(row)], partial[(row * headDim) + d], value);
            }

            y_NH[((long)head * headDim) + d] = value * inverse;
        }
    }
}
