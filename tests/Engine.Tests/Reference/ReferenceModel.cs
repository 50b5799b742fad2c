using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Tests.Reference;

/// <summary>
/// The whole network in double precision, written from the papers and as plainly as possible: the judge of models that
/// no golden file covers.
/// </summary>
internal sealed class ReferenceModel(ModelFiles files)
{
    private readonly ModelConfig _config = files.Config;
    private readonly WeightMap _map = WeightMap.For(files.Config, files);

    /// <summary>Logits [T, V] after the cap.</summary>
    public float[] Logits(int[] ids)
    {
        double[] table = Weight(_map.Embedding);
        double[][] x = [.. ids.Select(id => Row(table, id, _config.EmbedDim).Select(value => value * Math.Sqrt(_config.EmbedDim)).ToArray())];
        for (int layer = 0; layer < _config.Layers; layer++)
            Layer(x, _map.Layers[layer], _config.LayerKinds[layer]);
        double[][] logits = Multiply(Norm(x, _map.FinalNorm), _map.Output);
        return [.. logits.SelectMany(row => row).Select(logit => (float)Cap(logit, _config.FinalSoftcap))];
    }

    private void Layer(double[][] x, LayerWeightNames names, AttentionKind kind)
    {
        double[][] normed = Norm(x, names.AttentionNorm);
        double[][] attended = Attend(Heads(normed, names.Query, names.QueryNorm, kind), Heads(normed, names.Key, names.KeyNorm, kind), Multiply(normed, names.Value), kind);
        Add(x, Norm(Multiply(attended, names.Output), names.PostAttentionNorm));

        normed = Norm(x, names.FeedForwardNorm);
        double[][] gate = Multiply(normed, names.Gate), up = Multiply(normed, names.Up);
        for (int t = 0; t < x.Length; t++)
        {
            for (int f = 0; f < gate[t].Length; f++)
                gate[t][f] = Gelu(gate[t][f]) * up[t][f];
        }

        Add(x, Norm(Multiply(gate, names.Down), names.PostFeedForwardNorm));
    }

    // Projects, normalises each head if the family does, and rotates.
    private double[][] Heads(double[][] x, string weight, string? norm, AttentionKind kind)
    {
        int width = _config.HeadDim, half = width / 2;
        double frequencyBase = kind == AttentionKind.Local ? _config.LocalRopeBase : _config.GlobalRopeBase;
        double scale = kind == AttentionKind.Local ? 1 : _config.GlobalRopeScale;
        double[][] result = Multiply(x, weight);
        for (int t = 0; t < x.Length; t++)
        {
            for (int start = 0; start < result[t].Length; start += width)
            {
                double[] head = result[t][start..(start + width)];
                if (norm is not null)
                    head = Norm([head], norm)[0];
                for (int i = 0; i < half; i++)
                {
                    double angle = t * Math.Pow(frequencyBase, -2.0 * i / width) / scale;
                    result[t][start + i] = head[i] * Math.Cos(angle) - head[half + i] * Math.Sin(angle);
                    result[t][start + half + i] = head[half + i] * Math.Cos(angle) + head[i] * Math.Sin(angle);
                }
            }
        }

        return result;
    }

    private double[][] Attend(double[][] q, double[][] k, double[][] v, AttentionKind kind)
    {
        int width = _config.HeadDim, group = _config.QueryHeads / _config.KvHeads;
        double[][] result = [.. q.Select(row => new double[row.Length])];
        for (int t = 0; t < q.Length; t++)
        {
            int first = kind == AttentionKind.Local ? Math.Max(0, t - _config.SlidingWindow + 1) : 0;
            for (int head = 0; head < _config.QueryHeads; head++)
            {
                int kv = head / group * width;
                double[] weights = [.. Enumerable.Range(first, t - first + 1).Select(j =>
                    Cap(Enumerable.Range(0, width).Sum(d => q[t][head * width + d] * k[j][kv + d]) * _config.QueryScale, _config.AttentionSoftcap))];
                double max = weights.Max(), sum = weights.Sum(score => Math.Exp(score - max));
                for (int d = 0; d < width; d++)
                    result[t][head * width + d] = weights.Select((score, j) => Math.Exp(score - max) / sum * v[first + j][kv + d]).Sum();
            }
        }

        return result;
    }

    private double[][] Norm(double[][] x, string? name)
    {
        if (name is null)
            return x;
        double[] weight = Weight(name);
        return [.. x.Select(row =>
        {
            double root = Math.Sqrt(row.Average(value => value * value) + _config.RmsNormEpsilon);
            return row.Select((value, d) => value / root * (1 + weight[d])).ToArray();
        })];
    }

    private double[][] Multiply(double[][] x, string name)
    {
        double[] weight = Weight(name);
        int inputs = x[0].Length;
        return [.. x.Select(row => Enumerable.Range(0, weight.Length / inputs).Select(n =>
        {
            double sum = 0;
            for (int d = 0; d < inputs; d++)
                sum += row[d] * weight[n * inputs + d];
            return sum;
        }).ToArray())];
    }

    private static void Add(double[][] x, double[][] y)
    {
        for (int t = 0; t < x.Length; t++)
        {
            for (int d = 0; d < x[t].Length; d++)
                x[t][d] += y[t][d];
        }
    }

    private static double Cap(double value, double cap) => cap == 0 ? value : cap * Math.Tanh(value / cap);

    // Hendrycks and Gimpel 2016, arXiv:1606.08415, the tanh form.
    private static double Gelu(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));

    private double[] Weight(string name)
    {
        files.TryGet(name, out ITensorFile reader, out TensorInfo tensor);
        return Array.ConvertAll(reader.ReadFloats(tensor), value => (double)value);
    }

    private static double[] Row(double[] table, int row, int width) => table[(row * width)..((row + 1) * width)];
}
