using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>Attention in groups of one warp: a query for each lane, four keys at a time.</summary>
public static class QueryPerLaneKernel
{
    private const int MostLanes = 64;           // of a warp, on any device
    private const int MostColumns = FlashKernel.MostColumns;

    /// <summary>
    /// All lanes look at the same key at the same moment, so a key is loaded once for a warp; a query and its result lie in
    /// shared memory, column after column with the lanes side by side. No lane reads what another wrote: no barrier.
    /// </summary>
    public static void QueryPerLane(View q, View k, View v, View y, AttentionShape shape)
    {
        var queries = SharedMemory.Allocate<float>(MostColumns * MostLanes);
        var results = SharedMemory.Allocate<float>(MostColumns * MostLanes);
        int lane = Group.IdxX, lanes = Group.DimX, firstQuery = Grid.IdxX * lanes;
        int lastQuery = XMath.Min(firstQuery + lanes, shape.Tokens) - 1;
        int query = XMath.Min(firstQuery + lane, lastQuery);    // spare lanes repeat the last query
        long head = (long)Grid.IdxY * shape.Tokens, row = (head + query) * shape.Width;
        for (int d = 0; d < shape.Width; d++)
        {
            queries[(d * lanes) + lane] = q[row + d];
            results[(d * lanes) + lane] = 0f;
        }

        float max = AttentionKernels.Unseen, sum = 0f;
        for (int key = XMath.Max(0, firstQuery - shape.Window + 1); key <= lastQuery; key += 4)
        {
            // 1. Four scores. Behind the last key the last one is read again; it is not seen there.
            long at0 = (head + key) * shape.Width, at1 = (head + XMath.Min(key + 1, lastQuery)) * shape.Width;
            long at2 = (head + XMath.Min(key + 2, lastQuery)) * shape.Width, at3 = (head + XMath.Min(key + 3, lastQuery)) * shape.Width;
            float score0 = 0f, score1 = 0f, score2 = 0f, score3 = 0f;
            for (int d = 0; d < shape.Width; d++)
            {
                float value = queries[(d * lanes) + lane];
                score0 += value * k[at0 + d];
                score1 += value * k[at1 + d];
                score2 += value * k[at2 + d];
                score3 += value * k[at3 + d];
            }

            score0 = Mask(score0, key, query, shape);
            score1 = Mask(score1, key + 1, query, shape);
            score2 = Mask(score2, key + 2, query, shape);
            score3 = Mask(score3, key + 3, query, shape);

            // 2. Online softmax.
            float larger = XMath.Max(XMath.Max(max, XMath.Max(score0, score1)), XMath.Max(score2, score3));
            float shrink = XMath.Exp(max - larger);
            max = larger;
            float weight0 = Weight(score0, max), weight1 = Weight(score1, max), weight2 = Weight(score2, max), weight3 = Weight(score3, max);
            sum = (sum * shrink) + weight0 + weight1 + weight2 + weight3;

            // 3. Every column of this lane's result.
            for (int d = 0; d < shape.Width; d++)
            {
                int at = (d * lanes) + lane;
                results[at] = (results[at] * shrink) + (weight0 * v[at0 + d]) + (weight1 * v[at1 + d]) + (weight2 * v[at2 + d]) + (weight3 * v[at3 + d]);
            }
        }

        // Spare lanes write what the last lane writes.
        for (int d = 0; d < shape.Width; d++)
            y[row + d] = results[(d * lanes) + lane] / sum;
    }

    private static float Mask(float dot, int key, int query, AttentionShape shape) =>
        key <= query && key > query - shape.Window ? AttentionKernels.Score(dot, shape) : AttentionKernels.Unseen;

    private static float Weight(float score, float max) => score == AttentionKernels.Unseen ? 0f : XMath.Exp(score - max);
}
