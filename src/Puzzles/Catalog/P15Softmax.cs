using GemmaIlgpu.Compute;

namespace GemmaIlgpu.Puzzles;

/// <summary>Softmax that does not overflow.</summary>
internal sealed class SoftmaxPuzzle : Puzzle
{
    public override int Number => 15;

    public override string Name => "Softmax";

    public override string Teaches => "a stable softmax: the largest value first, then exp";

    public override string Lesson => "lessons/07-softmax.md";

    public override IReadOnlyList<string> Hints =>
    [
        "Three loops over the row: the largest value, the sum of exp(x - largest), the quotients. Between them the threads have to agree.",
        "Write Largest as a copy of Sum with MathF.Max. A thread without an element brings float.NegativeInfinity, not 0: all numbers may be negative.",
        "largest = Largest(shared, largest); … sum = Sum(shared, sum); then for (int c = t; c < columns; c += GroupSize) result[row + c] = MathF.Exp(x[row + c] - largest) / sum;",
    ];

    public override IEnumerable<Trial> Trials() => SoftmaxRows.All();

    public override Trial? CountedTrial() => SoftmaxRows.Trial(4, 1024, 10, 0);

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) =>
    [
        Puzzles.Goals.Reads(counters, 4 * 1024, 3, "one pass finds the largest, one adds up, one writes; do all threads go through the whole row?"),
        Puzzles.Goals.Busy(counters, 60, "one thread works for many. Let each of the 64 take every 64th column."),
        Puzzles.Goals.Moved("read", counters.GlobalLoads),
    ];

    public override string? Explain(Trial trial, OutputArgument output, float[] actual) => SoftmaxRows.Explain(trial, output, actual);
}
