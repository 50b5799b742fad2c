namespace GemmaIlgpu.Engine.Generation;

/// <summary>
/// How the next token is drawn. The steps apply in this order: penalties, temperature, top-k, top-p, min-p.
/// The defaults are those of the Gemma model cards (temperature 1, top-k 64, top-p 0.95) with penalties off.
/// </summary>
public sealed record SamplingOptions
{
    /// <summary>Always the likeliest token.</summary>
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0f };

    /// <summary>Divides the logits; 0 takes the likeliest token always.</summary>
    public float Temperature
    {
        get;
        init => field = Require(value, 0f, 100f, nameof(Temperature));
    } = 1f;

    /// <summary>Keeps the k likeliest tokens; 0 keeps all.</summary>
    public int TopK
    {
        get;
        init => field = Require(value, 0, int.MaxValue, nameof(TopK));
    } = 64;

    /// <summary>Keeps the likeliest tokens until their probabilities reach this sum; 1 keeps all.</summary>
    public float TopP
    {
        get;
        init => field = Require(value, 0f, 1f, nameof(TopP));
    } = 0.95f;

    /// <summary>Drops tokens less likely than this share of the likeliest one; 0 drops none.</summary>
    public float MinP
    {
        get;
        init => field = Require(value, 0f, 1f, nameof(MinP));
    }

    /// <summary>Divides positive and multiplies negative logits of tokens seen before; 1 is off (Keskar et al. 2019, arXiv:1909.05858).</summary>
    public float RepetitionPenalty
    {
        get;
        init => field = Require(value, 0.01f, 100f, nameof(RepetitionPenalty));
    } = 1f;

    /// <summary>Subtracted once from the logit of a token that was generated before.</summary>
    public float PresencePenalty
    {
        get;
        init => field = Require(value, -100f, 100f, nameof(PresencePenalty));
    }

    /// <summary>Subtracted from a logit for each time its token was generated.</summary>
    public float FrequencyPenalty
    {
        get;
        init => field = Require(value, -100f, 100f, nameof(FrequencyPenalty));
    }

    /// <summary>Start of the random sequence: the same seed gives the same text. Null takes a new one each time.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Tokens to generate at most; 0 means until the context is full.</summary>
    public int MaxTokens
    {
        get;
        init => field = Require(value, 0, int.MaxValue, nameof(MaxTokens));
    } = 512;

    /// <summary>Texts that end the generation. They may span tokens and are not printed.</summary>
    public IReadOnlyList<string> StopStrings
    {
        get;
        init => field = value.All(text => !string.IsNullOrEmpty(text))
            ? value
            : throw new InputException("A stop string is empty; it must hold at least one character.");
    } = [];

    /// <summary>Whether the model's own end ids end the generation.</summary>
    public bool StopAtEndOfText { get; init; } = true;

    // Written so that NaN fails: every comparison with it is false.
    private static T Require<T>(T value, T low, T high, string name) where T : IComparable<T>, System.Numerics.IComparisonOperators<T, T, bool> =>
        value >= low && value <= high
            ? value
            : throw new InputException($"{name} is {value}; it must be between {low} and {high}.");
}
