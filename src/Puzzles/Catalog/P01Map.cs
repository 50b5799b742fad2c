using GemmaIlgpu.Compute;

namespace GemmaIlgpu.Puzzles;

/// <summary>One thread, one element.</summary>
internal sealed class MapPuzzle : Puzzle
{
    public override int Number => 1;

    public override string Name => "Map";

    public override string Teaches => "a thread knows its number, and does one element";

    public override string Lesson => "lessons/01-vector-add.md";

    public override IReadOnlyList<string> Hints =>
    [
        "Every thread runs the whole method. There is no loop: what a loop would count is the number of the thread.",
        "i is this thread's element, in x as in result.",
        "result[i] = …; on the right x[i] and a number.",
    ];

    public override Trial? CountedTrial() => Trials().Last();

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) =>
        [Puzzles.Goals.OneWrite(counters, trial), Puzzles.Goals.Busy(counters, 60, "a few threads do the work of all, one element after the other, and the others wait. Each thread does its own element, without a loop.")];

    public override IEnumerable<Trial> Trials() => new[] { 4, 1, 32, 100 }.Select(count =>
    {
        float[] x = Numbers.Whole(count, seed: count);
        return new Trial($"{Numbers.Of(count, "element")}", 1, count, new InputArgument("x", x), new OutputArgument("result", [.. x.Select(value => value + 10.0)])) { Owner = i => i };
    });
}
