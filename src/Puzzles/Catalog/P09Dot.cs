using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Puzzles;

/// <summary>Many threads, one result.</summary>
internal sealed class DotPuzzle : Puzzle
{
    private const int GroupSize = 32;
    private const int GroupCount = 2;

    public override int Number => 9;

    public override string Name => "Dot";

    public override string Teaches => "a loop over more elements than threads; atomic addition";

    public override string Lesson => "lessons/03-reduction.md";

    public override IReadOnlyList<string> Hints =>
    [
        "There are 64 threads in all, however many elements there are: each needs a loop, and a sum of its own.",
        "Thread i takes elements i, i + 64, i + 128, …: in every round neighbours read neighbours. 64 is Grid.DimX * Group.DimX.",
        "for (int j = i; j < a.Length; j += all) sum += a[j] * b[j]; then, once: Atomic.Add(ref result[0], sum).",
    ];

    public override IEnumerable<Trial> Trials() => new[] { 64, 1, 0, 63, 200, 1000 }.Select(Trial);

    public override Trial? CountedTrial() => Trial(1024);

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) =>
    [
        new("atomic operations for each thread", counters.GlobalAtomics.LaneAccesses / (double)trial.Threads, 1,
            "Atomic operations on one element wait for each other. Add up in a variable of the thread first, and call Atomic.Add once, behind the loop.") { Culprit = trace => Puzzles.Goals.Most(trace, AddressSpace.Global, IrOp.Atomic, site => site.Requests) },
        Puzzles.Goals.Reads(counters, 1024, 2, "one of a and one of b. Does every thread go through all elements? Thread i should take i, i + 64, i + 128, … and their sums come together."),
        Puzzles.Goals.Moved("read", counters.GlobalLoads),
    ];

    public override string? Explain(Trial trial, OutputArgument output, float[] actual)
    {
        float[] a = trial.Input("a"), b = trial.Input("b");
        double[] products = [.. a.Zip(b, (x, y) => (double)x * y)];
        bool Is(Func<int, int> times) => actual[0] == products.Select((product, j) => product * times(j)).Sum();
        return products.Length == 0 ? null
            : Is(j => j % trial.Threads == 0 ? 1 : 0) && products.Length > 1 ? "Only what thread 0 adds up is in the result: the threads' sums have to come together, Atomic.Add(ref result[0], sum) in every thread."
            : Is(j => j % GroupSize == 0 ? 1 : 0) && products.Length > 1 ? "Only what the first thread of each group adds up is in the result: the others' sums have to come together with it."
            : Is(j => Math.Min(j + 1, trial.Threads)) && products.Length > 1 ? $"Element j is in the sum j + 1 times, up to {trial.Threads} times: every thread goes through all elements from its own on. It has to step by all threads of the launch, Grid.DimX * Group.DimX."
            : Is(j => j % trial.Threads < GroupSize ? GroupCount : 0) ? $"The first {GroupSize} of every {trial.Threads} products are in the sum {GroupCount} times, the others not at all: both groups count their threads from 0. A thread's number in the launch is Grid.GlobalIndex.X."
            : actual[0] != products.Sum() && (actual[0] - products.Sum()) % trial.Threads == 0 && Math.Abs(actual[0] - products.Sum()) <= 10 * trial.Threads && (actual[0] - products.Sum()) / trial.Threads is var start ? $"It is off by {Teacher.Number(actual[0] - products.Sum())}, which is {Teacher.Number(start)} for each of {trial.Threads} threads: does the sum of a thread begin at {Teacher.Number(start)} instead of 0?"
            : actual[0] == products.Take(trial.Threads).Sum() && products.Length > trial.Threads ? $"It is the sum of the first {trial.Threads} products only: there are {trial.Threads} threads, so each has to go on with the element {trial.Threads} further."
            : actual[0] == products.Take(GroupSize).Sum() ? "Only the first group's products are in the sum."
            : actual[0] == products.Sum() - products[^1] ? $"The sum lacks exactly the last product, {Teacher.Number(products[^1])}: does the loop end one too early?"
            : actual[0] == products.Sum() + products.Skip(GroupSize).Sum() ? "Many products are in the sum twice: the second group takes elements that the first takes as well. Step by all threads of the launch, Grid.DimX * Group.DimX."
            : actual[0] == GroupCount * products.Sum() ? "Every product is in the sum twice: both groups take all elements. Step by all threads of the launch, Grid.DimX * Group.DimX." : null;
    }

    private static Trial Trial(int count)
    {
        float[] a = Numbers.Whole(count, seed: 1), b = Numbers.Whole(count, seed: 2);
        return new(
            $"{Numbers.Of(count, "element")}", GroupCount, GroupSize, new InputArgument("a", a), new InputArgument("b", b),
            new OutputArgument("result", [a.Zip(b, (x, y) => (double)x * y).Sum()]) { StartsAtZero = true });
    }
}
