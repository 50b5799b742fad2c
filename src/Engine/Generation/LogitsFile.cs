using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Generation;

/// <summary>Writes what a model computes for given ids into a safetensors file, for comparisons with other programs.</summary>
public static class LogitsFile
{
    /// <summary>
    /// Writes `logits` f32 [n, V] (after the cap); with hidden states also `hidden.embed`, `hidden.0` …
    /// `hidden.final` f32 [n, D]; with greedy tokens also `greedy.ids` i32 [greedyTokens], continued with the cache.
    /// Rows go to the file as they are computed, so memory does not grow with n.
    /// </summary>
    /// <exception cref="InputException">The ids do not fit the vocabulary or the context.</exception>
    public static void Write(Engine engine, ReadOnlySpan<int> ids, string path, bool withHidden, int greedyTokens, CancellationToken cancellation = default)
    {
        if (greedyTokens < 0)
            throw new InputException($"{greedyTokens} greedy tokens are wanted; it must be 0 or more.");
        using Generator generator = engine.CreateGenerator();
        generator.Check(ids, greedyTokens);

        using SafetensorsWriter writer = SafetensorsWriter.Create(path, Tensors(engine.Config, ids.Length, withHidden, greedyTokens));
        int next = 0, vocabulary = engine.Config.VocabularySize, last = ids.Length - 1;
        generator.Evaluate(ids, withHidden, (tensor, firstRow, rows) =>
        {
            writer.WriteFloats(tensor, rows);
            if (greedyTokens > 0 && tensor == "logits" && firstRow + rows.Length / vocabulary > last)
                next = Sampler.ArgMax(rows[^vocabulary..]);
        }, cancellation);

        for (int i = 0; i < greedyTokens; i++)
        {
            writer.WriteIds("greedy.ids", [next]);
            if (i < greedyTokens - 1)
                next = Sampler.ArgMax(generator.Prefill([next], cancellation));
        }

        writer.Complete();
    }

    private static IEnumerable<(string Name, TensorType Type, long[] Shape)> Tensors(ModelConfig config, int count, bool withHidden, int greedyTokens)
    {
        yield return ("logits", TensorType.F32, [count, config.VocabularySize]);
        if (withHidden)
        {
            IEnumerable<string> names = ["embed", .. Enumerable.Range(0, config.Layers).Select(layer => $"{layer}"), "final"];
            foreach (string name in names)
                yield return ($"hidden.{name}", TensorType.F32, [count, config.EmbedDim]);
        }

        if (greedyTokens > 0)
            yield return ("greedy.ids", TensorType.I32, [greedyTokens]);
    }
}
