namespace GemmaIlgpu.Kernels.Tests;

/// <summary>Every kernel's operation once more: naive, in double precision, written from the papers.</summary>
public static class Reference
{
    /// <summary>x / √(mean(x²) + ε) · (offset + w), row by row.</summary>
    public static double[] RmsNorm(float[] x_TD, float[] weight_D, double epsilon, double weightOffset)
    {
        int width = weight_D.Length;
        var y = new double[x_TD.Length];
        for (int row = 0; row < x_TD.Length / width; row++)
        {
            double meanSquare = x_TD.Skip(row * width).Take(width).Sum(v => (double)v * v) / width;
            for (int d = 0; d < width; d++)
                y[(row * width) + d] = x_TD[(row * width) + d] / Math.Sqrt(meanSquare + epsilon) * (weightOffset + weight_D[d]);
        }

        return y;
    }

    /// <summary>gelu(gate) · up with GELU's tanh form.</summary>
    public static double[] GeGlu(float[] gate, float[] up) => [.. gate.Zip(up, (g, u) => Gelu(g) * u)];

    /// <summary>½x(1 + tanh u) with u = √(2/π)(x + 0.044715x³), and 1 + tanh u = 2 / (1 + e^(−2u)) as it does not cancel.</summary>
    public static double Gelu(double x) => x / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    public static double[] Softcap(float[] x, double cap) => [.. x.Select(v => cap * Math.Tanh(v / cap))];

    /// <summary>Inverse frequencies base^(−2i/H), i = 0 … H/2 − 1, rounded to float32 as the official code has them.</summary>
    public static float[] InverseFrequencies(int headDim, double ropeBase) =>
        [.. Enumerable.Range(0, headDim / 2).Select(i => (float)Math.Pow(ropeBase, -2.0 * i / headDim))];

    /// <summary>Rotation with angles rounded to float32, everything else exact.</summary>
    public static double[] Rope(float[] x_TNH, int heads, int headDim, int[] positions, float[] inverseFrequencies)
    {
        int half = headDim / 2;
        var y = new double[x_TNH.Length];
        for (int row = 0; row < x_TNH.Length / headDim; row++)
        {
            for (int i = 0; i < half; i++)
            {
                double angle = positions[row / heads] * inverseFrequencies[i];      // float32 product
                double first = x_TNH[(row * headDim) + i], second = x_TNH[(row * headDim) + half + i];
                y[(row * headDim) + i] = (first * Math.Cos(angle)) - (second * Math.Sin(angle));
                y[(row * headDim) + half + i] = (second * Math.Cos(angle)) + (first * Math.Sin(angle));
            }
        }

        return y;
    }

    /// <summary>x · Wᵀ, and Σ|x·w| of every output, the scale of its rounding errors.</summary>
    public static (double[] Y, double[] Magnitude) MatMul(float[] x_TK, float[] w_NK, int width)
    {
        int tokens = x_TK.Length / width, rows = w_NK.Length / width;
        var y = new double[tokens * rows];
        var magnitude = new double[tokens * rows];
        for (int t = 0; t < tokens; t++)
        {
            for (int n = 0; n < rows; n++)
            {
                for (int k = 0; k < width; k++)
                {
                    double product = (double)x_TK[(t * width) + k] * w_NK[(n * width) + k];
                    y[(t * rows) + n] += product;
                    magnitude[(t * rows) + n] += Math.Abs(product);
                }
            }
        }

        return (y, magnitude);
    }

    /// <summary>
    /// Attention of tokens at firstPosition … over keys and values in order of position, [first position + T, K, H].
    /// </summary>
    public static double[] Attention(AttentionShape shape, float[] q_TNH, float[] k_SKH, float[] v_SKH, int firstPosition)
    {
        int heads = shape.QueryHeads, kvHeads = shape.KvHeads, headDim = shape.HeadDim;
        var y = new double[q_TNH.Length];
        for (int t = 0; t < q_TNH.Length / (heads * headDim); t++)
        {
            int position = firstPosition + t;
            int[] keys = [.. Enumerable.Range(0, position + 1).Where(j => shape.Window == 0 || j > position - shape.Window)];
            for (int h = 0; h < heads; h++)
            {
                int kv = h / (heads / kvHeads);
                int q = ((t * heads) + h) * headDim;
                double[] scores = [.. keys.Select(j => Score(shape, q_TNH.AsSpan(q, headDim), k_SKH.AsSpan(((j * kvHeads) + kv) * headDim, headDim)))];
                double[] weights = Softmax(scores);
                for (int d = 0; d < headDim; d++)
                    y[q + d] = keys.Select((j, n) => weights[n] * v_SKH[(((j * kvHeads) + kv) * headDim) + d]).Sum();
            }
        }

        return y;
    }

    /// <summary>The same in float32, step by step: its error is the yardstick for kernels that do it cleverly.</summary>
    public static float[] NaiveAttention(AttentionShape shape, float[] q_TNH, float[] k_SKH, float[] v_SKH, int firstPosition)
    {
        int heads = shape.QueryHeads, kvHeads = shape.KvHeads, headDim = shape.HeadDim;
        var y = new float[q_TNH.Length];
        for (int row = 0; row < q_TNH.Length / headDim; row++)
        {
            int position = firstPosition + (row / heads), kv = row % heads / (heads / kvHeads);
            int first = shape.Window == 0 ? 0 : Math.Max(0, position - shape.Window + 1);
            var scores = new float[position - first + 1];
            for (int j = first; j <= position; j++)
            {
                float dot = 0;
                for (int d = 0; d < headDim; d++)
                    dot += q_TNH[(row * headDim) + d] * k_SKH[(((j * kvHeads) + kv) * headDim) + d];
                float score = dot * shape.Scale;
                scores[j - first] = shape.Softcap > 0 ? shape.Softcap * MathF.Tanh(score / shape.Softcap) : score;
            }

            float maximum = scores.Max(), sum = 0;
            foreach (float score in scores)
                sum += MathF.Exp(score - maximum);
            for (int d = 0; d < headDim; d++)
            {
                float value = 0;
                for (int j = first; j <= position; j++)
                    value += MathF.Exp(scores[j - first] - maximum) / sum * v_SKH[(((j * kvHeads) + kv) * headDim) + d];
                y[(row * headDim) + d] = value;
            }
        }

        return y;
    }

    private static double Score(AttentionShape shape, ReadOnlySpan<float> q, ReadOnlySpan<float> k)
    {
        double dot = 0;
        for (int d = 0; d < q.Length; d++)
            dot += (double)q[d] * k[d];
        double score = dot * shape.Scale;
        return shape.Softcap > 0 ? shape.Softcap * Math.Tanh(score / shape.Softcap) : score;
    }

    public static double[] Softmax(IReadOnlyCollection<double> x)
    {
        double maximum = x.Max();
        double[] weights = [.. x.Select(v => Math.Exp(v - maximum))];
        double sum = weights.Sum();
        return [.. weights.Select(w => w / sum)];
    }
}
