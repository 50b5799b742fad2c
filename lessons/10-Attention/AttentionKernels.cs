using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>
/// y = softmax(scores)·v for each head: query t sees the keys t - window + 1 to t. q, k, v, y are [heads, tokens, width];
/// grid y is the head.
/// </summary>
public static class AttentionKernels
{
    public const int GroupSize = 64;

    /// <summary>A score that weighs nothing: exp of it is 0 beside any other.</summary>
    public const float Unseen = float.MinValue;

    /// <summary>A score from a dot product: capped, so that no key can drown all others.</summary>
    public static float Score(float dot, AttentionShape shape) => shape.Softcap * XMath.Tanh(dot * shape.Scale / shape.Softcap);

    /// <summary>First of three: the whole matrix of scores, [heads, tokens, tokens], a thread for each.</summary>
    public static void Scores(View q, View k, View scores, AttentionShape shape)
    {
        int query = Grid.GlobalIndex.X / shape.Tokens, key = Grid.GlobalIndex.X % shape.Tokens;
        if (query >= shape.Tokens)
            return;
        long head = (long)Grid.IdxY * shape.Tokens;
        float score = Unseen;
        if (key <= query && key > query - shape.Window)
        {
            float dot = 0f;
            for (int d = 0; d < shape.Width; d++)
                dot += q[((head + query) * shape.Width) + d] * k[((head + key) * shape.Width) + d];
            score = Score(dot, shape);
        }

        scores[((head + query) * shape.Tokens) + key] = score;
    }

    /// <summary>Third of three, after a softmax over rows: the values, weighted; a thread for each element of y.</summary>
    public static void WeightedSum(View weights, View v, View y, AttentionShape shape)
    {
        int query = Grid.GlobalIndex.X / shape.Width, d = Grid.GlobalIndex.X % shape.Width;
        if (query >= shape.Tokens)
            return;
        long head = (long)Grid.IdxY * shape.Tokens;
        float sum = 0f;
        for (int key = 0; key < shape.Tokens; key++)
            sum += weights[((head + query) * shape.Tokens) + key] * v[((head + key) * shape.Width) + d];
        y[((head + query) * shape.Width) + d] = sum;
    }

    /// <summary>
    /// One group for each query, no matrix: 64 keys at a time, a score for each thread; then a column of y for each thread.
    /// Online softmax of lesson 7 joins one 64 keys to the next.
    /// </summary>
    public static void GroupPerQuery(View q, View k, View v, View y, AttentionShape shape)
    {
        var weights = SharedMemory.Allocate<float>(GroupSize);
        int thread = Group.IdxX, query = Grid.IdxX;
        long head = (long)Grid.IdxY * shape.Tokens, row = (head + query) * shape.Width;
        float max = Unseen, sum = 0f, result = 0f;      // result: column `thread` of y
        for (int first = XMath.Max(0, query - shape.Window + 1); first <= query; first += GroupSize)
        {
            // 1. A key for each thread.
            int key = first + thread, seen = XMath.Min(GroupSize, query - first + 1);
            float score = Unseen;
            if (thread < seen)
            {
                float dot = 0f;
                for (int d = 0; d < shape.Width; d++)
                    dot += q[row + d] * k[((head + key) * shape.Width) + d];
                score = Score(dot, shape);
            }

            weights[thread] = score;
            Group.Barrier();                            // all scores are in place
            float larger = max;
            for (int i = 0; i < seen; i++)
                larger = XMath.Max(larger, weights[i]);
            Group.Barrier();                            // all have read them
            weights[thread] = thread < seen ? XMath.Exp(score - larger) : 0f;
            Group.Barrier();                            // all weights are in place

            // 2. A column for each thread: what it has so far shrinks when the maximum grows.
            float shrink = XMath.Exp(max - larger);
            sum *= shrink;
            result *= shrink;
            for (int i = 0; i < seen; i++)
            {
                sum += weights[i];
                if (thread < shape.Width)
                    result += weights[i] * v[((head + first + i) * shape.Width) + thread];
            }

            max = larger;
            Group.Barrier();                            // all have used the weights
        }

        if (thread < shape.Width)
            y[row + thread] = result / sum;
    }
}
