using GemmaIlgpu.Compute;

namespace GemmaIlgpu.Puzzles;

/// <summary>One group for each row.</summary>
internal sealed class RowSumPuzzle : Puzzle
{
    private const int GroupSize = 64;

    public override int Number => 14;

    public override string Name => "RowSum";

    public override string Teaches => "a group for each row: a loop over columns, then a tree";

    public override string Lesson => "lessons/05-matrix-vector.md";

    public override IReadOnlyList<string> Hints =>
    [
        "Two parts that you know: a loop with a sum of the thread's own (puzzle 9, within one group), and the tree (puzzle 11).",
        "Row r begins at r * columns. Thread t takes columns t, t + 64, …; for some lengths it has none, and its sum is 0.",
        "float sum = 0; for (int c = t; c < columns; c += GroupSize) sum += x[row * columns + c]; then put it in shared memory, barrier, tree, and thread 0 writes.",
    ];

    public override IEnumerable<Trial> Trials() => new[] { (3, 64), (1, 1), (2, 5), (2, 0), (4, 65), (3, 200) }.Select(size => Trial(size.Item1, size.Item2));

    public override Trial? CountedTrial() => Trial(4, 1024);

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) =>
    [
        Puzzles.Goals.Reads(counters, 4 * 1024, 1, "each element belongs to one thread."),
        Puzzles.Goals.Busy(counters, 60, "one thread works for many. Let each of the 64 take every 64th column, and add up their sums by a tree."),
        Puzzles.Goals.Moved("read", counters.GlobalLoads),
        Puzzles.Goals.OneWriter(counters, trial),
    ];

    public override string? Explain(Trial trial, OutputArgument output, float[] actual)
    {
        int columns = trial.Number("columns");
        float[][] rows = columns == 0 ? [] : [.. trial.Input("x").Chunk(columns)];
        bool Is(Func<float[], float> sum) => rows.Length > 0 && rows.Select((row, i) => actual[i] == sum(row)).All(same => same);
        return columns > 1 && Is(row => row.Select((value, c) => value * Math.Min(c + 1, GroupSize)).Sum()) ? $"Column c is in the sum c + 1 times, up to {GroupSize} times: every thread goes through all columns from its own on. It has to step by {GroupSize}, the threads of the group."
            : columns > 1 && Is(row => GroupSize * row.Where((_, c) => c % GroupSize == 0).Sum()) ? $"Every thread adds up the same columns, 0, {GroupSize}, …: thread t has to begin at column t."
            : columns > 0 && Is(row => GroupSize * row.Sum()) ? $"Every element is in the sum {GroupSize} times: all threads go through all columns. Thread t begins at column t, and steps by {GroupSize}."
            : rows.Length > 1 && Is(_ => rows[0].Sum()) ? "Every result is the sum of row 0: row r begins at element r * columns."
            : Is(row => row[0]) ? "Each result is the row's first element: the others' sums have not come together."
            : columns > 4 && new[] { 32, 4 }.Any(lanes => columns > lanes && Is(row => row.Where((_, c) => c % GroupSize < lanes).Sum())) ? "Only what the first warp's threads add is in the sums: shuffles end at the warp, so the warps have to bring their sums together through shared memory."
            : Is(row => row.Take(GroupSize).Sum()) ? $"Only the first {GroupSize} columns are in the sums: each thread has to go on, {GroupSize} columns further, until the row ends."
            : Is(row => row[..^1].Sum()) ? "Each sum lacks exactly the row's last element: does the loop end one too early?"
            : Is(row => row.Where((_, c) => c % GroupSize == 0).Sum()) ? "Only what thread 0 adds is in the sums: the other threads' sums have not come together." : null;
    }

    private static Trial Trial(int rows, int columns)
    {
        float[] x = Numbers.Whole(rows * columns, seed: 14);
        double[] expected = [.. Enumerable.Range(0, rows).Select(row => x.Skip(row * columns).Take(columns).Sum(value => (double)value))];
        return new(
            $"{Numbers.Of(rows, "row")} of {Numbers.Of(columns, "column")}", rows, GroupSize,
            new InputArgument("x", x) { Columns = columns }, new OutputArgument("result", expected), new NumberArgument("columns", columns)) { Owner = row => row * GroupSize };
    }
}
