using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Fast;

/// <summary>
/// One of the two rows of queries whose scores and outputs a lane holds: its running softmax. Scores lie in the lane as
/// tensor cores leave them: of every eight keys two neighbours, shared out among the four lanes of a row.
/// </summary>
public struct FlashRow
{
    /// <summary>Position of the row's token.</summary>
    public int Position;

    /// <summary>First key that it sees.</summary>
    public int FirstVisible;

    /// <summary>Largest score so far, in units of log₂ e.</summary>
    public float Maximum;

    /// <summary>This lane's part of the sum of weights.</summary>
    public float Sum;

    /// <summary>A row that has seen nothing yet. Behind the last row its token stands in; nothing of it is stored.</summary>
    public static FlashRow Start(int row, int rowEnd, AttentionParameters p)
    {
        FlashRow start;
        start.Position = p.FirstPosition + (XMath.Min(row, rowEnd - 1) / p.HeadsPerKv);
        start.FirstVisible = AttentionRange.First(start.Position, p.Window);
        start.Maximum = float.NegativeInfinity;
        start.Sum = 0f;
        return start;
    }

    /// <summary>
    /// Turns the row's dot products with the keys from <paramref name="start"/> on into weights and shrinks its outputs to
    /// the new maximum. <paramref name="half"/> is 0 for the upper row of a lane, 1 for the lower.
    /// </summary>
    public static FlashRow Weigh<TTile>(FlashRow row, int half, View scores, View outputs, int start, AttentionParameters p)
        where TTile : unmanaged, IHeadTile
    {
        // 1. Scale, cap, mask: the order of Gemma 2.
        float largest = float.NegativeInfinity;
        int key = start + (2 * (Warp.LaneIdx & 3));
        for (int j = 0; j < TTile.Keys / 8; j++)
        {
            for (int i = 0; i < 2; i++)
            {
                int at = (4 * j) + (2 * half) + i;
                float score = Score(scores[at], p);
                int position = key + (8 * j) + i;
                score = (position >= row.FirstVisible) & (position <= row.Position) ? score : float.NegativeInfinity;
                scores[at] = score;
                largest = XMath.Max(largest, score);
            }
        }

        // 2. The maximum of the row's four lanes, and what it does to earlier sums.
        largest = XMath.Max(largest, Warp.ShuffleXor(largest, 1));
        largest = XMath.Max(largest, Warp.ShuffleXor(largest, 2));
        float maximum = XMath.Max(row.Maximum, largest);
        float origin = maximum == float.NegativeInfinity ? 0f : maximum;     // nothing seen yet: all weights are 0
        float rescale = TensorCore.Exp2(row.Maximum - origin);
        row.Maximum = maximum;
        row.Sum *= rescale;
        for (int j = 0; j < TTile.HeadDim / 8; j++)
        {
            outputs[(4 * j) + (2 * half)] *= rescale;
            outputs[(4 * j) + (2 * half) + 1] *= rescale;
        }

        // 3. Weights.
        for (int j = 0; j < TTile.Keys / 8; j++)
        {
            for (int i = 0; i < 2; i++)
            {
                int at = (4 * j) + (2 * half) + i;
                float weight = TensorCore.Exp2(scores[at] - origin);
                scores[at] = weight;
                row.Sum += weight;
            }
        }

        return row;
    }

    /// <summary>
    /// A dot product scaled and capped, times log₂ e, so that weights are powers of two. cap · tanh(s / cap) is computed as
    /// cap − 2·cap / (1 + e^(2s / cap)): for small s that leaves an absolute error of 2⁻²² · cap, and it is absolute errors of
    /// scores that become relative errors of weights.
    /// </summary>
    private static float Score(float dot, AttentionParameters p)
    {
        const float log2E = 1.44269504f;
        if (p.Softcap == 0f)
            return dot * (p.Scale * log2E);
        float cap = p.Softcap * log2E;
        float power = TensorCore.Exp2(dot * (p.Scale * 2f * log2E / p.Softcap));
        return Fma.MultiplyAdd(-2f * cap, TensorCore.Reciprocal(1f + power), cap);
    }

    /// <summary>Writes the row's outputs, divided by the sum of its weights, from an index of y on.</summary>
    public static void Store<TTile>(FlashRow row, int half, View outputs, View y_TNH, long at)
        where TTile : unmanaged, IHeadTile
    {
        float sum = row.Sum + Warp.ShuffleXor(row.Sum, 1);
        float inverse = 1f / (sum + Warp.ShuffleXor(sum, 2));
        if (at < 0)
            return;
        ArrayView<TensorTile.FloatPair> pairs = y_TNH.Cast<TensorTile.FloatPair>().AsAligned16();
        for (int j = 0; j < TTile.HeadDim / 8; j++)
        {
            TensorTile.FloatPair pair;
            pair.First = outputs[(4 * j) + (2 * half)] * inverse;
            pair.Second = outputs[(4 * j) + (2 * half) + 1] * inverse;
            pairs[(at / 2) + (4 * j) + (Warp.LaneIdx & 3)] = pair;
        }
    }
}
