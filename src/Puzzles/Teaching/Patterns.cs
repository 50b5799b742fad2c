namespace GemmaIlgpu.Puzzles;

/// <summary>Recognises results that many puzzles' mistakes have in common.</summary>
internal static class Patterns
{
    /// <summary>Says what a wrong result looks like; null if it looks like nothing known.</summary>
    public static string? Recognise(Attempt attempt, Trial trial, int warpSize, OutputArgument output, float[] actual, bool[] wrong, bool[] missing)
    {
        int length = actual.Length, group = trial.GroupThreads;
        bool perThread = trial.Owner is not null;
        if (actual.Where((_, i) => wrong[i]).Any(float.IsNaN) && !missing.Where((_, i) => wrong[i]).Any(value => value))
            return "NaN comes of 0 / 0, of infinity minus infinity, of infinity / infinity and of the root of a negative number. Which value overflowed or is infinite from the start, which divisor can be 0?";
        if (actual.Where((_, i) => wrong[i]).Any(float.IsInfinity))
            return "Infinity comes of a division by 0, or of a number too large for a float, which ends at 3.4e38: a product of many numbers, or exp of more than 88.";
        bool onlyPartial = length > group && length % group != 0 && Prefix(wrong) == length / group * group;
        if (onlyPartial && missing.SequenceEqual(wrong) && (SourceView.MentionsMember(attempt, "Grid", "IdxX") || SourceView.MentionsMember(attempt, "Grid", "GlobalIndex")))
            return Missing(trial, missing);
        if (Prefix(wrong) is int right and > 0 && perThread && trial.Groups > 1 && right == group)
            return missing[right]
                ? $"Only the first group's {group} elements are written: every group counts its threads from 0. Grid.GlobalIndex.X counts through all groups: Grid.IdxX * Group.DimX + Group.IdxX."
                : $"Only the first group is right: every group counts its threads from 0, so all of them look at the first {group} elements. Grid.GlobalIndex.X counts through all groups.";
        if (Prefix(wrong) is int firstRight && perThread && firstRight == warpSize && group > warpSize)
            return $"Only the first warp, threads 0 to {warpSize - 1}, is right: what the other warps need does not reach them.";
        if (perThread && warpSize > 1 && length > warpSize && wrong.Where((value, i) => value != (i % warpSize == warpSize - 1)).Count() <= 1 && attempt.Tree.GetText().ToString().Contains("Warp.", StringComparison.Ordinal))
            return $"Only what the last lane of a warp writes is wrong: a shuffle does not reach beyond the warp, and its neighbour is in the next one. Shared memory is seen by the whole group.";
        if (missing.Any(value => value) && !wrong.Where((_, i) => !missing[i]).Any(value => value))
            return Missing(trial, missing);
        if (group > 1 && onlyPartial)
            return "All whole groups are right, the partial one at the end is wrong: its threads beyond the end must not contribute, yet must take part.";
        if (length > 2 && Enumerable.Range(0, length).All(i => actual[i] == 0) && output.Expected.Any(value => value != 0))
            return "Every element is 0: is a value computed, and then not written, or multiplied by 0?";
        if (length > 3 && Similar(length - 1, i => output.IsRight(i + 1, actual[i])) && !Constant(output))
            return "Everything is one place too far left: element i holds what belongs to element i + 1.";
        if (length > 3 && Similar(length - 1, i => output.IsRight(i, actual[i + 1])) && !Constant(output))
            return "Everything is one place too far right: element i + 1 holds what belongs to element i.";
        if (output.Columns > 1 && length > output.Columns && IsTransposed(output, actual))
            return "Rows and columns have changed places. The column is x, so that neighbouring threads have neighbouring elements; element (row, column) lies at row · columns + column.";
        return length > 1 && Factor(output, actual) is double factor ? $"Every element is {Teacher.Number(factor)} times what it should be." : null;
    }

    private static string Missing(Trial trial, bool[] missing)
    {
        int length = missing.Length, first = Array.IndexOf(missing, true), last = Array.LastIndexOf(missing, true), count = missing.Count(value => value);
        if (count == length)
            return "Nobody writes any element in this launch.";
        if (count == last - first + 1)
        {
            if (trial.Owner is not null && first == trial.Groups && last == length - 1 && trial.Groups < trial.Threads && first != trial.GroupThreads)
                return $"{(first == 1 ? "Only one element is" : $"Only {first} elements are")} written, as many as there are groups: Grid.IdxX is the number of the group, the same for all its threads. A thread's number in its group is Group.IdxX.";
            string which = count == 1 ? $"Only element {first} is" : $"Elements {first} to {last} are";
            return last == length - 1 && first == length / trial.GroupThreads * trial.GroupThreads && trial.Groups > 1
                ? $"{which} written by nobody, which is what the last, partial group should do: is it sent home as a whole?"
                : last == length - 1 ? $"{which} written by nobody: does the condition stop too early, or are there fewer threads than elements?"
                : $"{which} written by nobody.";
        }
        int step = Array.IndexOf(missing, false) >= 0 ? Enumerable.Range(1, length - 1).FirstOrDefault(s => Enumerable.Range(0, length).All(i => missing[i] == (i % s != 0))) : 0;
        return step > 1 ? $"Only every element whose number is a multiple of {step} is written." : $"{count} of {length} elements are written by nobody, the first is {first}.";
    }

    private static int Prefix(bool[] wrong) => Array.IndexOf(wrong, true);

    private static bool Similar(int count, Func<int, bool> agrees) => Enumerable.Range(0, count).Count(agrees) >= 0.9 * count;

    private static bool Constant(OutputArgument output) => output.Expected.Distinct().Count() < 3;

    private static bool IsTransposed(OutputArgument output, float[] actual)
    {
        int columns = output.Columns, rows = actual.Length / columns;
        return rows > 1 && Similar(actual.Length, i => output.IsRight((i % rows * columns) + (i / rows), actual[i]));
    }

    private static double? Factor(OutputArgument output, float[] actual)
    {
        if (actual.Where((value, i) => output.Expected[i] == 0 && value != 0).Any())
            return null;
        double[] factors = [.. actual.Select((value, i) => value / output.Expected[i]).Where((_, i) => output.Expected[i] != 0)];
        return factors.Length > 1 && factors.All(factor => double.IsFinite(factor) && factor != 0 && Math.Abs(factor - factors[0]) < 1e-4 * Math.Abs(factors[0])) ? factors[0] : null;
    }
}
