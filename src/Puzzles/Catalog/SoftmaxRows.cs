namespace GemmaIlgpu.Puzzles;

/// <summary>The launches of both softmax puzzles.</summary>
internal static class SoftmaxRows
{
    public const int GroupSize = 64;

    public static IEnumerable<Trial> All() =>
    [
        Trial(2, 64, 1, 0), Trial(1, 1, 1, 0), Trial(3, 5, 1, 0), Trial(2, 65, 1, 0), Trial(3, 200, 10, 0), Trial(2, 70, 30, 1000), Trial(2, 33, 30, -1000),
    ];

    /// <summary>Rows of numbers around a middle.</summary>
    public static Trial Trial(int rows, int columns, float spread, float middle)
    {
        float[] x = [.. Numbers.Uniform(rows * columns, seed: columns).Select(value => (value * spread) + middle)];
        string around = middle == 0 ? "" : $", around {middle}";
        return new(
            $"{Numbers.Of(rows, "row")} of {Numbers.Of(columns, "column")}{around}", rows, GroupSize, new InputArgument("x", x) { Columns = columns },
            // exp turns the rounding of x - m, up to 60 · 2⁻²⁴ here, into a relative error; sums and quotients add less.
            new OutputArgument("result", [.. x.Chunk(Math.Max(1, columns)).SelectMany(Softmax)]) { Columns = columns, RelativeTolerance = 2e-5, AbsoluteTolerance = 1e-30 },
            new NumberArgument("columns", columns));
    }

    /// <summary>Says what the two invite.</summary>
    public static string? Explain(Trial trial, OutputArgument output, float[] actual)
    {
        float[] x = trial.Input("x");
        int columns = output.Columns;
        if (x.Any(value => value > 88) && actual.Any(value => float.IsNaN(value) || float.IsInfinity(value)))
            return "exp overflows: the row has numbers beyond 88, whose exp is no float any more, and infinity / infinity is NaN. Take the row's largest value off first; the fractions stay the same.";
        if (x.All(value => value < -88) && actual.Any(value => float.IsNaN(value) || float.IsInfinity(value)))
            return "All exp are 0 here, the numbers are far below -88, and 0 / 0 is NaN. Take the row's largest value off first: then the largest exp is 1. Does the search for it begin at 0? Begin below everything.";
        if (actual.Any(float.IsNaN) && columns < GroupSize)
            return $"Of {columns} columns, {GroupSize - columns} threads have none. If such a thread's m is minus infinity, m - m is no number: begin with float.MinValue, which is finite, or leave out pairs whose sum is 0.";
        double[] sums = [.. actual.Chunk(Math.Max(1, columns)).Select(row => row.Sum(value => (double)value))];
        return columns > GroupSize && actual.Chunk(columns).All(row => row.Skip(GroupSize).All(TrialRun.IsUnwritten)) ? $"Only the first {GroupSize} columns are written: each thread has to go on, {GroupSize} columns further."
            : columns > 1 && actual.Select((value, i) => Math.Abs(value - (1.0 / columns))).All(far => far < 1e-6) ? "All fractions are the same: every thread takes off a largest value of its own. The threads have to agree on one, that of the whole row."
            : actual.Length > columns && actual.Chunk(columns).All(row => row.Zip(Softmax(x[..columns])).All(pair => Math.Abs(pair.First - pair.Second) < 1e-6)) ? "Every row holds the fractions of row 0: row r begins at element r * columns."
            : Array.FindIndex(sums, sum => Math.Abs(sum - 1) > 1e-5) is int wrong and >= 0 && !double.IsNaN(sums[wrong])
            ? $"Row {wrong} adds up to {Teacher.Number(sums[wrong])}, and should to 1: is the divisor the sum of all threads' exp, and is every exp in it taken with the same largest value? What was added with another has to be multiplied by exp(old - new)." : null;
    }

    private static double[] Softmax(float[] row)
    {
        double largest = row.Max(), sum = row.Sum(value => Math.Exp(value - largest));
        return [.. row.Select(value => Math.Exp(value - largest) / sum)];
    }
}
