using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>Lesson 7: two reductions over a row become one.</summary>
public sealed class SoftmaxLesson : Lesson<SoftmaxLesson.Rows>
{
    private const int GroupSize = SoftmaxKernels.GroupSize;

    public override int Number => 7;
    public override string Title => "Softmax and online softmax";
    public override string Promise => "How a maximum and a sum that needs it are found in one pass, which flash attention is built on.";
    public override string Page => "07-softmax.md";
    public override SpeedUnit Unit => SpeedUnit.GigabytesPerSecond;

    // Each pass reads x; the last writes y.
    public override IReadOnlyList<Rung> Rungs =>
    [
        Rung("plain C#", "Three loops over a row.", problem => Passes(problem, 4), PlainCSharp),
        Rung("thread per row", "Every thread has a row of its own.", problem => Passes(problem, 4), With(SoftmaxKernels.ThreadPerRow, (_, rows) => Workbench.Groups(rows, GroupSize))),
        Rung("group per row", "Threads of a group share a row and meet for the maximum and for the sum.", problem => Passes(problem, 4), With(SoftmaxKernels.GroupPerRow, (_, rows) => rows)),
        Rung("online", "Maximum and sum in one pass, met once.", problem => Passes(problem, 3), With(SoftmaxKernels.Online, (_, rows) => rows)),
        Rung("online, warp per row", "Lanes exchange their pairs without memory or barriers.", problem => Passes(problem, 3), With(SoftmaxKernels.OnlineWarp, (bench, rows) => bench.GroupsOfWarps(rows, GroupSize))),
    ];

    public override Rung Mine => Yours(SoftmaxMine.Prepare);

    /// <summary>The inputs.</summary>
    public sealed class Rows : Problem
    {
        public required int Count { get; init; }
        public required int Columns { get; init; }
        public required float[] X { get; init; }
        public override string Shape => $"x, y [{Count:N0}, {Columns:N0}]";
        public override string NameOf(int element) =>
            RowAndColumn(element, Columns);
        public override long LeastBytes => Passes(this, 2);
        public override long Operations => 6L * Count * Columns;       // compare; subtract, exp, add; exp again, divide
    }

    private static long Passes(Rows problem, int passes) => (long)passes * sizeof(float) * problem.Count * problem.Columns;

    public override Problem Pose(Scale scale)
    {
        (int rows, int columns) = scale == Scale.Small ? (19, 143) : (997, 1021);
        float[] x = Inputs.Uniform(rows * columns, largest: 6f, seed: 1);
        double[] expected = new double[x.Length];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> values = x.AsSpan(row * columns, columns);
            double max = double.NegativeInfinity, sum = 0;
            foreach (float value in values)
                max = Math.Max(max, value);
            foreach (float value in values)
                sum += Math.Exp(value - max);
            for (int column = 0; column < columns; column++)
                expected[(row * columns) + column] = Math.Exp(values[column] - max) / sum;
        }

        return new Rows
        {
            Count = rows,
            Columns = columns,
            X = x,
            Expected = expected,
            Tolerance = ((3 * columns) + 40) * Math.ScaleB(expected.Max(), -24),
            ToleranceReason = "a rounding of 2^-24 for each addition of a row and two for each scaling of its sum, and 40 for exp and its argument, times the largest element",
        };
    }

    private static Action PlainCSharp(Workbench bench, Rows problem)
    {
        float[] x = problem.X, y = bench.HostResult(x.Length);
        int columns = problem.Columns;
        return () =>
        {
            for (int first = 0; first < x.Length; first += columns)
            {
                float max = float.MinValue;
                for (int column = 0; column < columns; column++)
                    max = MathF.Max(max, x[first + column]);
                float sum = 0f;
                for (int column = 0; column < columns; column++)
                    sum += MathF.Exp(x[first + column] - max);
                for (int column = 0; column < columns; column++)
                    y[first + column] = MathF.Exp(x[first + column] - max) / sum;
            }
        };
    }

    private static Func<Workbench, Rows, Action> With(Action<View, View, int> method, Func<Workbench, int, int> groups) => (bench, problem) =>
    {
        var kernel = bench.Accelerator.LoadStreamKernel(method);
        View x = bench.Copy(problem.X), y = bench.Result(problem.X.Length);
        KernelConfig config = new(groups(bench, problem.Count), GroupSize);
        return () => kernel(config, x, y, problem.Columns);
    };
}
