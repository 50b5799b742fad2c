namespace GemmaIlgpu.Engine.Quality;

/// <summary>How well a model predicts a text, and how far it strays from another one.</summary>
public sealed record QualityReport
{
    /// <summary>Tokens in each chunk, the first of which is `&lt;bos&gt;`.</summary>
    public required int ChunkLength { get; init; }

    public required int Chunks { get; init; }

    /// <summary>Tokens whose probability counted: in each chunk those after the first half and one more.</summary>
    public required int ScoredTokens { get; init; }

    /// <summary>exp of the mean of −log p(token); with its standard error.</summary>
    public required Estimate Perplexity { get; init; }

    /// <summary>The same of the baseline, and the comparison, if there is one.</summary>
    public BaselineReport? Baseline { get; init; }
}

/// <summary>A model against a baseline, on the same tokens.</summary>
public sealed record BaselineReport
{
    public required Estimate Perplexity { get; init; }

    /// <summary>Mean over the scored positions of Σ p_baseline · log(p_baseline / p_model), in nats.</summary>
    public required Estimate MeanDivergence { get; init; }

    public required double MedianDivergence { get; init; }

    /// <summary>The divergence that 99 % of the positions do not exceed.</summary>
    public required double Divergence99 { get; init; }

    /// <summary>The divergence that 99.9 % of the positions do not exceed.</summary>
    public required double Divergence999 { get; init; }

    public required double LargestDivergence { get; init; }

    /// <summary>Share of positions where both find the same token likeliest, 0 to 1.</summary>
    public required Estimate TopAgreement { get; init; }
}

/// <summary>A mean and its standard error, from the spread of the positions as if they were independent.</summary>
public readonly record struct Estimate(double Value, double StandardError)
{
    /// <summary>Mean of some values; the error is √(variance / (n − 1)), 0 for a single value.</summary>
    public static Estimate Mean(IReadOnlyCollection<double> values)
    {
        double mean = values.Average(), variance = values.Sum(value => (value - mean) * (value - mean)) / values.Count;
        return new Estimate(mean, values.Count > 1 ? Math.Sqrt(variance / (values.Count - 1)) : 0);
    }

    /// <summary>exp of an estimate: errors grow by the derivative, which is the value.</summary>
    public Estimate Exponential() => new(Math.Exp(Value), Math.Exp(Value) * StandardError);
}
