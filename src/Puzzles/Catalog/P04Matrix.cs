using GemmaIlgpu.Compute;
using ILGPU;

namespace GemmaIlgpu.Puzzles;

/// <summary>Groups in two dimensions.</summary>
internal sealed class MatrixPuzzle : Puzzle
{
    private const int Side = 4;

    public override int Number => 4;

    public override string Name => "Matrix";

    public override string Teaches => "two dimensions: x is the column, y the row, row after row in memory";

    public override string Lesson => "lessons/02-indexing-and-strides.md";

    public override IReadOnlyList<string> Hints =>
    [
        "The threads form a rectangle, Grid.GlobalIndex.X to the right and .Y down; the matrix is a line in memory.",
        "Before row r there are r whole rows. And the rectangle may be larger than the matrix on both sides.",
        "if (row < rows && column < columns) result[row * columns + column] = …",
    ];

    public override Trial? CountedTrial() => Trials().First();

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) => [Puzzles.Goals.OneWrite(counters, trial)];

    public override IEnumerable<Trial> Trials() => new[] { (4, 8), (3, 5), (1, 1), (7, 2), (1, 9), (9, 1), (0, 3) }.Select(size =>
    {
        (int rows, int columns) = size;
        float[] x = Numbers.Whole(rows * columns, seed: 3);
        return new Trial(
            $"{Numbers.Of(rows, "row")} of {Numbers.Of(columns, "column")}", new Index3D(Numbers.Groups(columns, Side), Numbers.Groups(rows, Side), 1), new Index3D(Side, Side, 1),
            [
                new InputArgument("x", x) { Columns = columns },
                new OutputArgument("result", [.. x.Select((value, i) => (double)value - (10 * (i / Math.Max(1, columns))))]) { Columns = columns },
                new NumberArgument("rows", rows),
                new NumberArgument("columns", columns),
            ]);
    });

    public override string? Explain(Trial trial, OutputArgument output, float[] actual, Attempt attempt)
    {
        int least = Math.Min(trial.Number("rows"), trial.Number("columns"));
        if (least != Math.Max(trial.Number("rows"), trial.Number("columns")) && !SourceView.MentionsMember(attempt, "Group", "IdxX")
            && Enumerable.Range(0, actual.Length).All(i => TrialRun.IsUnwritten(actual[i]) == (i / output.Columns >= least || i % output.Columns >= least)))
            return $"Only a square of {least} × {least} elements is written. Have row and column changed places, where they come from or where they are compared? The column is Grid.GlobalIndex.X and less than columns, the row Grid.GlobalIndex.Y and less than rows.";
        if (trial.Groups > 1 && Enumerable.Range(0, actual.Length).All(i => output.IsRight(i, actual[i]) || i / output.Columns >= Side || i % output.Columns >= Side))
            return $"Only the first group's {Side} × {Side} elements are right: every group counts its threads from 0. Grid.GlobalIndex.X and .Y count through all groups.";
        float[] x = trial.Input("x");
        int columns = output.Columns, along = trial.Grid.X * trial.Group.X;
        if (Array.FindIndex(actual, TrialRun.IsUnwritten) == along && actual.Skip(along).All(TrialRun.IsUnwritten))
            return $"Only the first {along} elements are written, as many as there are threads along X: all rows of threads do the same elements. A thread's row is Grid.GlobalIndex.Y, its column Grid.GlobalIndex.X.";
        int rows = trial.Number("rows");
        if (rows > 1 && columns > 1 && actual.Where((value, i) => value == x[i] - (10 * (i % rows))).Count() == actual.Length)
            return $"The elements are taken column after column, column * rows + row; in memory they lie row after row: before row r there are r rows of {columns} elements, so it is row * columns + column.";
        return actual.Where((value, i) => value == x[i] - (10 * (i % columns))).Count() == actual.Length
            ? "The number of the column is taken off, ten times; it should be that of the row, which is y." : null;
    }
}
