namespace GemmaIlgpu.Host.Measurement;

/// <summary>One measured model on one device; what <c>gemma bench --json</c> writes.</summary>
internal sealed record BenchReport
{
    public required string Model { get; init; }

    public required string Device { get; init; }

    public required string Machine { get; init; }

    /// <summary>When it was measured, UTC.</summary>
    public required DateTime Date { get; init; }

    public required int PromptTokens { get; init; }

    public required int DecodedTokens { get; init; }

    public required int Repetitions { get; init; }

    public required double LoadSeconds { get; init; }

    /// <summary>From the call to the first token of the very first run: compiles kernels, reads weights from disk.</summary>
    public required double FirstTokenColdSeconds { get; init; }

    /// <summary>Median over the repetitions of the time to the first token.</summary>
    public required double TimeToFirstTokenSeconds { get; init; }

    public required double PrefillTokensPerSecond { get; init; }

    public required double DecodeTokensPerSecond { get; init; }

    /// <summary>Decode speed of each repetition, to show the spread.</summary>
    public required IReadOnlyList<double> DecodeRuns { get; init; }

    /// <summary>Weight bytes read for each decoded token.</summary>
    public required long BytesPerToken { get; init; }

    public double DecodeGigabytesPerSecond => BytesPerToken * DecodeTokensPerSecond / 1e9;

    public required double MemoryGigabytesPerSecond { get; init; }

    /// <summary>Decode's share of what the memory can deliver; above 1 when the weights fit a cache.</summary>
    public double ShareOfMemoryBandwidth => DecodeGigabytesPerSecond / MemoryGigabytesPerSecond;

    public required long WeightBytes { get; init; }

    public required long PeakResidentBytes { get; init; }
}
