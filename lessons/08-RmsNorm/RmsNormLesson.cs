using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>Lesson 8: a norm after an addition, as it stands twice in every layer, and what fusing the two saves.</summary>
public sealed class RmsNormLesson : Lesson<RmsNormLesson.Rows>
{
    private const int GroupSize = RmsNormKernels.GroupSize;

    public override int Number => 8;
    public override string Title => "RMSNorm";
    public override string Promise => "How a row is normalised by a group, and why two small kernels are better as one.";
    public override string Page => "08-rms-norm.md";
    public override SpeedUnit Unit => SpeedUnit.GigabytesPerSecond;

    // The addition moves three numbers for each element, a norm three besides its weights.
    public override IReadOnlyList<Rung> Rungs =>
    [
        Rung("plain C#", "Two loops over a row.", problem => Bytes(problem, 7), PlainCSharp),
        Rung("thread per row", "An addition, then a norm with a row for each thread.", problem => Bytes(problem, 7), Apart(RmsNormKernels.ThreadPerRow, rows => Workbench.Groups(rows, GroupSize))),
        Rung("group per row", "Threads of a group share a row and a tree.", problem => Bytes(problem, 7), Apart(RmsNormKernels.GroupPerRow, rows => rows)),
        Rung("warp first", "Fewer barriers.", problem => Bytes(problem, 7), Apart(RmsNormKernels.WarpFirst, rows => rows)),
        Rung("fused", "Adds while it sums.", problem => Bytes(problem, 6), Fused(RmsNormKernels.Fused, (_, rows) => rows)),
        Rung("fused, warp per row", "Lanes exchange their sums; nobody waits.", problem => Bytes(problem, 6), Fused(RmsNormKernels.FusedWarp, (bench, rows) => bench.GroupsOfWarps(rows, GroupSize))),
    ];

    public override Rung Mine => Yours(RmsNormMine.Prepare);

    /// <summary>The inputs. The result is y, then h.</summary>
    public sealed class Rows : Problem
    {
        public required int Count { get; init; }
        public required float[] X { get; init; }
        public required float[] Residual { get; init; }
        public required float[] Weight { get; init; }
        public override string Shape => $"x, residual, h, y [{Count:N0}, {Weight.Length:N0}], weight [{Weight.Length:N0}]";
        public override string NameOf(int element) =>
            element < X.Length ? "y, " + RowAndColumn(element, Weight.Length) : "h, " + RowAndColumn(element - X.Length, Weight.Length);
        public override long LeastBytes => 4L * ((4L * X.Length) + Weight.Length);
        public override long Operations => 5L * X.Length;      // add; multiply, add; multiply twice
    }

    // So many numbers for each element; the weights come on top, once for each row.
    private static long Bytes(Rows problem, int numbers) => 4L * numbers * problem.X.Length;

    public override Problem Pose(Scale scale)
    {
        (int rows, int columns) = scale == Scale.Small ? (11, 203) : (1009, 1153);
        float[] x = Inputs.Sixteenths(rows * columns, seed: 1), residual = Inputs.Sixteenths(rows * columns, seed: 2);
        float[] weight = Inputs.Sixteenths(columns, seed: 3);
        double[] expected = new double[2 * x.Length];
        for (int row = 0; row < rows; row++)
        {
            double sum = 0;
            for (int at = row * columns; at < (row + 1) * columns; at++)
                sum += Math.Pow((double)x[at] + residual[at], 2);
            for (int at = row * columns; at < (row + 1) * columns; at++)
            {
                expected[x.Length + at] = (double)x[at] + residual[at];
                expected[at] = expected[x.Length + at] / Math.Sqrt((sum / columns) + RmsNormKernels.Epsilon) * weight[at % columns];
            }
        }

        return new Rows
        {
            Count = rows,
            X = x,
            Residual = residual,
            Weight = weight,
            Expected = expected,
            Tolerance = 8 * Math.ScaleB(expected.Take(x.Length).Max(Math.Abs), -24),
            ToleranceReason = "the sum is exact (multiples of 1/256); eight roundings of 2^-24 for the quotient, the root and three products, times the largest element",
        };
    }

    private static Action PlainCSharp(Workbench bench, Rows problem)
    {
        float[] x = problem.X, residual = problem.Residual, weight = problem.Weight, result = bench.HostResult(2 * x.Length);
        int columns = weight.Length;
        return () =>
        {
            for (int first = 0; first < x.Length; first += columns)
            {
                float sum = 0f;
                for (int at = first; at < first + columns; at++)
                {
                    float h = x[at] + residual[at];
                    result[x.Length + at] = h;
                    sum += h * h;
                }

                float scale = 1f / MathF.Sqrt((sum / columns) + RmsNormKernels.Epsilon);
                for (int at = first; at < first + columns; at++)
                    result[at] = result[x.Length + at] * scale * weight[at - first];
            }
        };
    }

    private static Func<Workbench, Rows, Action> Apart(Action<View, View, View> method, Func<int, int> groups) => (bench, problem) =>
    {
        var add = bench.Accelerator.LoadStreamKernel<View, View, View>(RmsNormKernels.Add);
        var norm = bench.Accelerator.LoadStreamKernel(method);
        int length = problem.X.Length;
        View x = bench.Copy(problem.X), residual = bench.Copy(problem.Residual), weight = bench.Copy(problem.Weight);
        View result = bench.Result(2 * length), y = result.SubView(0, length), h = result.SubView(length, length);
        KernelConfig addConfig = new(Workbench.Groups(length, GroupSize), GroupSize), normConfig = new(groups(problem.Count), GroupSize);
        return () =>
        {
            add(addConfig, x, residual, h);
            norm(normConfig, h, weight, y);
        };
    };

    private static Func<Workbench, Rows, Action> Fused(Action<View, View, View, View, View> method, Func<Workbench, int, int> groups) => (bench, problem) =>
    {
        var kernel = bench.Accelerator.LoadStreamKernel(method);
        int length = problem.X.Length;
        View x = bench.Copy(problem.X), residual = bench.Copy(problem.Residual), weight = bench.Copy(problem.Weight);
        View result = bench.Result(2 * length), y = result.SubView(0, length), h = result.SubView(length, length);
        KernelConfig config = new(groups(bench, problem.Count), GroupSize);
        return () => kernel(config, x, residual, weight, h, y);
    };
}
