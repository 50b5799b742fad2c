using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>Lesson 10: attention without its matrix.</summary>
public sealed class AttentionLesson : Lesson<AttentionLesson.Heads>
{
    private const int GroupSize = AttentionKernels.GroupSize;
    private const int Tile = FlashKernel.Tile;

    public override int Number => 10;
    public override string Title => "Flash-style attention with window and softcap";
    public override string Promise => "How tiles and online softmax make attention's matrix disappear, and what a sliding window lets you skip.";
    public override string Page => "10-attention.md";
    public override SpeedUnit Unit => SpeedUnit.GigaflopsPerSecond;

    public override IReadOnlyList<Rung> Rungs =>
    [
        Rung("plain C#", "The formula, query by query.", problem => problem.QueryBytes, PlainCSharp),
        Rung("three kernels", "A matrix of scores, its softmax, its product with v.", problem => problem.MatrixBytes, ThreeKernels),
        Rung("group per query", "Online softmax: no matrix.", problem => problem.QueryBytes, GroupPerQuery),
        Rung("flash tiles", "Sixteen queries share every key and value.", problem => problem.TileBytes(window: int.MaxValue), Flash(FlashKernel.AllTiles)),
        Rung("visible tiles only", "Tiles outside of the window are not touched.", problem => problem.TileBytes(problem.Window), Flash(FlashKernel.VisibleTiles)),
        Rung("query per lane", "A warp's queries look at the same key at the same moment.", problem => problem.QueryBytes, QueryPerLane),
    ];

    public override Rung Mine => Yours(AttentionMine.Prepare);

    /// <summary>The inputs.</summary>
    public sealed class Heads : Problem
    {
        public required int Count { get; init; }
        public required int Tokens { get; init; }
        public required int Width { get; init; }
        public required int Window { get; init; }
        public required float[] Q { get; init; }
        public required float[] K { get; init; }
        public required float[] V { get; init; }
        public AttentionShape Sizes => new(Tokens, Width, Window, scale: 1f / MathF.Sqrt(Width), softcap: 20f);
        public override string Shape => $"q, k, v, y [{Count}, {Tokens}, {Width}], window {Window}, softcap 20";
        public override string NameOf(int element) =>
            FormattableString.Invariant($"head {element / (Width * Tokens)}, query {element / Width % Tokens}, column {element % Width}");
        public override long LeastBytes => 4L * 4 * Q.Length;

        /// <summary>Pairs of a query and a key that it sees.</summary>
        public long Visible => Count * Enumerable.Range(1, Tokens).Sum(keys => (long)Math.Min(keys, Window));

        // Two products of the width, and about ten operations for a score and its weight.
        public override long Operations => Visible * ((4L * Width) + 10);

        /// <summary>A key and a value for each pair that is seen; q and y once.</summary>
        public long QueryBytes => 4L * ((2 * Visible * Width) + (2L * Q.Length));

        /// <summary>The matrix is written, read three times and written by the softmax, and read; every row of it takes all of v.</summary>
        public long MatrixBytes => 4L * ((2 * Visible * Width) + (Count * (long)Tokens * Tokens * (6 + Width)) + Q.Length);

        /// <summary>A tile of keys and one of values for each tile of queries that sees it; q and y once.</summary>
        public long TileBytes(int window)
        {
            int tiles = Workbench.Groups(Tokens, Tile);
            long visited = Enumerable.Range(0, tiles).Sum(tile => (long)tile + 1 - (Math.Max(0, ((long)tile * Tile) - window + 1) / Tile));
            return 4L * ((2 * visited * Count * Tile * Width) + (2L * Q.Length));
        }
    }

    public override Problem Pose(Scale scale)
    {
        (int count, int tokens, int width, int window) = scale == Scale.Small ? (2, 83, 21, 65) : (3, 517, 53, 131);
        float[] q = Inputs.Sixteenths(count * tokens * width, seed: 1), k = Inputs.Sixteenths(q.Length, seed: 2), v = Inputs.Sixteenths(q.Length, seed: 3);
        double cap = 20, error = (8 * cap) + (2 * window) + 40;
        return new Heads
        {
            Count = count,
            Tokens = tokens,
            Width = width,
            Window = window,
            Q = q,
            K = k,
            V = v,
            Expected = Reference(count, tokens, width, window, cap, q, k, v),
            Tolerance = 2 * error * Math.ScaleB(1, -24),
            ToleranceReason = "dot products are exact; a capped score is off by eight roundings of 20, its weight by as much, the two sums by a rounding for each key, all of values up to 1",
        };
    }

    private static double[] Reference(int count, int tokens, int width, int window, double cap, float[] q, float[] k, float[] v)
    {
        double[] y = new double[q.Length];
        for (int row = 0; row < count * tokens; row++)
        {
            int query = row % tokens, first = Math.Max(0, query - window + 1);
            double[] weights = new double[query - first + 1];
            for (int i = 0; i < weights.Length; i++)
            {
                double dot = 0;
                for (int d = 0; d < width; d++)
                    dot += (double)q[(row * width) + d] * k[((row - query + first + i) * width) + d];
                weights[i] = Math.Exp(cap * Math.Tanh(dot / Math.Sqrt(width) / cap));
            }

            double sum = weights.Sum();
            for (int i = 0; i < weights.Length; i++)
            {
                for (int d = 0; d < width; d++)
                    y[(row * width) + d] += weights[i] / sum * v[((row - query + first + i) * width) + d];
            }
        }

        return y;
    }

    private static Action PlainCSharp(Workbench bench, Heads problem)
    {
        float[] q = problem.Q, k = problem.K, v = problem.V, y = bench.HostResult(problem.Q.Length);
        AttentionShape shape = problem.Sizes;
        int width = shape.Width;
        float[] scores = new float[shape.Tokens];
        return () =>
        {
            for (int row = 0; row < problem.Count * shape.Tokens; row++)
            {
                int query = row % shape.Tokens, head = row - query, first = Math.Max(0, query - shape.Window + 1);
                float max = float.MinValue, sum = 0f;
                for (int key = first; key <= query; key++)
                {
                    float dot = 0f;
                    for (int d = 0; d < width; d++)
                        dot += q[(row * width) + d] * k[((head + key) * width) + d];
                    scores[key] = AttentionKernels.Score(dot, shape);
                    max = MathF.Max(max, scores[key]);
                }

                Array.Clear(y, row * width, width);
                for (int key = first; key <= query; key++)
                {
                    float weight = MathF.Exp(scores[key] - max);
                    sum += weight;
                    for (int d = 0; d < width; d++)
                        y[(row * width) + d] += weight * v[((head + key) * width) + d];
                }

                for (int d = 0; d < width; d++)
                    y[(row * width) + d] /= sum;
            }
        };
    }

    private static Action ThreeKernels(Workbench bench, Heads problem)
    {
        var scoresOf = bench.Accelerator.LoadStreamKernel<View, View, View, AttentionShape>(AttentionKernels.Scores);
        var softmax = bench.Accelerator.LoadStreamKernel<View, View, int>(SoftmaxKernels.GroupPerRow);
        var sum = bench.Accelerator.LoadStreamKernel<View, View, View, AttentionShape>(AttentionKernels.WeightedSum);
        View q = bench.Copy(problem.Q), k = bench.Copy(problem.K), v = bench.Copy(problem.V), y = bench.Result(problem.Q.Length);
        int tokens = problem.Tokens, rows = problem.Count * tokens;
        View scores = bench.Scratch<float>(rows * tokens), weights = bench.Scratch<float>(rows * tokens);
        Index2D group = new(GroupSize, 1);
        Index2D scoreGrid = new(Workbench.Groups(tokens * tokens, GroupSize), problem.Count);
        Index2D sumGrid = new(Workbench.Groups(tokens * problem.Width, GroupSize), problem.Count);
        return () =>
        {
            scoresOf(new KernelConfig(scoreGrid, group), q, k, scores, problem.Sizes);
            softmax(new KernelConfig(rows, SoftmaxKernels.GroupSize), scores, weights, tokens);
            sum(new KernelConfig(sumGrid, group), weights, v, y, problem.Sizes);
        };
    }

    private static Action GroupPerQuery(Workbench bench, Heads problem) =>
        Launch(bench, problem, AttentionKernels.GroupPerQuery, new Index2D(problem.Tokens, problem.Count), new Index2D(GroupSize, 1));

    private static Func<Workbench, Heads, Action> Flash(Action<View, View, View, View, AttentionShape> method) => (bench, problem) =>
        Launch(bench, problem, method, new Index2D(Workbench.Groups(problem.Tokens, Tile), problem.Count), new Index2D(Tile, Tile));

    private static Action Launch(Workbench bench, Heads problem, Action<View, View, View, View, AttentionShape> method, Index2D grid, Index2D group)
    {
        var kernel = bench.Accelerator.LoadStreamKernel(method);
        View q = bench.Copy(problem.Q), k = bench.Copy(problem.K), v = bench.Copy(problem.V), y = bench.Result(problem.Q.Length);
        return () => kernel(new KernelConfig(grid, group), q, k, v, y, problem.Sizes);
    }

    private static Action QueryPerLane(Workbench bench, Heads problem)
    {
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, View, View, AttentionShape>(QueryPerLaneKernel.QueryPerLane);
        View q = bench.Copy(problem.Q), k = bench.Copy(problem.K), v = bench.Copy(problem.V), y = bench.Result(problem.Q.Length);
        int lanes = bench.Accelerator.WarpSize;
        KernelConfig config = new(new Index2D(Workbench.Groups(problem.Tokens, lanes), problem.Count), new Index2D(lanes, 1));
        return () => kernel(config, q, k, v, y, problem.Sizes);
    }
}
