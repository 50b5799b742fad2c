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
/// <para>Keys come in blocks of <see cref="KeysPerBlock"/> from multiples of that on, a block in lines of one warp. For
/// q·k the lanes run along the head width and each dot product is summed over the warp; then lane i holds the score of
/// the line's key i, so capping, masking and exponentials handle a line at once; for weights·v the lanes run along the
/// head width again and read the weights from memory, one for all lanes. See <see cref="AttentionProducts"/>.</para>
/// <para>A row's unnormalised output stays in y; its maximum, each lane's part of its sum and its weights of the current
/// block in the state. A lane reads back only what it wrote, except for the weights.</para>
/// </remarks>
public static class AttentionTile
{
    /// <summary>Keys between two looks at the maximum: 4 to 16 lines amortise the exponentials' latency, and 16 rows of scores stay in the first cache.</summary>
    public const int KeysPerBlock = 64;

    /// <summary>Floats of state that a row needs: maxima and parts of the sum for a warp, and a block's weights.</summary>
    public static int StateLength(int warpSize) => warpSize <= KeysPerBlock
        ? (2 * warpSize) + KeysPerBlock
        : throw new ArgumentException($"Attention: warps of {warpSize} threads; at most {KeysPerBlock} are supported.");

    /// <summary>Rows rowStart … rowEnd − 1 look at the keys firstKey … lastKey; outputs go to rows from <paramref name="baseRow"/> on.</summary>
    public static void Attend<TFormat, TStored>(
        View q_TNH, ArrayView<TStored> k_KSH, ArrayView<TStored> v_KSH, View kScales_KS, View vScales_KS, View y, View state, long baseRow,
        AttentionParameters p, int kvHead, int rowStart, int rowEnd, int firstKey, int lastKey, bool streams)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
    {
        for (int row = rowStart; row < rowEnd; row++)
            Clear(y, state, baseRow + TokenHead(row, kvHead, p), p.HeadDim);

        int step = AttentionProducts.LinesPerStep * Warp.WarpSize;
        int firstBlock = FirstBlock(firstKey, KeysPerBlock);
        for (int block = firstBlock; block <= lastKey; block += KeysPerBlock)
        {
            // 1. The rows that see any of the block's keys.
            CachedKeys keys = CachedKeys.Range(XMath.Max(block, firstKey), XMath.Min(block + KeysPerBlock - 1, lastKey), kvHead, p.Capacity);
            int from = AttentionRange.FirstRowSeeing(keys.First, rowStart, p);
            int to = AttentionRange.EndOfRowsSeeing(keys.Last, rowEnd, p);

            // 2. Scores: q·k.
            for (int line = FirstLine(block, keys.First); line <= keys.Last; line += Warp.WarpSize)
            {
                for (int row = from; row < to; row += 2)
                {
                    // An odd last row is computed twice, with the same result.
                    long first = TokenHead(row, kvHead, p), second = TokenHead(XMath.Min(row + 1, to - 1), kvHead, p);
                    long q0 = first * p.HeadDim, q1 = second * p.HeadDim;
                    RowPair dots = streams
                        ? AttentionProducts.StreamedDots<TFormat, TStored>(q_TNH, q0, q1, k_KSH, p.HeadDim, keys, line)
                        : AttentionProducts.TiledDots<TFormat, TStored>(q_TNH, q0, q1, k_KSH, p.HeadDim, keys, line);
                    int done = p.HeadDim - (p.HeadDim % (streams ? step : Warp.WarpSize));
                    dots = AttentionProducts.Complete<TFormat, TStored>(dots, q_TNH, q0, q1, k_KSH, kScales_KS, p.HeadDim, keys, line, done);
                    state[WeightsOf(baseRow + first) + (line - block) + Warp.LaneIdx] = dots.First;
                    state[WeightsOf(baseRow + second) + (line - block) + Warp.LaneIdx] = dots.Second;
                }
            }

            // 3. Weights: running maximum and sum.
            for (int row = from; row < to; row++)
            {
                long tokenHead = baseRow + TokenHead(row, kvHead, p);
                float rescale = Weigh(state, tokenHead, block, keys, p.FirstPosition + (row / p.HeadsPerKv), p);
                if (block > firstBlock)
                    Rescale(y, tokenHead * p.HeadDim, rescale, p.HeadDim);
            }
            Warp.Barrier();     // every lane's weights are in place

            // 4. Outputs: weights·v.
            for (int row = from; row < to; row += 2)
            {
                long first = baseRow + TokenHead(row, kvHead, p), second = baseRow + TokenHead(XMath.Min(row + 1, to - 1), kvHead, p);
                long y0 = first * p.HeadDim, y1 = second * p.HeadDim;
                long w0 = WeightsOf(first) - block, w1 = WeightsOf(second) - block;
                if (streams)
                    AttentionProducts.StreamedSums<TFormat, TStored>(v_KSH, vScales_KS, y, y0, y1, state, w0, w1, p.HeadDim, keys);
                else
                    AttentionProducts.TiledSums<TFormat, TStored>(v_KSH, vScales_KS, y, y0, y1, state, w0, w1, p.HeadDim, keys);
                int done = p.HeadDim - (p.HeadDim % (streams ? Warp.WarpSize : step));
                AttentionProducts.RestSums<TFormat, TStored>(v_KSH, vScales_KS, y, y0, y1, state, w0, w1, p.HeadDim, keys, done);
            }
            Warp.Barrier();     // all have read; the next block may overwrite
        }
    }

    /// <summary>Where the block of keys begins that holds this one.</summary>
    public static int FirstBlock(int key, int keysPerBlock) => key / keysPerBlock * keysPerBlock;

    /// <summary>Sum over the warp of a row's weights.</summary>
    public static float Sum(View state, long row) => WarpReduce.Sum(state[StateOf(row) + Warp.WarpSize]);

    /// <summary>Where this lane keeps the maximum of a row; its part of the sum follows at distance warp.</summary>
    public static long StateOf(long row) => (row * ((2 * Warp.WarpSize) + KeysPerBlock)) + Warp.LaneIdx;

    /// <summary>Row r of a KV head, counted as token · N + head.</summary>
    public static long TokenHead(int row, int kvHead, AttentionParameters p) =>
        ((long)(row / p.HeadsPerKv) * p.QueryHeads) + (kvHead * p.HeadsPerKv) + (row % p.HeadsPerKv);

    /// <summary>Where the weights of a row begin: without the lane, so that the compiler sees one address for all lanes.</summary>
    private static long WeightsOf(long row) => (row * ((2 * Warp.WarpSize) + KeysPerBlock)) + (2 * Warp.WarpSize);

    /// <summary>The line of a block that holds a key, as the position of its lane 0.</summary>
    private static int FirstLine(int block, int key) => block + ((key - block) / Warp.WarpSize * Warp.WarpSize);

    private static void Clear(View y, View state, long row, int headDim)
    {
        state[StateOf(row)] = float.NegativeInfinity;
        state[StateOf(row) + Warp.WarpSize] = 0f;
        for (int d = Warp.LaneIdx; d < headDim; d += Warp.WarpSize)
            y[(row * headDim) + d] = 0f;
    }

    /// <summary>Multiplies a row of outputs.</summary>
    public static void Rescale(View y, long start, float factor, int headDim)
    {
        int steps = headDim / Warp.WarpSize;
        for (int step = 0; step < steps; step++)
            y[start + ((step * Warp.WarpSize) + Warp.LaneIdx)] *= factor;
        int rest = (steps * Warp.WarpSize) + Warp.LaneIdx;
        if (rest < headDim)
            y[start + rest] *= factor;
    }

    /// <summary>Turns a row's dot products with a block into weights; gives the factor that earlier outputs shrink by.</summary>
    private static float Weigh(View state, long row, int block, CachedKeys keys, int position, AttentionParameters p)
    {
        int warp = Warp.WarpSize;
        int firstVisible = XMath.Max(keys.First, AttentionRange.First(position, p.Window));
        int lastVisible = XMath.Min(keys.Last, position);
        long weights = WeightsOf(row) - block + Warp.LaneIdx;
        int firstLine = FirstLine(block, keys.First);

        // 1. Scale, cap, mask: the order of Gemma 2.
        float largest = float.NegativeInfinity;
        for (int line = firstLine; line <= keys.Last; line += warp)
        {
            float score = state[weights + line] * p.Scale;
            if (p.Softcap > 0f)
                score = Softcap.Apply(score, p.Softcap);
            int key = line + Warp.LaneIdx;
            score = (key >= firstVisible) & (key <= lastVisible) ? score : float.NegativeInfinity;
            state[weights + line] = score;
            largest = XMath.Max(largest, score);
        }

        // 2. Exponentials.
        float oldMaximum = state[StateOf(row)];
        float maximum = OnlineSoftmax.NewMaximum(oldMaximum, largest);
        float rescale = OnlineSoftmax.Weight(oldMaximum, maximum);
        float sum = state[StateOf(row) + warp] * rescale;
        for (int line = firstLine; line <= keys.Last; line += warp)
        {
            float weight = OnlineSoftmax.Weight(state[weights + line], maximum);
            state[weights + line] = weight;
            sum += weight;
        }

        state[StateOf(row)] = maximum;
        state[StateOf(row) + warp] = sum;
        return rescale;
    }
}
