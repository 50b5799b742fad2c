using GemmaIlgpu.Compute;
using ILGPU;

namespace GemmaIlgpu.Puzzles;

/// <summary>A row and a column make a matrix whose rows are farther apart than they are long.</summary>
internal sealed class OuterPuzzle : Puzzle
{
    private const int Side = 4;

    public override int Number => 5;

    public override string Name => "Outer";

    public override string Teaches => "broadcast a row and a column; a stride that is not the width";

    public override string Lesson => "lessons/02-indexing-and-strides.md";

    public override IReadOnlyList<string> Hints =>
    [
        "How many rows and columns there are, the lengths of down and across say.",
        "Element (row, column) needs one element of down and one of across. From one row to the next it is stride elements in memory.",
        "if (row < down.Length && column < across.Length) result[row * stride + column] = down[row] * across[column];",
    ];

    public override Trial? CountedTrial() => Trials().First();

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) => [Puzzles.Goals.OneWrite(counters, trial)];

    public override IEnumerable<Trial> Trials() => new[] { (3, 5, 8), (4, 4, 4), (1, 1, 2), (6, 3, 4), (1, 9, 10), (9, 1, 3), (0, 4, 4) }.Select(size =>
    {
        (int rows, int columns, int stride) = size;
        float[] down = Numbers.Whole(rows, seed: 7), across = Numbers.Whole(columns, seed: 8);
        double[] expected = new double[rows * stride];
        for (int i = 0; i < rows * columns; i++)
            expected[(i / columns * stride) + (i % columns)] = (double)down[i / columns] * across[i % columns];
        return new Trial(
            $"{Numbers.Of(rows, "row")} of {Numbers.Of(columns, "column")}, {stride} apart", new Index3D(Numbers.Groups(columns, Side), Numbers.Groups(rows, Side), 1), new Index3D(Side, Side, 1),
            [
                new InputArgument("down", down), new InputArgument("across", across),
                new OutputArgument("result", expected) { Columns = stride, StartsAtZero = true }, new NumberArgument("stride", stride),
            ]);
    });

    public override string? Explain(Trial trial, OutputArgument output, float[] actual)
    {
        if (trial.Groups > 1 && Enumerable.Range(0, actual.Length).All(i => output.IsRight(i, actual[i]) || i / output.Columns >= Side || i % output.Columns >= Side))
            return $"Only the first group's {Side} × {Side} elements are right: every group counts its threads from 0. Grid.GlobalIndex.X and .Y count through all groups.";
        float[] down = trial.Input("down"), across = trial.Input("across");
        int columns = across.Length, stride = output.Columns;
        if (stride == columns)
            return null;
        if (Enumerable.Range(0, down.Length * columns).All(i => actual[(i / columns * stride) + (i % columns)] == down[i / columns] + across[i % columns]))
            return "These are the sums; the products are wanted.";
        bool packed = Enumerable.Range(0, down.Length * columns).All(i => actual[i] == down[i / columns] * across[i % columns]);
        bool padding = Enumerable.Range(0, actual.Length).Any(i => i % stride >= columns && actual[i] != 0);
        return packed ? $"The rows lie {columns} elements apart, close together; here they have to begin {stride} elements apart: row * stride + column."
            : padding ? $"Something is written behind the end of a row: only {columns} of its {stride} elements belong to the matrix." : null;
    }
}
