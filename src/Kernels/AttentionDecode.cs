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
/// <para>Shapes: q, y [1, N, H]; cacheK, cacheV [S, K, H], S = capacity, key j in slot j mod S; the new token's key is
/// already there.</para>
/// <para>Launch: one warp per KV head and split, which handles all N / K query heads of that KV head, so each key and value
/// is read from memory once; see <see cref="AttentionTile"/>. Splits are the runs of <see cref="KeysPerSplit"/> positions
/// from a multiple of that on, whatever the device, so that no result depends on how many threads there are. Merging: one
/// warp per query head.</para>
/// <para>Shared memory: none. Scratch: per split and query head H floats of output and 3 · warp of softmax state.</para>
/// <para>Traffic: 8·K·H bytes per visible key, 4·N·H operations: N / (2·K) per byte, memory-bound.</para>
/// <para>Numerics: float32, fixed order for a given warp size; errors as in <see cref="AttentionPrefill"/>, and
/// merging adds three roundings per split.</para>
/// <para>Source: Flash-Decoding, Dao et al. 2023 (pytorch.org/blog/flash-decoding).</para>
/// </remarks>
public sealed class AttentionDecode(Accelerator accelerator, Tuning? tuning = null) : IDisposable
{
    /// <summary>Keys of a split: 2,048 of them make 32 splits of each KV head, and a split still outweighs its merging 30 times.</summary>
    public const int KeysPerSplit = 64;

    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);
    private readonly Scratch _partial = new(accelerator);
    private readonly Scratch _state = new(accelerator);

    private readonly Action<AcceleratorStream, KernelConfig, View, View, View, View, View, AttentionParameters> _split =
        accelerator.LoadKernel<View, View, View, View, View, AttentionParameters>(SplitKernel);

    private readonly Action<AcceleratorStream, KernelConfig, View, View, View, int, int, int> _merge =
        accelerator.LoadKernel<View, View, View, int, int, int>(MergeKernel);

    public void Run(
        AcceleratorStream stream, AttentionShape shape, View q_TNH, View cacheK_SKH, View cacheV_SKH, View y_TNH,
        int firstPosition, int tokens, int capacity)
    {
        shape.Check(nameof(AttentionDecode), q_TNH, cacheK_SKH, cacheV_SKH, y_TNH, firstPosition, tokens, capacity);
        if (tokens != 1)
            throw new ArgumentException($"AttentionDecode: {tokens} tokens; it handles one, AttentionPrefill many.");

        int splits = (firstPosition / KeysPerSplit) - (AttentionRange.First(firstPosition, shape.Window) / KeysPerSplit) + 1;
        long rows = (long)splits * shape.QueryHeads;
        View partial = _partial.Get(rows * shape.HeadDim);
        View state = _state.Get(rows * AttentionTile.StateLines * _tuning.WarpSize);
        _split(stream, new KernelConfig(_tuning.GroupsFor((long)splits * shape.KvHeads), _tuning.GroupSize),
            q_TNH, cacheK_SKH, cacheV_SKH, partial, state, new AttentionParameters(shape, firstPosition, tokens, capacity));
        _merge(stream, new KernelConfig(_tuning.GroupsFor(shape.QueryHeads), _tuning.GroupSize),
            partial, state, y_TNH, splits, shape.QueryHeads, shape.HeadDim);
    }

    public void Dispose()
    {
        _partial.Dispose();
        _state.Dispose();
    }

    public static void SplitKernel(
        View q_TNH, View cacheK_SKH, View cacheV_SKH, View partial, View state, AttentionParameters p)
    {
        int item = Elementwise.GlobalWarp();
        int kvHead = item % p.KvHeads;
        int split = item / p.KvHeads;
        int firstVisible = AttentionRange.First(p.FirstPosition, p.Window);
        int start = ((firstVisible / KeysPerSplit) + split) * KeysPerSplit;
        if (start > p.FirstPosition)
            return;

        int firstKey = XMath.Max(start, firstVisible);
        int lastKey = XMath.Min(start + KeysPerSplit - 1, p.FirstPosition);
        AttentionTile.Attend(
            q_TNH, cacheK_SKH, cacheV_SKH, partial, state, (long)split * p.QueryHeads, p, kvHead, 0, p.HeadsPerKv, firstKey, lastKey);
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
