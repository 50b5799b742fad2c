using GemmaIlgpu.Compute;

namespace GemmaIlgpu.Puzzles;

/// <summary>Softmax in one pass less.</summary>
internal sealed class OnlineSoftmaxPuzzle : Puzzle
{
    public override int Number => 16;

    public override string Name => "OnlineSoftmax";

    public override string Teaches => "largest value and sum in one pass, and how two such pairs are joined";

    public override string Lesson => "lessons/07-softmax.md";

    public override IReadOnlyList<string> Hints =>
    [
        "In the loop: next = max(m, value); then s = s * exp(m - next) + exp(value - next); m = next.",
        "The tree joins pairs in both arrays at once, by the formula in the picture; read all four numbers of a pair of pairs in one thread.",
        "Begin with m = float.MinValue and s = 0: it is finite, so m - m is 0, and a thread without an element adds 0 * 1.",
    ];

    public override IEnumerable<Trial> Trials() => SoftmaxRows.All();

    public override Trial? CountedTrial() => SoftmaxRows.Trial(4, 1024, 10, 0);

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) =>
    [
        Puzzles.Goals.Reads(counters, 4 * 1024, 2, counters.GlobalLoads.LaneAccesses > 5 * 4 * 1024 ? "every thread goes through the whole row. Let each take every 64th column, with a pair of its own, and join the pairs by a tree." : "the largest value and the sum come out of one pass: when the largest changes, the sum so far is scaled by exp(old - new)."),
        Puzzles.Goals.Busy(counters, 60, "one thread works for many. Let each of the 64 take every 64th column, with a pair of its own."),
    ];

    public override string? Explain(Trial trial, OutputArgument output, float[] actual) => SoftmaxRows.Explain(trial, output, actual);
}
