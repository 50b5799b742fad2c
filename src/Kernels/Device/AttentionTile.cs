using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>
/// The heart of both attention kernels: one warp lets a run of query rows, all of one KV head, look at a range of keys.
/// </summary>
/// <remarks>
/// <para>A row is one query head of one token: row r belongs to token r / G and to head kvHead · G + r mod G, so the
/// rows that share a key's loads lie together.</para>
/// <para>Keys come in blocks of one warp. For q·k the lanes run along the head width and each key's dot product is
/// summed over the warp; lane i keeps the score of key i, so scaling, capping, masking and exponentials handle a whole
/// block at once; for weights·v the lanes run along the head width again and read the weights from memory, one for all
/// lanes. All other loads are contiguous, and a lane only reads back what it wrote, except for the weights.</para>
/// <para>A row's unnormalised output stays in y; its maximum, this lane's part of its sum and its weights of the current
/// block in the state, <see cref="StateLines"/> · warp floats per row.</para>
/// </remarks>
public static class AttentionTile
{
    /// <summary>Lines of one warp that the state keeps per row: maximum, sum, weights.</summary>
    public const int StateLines = 3;

    private const int KeysPerStep = 4;
    private const int ColumnsPerStep = 4;

    /// <summary>One value for each of two rows.</summary>
    private struct Pair
    {
        public float First;
        public float Second;
    }

    /// <summary>Where the keys of a block lie; a ring may wrap between two of them.</summary>
    private struct KeyBlock
    {
        public long First;      // offset of key 0
        public long Stride;     // from key to key
        public long Ring;       // from the ring's end back to its start
        public int Wrap;        // first key behind the ring's end
        public int Count;

        /// <summary>Offset of key number <paramref name="index"/>.</summary>
        public static long Offset(KeyBlock block, int index) =>
            block.First + (index * block.Stride) - (index < block.Wrap ? 0L : block.Ring);

        /// <summary>The same, but behind the block's end its last key again.</summary>
        public static long ClampedOffset(KeyBlock block, int index) => Offset(block, XMath.Min(index, block.Count - 1));
    }

    /// <summary>Rows rowStart … rowEnd − 1 look at the keys firstKey … lastKey; outputs go to rows from <paramref name="baseRow"/> on.</summary>
    public static void Attend(
        View q_TNH, View k_SKH, View v_SKH, View y, View state, long baseRow,
        AttentionParameters p, int kvHead, int rowStart, int rowEnd, int firstKey, int lastKey)
    {
        int warp = Warp.WarpSize;
        for (int row = rowStart; row < rowEnd; row++)
            Clear(y, state, baseRow + TokenHead(row, kvHead, p), p.HeadDim);

        for (int block = firstKey; block <= lastKey; block += warp)
        {
            int slot = block % p.Capacity;
            KeyBlock keys;
            keys.Stride = p.KvHeads * p.HeadDim;
            keys.First = (slot * keys.Stride) + (kvHead * p.HeadDim);
            keys.Ring = p.Capacity * keys.Stride;
            keys.Wrap = p.Capacity - slot;
            keys.Count = XMath.Min(warp, lastKey - block + 1);
            for (int row = rowStart; row < rowEnd; row += 2)
            {
                // An odd last row is computed twice: both copies read, then both write, the same values.
                int second = XMath.Min(row + 1, rowEnd - 1);
                int firstPosition = p.FirstPosition + (row / p.HeadsPerKv);
                int secondPosition = p.FirstPosition + (second / p.HeadsPerKv);
                if (block <= secondPosition && block + keys.Count > AttentionRange.First(firstPosition, p.Window))
                {
                    Step(q_TNH, k_SKH, v_SKH, y, state, baseRow, p,
                        TokenHead(row, kvHead, p), TokenHead(second, kvHead, p), firstPosition, secondPosition, block, keys);
                }
            }
        }
    }

    /// <summary>Where this lane keeps the maximum of a row; its part of the sum and its weight follow at distance warp.</summary>
    public static long StateOf(long row) => (row * (StateLines * Warp.WarpSize)) + Warp.LaneIdx;

    /// <summary>Where the weights of a row begin: without the lane, so that the compiler sees one address for all lanes.</summary>
    private static long WeightsOf(long row) => (row * (StateLines * Warp.WarpSize)) + (2 * Warp.WarpSize);

    /// <summary>Sum over the warp of a row's weights.</summary>
    public static float Sum(View state, long row) => WarpReduce.Sum(state[StateOf(row) + Warp.WarpSize]);

    /// <summary>Row r of a KV head, counted as token · N + head.</summary>
    public static long TokenHead(int row, int kvHead, AttentionParameters p) =>
        ((long)(row / p.HeadsPerKv) * p.QueryHeads) + (kvHead * p.HeadsPerKv) + (row % p.HeadsPerKv);

    private static void Clear(View y, View state, long row, int headDim)
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        state[StateOf(row)] = float.NegativeInfinity;
        state[StateOf(row) + warp] = 0f;
        for (int d = lane; d < headDim; d += warp)
            y[(row * headDim) + d] = 0f;
    }

    /// <summary>One block of keys for two rows.</summary>
    private static void Step(
        View q_TNH, View k_SKH, View v_SKH, View y, View state, long baseRow, AttentionParameters p,
        long firstRow, long secondRow, int firstPosition, int secondPosition, int block, KeyBlock keys)
    {
        int warp = Warp.WarpSize;
        int key = block + Warp.LaneIdx;
        bool inBlock = Warp.LaneIdx < keys.Count;

        // 1. Scores: lane i holds key block + i.
        Pair dot = Dots(q_TNH, firstRow * p.HeadDim, secondRow * p.HeadDim, k_SKH, p.HeadDim, keys);
        float firstScore = Score(dot.First, key, firstPosition, inBlock, p);
        float secondScore = Score(dot.Second, key, secondPosition, inBlock, p);

        // 2. Running maximum and sum. Both rows are read before either is written: they may be the same row.
        long firstState = StateOf(baseRow + firstRow), secondState = StateOf(baseRow + secondRow);
        float firstOld = state[firstState], secondOld = state[secondState];
        float firstSum = state[firstState + warp], secondSum = state[secondState + warp];
        float firstMaximum = OnlineSoftmax.NewMaximum(firstOld, firstScore);
        float secondMaximum = OnlineSoftmax.NewMaximum(secondOld, secondScore);
        float firstWeight = OnlineSoftmax.Weight(firstScore, firstMaximum);
        float secondWeight = OnlineSoftmax.Weight(secondScore, secondMaximum);
        Pair rescale;
        rescale.First = OnlineSoftmax.Weight(firstOld, firstMaximum);
        rescale.Second = OnlineSoftmax.Weight(secondOld, secondMaximum);
        state[firstState] = firstMaximum;
        state[secondState] = secondMaximum;
        state[firstState + warp] = (firstSum * rescale.First) + firstWeight;
        state[secondState + warp] = (secondSum * rescale.Second) + secondWeight;
        state[firstState + (2 * warp)] = firstWeight;
        state[secondState + (2 * warp)] = secondWeight;
        Warp.Barrier();     // every lane's weights are in place

        // 3. Outputs.
        Accumulate(
            v_SKH, y, (baseRow + firstRow) * p.HeadDim, (baseRow + secondRow) * p.HeadDim,
            state, WeightsOf(baseRow + firstRow), WeightsOf(baseRow + secondRow), rescale, p.HeadDim, keys);
        Warp.Barrier();     // all have read; the next block may overwrite
    }

    /// <summary>Scale, cap, mask: the order of Gemma 2.</summary>
    private static float Score(float dot, int key, int position, bool inBlock, AttentionParameters p)
    {
        float score = dot * p.Scale;
        if (p.Softcap > 0f)
            score = Softcap.Apply(score, p.Softcap);
        bool visible = inBlock & (key <= position) & (key >= AttentionRange.First(position, p.Window));
        return visible ? score : float.NegativeInfinity;
    }

    /// <summary>q·k of two rows with the keys of a block, four keys at a time; lane i gets key i.</summary>
    private static Pair Dots(View q, long q0, long q1, View k, int headDim, KeyBlock keys)
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        int steps = headDim / warp;
        Pair result;
        result.First = 0f;
        result.Second = 0f;
        for (int index = 0; index < keys.Count; index += KeysPerStep)
        {
            long k0 = KeyBlock.ClampedOffset(keys, index), k1 = KeyBlock.ClampedOffset(keys, index + 1);
            long k2 = KeyBlock.ClampedOffset(keys, index + 2), k3 = KeyBlock.ClampedOffset(keys, index + 3);
            float a0 = 0f, a1 = 0f, a2 = 0f, a3 = 0f, b0 = 0f, b1 = 0f, b2 = 0f, b3 = 0f;
            for (int step = 0; step < steps; step++)
            {
                int d = (step * warp) + lane;
                float x0 = q[q0 + d], x1 = q[q1 + d];
                float key = k[k0 + d];
                a0 = Fma.MultiplyAdd(x0, key, a0);
                b0 = Fma.MultiplyAdd(x1, key, b0);
                key = k[k1 + d];
                a1 = Fma.MultiplyAdd(x0, key, a1);
                b1 = Fma.MultiplyAdd(x1, key, b1);
                key = k[k2 + d];
                a2 = Fma.MultiplyAdd(x0, key, a2);
                b2 = Fma.MultiplyAdd(x1, key, b2);
                key = k[k3 + d];
                a3 = Fma.MultiplyAdd(x0, key, a3);
                b3 = Fma.MultiplyAdd(x1, key, b3);
            }

            int rest = steps * warp;
            if (rest < headDim && rest + lane < headDim)        // the first half is uniform: no masks when nothing is left
            {
                int d = rest + lane;
                float x0 = q[q0 + d], x1 = q[q1 + d];
                float y0 = k[k0 + d], y1 = k[k1 + d], y2 = k[k2 + d], y3 = k[k3 + d];
                a0 = Fma.MultiplyAdd(x0, y0, a0);
                a1 = Fma.MultiplyAdd(x0, y1, a1);
                a2 = Fma.MultiplyAdd(x0, y2, a2);
                a3 = Fma.MultiplyAdd(x0, y3, a3);
                b0 = Fma.MultiplyAdd(x1, y0, b0);
                b1 = Fma.MultiplyAdd(x1, y1, b1);
                b2 = Fma.MultiplyAdd(x1, y2, b2);
                b3 = Fma.MultiplyAdd(x1, y3, b3);
            }

            result.First = WarpReduce.PutSums(result.First, index, a0, a1, a2, a3);
            result.Second = WarpReduce.PutSums(result.Second, index, b0, b1, b2, b3);
        }

        return result;
    }

    /// <summary>y ← y · rescale + weights · v for two rows, four columns of lanes at a time.</summary>
    private static void Accumulate(
        View v, View y, long y0, long y1, View weights, long firstWeights, long secondWeights,
        Pair rescale, int headDim, KeyBlock keys)
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        int steps = headDim / (ColumnsPerStep * warp);
        for (int step = 0; step < steps; step++)
        {
            int d = (step * ColumnsPerStep * warp) + lane;
            float a0 = y[y0 + d] * rescale.First, a1 = y[y0 + warp + d] * rescale.First;
            float a2 = y[y0 + (2 * warp) + d] * rescale.First, a3 = y[y0 + (3 * warp) + d] * rescale.First;
            float b0 = y[y1 + d] * rescale.Second, b1 = y[y1 + warp + d] * rescale.Second;
            float b2 = y[y1 + (2 * warp) + d] * rescale.Second, b3 = y[y1 + (3 * warp) + d] * rescale.Second;
            for (int index = 0; index < keys.Count; index++)
            {
                long row = KeyBlock.Offset(keys, index);
                float w0 = weights[firstWeights + index], w1 = weights[secondWeights + index];
                float value = v[row + d];
                a0 = Fma.MultiplyAdd(w0, value, a0);
                b0 = Fma.MultiplyAdd(w1, value, b0);
                value = v[row + warp + d];
                a1 = Fma.MultiplyAdd(w0, value, a1);
                b1 = Fma.MultiplyAdd(w1, value, b1);
                value = v[row + (2 * warp) + d];
                a2 = Fma.MultiplyAdd(w0, value, a2);
                b2 = Fma.MultiplyAdd(w1, value, b2);
                value = v[row + (3 * warp) + d];
                a3 = Fma.MultiplyAdd(w0, value, a3);
                b3 = Fma.MultiplyAdd(w1, value, b3);
            }

            y[y0 + d] = a0;
            y[y0 + warp + d] = a1;
            y[y0 + (2 * warp) + d] = a2;
            y[y0 + (3 * warp) + d] = a3;
            y[y1 + d] = b0;
            y[y1 + warp + d] = b1;
            y[y1 + (2 * warp) + d] = b2;
            y[y1 + (3 * warp) + d] = b3;
        }

        // What four columns do not cover.
        for (int start = steps * ColumnsPerStep * warp; start < headDim; start += warp)
        {
            int d = start + lane;
            if (d < headDim)
            {
                float a = y[y0 + d] * rescale.First, b = y[y1 + d] * rescale.Second;
                for (int index = 0; index < keys.Count; index++)
                {
                    float value = v[KeyBlock.Offset(keys, index) + d];
                    a = Fma.MultiplyAdd(weights[firstWeights + index], value, a);
                    b = Fma.MultiplyAdd(weights[secondWeights + index], value, b);
                }

                y[y0 + d] = a;
                y[y1 + d] = b;
            }
        }
    }
}
