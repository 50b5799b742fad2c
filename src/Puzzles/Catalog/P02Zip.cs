namespace GemmaIlgpu.Puzzles;

/// <summary>Several groups.</summary>
internal sealed class ZipPuzzle : Puzzle
{
    public override int Number => 2;

    public override string Name => "Zip";

    public override string Teaches => "groups of threads, and a thread's number among all";

    public override string Lesson => "lessons/01-vector-add.md";

    public override IReadOnlyList<string> Hints =>
    [
        "Group.IdxX alone is not enough: in every group there is a thread 0.",
        "Before group g there are g whole groups of Group.DimX threads each.",
        "int i = Grid.IdxX * Group.DimX + Group.IdxX; Grid.GlobalIndex.X is short for it.",
    ];

    public override IEnumerable<Trial> Trials() => new[] { (3, 4), (1, 1), (5, 1), (2, 32), (3, 100) }.Select(size =>
    {
        (int groups, int threads) = size;
        float[] a = Numbers.Whole(groups * threads, seed: 1), b = Numbers.Whole(groups * threads, seed: 2);
        return new Trial(
            $"{groups * threads} elements", groups, threads,
            new InputArgument("a", a), new InputArgument("b", b), new OutputArgument("result", [.. a.Zip(b, (x, y) => (double)x * y)])) { Owner = i => i };
    });
}
