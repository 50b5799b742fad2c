using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Puzzles;

/// <summary>Prefix sums.</summary>
internal sealed class ScanPuzzle : Puzzle
{
    private const int GroupSize = 64;

    public override int Number => 12;

    public override string Name => "Scan";

    public override string Teaches => "prefix sums in log₂ n rounds: read, barrier, write, barrier";

    public override string Lesson => "lessons/03-reduction.md";

    public override IReadOnlyList<string> Hints =>
    [
        "After a round with distance 1 each place holds the sum of 2 elements, after distance 2 of 4, after 4 of 8: six rounds for 64.",
        "In a round thread t adds tile[t - distance], if there is one. But thread t + distance wants the old tile[t]: read into a variable, barrier, write, barrier.",
        "for (int distance = 1; distance < GroupSize; distance *= 2) { float left = t >= distance ? tile[t - distance] : 0; Group.Barrier(); tile[t] += left; Group.Barrier(); }",
    ];

    public override IEnumerable<Trial> Trials() => new[] { 64, 1, 0, 63, 65, 200 }.Select(Trial);

    public override Trial? CountedTrial() => Trial(1024);

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) =>
    [
        Puzzles.Goals.Reads(counters, 1024, 1, "read each element once, into shared memory."),
        new("loads from shared memory for each warp", counters.SharedLoads.Requests / (double)counters.Warps, 16,
            "Adding up everything before oneself takes up to 64 loads. With distances that double, 1, 2, 4, …, 32, six rounds are enough, because each adds what others have added already.") { Culprit = trace => Puzzles.Goals.Most(trace, AddressSpace.Shared, IrOp.Load, site => site.Requests) },
    ];

    public override string? Explain(Trial trial, OutputArgument output, float[] actual)
    {
        float[] x = trial.Input("x");
        return x.Length > 1 && Enumerable.Range(0, x.Length).All(i => actual[i] == output.Expected[i] - x[i])
            ? "These are the sums of what comes before: element i itself is missing. result[i] = x[0] + … + x[i] includes it."
            : x.Length > GroupSize && Enumerable.Range(0, x.Length).All(i => actual[i] == x.Take(i + 1).Sum())
            ? "The sums go on from one group to the next; here each group begins anew, at its own first element."
            : x.Length > 1 && actual.SequenceEqual(Rounds(x, GroupSize, (t, distance) => t > distance)) ? "Thread t leaves out the round in which the distance is t, although it has a neighbour so far before: tile[0]. The condition has to be t >= distance."
            : x.Length > 1 && actual.SequenceEqual(Rounds(x, GroupSize / 2, (t, distance) => t >= distance)) ? $"Element i holds the sum of at most {GroupSize / 2} elements: the last round, distance {GroupSize / 2}, does not take place."
            : x.Length > 1 && actual.SequenceEqual(x) ? "The elements come out as they went in: nothing is added." : null;
    }

    // Running sums by distances that double, as far as they go and for the threads that take part.
    private static float[] Rounds(float[] x, int end, Func<int, int, bool> takesPart)
    {
        float[] sums = x;
        for (int d = 1; d < end; d *= 2)
        {
            (float[] before, int distance) = (sums, d);
            sums = [.. before.Select((value, i) => takesPart(i % GroupSize, distance) ? value + before[i - distance] : value)];
        }
        return sums;
    }

    private static Trial Trial(int count)
    {
        float[] x = Numbers.Whole(count, seed: 13);
        double[] expected = new double[count];
        for (int i = 0; i < count; i++)
            expected[i] = x[i] + (i % GroupSize == 0 ? 0 : expected[i - 1]);
        return new($"{Numbers.Of(count, "element")}", Numbers.Groups(count, GroupSize), GroupSize, new InputArgument("x", x), new OutputArgument("result", expected)) { Owner = i => i };
    }
}
