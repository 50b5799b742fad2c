using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Ir;
using ILGPU;

namespace GemmaIlgpu.Puzzles;

/// <summary>A product with tiles in shared memory.</summary>
internal sealed class MatMulPuzzle : Puzzle
{
    private const int Tile = 16;

    public override int Number => 17;

    public override string Name => "MatMul";

    public override string Teaches => "tiles: what one thread reads, sixteen use";

    public override string Lesson => "lessons/06-matrix-product.md";

    public override IReadOnlyList<string> Hints =>
    [
        "First without tiles: sum += a[row * k + i] * b[i * n + column]. That is right, and reads everything sixteen times too often.",
        "In round `first`, thread (tx, ty) brings a(row, first + tx) and b(first + ty, column), or 0 where there is no such element. Threads outside the result bring too, and reach both barriers.",
        "tileA[ty * Tile + tx] = row < m && first + tx < k ? a[row * k + first + tx] : 0f; the same for b; barrier; sum += tileA[ty * Tile + i] * tileB[i * Tile + tx] for 16 i; barrier.",
    ];

    public override IEnumerable<Trial> Trials() => new[] { (16, 16, 32), (1, 1, 1), (3, 5, 2), (17, 20, 33), (16, 31, 5), (4, 4, 0) }.Select(size => Trial(size.Item1, size.Item2, size.Item3));

    public override Trial? CountedTrial() => Trial(32, 32, 64);

    public override IEnumerable<Goal> Goals(KernelCounters counters, Trial trial) =>
    [
        new("reads of global memory for each product of two numbers", counters.GlobalLoads.LaneAccesses / (32.0 * 32 * 64), 2.0 / Tile,
            "Two reads for each product are as many as there can be. Sixteen threads of the group want the same element: bring a tile of each matrix to shared memory, and all take it from there.") { Culprit = trace => Puzzles.Goals.Most(trace, AddressSpace.Global, IrOp.Load, site => site.Requests) },
        Puzzles.Goals.NoConflicts(counters, "Lanes of a warp should walk along a row of a tile, or all want the same word."),
    ];

    public override string? Explain(Trial trial, OutputArgument output, float[] actual)
    {
        int k = trial.Number("k"), n = trial.Number("n"), m = trial.Number("m");
        float[] a = trial.Input("a"), b = trial.Input("b");
        double Sum(int i, int from, int to) => Enumerable.Range(from, Math.Max(0, to - from)).Sum(j => (double)a[(i / n * k) + j] * b[(j * n) + (i % n)]);
        bool Is(int from, int to) => from < to && Enumerable.Range(0, m * n).All(i => actual[i] == Sum(i, from, to));
        int whole = k / Tile * Tile;
        return k > Tile && Is(0, Tile) ? $"Only the first tile's {Tile} products are in the sums: go on to the next tiles. Or do they hold 0, because the condition for bringing an element compares with the wrong size?"
            : k > Tile && Is((k - 1) / Tile * Tile, k) ? "Only the last tile's products are in the sums: does the sum begin again with every tile?"
            : k != whole && whole > 0 && Is(0, whole) ? $"The last tile, which has only {k - whole} of {Tile} columns, is left out: does the loop end too early, as it does with k / Tile, which rounds down?"
            : k is > 0 and < Tile && actual.All(value => value == 0) ? $"With k {k} there is no whole tile, and nothing is added: k / Tile rounds down. A partial tile needs a round as well."
            : k > 1 && Is(0, k - 1) ? "Each sum lacks exactly the last product."
            : m * n * k == 0 || actual.Any(TrialRun.IsUnwritten) ? null : "Element (row, column) is row `row` of a times column `column` of b: a[row * k + i] and b[i * n + column], for every i once. Within a tile that is tileA's row ty and tileB's column tx. Write down for one thread what each of its indices is.";
    }

    private static Trial Trial(int m, int n, int k)
    {
        float[] a = Numbers.Whole(m * k, seed: 1), b = Numbers.Whole(k * n, seed: 2);
        double[] expected = [.. Enumerable.Range(0, m * n).Select(i => Enumerable.Range(0, k).Sum(j => (double)a[(i / n * k) + j] * b[(j * n) + (i % n)]))];
        return new(
            $"m {m}, n {n}, k {k}", new Index3D(Numbers.Groups(n, Tile), Numbers.Groups(m, Tile), 1), new Index3D(Tile, Tile, 1),
            [
                new InputArgument("a", a) { Columns = k }, new InputArgument("b", b) { Columns = n }, new OutputArgument("result", expected) { Columns = n },
                new NumberArgument("m", m), new NumberArgument("n", n), new NumberArgument("k", k),
            ]);
    }
}
