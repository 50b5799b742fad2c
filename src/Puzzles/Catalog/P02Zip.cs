using GemmaIlgpu.Compute;

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

    public override string? Explain(Trial trial, OutputArgument output, float[] actual)
    {
        float[] a = trial.Input("a"), b = trial.Input("b");
        bool[] reached = new bool[actual.Length];
        for (int thread = 0; thread < actual.Length; thread++)
            reached[(thread / trial.GroupThreads * Math.Min(trial.Groups, trial.GroupThreads)) + (thread % trial.GroupThreads)] = true;
        return actual.Length > 1 && actual.Where((value, i) => value == a[i] + b[i]).Count() == actual.Length ? "These are the sums; the products are wanted."
            : trial.Groups > 1 && trial.GroupThreads > 1 && Array.FindIndex(actual, TrialRun.IsUnwritten) == trial.Groups + trial.GroupThreads - 1
            ? "Groups overlap, as if each began one element after the one before: before group g there are g whole groups of Group.DimX threads, so it is Grid.IdxX * Group.DimX + Group.IdxX."
            : trial.Groups < trial.GroupThreads && trial.Groups > 1 && actual.Select(value => !TrialRun.IsUnwritten(value)).SequenceEqual(reached)
            ? $"Group g begins at element g * {trial.GroupThreads}, because a group has {trial.GroupThreads} threads: that is Group.DimX. Grid.DimX is the number of groups, {trial.Groups}." : null;
    }

    public override Trial? CountedTrial() => Trials().Last();

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) =>
        [Puzzles.Goals.OneWrite(counters, trial), Puzzles.Goals.Busy(counters, 60, "a few threads do the work of all, one element after the other, and the others wait. Each thread does its own element, without a loop.")];

    public override IEnumerable<Trial> Trials() => new[] { (3, 4), (1, 1), (5, 1), (2, 32), (3, 100) }.Select(size =>
    {
        (int groups, int threads) = size;
        float[] a = Numbers.Whole(groups * threads, seed: 1), b = Numbers.Whole(groups * threads, seed: 2);
        return new Trial(
            $"{Numbers.Of(groups * threads, "element")}", groups, threads,
            new InputArgument("a", a), new InputArgument("b", b), new OutputArgument("result", [.. a.Zip(b, (x, y) => (double)x * y)])) { Owner = i => i };
    });
}
