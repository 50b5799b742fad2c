namespace GemmaIlgpu.Engine.Quality;

/// <summary>Logits [V] of one position as a probability distribution; sums in double.</summary>
/// <remarks>
/// log pᵢ = (xᵢ − m) − log Σ exp(xⱼ − m) with the largest logit m, so that no exponential overflows.
/// Relative error of the sum ≤ V · 2⁻⁵³, for any vocabulary far below that of the f32 logits.
/// </remarks>
public readonly ref struct Distribution
{
    private readonly ReadOnlySpan<float> _logits;
    private readonly double _largest, _logSum;

    /// <param name="logits">One for each token of the vocabulary; −∞ is a probability of 0.</param>
    /// <exception cref="InputException">A logit is not a number or +∞, or none is finite.</exception>
    public Distribution(ReadOnlySpan<float> logits)
    {
        _logits = logits;
        Best = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            if (float.IsNaN(logits[i]) || float.IsPositiveInfinity(logits[i]))
                throw new InputException($"The model gives {logits[i]} as the logit of token {i}; are its weights damaged?");
            if (logits[i] > logits[Best])
                Best = i;
        }

        _largest = logits[Best];
        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - _largest);
        _logSum = Math.Log(sum);
        if (double.IsNegativeInfinity(_largest))
            throw new InputException("The model gives no token a finite logit; are its weights damaged?");
    }

    /// <summary>The likeliest token; the first of equals.</summary>
    public int Best { get; }

    /// <summary>Natural logarithm of a token's probability.</summary>
    public double LogProbability(int id) => _logits[id] - _largest - _logSum;

    /// <summary>Kullback-Leibler divergence from this distribution P to another one Q: Σ p · (log p − log q) ≥ 0, in nats.</summary>
    public double DivergenceTo(Distribution other)
    {
        double sum = 0;
        for (int i = 0; i < _logits.Length; i++)
        {
            double logP = LogProbability(i), p = Math.Exp(logP);
            if (p > 0)
                sum += p * (logP - other.LogProbability(i));
        }

        return Math.Max(0, sum); // near 0 the roundings of the terms may leave −1e-16
    }
}
