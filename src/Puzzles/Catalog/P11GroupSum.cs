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
        Puzzles.Goals.OneWriter(counters, trial),
        Puzzles.Goals.Busy(counters, 40, "one thread adds up for all. In a tree 128 threads add two sums each, then 64, then 32: 8 rounds instead of 255."),
        new("barriers for each group", counters.Barriers / (double)trial.Groups, 10, "256 values are added in 8 rounds: halve the number of sums each time."),
    ];

    public override string? Explain(Trial trial, OutputArgument output, float[] actual)
    {
        float[][] parts = [.. trial.Input("x").Chunk(GroupSize)];
        bool Is(Func<float[], float> sum) => parts.Length > 0 && parts.Select((part, i) => actual[i] == sum(part)).All(same => same);
        int spare = trial.Threads - trial.Input("x").Length;
        if (spare > 0 && trial.Groups == 1 && actual[0] != output.Expected[0] && (actual[0] - output.Expected[0]) / spare is >= -9 and <= 9 and var brought && brought == Math.Round(brought))
            return $"It is off by {Teacher.Number(brought * spare)}, which is {Teacher.Number(brought)} for each of the {spare} threads that have no element. A 0 adds nothing.";
        return Is(part => part[0]) ? "Each result is its group's first element: nothing has been added to it."
            : Is(part => part[..^1].Sum()) ? "Each sum lacks exactly its group's last element."
            : Is(part => part.Where((_, i) => i % 2 == 0).Sum()) ? "Only elements of even number are in the sum: does the last round, stride 1, take place?"
            : actual.Length > 1 && !TrialRun.IsUnwritten(actual[0]) && actual.Skip(1).All(TrialRun.IsUnwritten) ? "Only the first group writes its sum: in every group one thread has to, the one whose Group.IdxX is 0."
            : parts.Length == 0 || actual.Any(TrialRun.IsUnwritten) ? null : "In every round the sums become half as many: thread t adds the sum of thread t + stride to its own, for all t below stride, and the stride is halved, 128, 64, …, 1. Then each element is in the sum once.";
    }

    private static Trial Trial(int count)
    {
        float[] x = Numbers.Whole(count, seed: 12);
        double[] expected = [.. Enumerable.Range(0, Numbers.Groups(count, GroupSize)).Select(group => x.Skip(group * GroupSize).Take(GroupSize).Sum(value => (double)value))];
        return new($"{Numbers.Of(count, "element")}", expected.Length, GroupSize, new InputArgument("x", x), new OutputArgument("result", expected)) { Owner = i => i * GroupSize };
    }
}
