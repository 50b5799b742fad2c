using System.Globalization;

namespace GemmaIlgpu.Puzzles;

/// <summary>Says what is wrong with a result.</summary>
internal static class Teacher
{
    /// <summary>The kernel as the host launches it.</summary>
    public static string Signature(Trial trial) =>
        $"void Kernel({string.Join(", ", trial.Arguments.Select(argument => $"{TypeName(argument.Type)} {argument.Name}"))})";

    /// <summary>What it means that narrow warps alone fail.</summary>
    public static string OnlyNarrowWarps(int right, int wrong) =>
        $"With warps of {right} it is right, with warps of {wrong} it is not: something takes the width of a warp for {right}. It is {right} on one GPU and 64 on another: ask Warp.WarpSize and Warp.LaneIdx, and order what crosses from warp to warp by Group.Barrier().";

    /// <summary>Explains outputs of a launch that began with marks in them, and may have changed an input.</summary>
    public static Verdict Explain(Puzzle puzzle, Attempt attempt, Trial trial, int warpSize, float[][] outputs, string? changed)
    {
        (OutputArgument output, float[] actual) = trial.Outputs.Zip(outputs).First(pair => pair.Second.Where((value, i) => !pair.First.IsRight(i, value)).Any());
        bool[] wrong = [.. actual.Select((value, i) => !output.IsRight(i, value))];
        bool[] missing = [.. actual.Select(TrialRun.IsUnwritten)];
        if (trial.Outputs.Zip(outputs).All(pair => pair.Second.All(TrialRun.IsUnwritten)) || !SourceView.Mentions(attempt, NameIn(attempt, trial, output)))
        {
            if (changed is not null)
            {
                return new(Standing.Wrong, $"Nothing is written to {output.Name}, and {changed} is not what it was.")
                {
                    Explanation = [$"The result goes into {output.Name}; {changed} is given to be read."],
                    Line = SourceView.FirstWrite(attempt, changed),
                };
            }
            return new(Standing.NotStarted, $"The kernel writes nothing to {output.Name} yet.");
        }
        int first = Array.IndexOf(wrong, true);
        string what = missing[first]
            ? $"Element {Place(output, first)} of {output.Name} should be {Number(output.Expected[first])}, and nobody has written it."
            : $"Element {Place(output, first)} of {output.Name} should be {Number(output.Expected[first])}, and is {Number(actual[first])}.";
        List<string> explanation = [];
        int bad = wrong.Count(value => value);
        if (actual.Length > 1)
            explanation.Add(bad == actual.Length ? "So are all the others wrong." : $"{bad} of {actual.Length} elements {(bad == 1 ? "is" : "are")} wrong{Worker(trial, first)}.");
        else if (Worker(trial, first) is { Length: > 0 } worker)
            explanation.Add($"It is the work{worker[worker.IndexOf(" of", StringComparison.Ordinal)..]}.");
        string? why = puzzle.Explain(trial, output, actual, attempt) ?? Patterns.Recognise(attempt, trial, warpSize, output, actual, wrong, missing);
        explanation.Add(why ?? Compare(output, actual, first));
        return new(Standing.Wrong, what) { Explanation = explanation };
    }

    /// <summary>What is said of a kernel that overwrites what it is given to read.</summary>
    public static Verdict Changed(Attempt attempt, string input) =>
        new(Standing.Wrong, $"The result is right, but {input} is not what it was: the kernel writes to it.")
        {
            Explanation = [$"{input} is given to be read, and somebody may want it again. What a thread has computed goes into a variable, what a group shares into shared memory."],
            Line = SourceView.FirstWrite(attempt, input),
        };

    /// <summary>A value as people write it.</summary>
    public static string Number(double value) => double.IsNaN(value) ? "NaN" : value.ToString("G6", CultureInfo.InvariantCulture);

    // Parameters are known by their place; what they are called is up to whoever writes the kernel.
    private static string NameIn(Attempt attempt, Trial trial, Argument argument) =>
        attempt.Kernel!.GetParameters()[trial.Arguments.Index().First(pair => pair.Item == argument).Index].Name ?? argument.Name;

    // Where nothing is recognised, numbers side by side say most.
    private static string Compare(OutputArgument output, float[] actual, int first)
    {
        int count = Math.Min(6, actual.Length - first);
        return actual.Length == 1 ? $"It is off by {Number(actual[0] - output.Expected[0])}."
            : $"From there on it should be {List(Enumerable.Range(first, count).Select(i => Number(output.Expected[i])))} and is {List(Enumerable.Range(first, count).Select(i => TrialRun.IsUnwritten(actual[i]) ? "nothing" : Number(actual[i])))}.";

        string List(IEnumerable<string> numbers) => string.Join("  ", numbers) + (first + count < actual.Length ? " …" : "");
    }

    private static string Place(OutputArgument output, int index) =>
        output.Columns == 0 ? $"{index}" : $"(row {index / output.Columns}, column {index % output.Columns})";

    private static string Worker(Trial trial, int index)
    {
        if (trial.Owner is not { } owner || trial.Group.Y != 1)
            return "";
        int thread = owner(index);
        return trial.Groups == 1 ? $"; the first is the work of thread {thread}" : $"; the first is the work of thread {thread % trial.GroupThreads} of group {thread / trial.GroupThreads}";
    }

    private static string TypeName(Type type) =>
        type == typeof(int) ? "int" : type == typeof(float) ? "float" : $"ArrayView<{(type.GetGenericArguments()[0] == typeof(byte) ? "byte" : "float")}>";
}
