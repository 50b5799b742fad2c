using System.Text.Json;
using GemmaIlgpu.Engine.Generation;

namespace GemmaIlgpu.Engine.Configuration;

/// <summary>What a model's `generation_config.json` recommends.</summary>
/// <param name="EosIds">Ids that end a text, besides those of `config.json`.</param>
/// <param name="Sampling">The recommended sampling over the defaults of <see cref="SamplingOptions"/>.</param>
public sealed record GenerationConfig(IReadOnlyList<int> EosIds, SamplingOptions Sampling)
{
    // The lower bound of a number is excluded; this lets 0 itself pass.
    private const double BelowZero = -double.Epsilon;

    public const string FileName = "generation_config.json";

    /// <summary>What holds for a model without such a file.</summary>
    public static GenerationConfig None { get; } = new([], new SamplingOptions());

    /// <summary>Parses and checks the text of a `generation_config.json`. Fields it does not know are left alone.</summary>
    /// <param name="json">UTF-8 text.</param>
    /// <param name="file">Name for messages.</param>
    /// <param name="vocabulary">Number of ids.</param>
    public static GenerationConfig Parse(ReadOnlyMemory<byte> json, string file, int vocabulary)
    {
        using JsonDocument document = JsonText.ParseObject(json, file);
        var fields = new ConfigFields(file, document.RootElement);
        var defaults = new SamplingOptions();
        // In these files sampling is off unless it is asked for; a file that names neither it nor a temperature asks for nothing.
        bool greedy = fields.Find("do_sample") is not null && !fields.Flag("do_sample", true);
        SamplingOptions sampling = defaults with
        {
            Temperature = greedy ? 0 : (float)fields.Number("temperature", BelowZero, 100, defaults.Temperature),
            TopK = fields.Int("top_k", 0, int.MaxValue, defaults.TopK),
            TopP = (float)fields.Number("top_p", 0, 1, defaults.TopP),
            MinP = (float)fields.Number("min_p", BelowZero, 1, defaults.MinP),
            RepetitionPenalty = (float)fields.Number("repetition_penalty", 0.01, 100, defaults.RepetitionPenalty),
            MaxTokens = fields.Int("max_new_tokens", 1, int.MaxValue, defaults.MaxTokens),
        };
        return new GenerationConfig(fields.Ids("eos_token_id", vocabulary), sampling);
    }
}
