using GemmaIlgpu.Engine.Generation;

namespace GemmaIlgpu.Engine.Quality;

/// <summary>Scores a text with a model, and against a baseline if there is one.</summary>
/// <remarks>
/// <para>The scheme is that of llama.cpp's perplexity tool, so that figures compare. The text's tokens with `&lt;bos&gt;` in
/// front are cut into chunks of n that do not overlap; what does not fill a chunk is left out. In every chunk the first
/// token is replaced by `&lt;bos&gt;`, and the tokens ⌊n/2⌋ + 1 to n − 1 are scored, each given all before it in its chunk:
/// the first half is there to give context.</para>
/// <para>Both models compute the same few rows before the next ones, so memory holds two batches of logits, 64 MiB each,
/// whatever the text, the chunk and the vocabulary.</para>
/// </remarks>
public static class Perplexity
{
    private const int LogitBatchValues = 1 << 24;

    /// <summary>Scores token ids of a text, `&lt;bos&gt;` in front.</summary>
    /// <param name="model">The model.</param>
    /// <param name="baseline">A model of the same vocabulary, or null.</param>
    /// <param name="ids">The text.</param>
    /// <param name="chunkLength">Tokens of a chunk, at least 4.</param>
    /// <param name="maxChunks">Stop after so many.</param>
    /// <param name="progress">Counts chunks.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="InputException">The text is shorter than a chunk, a chunk does not fit a context, or the vocabularies differ.</exception>
    public static QualityReport Measure(
        Engine model, Engine? baseline, ReadOnlyMemory<int> ids, int chunkLength, int maxChunks = int.MaxValue,
        IProgress<LoadProgress>? progress = null, CancellationToken cancellation = default)
    {
        Check(model, baseline, ids.Length, chunkLength);
        int chunks = Math.Min(maxChunks, ids.Length / chunkLength);
        using Generator generator = model.CreateGenerator();
        using Generator? reference = baseline?.CreateGenerator();
        QualityScores scores = new();
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            progress?.Report(new LoadProgress("Scoring", chunk, chunks));
            int[] part = ids.Slice(chunk * chunkLength, chunkLength).ToArray();
            part[0] = model.Config.BosId;
            ScoreChunk(generator, reference, part, model.Config.VocabularySize, scores, cancellation);
        }

        return scores.Report(chunkLength, chunks);
    }

    private static void ScoreChunk(Generator model, Generator? baseline, int[] ids, int vocabulary, QualityScores scores, CancellationToken cancellation)
    {
        // Row i of the logits predicts token i + 1; the rows before the middle only fill the cache.
        int first = ids.Length / 2, last = ids.Length - 1, batch = Math.Max(1, LogitBatchValues / vocabulary);
        foreach (Generator? generator in (Generator?[])[model, baseline])
        {
            generator?.Reset();
            generator?.Prefill(ids.AsSpan(0, first), cancellation);
        }

        for (int row = first; row < last; row += batch)
        {
            int rows = Math.Min(batch, last - row);
            float[] logits = Rows(model, ids.AsSpan(row, rows), vocabulary, cancellation);
            float[] reference = baseline is null ? [] : Rows(baseline, ids.AsSpan(row, rows), vocabulary, cancellation);
            scores.Add(logits, reference, ids.AsMemory(row + 1, rows));
        }
    }

    private static float[] Rows(Generator generator, ReadOnlySpan<int> ids, int vocabulary, CancellationToken cancellation)
    {
        float[] logits = new float[ids.Length * vocabulary];
        int start = generator.Position;
        generator.Evaluate(ids, withHidden: false, (_, firstRow, rows) => rows.CopyTo(logits.AsSpan((firstRow - start) * vocabulary)), cancellation);
        return logits;
    }

    private static void Check(Engine model, Engine? baseline, int tokens, int chunkLength)
    {
        if (chunkLength < 4)
            throw new InputException($"A chunk of {chunkLength} tokens is wanted; it must have at least 4.");
        foreach (Engine engine in baseline is null ? [model] : (Engine[])[model, baseline])
        {
            if (chunkLength > engine.ContextLength)
                throw new InputException($"A chunk of {chunkLength} tokens does not fit a context of {engine.ContextLength}.");
        }

        if (tokens < chunkLength)
            throw new InputException($"The text has {tokens} tokens; a chunk of {chunkLength} needs at least that many. Take a longer text or a shorter chunk.");
        if (baseline is not null && baseline.Config.VocabularySize != model.Config.VocabularySize)
            throw new InputException($"The baseline has a vocabulary of {baseline.Config.VocabularySize} tokens, the model one of {model.Config.VocabularySize}; only models of the same vocabulary compare.");
    }
}
