using GemmaIlgpu.Compute;

namespace GemmaIlgpu.Puzzles;

/// <summary>A tree in shared memory.</summary>
internal sealed class GroupSumPuzzle : Puzzle
{
    private const int GroupSize = 256;

    public override int Number => 11;

    public override string Name => "GroupSum";

    public override string Teaches => "a tree of sums in shared memory that leaves whole warps free";

    public override string Lesson => "lessons/03-reduction.md";

    public override IReadOnlyList<string> Hints =>
    [
        "256 values in shared memory; in a first round 128 threads add two of them each, in the next 64, and so on: 8 rounds.",
        "A Group.Barrier() after every round, outside the if. Who has no element writes 0, else nobody has written there.",
        "for (int stride = GroupSize / 2; stride > 0; stride /= 2) { if (t < stride) tile[t] += tile[t + stride]; Group.Barrier(); }",
    ];

    public override IEnumerable<Trial> Trials() => new[] { 256, 1, 0, 255, 257, 1000 }.Select(Trial);

    public override Trial? CountedTrial() => Trial(1024);

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) =>
    [
        Puzzles.Goals.Reads(counters, 1024, 1, "read an element once, into shared memory."),
        new("branches that part a warp, for each group", counters.DivergentBranches / (double)trial.Groups, 12,
            "Half the lanes idle in every warp: the threads that add lie scattered (every second, every fourth, …), so all warps stay busy with half-empty hands. Let the first threads add (t < stride): then whole warps are done.") { Culprit = Puzzles.Goals.MostDivergent },
        Puzzles.Goals.NoConflicts(counters, "Neighbouring threads should touch neighbouring words: tile[t] += tile[t + stride]."),
        new("barriers for each group", counters.Barriers / (double)trial.Groups, 10, "256 values are added in 8 rounds: halve the number of sums each time."),
    ];

    public override string? Explain(Trial trial, OutputArgument output, float[] actual)
    {
        float[][] parts = [.. trial.Input("x").Chunk(GroupSize)];
        bool Is(Func<float[], float> sum) => parts.Length > 0 && parts.Select((part, i) => actual[i] == sum(part)).All(same => same);
        return Is(part => part[0]) ? "Each result is its group's first element: nothing has been added to it."
            : Is(part => part[..^1].Sum()) ? "Each sum lacks exactly its group's last element."
            : Is(part => part.Where((_, i) => i % 2 == 0).Sum()) ? "Only elements of even number are in the sum: does the last round, stride 1, take place?" : null;
    }

    private static Trial Trial(int count)
    {
        float[] x = Numbers.Whole(count, seed: 12);
        double[] expected = [.. Enumerable.Range(0, Numbers.Groups(count, GroupSize)).Select(group => x.Skip(group * GroupSize).Take(GroupSize).Sum(value => (double)value))];
        return new($"{Numbers.Of(count, "element")}", expected.Length, GroupSize, new InputArgument("x", x), new OutputArgument("result", expected)) { Owner = i => i * GroupSize };
    }
}
