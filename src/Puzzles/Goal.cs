using System.Globalization;
using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Puzzles;

/// <summary>What a right kernel may cost.</summary>
/// <param name="What">What is counted, with its unit.</param>
/// <param name="Value">What it was.</param>
/// <param name="Limit">The most it may be.</param>
/// <param name="Advice">What to do if it is more.</param>
public sealed record Goal(string What, double Value, double Limit, string Advice)
{
    /// <summary>Gets whether the value is the least that may be, not the most.</summary>
    public bool AtLeast { get; init; }

    /// <summary>Gets what finds the line that costs most in the launch as counted.</summary>
    public Func<LaunchTrace, SourceLocation?>? Culprit { get; init; }

    /// <summary>Gets whether it is reached.</summary>
    public bool IsReached => AtLeast ? Value >= Limit : Value <= Limit;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{What}: {Value:#,0.##}, goal: {(AtLeast ? "at least" : Limit == 0 ? "" : "at most")} {Limit:#,0.##}").Replace(":  ", ": ", StringComparison.Ordinal);
}
