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

    /// <summary>Names an element of the result: "element 5", or a row and a column where there are any.</summary>
    public virtual string NameOf(int element) => FormattableString.Invariant($"element {element:N0}");

    /// <summary>Names an element of a matrix that is stored row after row.</summary>
    protected static string RowAndColumn(int element, int columns) =>
        FormattableString.Invariant($"row {element / columns:N0}, column {element % columns:N0}");
}
