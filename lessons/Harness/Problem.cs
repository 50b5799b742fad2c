namespace GemmaIlgpu.Lessons;

/// <summary>A lesson's inputs at one scale, what should come out, and what that must cost at least.</summary>
public abstract class Problem
{
    /// <summary>Gets the sizes, for people.</summary>
    public abstract string Shape { get; }

    /// <summary>Gets the result in double precision, by the formula and nothing else.</summary>
    public required double[] Expected { get; init; }

    /// <summary>Gets how far a result may be from <see cref="Expected"/>.</summary>
    public required double Tolerance { get; init; }

    /// <summary>Gets where the tolerance comes from.</summary>
    public required string ToleranceReason { get; init; }

    /// <summary>Gets the bytes of inputs and outputs: every byte read or written once.</summary>
    public abstract long LeastBytes { get; }

    /// <summary>Gets the arithmetic of the formula: additions, multiplications, and functions as one each.</summary>
    public abstract long Operations { get; }
}
