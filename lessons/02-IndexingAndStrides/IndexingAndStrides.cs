using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>Lesson 2: which thread takes which element decides how fast memory is.</summary>
public sealed class IndexingAndStrides : Lesson<IndexingAndStrides.Matrix>
{
    private const int GroupSize = 128;
    private const int RowsPerThread = 8;

    public override int Number => 2;
    public override string Title => "Indexing and strides";
    public override string Promise => "Why neighbouring threads should touch neighbouring addresses, and how indices make them.";
    public override string Page => "02-indexing-and-strides.md";
    public override SpeedUnit Unit => SpeedUnit.GigabytesPerSecond;

    public override IReadOnlyList<Rung> Rungs =>
    [
        Rung("plain C#", "Two loops.", problem => problem.LeastBytes, PlainCSharp),
        Rung("down the columns", "One thread per element, neighbours a row apart.", Elementwise, Flat(IndexingKernels.DownTheColumns)),
        Rung("along the rows", "One thread per element, neighbours side by side.", Elementwise, Flat(IndexingKernels.AlongTheRows)),
        Rung("two dimensions", "Row and column from the grid, without a division.", Elementwise, TwoDimensions),
        Rung("one column per thread", "The scale is loaded once and kept.", ColumnBytes, OneColumnPerThread),
    ];

    public override Rung Mine => Yours(IndexingMine.Prepare);

    /// <summary>The inputs.</summary>
    public sealed class Matrix : Problem
    {
        public required int Rows { get; init; }
        public required int Columns { get; init; }
        public required float[] X { get; init; }
        public required float[] ColumnScale { get; init; }
        public required float[] RowShift { get; init; }
        public override string Shape => $"x, y [{Rows:N0}, {Columns:N0}]";
        public override string NameOf(int element) =>
            RowAndColumn(element, Columns);
        public override long LeastBytes => 4L * ((2L * Rows * Columns) + Rows + Columns);
        public override long Operations => 2L * Rows * Columns;
    }

    // x, the scale and the shift are read and y is written for every element.
    private static long Elementwise(Matrix problem) => 4L * 4 * problem.Rows * problem.Columns;

    // The scale is read once by each band of rows.
    private static long ColumnBytes(Matrix problem) =>
        4L * ((3L * problem.Rows * problem.Columns) + ((long)Workbench.Groups(problem.Rows, RowsPerThread) * problem.Columns));

    public override Problem Pose(Scale scale)
    {
        (int rows, int columns) = scale == Scale.Small ? (37, 43) : (2003, 1501);
        float[] x = Inputs.Sixteenths(rows * columns, seed: 1), columnScale = Inputs.Sixteenths(columns, seed: 2), rowShift = Inputs.Sixteenths(rows, seed: 3);
        double[] expected = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
            expected[i] = ((double)x[i] * columnScale[i % columns]) + rowShift[i / columns];
        return new Matrix
        {
            Rows = rows,
            Columns = columns,
            X = x,
            ColumnScale = columnScale,
            RowShift = rowShift,
            Expected = expected,
            Tolerance = 0,
            ToleranceReason = "products of multiples of 1/16 are multiples of 1/256, which add exactly",
        };
    }

    private static Action PlainCSharp(Workbench bench, Matrix problem)
    {
        float[] x = problem.X, scale = problem.ColumnScale, shift = problem.RowShift, y = bench.HostResult(x.Length);
        return () =>
        {
            for (int row = 0; row < problem.Rows; row++)
            {
                for (int column = 0; column < problem.Columns; column++)
                {
                    int at = (row * problem.Columns) + column;
                    y[at] = (x[at] * scale[column]) + shift[row];
                }
            }
        };
    }

    private static Func<Workbench, Matrix, Action> Flat(Action<View, View, View, View, int, int> method) => (bench, problem) =>
        Launch(bench, problem, method, new KernelConfig(Workbench.Groups(problem.X.Length, GroupSize), GroupSize));

    private static Action TwoDimensions(Workbench bench, Matrix problem)
    {
        Index2D group = new(32, 4);
        Index2D grid = new(Workbench.Groups(problem.Columns, group.X), Workbench.Groups(problem.Rows, group.Y));
        return Launch(bench, problem, IndexingKernels.TwoDimensions, new KernelConfig(grid, group));
    }

    private static Action OneColumnPerThread(Workbench bench, Matrix problem)
    {
        Index2D grid = new(Workbench.Groups(problem.Columns, GroupSize), Workbench.Groups(problem.Rows, RowsPerThread));
        return Launch(bench, problem, IndexingKernels.OneColumnPerThread, new KernelConfig(grid, new Index2D(GroupSize, 1)));
    }

    private static Action Launch(Workbench bench, Matrix problem, Action<View, View, View, View, int, int> method, KernelConfig config)
    {
        var kernel = bench.Accelerator.LoadStreamKernel(method);
        View x = bench.Copy(problem.X), scale = bench.Copy(problem.ColumnScale), shift = bench.Copy(problem.RowShift);
        View y = bench.Result(problem.X.Length);
        return () => kernel(config, x, scale, shift, y, problem.Rows, problem.Columns);
    }
}
