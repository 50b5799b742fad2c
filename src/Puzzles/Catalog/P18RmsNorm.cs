using GemmaIlgpu.Compute;

namespace GemmaIlgpu.Puzzles;

/// <summary>A kernel of Gemma's.</summary>
internal sealed class RmsNormPuzzle : Puzzle
{
    private const int GroupSize = 64;
    private const float Epsilon = 1e-6f;

    public override int Number => 18;

    public override string Name => "RmsNorm";

    public override string Teaches => "a whole layer of a model: reduce a row, then scale it";

    public override string Lesson => "lessons/08-rms-norm.md";

    public override IReadOnlyList<string> Hints =>
    [
        "Sum the squares of the row as in puzzle 14; then all threads need the sum, not thread 0 alone.",
        "The mean is the sum divided by columns, not by the threads. Epsilon goes under the root. Every thread can read shared[0] after the last barrier.",
        "float scale = 1f / MathF.Sqrt(sum / columns + epsilon); then for each own column result[row + c] = x[row + c] * scale * (1f + weight[c]);",
    ];

    public override IEnumerable<Trial> Trials() =>
        [Trial(2, 64), Trial(1, 1), Trial(3, 5), Trial(2, 65), Trial(3, 200), Trial(2, 70, scale: 1e-4f)];

    public override Trial? CountedTrial() => Trial(4, 1024);

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) =>
    [
        Puzzles.Goals.Reads(counters, 4 * 1024, 3, "x twice, weight once. Does every thread go through the whole row for the sum?"),
        Puzzles.Goals.Busy(counters, 60, "one thread works for many. Let each of the 64 take every 64th column."),
        Puzzles.Goals.Moved("read", counters.GlobalLoads),
    ];

    public override string? Explain(Trial trial, OutputArgument output, float[] actual)
    {
        float[] x = trial.Input("x"), weight = trial.Input("weight");
        int columns = output.Columns;
        bool Is(Func<float[], double> scale, double offset) => x.Chunk(columns).SelectMany(row => row.Select((value, c) => value * scale(row) * (offset + weight[c])))
            .Zip(actual).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-4 * Math.Abs(pair.First));
        static double Square(float[] row) => row.Sum(value => (double)value * value);
        if (columns > 32 && new[] { 32, 4 }.Any(lanes => Enumerable.Range(0, x.Length).All(i => Own(i, lanes))))
            return "Every warp scales by the sum of its own columns only: shuffles end at the warp, so the warps have to bring their sums together, through shared memory.";
        if (Enumerable.Range(0, x.Length).All(i => Own(i, 1)))
            return "Every thread scales by the sum of its own squares only: the threads have to bring their sums together first.";
        bool Own(int i, int lanes)
        {
            float[] row = x[(i / columns * columns)..((i / columns * columns) + columns)];
            double own = row.Where((_, c) => c % GroupSize / lanes == i % columns % GroupSize / lanes).Sum(value => (double)value * value);
            double wrong = x[i] / Math.Sqrt((own / columns) + Epsilon) * (1 + weight[i % columns]);
            return Math.Abs(wrong - actual[i]) <= 1e-4 * Math.Abs(wrong);
        }
        // The root of a negative mean is no number, and belongs to the same mistake.
        bool IsOfValues() => x.Chunk(columns).SelectMany(row => row.Select((value, c) => value / Math.Sqrt((row.Sum(v => (double)v) / columns) + Epsilon) * (1 + weight[c])))
            .Zip(actual).All(pair => double.IsNaN(pair.First) ? float.IsNaN(pair.Second) : Math.Abs(pair.First - pair.Second) <= 1e-3 * Math.Abs(pair.First));
        return columns > 1 && IsOfValues() ? "It is the mean of the values that is taken; it should be that of their squares, x[…] * x[…]."
            : x.Chunk(columns).SelectMany(row => row.Select(value => value / Math.Sqrt((Square(row) / columns) + Epsilon))).Zip(actual).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-4 * Math.Abs(pair.First)) ? "The rows are normed, and weight is not used: every column is multiplied by 1 + weight[c]."
            : Is(row => 1 / Math.Sqrt((Square(row) / columns) + Epsilon), 0) ? "It is multiplied by weight; Gemma stores weight - 1, so it has to be 1 + weight."
            : Is(row => 1 / Math.Sqrt(Square(row) + Epsilon), 1) ? "The root is that of the sum of squares; it should be that of their mean: divide by columns first."
            : columns != GroupSize && Is(row => 1 / Math.Sqrt((Square(row) / GroupSize) + Epsilon), 1) ? $"The sum is divided by {GroupSize}, the threads; the mean is over {Numbers.Of(columns, "column")}."
            : Is(row => 1 / (Math.Sqrt(Square(row) / columns) + Epsilon), 1) || Is(row => 1 / Math.Sqrt(Square(row) / columns), 1) ? "Epsilon belongs under the root, added to the mean: with small numbers it counts."
            : Is(row => 1 / ((Square(row) / columns) + Epsilon), 1) ? "The root is missing: y = x / sqrt(mean + epsilon)."
            : columns > 32 && new[] { 32, 4 }.Any(lanes => Is(row => 1 / Math.Sqrt((Square([.. row.Where((_, c) => c % GroupSize < lanes)]) / columns) + Epsilon), 1)) ? "Only the first warp's columns are in the mean: the warps have to bring their sums together, through shared memory."
            : Is(row => 1 / Math.Sqrt((Square([.. row.Where((_, c) => c % GroupSize == 0)]) / columns) + Epsilon), 1) ? "Only what thread 0 has added is in the mean: the threads have to bring their sums together." : null;
    }

    private static Trial Trial(int rows, int columns, float scale = 1)
    {
        float[] x = [.. Numbers.Uniform(rows * columns, seed: columns).Select(value => value * scale)], weight = Numbers.Uniform(columns, seed: 18);
        double[] expected = [.. x.Chunk(columns).SelectMany(row =>
        {
            double root = Math.Sqrt((row.Sum(value => (double)value * value) / columns) + Epsilon);
            return row.Select((value, c) => value / root * (1.0 + weight[c]));
        })];
        return new(
            $"{Numbers.Of(rows, "row")} of {Numbers.Of(columns, "column")}{(scale == 1 ? "" : ", small numbers")}", rows, GroupSize,
            new InputArgument("x", x) { Columns = columns }, new InputArgument("weight", weight),
            // About 20 roundings of 2⁻²⁴ on the longest path; 1 + weight, near 0, loses no more than that of 1.
            new OutputArgument("result", expected) { Columns = columns, RelativeTolerance = 5e-6, AbsoluteTolerance = 5e-7 }, new NumberArgument("columns", columns), new NumberArgument("epsilon", Epsilon));
    }
}
