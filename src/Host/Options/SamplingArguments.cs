using System.CommandLine;
using GemmaIlgpu.Engine.Generation;

namespace GemmaIlgpu.Host.Options;

/// <summary>How the next token is drawn: what the command line says, else the model's own generation_config.json.</summary>
internal sealed class SamplingArguments
{
    private readonly Option<float?> _temperature = Numbers.Real("--temperature", "Divides the logits; 0 always takes the likeliest token.", 0f, 100f);
    private readonly Option<int?> _topK = Numbers.Whole("--top-k", "Draw from the N likeliest tokens only; 0 keeps all.", 0);
    private readonly Option<float?> _topP = Numbers.Real("--top-p", "Draw from the likeliest tokens that together reach this probability; 1 keeps all.", 0f, 1f);
    private readonly Option<float?> _minP = Numbers.Real("--min-p", "Drop tokens less likely than this share of the likeliest one; 0 drops none.", 0f, 1f);
    private readonly Option<float?> _repetition = Numbers.Real("--repetition-penalty", "Makes tokens seen before less likely, by a factor; 1 is off.", 0.01f, 100f);
    private readonly Option<float?> _presence = Numbers.Real("--presence-penalty", "Subtracted from the logit of a token already generated; 0 is off.", -100f, 100f);
    private readonly Option<float?> _frequency = Numbers.Real("--frequency-penalty", "Subtracted for each time a token was generated; 0 is off.", -100f, 100f);
    private readonly Option<ulong?> _seed = Numbers.Seed("The same seed gives the same text. Without one, each run differs.");
    private readonly Option<int?> _maxTokens = Numbers.Whole("--max-tokens", "Tokens to generate at most; 0 means until the context is full.", 0);

    private readonly Option<string[]> _stop = new("--stop")
    {
        Description = "End before this text; may be given several times.",
        HelpName = "TEXT",
        AllowMultipleArgumentsPerToken = false,
    };

    public SamplingArguments()
    {
        _stop.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Length == 0))
                result.AddError("--stop takes a text of at least one character.");
        });
    }

    public void AddTo(Command command)
    {
        Option[] options =
        [
            _temperature, _topK, _topP, _minP, _repetition, _presence, _frequency, _seed, _maxTokens, _stop,
        ];
        foreach (Option option in options)
            command.Add(option);
    }

    /// <summary>The model's defaults with what the user gave laid over them. A seed is always set, so that it can be shown.</summary>
    public SamplingOptions Read(ParseResult parsed, SamplingOptions defaults) => defaults with
    {
        Temperature = parsed.GetValue(_temperature) ?? defaults.Temperature,
        TopK = parsed.GetValue(_topK) ?? defaults.TopK,
        TopP = parsed.GetValue(_topP) ?? defaults.TopP,
        MinP = parsed.GetValue(_minP) ?? defaults.MinP,
        RepetitionPenalty = parsed.GetValue(_repetition) ?? defaults.RepetitionPenalty,
        PresencePenalty = parsed.GetValue(_presence) ?? defaults.PresencePenalty,
        FrequencyPenalty = parsed.GetValue(_frequency) ?? defaults.FrequencyPenalty,
        // 32 bits are enough to tell runs apart and short enough to type again.
        Seed = parsed.GetValue(_seed) ?? (ulong)Random.Shared.NextInt64(1L << 32),
        MaxTokens = parsed.GetValue(_maxTokens) ?? defaults.MaxTokens,
        StopStrings = parsed.GetValue(_stop) ?? defaults.StopStrings,
    };
}
