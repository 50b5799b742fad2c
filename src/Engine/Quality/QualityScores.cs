namespace GemmaIlgpu.Engine.Quality;

/// <summary>Collects positions of a text, one after the other, and sums them up.</summary>
public sealed class QualityScores
{
    private readonly List<double> _losses = [], _baselineLosses = [], _divergences = [], _agreements = [];

    /// <summary>Adds positions of a text: row r of the logits predicts id r.</summary>
    /// <param name="logits">[n, V].</param>
    /// <param name="nextIds">[n].</param>
    public void Add(ReadOnlyMemory<float> logits, ReadOnlyMemory<int> nextIds) => Add(logits, default, nextIds);

    /// <summary>Adds positions of a text together with what a baseline gives for them.</summary>
    /// <param name="logits">[n, V].</param>
    /// <param name="baseline">[n, V].</param>
    /// <param name="nextIds">[n].</param>
    public void Add(ReadOnlyMemory<float> logits, ReadOnlyMemory<float> baseline, ReadOnlyMemory<int> nextIds)
    {
        int rows = nextIds.Length, vocabulary = logits.Length / Math.Max(1, rows);
        if (logits.Length != (long)rows * vocabulary || !baseline.IsEmpty && baseline.Length != logits.Length)
            throw new ArgumentException($"{logits.Length} logits and {baseline.Length} of the baseline do not belong to {rows} positions.");

        // A vocabulary of 256,000 takes 5 ms a row: rows in parallel, added up in order so that the sums repeat bit for bit.
        var scores = new (double Loss, double BaselineLoss, double Divergence, double Agreement)[rows];
        try
        {
            Parallel.For(0, rows, row =>
            {
                Distribution model = new(logits.Span.Slice(row * vocabulary, vocabulary));
                int next = nextIds.Span[row];
                scores[row].Loss = -model.LogProbability(next);
                if (baseline.IsEmpty)
                    return;
                Distribution reference = new(baseline.Span.Slice(row * vocabulary, vocabulary));
                scores[row].BaselineLoss = -reference.LogProbability(next);
                scores[row].Divergence = reference.DivergenceTo(model);
                scores[row].Agreement = reference.Best == model.Best ? 1 : 0;
            });
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<InputException>().FirstOrDefault() is InputException cause)
        {
            throw new InputException(cause.Message);
        }

        _losses.AddRange(scores.Select(score => score.Loss));
        if (baseline.IsEmpty)
            return;
        _baselineLosses.AddRange(scores.Select(score => score.BaselineLoss));
        _divergences.AddRange(scores.Select(score => score.Divergence));
        _agreements.AddRange(scores.Select(score => score.Agreement));
    }

    /// <summary>What the positions so far come to.</summary>
    public QualityReport Report(int chunkLength, int chunks) => new()
    {
        ChunkLength = chunkLength,
        Chunks = chunks,
        ScoredTokens = _losses.Count,
        Perplexity = Estimate.Mean(_losses).Exponential(),
        Baseline = _divergences.Count == 0 ? null : CompareWithBaseline(),
    };

    private BaselineReport CompareWithBaseline()
    {
        double[] sorted = [.. _divergences.Order()];
        return new BaselineReport
        {
            Perplexity = Estimate.Mean(_baselineLosses).Exponential(),
            MeanDivergence = Estimate.Mean(_divergences),
            MedianDivergence = Percentile(0.5),
            Divergence99 = Percentile(0.99),
            Divergence999 = Percentile(0.999),
            LargestDivergence = sorted[^1],
            TopAgreement = Estimate.Mean(_agreements),
        };

        // Nearest rank: the smallest value that at least this share of the values do not exceed.
        double Percentile(double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}
