using GemmaIlgpu.Compute;

namespace GemmaIlgpu.Puzzles;

/// <summary>More threads than elements.</summary>
internal sealed class GuardPuzzle : Puzzle
{
    private const int GroupSize = 4;

    public override int Number => 3;

    public override string Name => "Guard";

    public override string Teaches => "the last group is partial: threads without an element do nothing";

    public override string Lesson => "lessons/01-vector-add.md";

    public override IReadOnlyList<string> Hints =>
    [
        "With 6 elements, what would thread 7 of the launch read?",
        "x.Length says how many elements there are. Ask before touching x or result.",
        "if (i < x.Length) around everything that reads or writes.",
    ];

    public override Trial? CountedTrial() => Trials().Last();

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) => [Puzzles.Goals.OneWrite(counters, trial)];

    public override IEnumerable<Trial> Trials() => new[] { 6, 8, 1, 0, 33, 127 }.Select(count =>
    {
        float[] x = Numbers.Whole(count, seed: 5);
        return new Trial(
            $"{Numbers.Of(count, "element")}", Numbers.Groups(count, GroupSize), GroupSize,
            new InputArgument("x", x), new OutputArgument("result", [.. x.Select(value => Math.Max(value, 0.0))])) { Owner = i => i };
    });

    public override string? Explain(Trial trial, OutputArgument output, float[] actual) =>
        actual.Any(TrialRun.IsUnwritten) && actual.Select(TrialRun.IsUnwritten).SequenceEqual(trial.Input("x").Select(value => value <= 0))
            ? "Where x is not positive, nothing is written; a 0 has to be. What nobody writes is not 0 on a GPU, but whatever was there."
            : actual.SequenceEqual(trial.Input("x").Select(value => Math.Min(value, 0))) && actual.Any(value => value < 0) ? "What is negative was kept, and what is positive became 0: it should be the larger of x and 0, and is the smaller."
            : actual.SequenceEqual(trial.Input("x").Select(Math.Abs)) ? "Negative elements lose their sign: they should become 0."
            : output.Expected.Zip(actual).All(pair => pair.Second == -pair.First || pair.Second < 0 || pair.First == pair.Second) && actual.Any(value => value < 0)
            ? "Negative elements come through: they should become 0." : null;
}
