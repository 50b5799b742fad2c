using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>Lesson 5: the operation that language models spend their time in when they write one word after another.</summary>
public sealed class MatrixVector : Lesson<MatrixVector.Product>
{
    private const int GroupSize = 128;

    public override int Number => 5;
    public override string Title => "Matrix-vector";
    public override string Promise => "How to share one dot product among a warp, and what can be reused when every weight is used once.";
    public override string Page => "05-matrix-vector.md";
    public override SpeedUnit Unit => SpeedUnit.GigabytesPerSecond;

    public override IReadOnlyList<Rung> Rungs =>
    [
        Rung("plain C#", "Two loops.", problem => problem.LeastBytes, PlainCSharp),
        Rung("thread per row", "Every thread has a dot product of its own.", problem => Bytes(problem, rowsPerLoad: 1), ThreadPerRow),
        Rung("warp per row", "The lanes of a warp share a dot product.", problem => Bytes(problem, rowsPerLoad: 1), PerWarp(MatrixVectorKernels.WarpPerRow, rows: 1)),
        Rung("four rows per warp", "What is loaded of x is used four times.", problem => Bytes(problem, MatrixVectorKernels.RowsPerWarp), PerWarp(MatrixVectorKernels.FourRowsPerWarp, MatrixVectorKernels.RowsPerWarp)),
    ];

    public override Rung Mine => Yours(MatrixVectorMine.Prepare);

    /// <summary>The inputs.</summary>
    public sealed class Product : Problem
    {
        public required int Rows { get; init; }
        public required int Columns { get; init; }
        public required float[] Weights { get; init; }
        public required float[] X { get; init; }
        public override string Shape => $"W [{Rows:N0}, {Columns:N0}], x [{Columns:N0}], y [{Rows:N0}]";
        public override long LeastBytes => 4L * (((long)Rows * Columns) + Rows + Columns);
        public override long Operations => 2L * Rows * Columns;
    }

    // Weights once, x once for so many rows, y once.
    private static long Bytes(Product problem, int rowsPerLoad) =>
        4L * (((long)problem.Rows * problem.Columns) + ((long)Workbench.Groups(problem.Rows, rowsPerLoad) * problem.Columns) + problem.Rows);

    public override Problem Pose(Scale scale)
    {
        (int rows, int columns) = scale == Scale.Small ? (37, 131) : (1999, 2311);
        float[] weights = Inputs.Sixteenths(rows * columns, seed: 1), x = Inputs.Sixteenths(columns, seed: 2);
        double[] expected = new double[rows];
        for (int i = 0; i < weights.Length; i++)
            expected[i / columns] += (double)weights[i] * x[i % columns];
        return new Product
        {
            Rows = rows,
            Columns = columns,
            Weights = weights,
            X = x,
            Expected = expected,
            Tolerance = 0,
            ToleranceReason = "products of multiples of 1/16 are multiples of 1/256, and so few of them add exactly, in any order",
        };
    }

    private static Action PlainCSharp(Workbench bench, Product problem)
    {
        float[] weights = problem.Weights, x = problem.X, y = bench.HostResult(problem.Rows);
        return () =>
        {
            for (int row = 0; row < problem.Rows; row++)
            {
                float sum = 0f;
                for (int column = 0; column < problem.Columns; column++)
                    sum += weights[(row * problem.Columns) + column] * x[column];
                y[row] = sum;
            }
        };
    }

    private static Action ThreadPerRow(Workbench bench, Product problem) =>
        Launch(bench, problem, MatrixVectorKernels.ThreadPerRow, Workbench.Groups(problem.Rows, GroupSize));

    private static Func<Workbench, Product, Action> PerWarp(Action<View, View, View, int> method, int rows) => (bench, problem) =>
        Launch(bench, problem, method, bench.GroupsOfWarps(Workbench.Groups(problem.Rows, rows), GroupSize));

    private static Action Launch(Workbench bench, Product problem, Action<View, View, View, int> method, int groups)
    {
        var kernel = bench.Accelerator.LoadStreamKernel(method);
        View weights = bench.Copy(problem.Weights), x = bench.Copy(problem.X), y = bench.Result(problem.Rows);
        return () => kernel(new KernelConfig(groups, GroupSize), weights, x, y, problem.Columns);
    }
}
