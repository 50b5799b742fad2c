using System.Globalization;
using GemmaIlgpu.Compute;

namespace GemmaIlgpu.Puzzles;

/// <summary>Lanes that exchange values without memory.</summary>
internal sealed class WarpSumPuzzle : Puzzle
{
    private const int GroupSize = 64;

    public override int Number => 10;

    public override string Name => "WarpSum";

    public override string Teaches => "the lanes of a warp exchange values without memory: shuffles";

    public override string Lesson => "lessons/03-reduction.md";

    public override IReadOnlyList<string> Hints =>
    [
        "Warp.ShuffleDown(sum, d) gives a lane the sum of the lane d further on. Add it: now each lane has two values' sum.",
        "Then d half as large, until it is 1, beginning with Warp.WarpSize / 2. All lanes must call it: one without an element brings a 0.",
        "float sum = i < x.Length ? x[i] : 0; for (int d = Warp.WarpSize / 2; d > 0; d /= 2) sum += Warp.ShuffleDown(sum, d); lane 0 writes, if there is an element.",
    ];

    public override IEnumerable<Trial> Trials() => from warp in new[] { 32, 4 } from count in new[] { 64, 1, 0, 33, 128, 150 } select Trial(count, warp);

    public override Trial? CountedTrial() => Trial(1024, 32);

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) =>
    [
        Puzzles.Goals.Reads(counters, 1024, 1, "the other lanes have read the rest already; ask them by shuffles."),
        new("requests of shared memory", counters.SharedLoads.Requests + counters.SharedStores.Requests, 0, "Within a warp no shared memory is needed: Warp.ShuffleDown hands values from lane to lane."),
        new("exchanges for each warp", counters.Instructions.Exchange / (double)counters.Warps, 5, "32 values are added in 5 steps: halve the distance each time, 16, 8, 4, 2, 1."),
    ];

    public override string? Explain(Trial trial, OutputArgument output, float[] actual)
    {
        float[] x = trial.Input("x");
        int warp = trial.WarpSize;
        bool firsts = actual.Where((value, i) => value == x[i * warp]).Count() == actual.Length;
        bool halves = warp > 2 && actual.Where((value, i) => value == x.Skip(i * warp).Take(warp / 2).Sum()).Count() == actual.Length;
        return firsts ? "Each result is its warp's first element: the lanes have added nothing yet."
            : halves ? string.Create(CultureInfo.InvariantCulture, $"Only the first {warp / 2} lanes of each warp are in the sum: the distances begin at Warp.WarpSize / 2, which is {warp / 2} here.")
            : actual.Any(TrialRun.IsUnwritten) ? null
            : "After a step of distance d a lane holds its own sum and that of the lane d further on. Distances that halve, from half the warp down to 1, take every lane's value once; others leave some out, or take some twice. In the end it is lane 0 that has the sum of all.";
    }

    private static Trial Trial(int count, int warp)
    {
        float[] x = Numbers.Whole(count, seed: 11);
        double[] expected = [.. x.Chunk(warp).Select(part => part.Sum(value => (double)value))];
        return new($"{Numbers.Of(count, "element")}", Numbers.Groups(count, GroupSize), GroupSize, new InputArgument("x", x), new OutputArgument("result", expected)) { Owner = i => i * warp, WarpSize = warp };
    }
}
