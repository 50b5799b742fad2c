using GemmaIlgpu.Compute;
using ILGPU;

namespace GemmaIlgpu.Puzzles;

/// <summary>Through shared memory, without bank conflicts.</summary>
internal sealed class TransposePuzzle : Puzzle
{
    private const int Tile = 32;

    public override int Number => 13;

    public override string Name => "Transpose";

    public override string Teaches => "turn a tile round in shared memory; pad it against bank conflicts";

    public override string Lesson => "lessons/04-transpose.md";

    public override IReadOnlyList<string> Hints =>
    [
        "Directly, either the reads or the writes go down a column. So read a tile along its rows into shared memory, barrier, and write along the rows of the result.",
        "In the result the group's tile begins at row Grid.IdxX * Tile and column Grid.IdxY * Tile; thread (tx, ty) writes there at row ty, column tx, and takes tile(tx, ty). Check the edges again, the other way round.",
        "tile[tx * 32 + ty]: all lanes of a warp have the same ty, so all are in one bank. With rows of 33 words (SharedMemory.Allocate<float>(32 * 33)) they are in 32.",
    ];

    public override IEnumerable<Trial> Trials() => new[] { (32, 64), (3, 5), (1, 1), (33, 20), (0, 5) }.Select(size => Trial(size.Item1, size.Item2));

    public override Trial? CountedTrial() => Trial(64, 96);

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) =>
    [
        Puzzles.Goals.Moved("read", counters.GlobalLoads),
        Puzzles.Goals.Moved("written", counters.GlobalStores),
        Puzzles.Goals.NoConflicts(counters, "Pad the tile by one column: rows of 33 words put a column's words in 32 different banks."),
    ];

    public override string? Explain(Trial trial, OutputArgument output, float[] actual) =>
        trial.Grid.X != trial.Grid.Y && actual.Any(TrialRun.IsUnwritten) && Enumerable.Range(0, actual.Length).All(i => TrialRun.IsUnwritten(actual[i]) == (Math.Max(i / output.Columns, i % output.Columns) >= Tile * Math.Min(trial.Grid.X, trial.Grid.Y)))
            ? "Only a square of tiles is written. Have the two indices of the group changed places? Grid.IdxX counts tiles along a row of x, so x's first column is Grid.IdxX * 32 and its first row Grid.IdxY * 32; in the result it is the other way round."
            : actual.Length > 1 && actual.SequenceEqual(trial.Input("x")) ? "It is a copy: nothing has changed places. Element (r, c) of x goes to row c, column r of the result, which has rows of length rows."
            : actual.Length > 1 && IsUnturned(trial.Input("x"), actual, trial.Number("rows"), trial.Number("columns")) ? "The tiles are in their mirror places, but inside they are not turned round: thread (tx, ty) writes what thread (ty, tx) has read, so it takes the tile's row tx, column ty." : null;

    private static bool IsUnturned(float[] x, float[] actual, int rows, int columns)
    {
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++)
            {
                int tileRow = r / Tile * Tile, tileColumn = c / Tile * Tile;
                int from = tileRow + (c - tileColumn), to = tileColumn + (r - tileRow);
                if (from < rows && to < columns && actual[(c * rows) + r] != x[(from * columns) + to])
                    return false;
            }
        return true;
    }

    private static Trial Trial(int rows, int columns)
    {
        float[] x = Numbers.Distinct(rows * columns, seed: 3);
        double[] expected = [.. Enumerable.Range(0, rows * columns).Select(i => (double)x[(i % Math.Max(1, rows) * columns) + (i / Math.Max(1, rows))])];
        return new(
            $"{Numbers.Of(rows, "row")} of {Numbers.Of(columns, "column")}", new Index3D(Numbers.Groups(columns, Tile), Numbers.Groups(rows, Tile), 1), new Index3D(Tile, Tile, 1),
            [new InputArgument("x", x) { Columns = columns }, new OutputArgument("result", expected) { Columns = rows }, new NumberArgument("rows", rows), new NumberArgument("columns", columns)]);
    }
}
