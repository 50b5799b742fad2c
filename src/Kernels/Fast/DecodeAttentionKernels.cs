using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Fast;

/// <summary>What decode attention needs besides its views.</summary>
public readonly struct DecodeAttentionParameters
{
    public readonly int QueryHeads;
    public readonly int KvHeads;
    public readonly int HeadDim;
    public readonly int Capacity;
    public readonly int Window;
    public readonly float Scale;
    public readonly float Softcap;

    public DecodeAttentionParameters(AttentionShape shape, int capacity)
    {
        QueryHeads = shape.QueryHeads;
        KvHeads = shape.KvHeads;
        HeadDim = shape.HeadDim;
        Capacity = capacity;
        Window = shape.Window;
        Scale = shape.Scale;
        Softcap = shape.Softcap;
    }

    /// <summary>Pairs of query heads that share a KV head; an odd last head is a pair with itself.</summary>
    public static int PairsPerKv(DecodeAttentionParameters p) => ((p.QueryHeads / p.KvHeads) + 1) / 2;
}

/// <summary>Attention of one new token on a GPU: a warp for every pair of query heads and every run of keys.</summary>
/// <remarks>
/// <para>Shapes: q, y [N, H]; keys, values [K, S, H] of any cache type; position [1]; partial [splits, N, H]; state
/// [splits, N, 2]: maximum and sum.</para>
/// <para>Launch: K · ⌈G/2⌉ warps for each of the splits that the cache has room for; those behind the position leave at
/// once, so that the launch is the same for every token. The visible keys are cut into runs of
/// <see cref="KeysPerSplit"/>, or a multiple of it so that there are at most <see cref="MaxSplits"/>. Merging: one group per
/// query head, threads run along H.</para>
/// <para>Shared memory: none; merging, one factor per split and 256 bytes for sums over warps.</para>
/// <para>Traffic: 2·H stored values per visible key and KV head (times ⌈G/2⌉, the repetitions from the second-level
/// cache): memory-bound. A lane has 4 keys of 16 bytes on their way (bfloat16, H = 256).</para>
/// <para>Numerics: float32, an order that depends on the position only; errors as in <see cref="AttentionPrefill"/>, and
/// merging adds three roundings per split.</para>
/// <para>Source: Flash-Decoding, Dao et al. 2023 (pytorch.org/blog/flash-decoding). Plain counterpart:
/// <see cref="AttentionDecode"/>.</para>
/// </remarks>
public static class DecodeAttentionKernels
{
    /// <summary>Keys of a run: 8,192 of them keep 128 warps busy for each pair of heads.</summary>
    public const int KeysPerSplit = 64;

    /// <summary>Most runs, which merging must read one after the other.</summary>
    public const int MaxSplits = 128;

    private const int KeysAtOnce = 4;

    /// <summary>Keys of each run when so many are visible.</summary>
    public static int SplitLength(int visible) => (visible + (MaxSplits * KeysPerSplit) - 1) / (MaxSplits * KeysPerSplit) * KeysPerSplit;

    public static void SplitKernel<TFormat, TStored, TColumns>(
        View q_NH, ArrayView<TStored> k_KSH, ArrayView<TStored> v_KSH, View kScales_KS, View vScales_KS, View partial, View state,
        ArrayView<int> position, DecodeAttentionParameters p)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
        where TColumns : unmanaged, ILaneColumns
    {
        // 1. The run, and the one or two heads.
        int headsPerKv = p.QueryHeads / p.KvHeads;
        int pairs = DecodeAttentionParameters.PairsPerKv(p);
        int item = Elementwise.GlobalWarp();
        int split = item / (p.KvHeads * pairs);
        int kvHead = item % (p.KvHeads * pairs) / pairs;
        int inKv = item % pairs * 2;
        int last = position[0];
        int firstVisible = AttentionRange.First(last, p.Window);
        int length = SplitLength(last - firstVisible + 1);
        int start = firstVisible + (split * length);
        if (start > last)
            return;

        int end = XMath.Min(start + length - 1, last);
        int first = (kvHead * headsPerKv) + inKv, second = XMath.Min(first + 1, (kvHead * headsPerKv) + headsPerKv - 1);
        int headDim = TColumns.Count * Warp.WarpSize;       // as a constant, so that a lane's columns are loaded at once
        int column = Warp.LaneIdx * TColumns.Count;
        k_KSH = k_KSH.AsAligned16();
        v_KSH = v_KSH.AsAligned16();
        partial = partial.AsAligned16();
        ArrayView<float> q0 = LocalMemory.Allocate<float>(TColumns.Count), q1 = LocalMemory.Allocate<float>(TColumns.Count);
        ArrayView<float> y0 = LocalMemory.Allocate<float>(TColumns.Count), y1 = LocalMemory.Allocate<float>(TColumns.Count);
        for (int c = 0; c < TColumns.Count; c++)
        {
            q0[c] = q_NH[((long)first * headDim) + column + c];
            q1[c] = q_NH[((long)second * headDim) + column + c];
            y0[c] = 0f;
            y1[c] = 0f;
        }

        // 2. A warp's worth of keys at a time: lane i holds the score and then the weight of the i-th.
        float maximum0 = float.NegativeInfinity, maximum1 = float.NegativeInfinity, sum0 = 0f, sum1 = 0f;
        for (int block = start; block <= end; block += Warp.WarpSize)
        {
            CachedKeys keys = CachedKeys.Range(block, XMath.Min(block + Warp.WarpSize - 1, end), kvHead, p.Capacity);
            int row = CachedKeys.Row(keys, block + Warp.LaneIdx);
            bool visible = block + Warp.LaneIdx <= end;
            RowPair dots = Dots<TFormat, TStored, TColumns>(q0, q1, k_KSH, keys, column, headDim);
            float score0 = Score(dots.First, kScales_KS, row, TFormat.HasScales, visible, p);
            float score1 = Score(dots.Second, kScales_KS, row, TFormat.HasScales, visible, p);

            float new0 = OnlineSoftmax.NewMaximum(maximum0, score0), new1 = OnlineSoftmax.NewMaximum(maximum1, score1);
            float weight0 = OnlineSoftmax.Weight(score0, new0), weight1 = OnlineSoftmax.Weight(score1, new1);
            float rescale0 = OnlineSoftmax.Weight(maximum0, new0), rescale1 = OnlineSoftmax.Weight(maximum1, new1);
            sum0 = (sum0 * rescale0) + weight0;
            sum1 = (sum1 * rescale1) + weight1;
            maximum0 = new0;
            maximum1 = new1;
            for (int c = 0; c < TColumns.Count; c++)
            {
                y0[c] *= rescale0;
                y1[c] *= rescale1;
            }

            float scale = TFormat.HasScales ? vScales_KS[row] : 1f;
            AddValues<TFormat, TStored, TColumns>(y0, y1, weight0 * scale, weight1 * scale, v_KSH, keys, column, headDim);
        }

        // 3. Outputs of this run; an odd last head is stored twice, the same.
        long row0 = ((long)split * p.QueryHeads) + first, row1 = ((long)split * p.QueryHeads) + second;
        Store(partial, state, row0, headDim, column, y0, TColumns.Count, maximum0, WarpReduce.Sum(sum0));
        Store(partial, state, row1, headDim, column, y1, TColumns.Count, maximum1, WarpReduce.Sum(sum1));
    }

    /// <summary>q·k of two heads with the keys of a range; lane i gets the i-th.</summary>
    private static RowPair Dots<TFormat, TStored, TColumns>(
        ArrayView<float> q0, ArrayView<float> q1, ArrayView<TStored> k_KSH, CachedKeys keys, int column, int headDim)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
        where TColumns : unmanaged, ILaneColumns
    {
        RowPair result;
        result.First = 0f;
        result.Second = 0f;
        int count = keys.Last - keys.First + 1;
        for (int index = 0; index < count; index += KeysAtOnce)
        {
            int key = keys.First + index;
            RowPair a = Dot<TFormat, TStored, TColumns>(q0, q1, k_KSH, ((long)CachedKeys.Row(keys, key) * headDim) + column);
            RowPair b = Dot<TFormat, TStored, TColumns>(q0, q1, k_KSH, ((long)CachedKeys.Row(keys, key + 1) * headDim) + column);
            RowPair c = Dot<TFormat, TStored, TColumns>(q0, q1, k_KSH, ((long)CachedKeys.Row(keys, key + 2) * headDim) + column);
            RowPair d = Dot<TFormat, TStored, TColumns>(q0, q1, k_KSH, ((long)CachedKeys.Row(keys, key + 3) * headDim) + column);
            result.First = WarpReduce.PutSums(result.First, index, a.First, b.First, c.First, d.First);
            result.Second = WarpReduce.PutSums(result.Second, index, a.Second, b.Second, c.Second, d.Second);
        }

        return result;
    }

    private static RowPair Dot<TFormat, TStored, TColumns>(ArrayView<float> q0, ArrayView<float> q1, ArrayView<TStored> k_KSH, long at)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
        where TColumns : unmanaged, ILaneColumns
    {
        RowPair sum;
        sum.First = 0f;
        sum.Second = 0f;
        for (int c = 0; c < TColumns.Count; c++)
        {
            float key = TFormat.ToFloat(k_KSH[at + c]);
            sum.First = Fma.MultiplyAdd(q0[c], key, sum.First);
            sum.Second = Fma.MultiplyAdd(q1[c], key, sum.Second);
        }

        return sum;
    }

    /// <summary>Scale, cap, mask: the order of Gemma 2.</summary>
    private static float Score(float dot, View kScales_KS, int row, bool hasScales, bool visible, DecodeAttentionParameters p)
    {
        float score = (hasScales ? dot * kScales_KS[row] : dot) * p.Scale;
        if (p.Softcap > 0f)
            score = Softcap.Apply(score, p.Softcap);
        return visible ? score : float.NegativeInfinity;
    }

    /// <summary>y += weights · v over a range of keys, the weight of the i-th in lane i; lanes behind the range hold 0.</summary>
    private static void AddValues<TFormat, TStored, TColumns>(
        ArrayView<float> y0, ArrayView<float> y1, float weight0, float weight1, ArrayView<TStored> v_KSH, CachedKeys keys, int column, int headDim)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
        where TColumns : unmanaged, ILaneColumns
    {
        int count = keys.Last - keys.First + 1;
        for (int index = 0; index < count; index += KeysAtOnce)
        {
            for (int i = 0; i < KeysAtOnce; i++)
            {
                // Warps of one or two lanes meet keys that no lane has a weight for.
                bool inWarp = Warp.WarpSize >= KeysAtOnce || index + i < Warp.WarpSize;
                int lane = inWarp ? index + i : 0;
                float w0 = Warp.Broadcast(weight0, lane), w1 = Warp.Broadcast(weight1, lane);
                long at = ((long)CachedKeys.Row(keys, keys.First + index + i) * headDim) + column;
                for (int c = 0; c < TColumns.Count; c++)
                {
                    float value = TFormat.ToFloat(v_KSH[at + c]);
                    y0[c] = Fma.MultiplyAdd(inWarp ? w0 : 0f, value, y0[c]);
                    y1[c] = Fma.MultiplyAdd(inWarp ? w1 : 0f, value, y1[c]);
                }
            }
        }
    }

    private static void Store(View partial, View state, long row, int headDim, int column, ArrayView<float> y, int columns, float maximum, float sum)
    {
        for (int c = 0; c < columns; c++)
            partial[(row * headDim) + column + c] = y[c];
        if (Warp.IsFirstLane)
        {
            state[2 * row] = maximum;
            state[(2 * row) + 1] = sum;
        }
    }

    /// <summary>y = Σ e^(mₛ − m) · partialₛ / Σ e^(mₛ − m) · sumₛ over the splits s, with m the largest maximum mₛ.</summary>
    public static void MergeKernel(View partial, View state, View y_NH, ArrayView<int> position, DecodeAttentionParameters p)
    {
        var factors = SharedMemory.Allocate<float>(MaxSplits);
        int head = Grid.IdxX;
        int visible = AttentionRange.Length(position[0], p.Window);
        int length = SplitLength(visible);
        int splits = (visible + length - 1) / length;

        // 1. The largest maximum.
        float maximum = float.NegativeInfinity;
        for (int split = Group.IdxX; split < splits; split += Group.DimX)
            maximum = XMath.Max(maximum, state[2 * (((long)split * p.QueryHeads) + head)]);
        maximum = GroupReduce.Max(maximum);

        // 2. Each split's factor, and the whole sum.
        float sum = 0f;
        for (int split = Group.IdxX; split < splits; split += Group.DimX)
        {
            long row = ((long)split * p.QueryHeads) + head;
            float factor = OnlineSoftmax.Weight(state[2 * row], maximum);
            factors[split] = factor;
            sum += factor * state[(2 * row) + 1];
        }

        float inverse = 1f / GroupReduce.Sum(sum);
        Group.Barrier();        // all factors are in place, also where a group is one warp

        // 3. The outputs.
        for (int d = Group.IdxX; d < p.HeadDim; d += Group.DimX)
        {
            float value = 0f;
            for (int split = 0; split < splits; split++)
                value = Fma.MultiplyAdd(factors[split], partial[((((long)split * p.QueryHeads) + head) * p.HeadDim) + d], value);
            y_NH[((long)head * p.HeadDim) + d] = value * inverse;
        }
    }
}
