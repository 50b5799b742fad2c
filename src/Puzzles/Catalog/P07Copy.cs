using GemmaIlgpu.Compute;

namespace GemmaIlgpu.Puzzles;

/// <summary>Neighbouring threads, neighbouring elements.</summary>
internal sealed class CopyPuzzle : Puzzle
{
    private const int GroupSize = 32;

    public override int Number => 7;

    public override string Name => "Copy";

    public override string Teaches => "coalescing: neighbouring threads take neighbouring elements";

    public override string Lesson => "lessons/02-indexing-and-strides.md";

    public override IReadOnlyList<string> Hints =>
    [
        "Two loops do it: thread t takes elements t * perThread, t * perThread + 1, …; or it takes t, t + 32, t + 64, … Both are right.",
        "A warp loads all at once, in sectors of 32 bytes. In round j, which elements do its 32 threads want, and how far apart are they?",
        "The group's part begins at Grid.IdxX * GroupSize * perThread; in round j thread t takes start + j * GroupSize + t, if there is such an element.",
    ];

    public override IEnumerable<Trial> Trials() => new[] { (256, 8), (1, 4), (0, 4), (33, 1), (127, 4), (500, 8), (1000, 5) }.Select(size => Trial(size.Item1, size.Item2));

    public override Trial? CountedTrial() => Trial(1024, 8);

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) =>
        [Puzzles.Goals.OneWrite(counters, trial, "Some elements are copied twice, by two groups: a group goes to where the next one begins, and no further. Does the loop make one round too many?"), Puzzles.Goals.Moved("read", counters.GlobalLoads), Puzzles.Goals.Moved("written", counters.GlobalStores)];

    public override string? Explain(Trial trial, OutputArgument output, float[] actual)
    {
        int missing = Array.FindIndex(actual, TrialRun.IsUnwritten), own = GroupSize * trial.Number("perThread");
        return missing == GroupSize * (trial.Groups - 1) + own && trial.Groups > 1 ? $"Groups overlap, as if each began {GroupSize} elements after the one before. A group copies perThread elements for each of its {GroupSize} threads: group g begins at g * {GroupSize} * perThread."
            : missing >= 0 && missing == actual.Length - 1 && missing % own != 0 ? "Only the last element is written by nobody: does the condition stop one too early?"
            : missing == own ? $"Only what belongs to the first group is written, {own} elements: where does the part of group Grid.IdxX begin?"
            : missing == GroupSize ? $"Only the first {GroupSize} elements are written, one for each thread; each has {trial.Number("perThread")} to copy."
            : missing > 0 && missing < own ? $"Of the first group's {own} elements only {missing} are written: from one round to the next the group should go {GroupSize} elements further, one for each thread." : null;
    }

    private static Trial Trial(int count, int perThread)
    {
        float[] x = Numbers.Whole(count, seed: 9);
        return new(
            $"{Numbers.Of(count, "element")}, {perThread} for each thread", Numbers.Groups(count, GroupSize * perThread), GroupSize,
            new InputArgument("x", x), new OutputArgument("result", [.. x.Select(value => (double)value)]), new NumberArgument("perThread", perThread));
    }
}
