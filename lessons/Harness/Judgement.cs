namespace GemmaIlgpu.Lessons;

/// <summary>What a comparison with double precision came to.</summary>
/// <param name="LargestError">The largest distance; NaN if an element is missing or not a number.</param>
/// <param name="Complaint">What is wrong, in a sentence; null if nothing is.</param>
public sealed record Judgement(double LargestError, string? Complaint)
{
    /// <summary>Compares a result with what should have come out.</summary>
    public static Judgement Of(Problem problem, float[] result)
    {
        double[] expected = problem.Expected;
        if (result.Length != expected.Length)
            return new Judgement(double.NaN, $"the result has {result.Length:N0} elements; it should have {expected.Length:N0}");
        double largest = 0;
        int wrong = 0, missing = 0, first = -1;
        for (int i = 0; i < result.Length; i++)
        {
            double error = Math.Abs(result[i] - expected[i]);
            missing += float.IsNaN(result[i]) ? 1 : 0;
            if (!(error <= problem.Tolerance))      // true for NaN
            {
                first = wrong++ == 0 ? i : first;
            }

            largest = double.IsNaN(error) || double.IsNaN(largest) ? double.NaN : Math.Max(largest, error);
        }

        return new Judgement(largest, wrong == 0 ? null : Complain(problem, result, first, wrong, missing));
    }

    private static string Complain(Problem problem, float[] result, int first, int wrong, int missing)
    {
        string count = FormattableString.Invariant($"{wrong:N0} of {result.Length:N0} elements {(wrong == 1 ? "is" : "are")} wrong");
        string example = float.IsNaN(result[first])
            ? FormattableString.Invariant($"the first is {problem.NameOf(first)}, which nobody wrote, or which is no number; it should be {problem.Expected[first]:g6}")
            : FormattableString.Invariant($"the first is {problem.NameOf(first)}: {result[first]:g6}; it should be {problem.Expected[first]:g6}");
        return $"{count}, {example}{(missing > 0 && missing < wrong ? FormattableString.Invariant($" ({missing:N0} were not written)") : "")}";
    }
}
