using GemmaIlgpu.Compute;

namespace GemmaIlgpu.Puzzles;

/// <summary>A tile and a border of its neighbours' elements.</summary>
internal sealed class StencilPuzzle : Puzzle
{
    private const int GroupSize = 64;

    public override int Number => 8;

    public override string Name => "Stencil";

    public override string Teaches => "a tile with a halo: elements of the neighbouring groups at both ends";

    public override string Lesson => "lessons/04-transpose.md";

    public override IReadOnlyList<string> Hints =>
    [
        "Threads 0 and 63 need an element that belongs to another group. The tile has room for both: 66 elements, shifted by one.",
        "tile[t + 1] is thread t's own element. Somebody has to fill tile[0] and tile[65] too; and what does not exist counts as 0, but has to be written.",
        "A small function helps: float At(x, i) => i >= 0 && i < x.Length ? x[i] : 0f. All threads: tile[t + 1]; thread 0: tile[0]; the last: tile[GroupSize + 1]; then Group.Barrier().",
    ];

    public override IEnumerable<Trial> Trials() => new[] { 128, 1, 0, 63, 65, 200, 1000 }.Select(Trial);

    public override Trial? CountedTrial() => Trial(1024);

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) =>
        [Puzzles.Goals.Reads(counters, 1024, 1.05, "each element is wanted by three threads; read it once into shared memory, and two more for each group at its ends.")];

    public override string? Explain(Trial trial, OutputArgument output, float[] actual)
    {
        int[] wrong = [.. Enumerable.Range(0, actual.Length).Where(i => !output.IsRight(i, actual[i]))];
        if (wrong.All(i => i == 0 || i == actual.Length - 1))
            return "Only the two ends are wrong. They have one neighbour less, which counts as 0, but their own sums have to be written too.";
        return actual.Length > 2 && wrong.All(i => i % GroupSize is 0 or GroupSize - 1 || i == actual.Length - 1)
            ? "Only elements at the ends of groups are wrong: their neighbours belong to the next group, and have to be in the tile as well." : null;
    }

    private static Trial Trial(int count)
    {
        float[] x = Numbers.Whole(count, seed: 6);
        double[] expected = [.. x.Select((value, i) => (i > 0 ? x[i - 1] : 0.0) + value + (i + 1 < count ? x[i + 1] : 0.0))];
        return new($"{Numbers.Of(count, "element")}", Numbers.Groups(count, GroupSize), GroupSize, new InputArgument("x", x), new OutputArgument("result", expected)) { Owner = i => i };
    }
}
