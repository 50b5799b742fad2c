using GemmaIlgpu.Compute;

namespace GemmaIlgpu.Puzzles;

/// <summary>Shared memory, and the barrier it needs.</summary>
internal sealed class RingPuzzle : Puzzle
{
    private const int GroupSize = 64;

    public override int Number => 6;

    public override string Name => "Ring";

    public override string Teaches => "shared memory: read once, let the neighbours have it, behind a barrier";

    public override string Lesson => "lessons/03-reduction.md";

    public override IReadOnlyList<string> Hints =>
    [
        "What a thread has read, its neighbour needs too. Put it where both can see it: tile[Group.IdxX].",
        "Warps run at their own speed. Who reads tile has to wait until everybody has written: Group.Barrier().",
        "tile[t] = x[i]; Group.Barrier(); then tile[t] + tile[(t + 1) % GroupSize].",
    ];

    public override IEnumerable<Trial> Trials() => new[] { 1, 2, 5, 16 }.Select(Trial);

    public override Trial? CountedTrial() => Trial(16);

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) =>
        [Puzzles.Goals.Reads(counters, trial.Threads, 1, "keep what was read in shared memory, where the neighbour can have it.")];

    public override string? Explain(Trial trial, OutputArgument output, float[] actual)
    {
        int[] wrong = [.. Enumerable.Range(0, actual.Length).Where(i => !output.IsRight(i, actual[i]))];
        return wrong.All(i => i % GroupSize == GroupSize - 1)
            ? "Only the last thread of each group is wrong: it is a ring, so its neighbour is the group's first thread. (t + 1) % GroupSize goes round." : null;
    }

    private static Trial Trial(int groups)
    {
        float[] x = Numbers.Whole(groups * GroupSize, seed: 4);
        double[] expected = [.. x.Select((value, i) => (double)value + x[(i / GroupSize * GroupSize) + ((i + 1) % GroupSize)])];
        return new($"{Numbers.Of(x.Length, "element")}", groups, GroupSize, new InputArgument("x", x), new OutputArgument("result", expected)) { Owner = i => i };
    }
}
