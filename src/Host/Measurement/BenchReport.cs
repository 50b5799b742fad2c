using GemmaIlgpu.Engine.Configuration;

namespace GemmaIlgpu.Host.Measurement;

/// <summary>One measured model on one device; what <c>gemma bench --json</c> writes.</summary>
internal sealed record BenchReport
{
    public required string Model { get; init; }

    public required string Device { get; init; }

    /// <summary>Which layers ran on which device.</summary>
    public required IReadOnlyList<ShareFigure> Split { get; init; }

    public required string Machine { get; init; }

    /// <summary>When it was measured, UTC.</summary>
    public required DateTime Date { get; init; }

    public required int Repetitions { get; init; }

    public required double LoadSeconds { get; init; }

    /// <summary>From the call to the first token of the very first run: compiles kernels, reads weights from disk.</summary>
    public required double FirstTokenColdSeconds { get; init; }

    public required IReadOnlyList<PrefillFigure> Prefill { get; init; }

    public required IReadOnlyList<DecodeFigure> Decode { get; init; }

    /// <summary>Weight bytes read for each decoded token.</summary>
    public required long BytesPerToken { get; init; }

    public required double MemoryGigabytesPerSecond { get; init; }

    public required long WeightBytes { get; init; }

    /// <summary>The largest resident set, mapped weights included.</summary>
    public required long PeakResidentBytes { get; init; }
}

/// <summary>Prefill of one prompt length; the median of the runs counts.</summary>
/// <param name="PromptTokens">Its length.</param>
/// <param name="FirstTokenSeconds">From an empty cache to the first token.</param>
/// <param name="TokensPerSecond">Median speed.</param>
/// <param name="TeraflopsPerSecond">Products and attention at that speed; see <see cref="ModelWork"/>.</param>
/// <param name="Runs">Speed of each repetition, to show the spread.</param>
internal sealed record PrefillFigure(int PromptTokens, double FirstTokenSeconds, double TokensPerSecond, double TeraflopsPerSecond, IReadOnlyList<double> Runs)
{
    public static PrefillFigure Of(ModelConfig config, int promptTokens, IReadOnlyList<double> seconds)
    {
        double median = Statistics.Median(seconds);
        return new PrefillFigure(promptTokens, median, promptTokens / median, ModelWork.Prefill(config, promptTokens) / median / 1e12, [.. seconds.Select(s => promptTokens / s)]);
    }
}

/// <summary>Decoding after one context; the median of the runs counts.</summary>
/// <param name="Context">Tokens in the cache before the first decoded one.</param>
/// <param name="Tokens">Decoded in each run.</param>
/// <param name="TokensPerSecond">Median speed.</param>
/// <param name="GigabytesPerSecond">Weights read at that speed.</param>
/// <param name="ShareOfMemoryBandwidth">Of what the memory can deliver; above 1 when the weights fit a cache.</param>
/// <param name="Runs">Speed of each repetition, to show the spread.</param>
internal sealed record DecodeFigure(
    int Context, int Tokens, double TokensPerSecond, double GigabytesPerSecond, double ShareOfMemoryBandwidth, IReadOnlyList<double> Runs)
{
    public static DecodeFigure Of(int context, int tokens, IReadOnlyList<double> seconds, long bytesPerToken, double memoryGigabytesPerSecond)
    {
        double speed = tokens / Statistics.Median(seconds), gigabytes = speed * bytesPerToken / 1e9;
        return new DecodeFigure(context, tokens, speed, gigabytes, gigabytes / memoryGigabytesPerSecond, [.. seconds.Select(s => tokens / s)]);
    }
}
