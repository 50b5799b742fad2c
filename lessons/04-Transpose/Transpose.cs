using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>Lesson 4: shared memory as a place to turn around in, and its banks.</summary>
public sealed class Transpose : Lesson<Transpose.Matrix>
{
    public override int Number => 4;
    public override string Title => "Transpose and bank conflicts";
    public override string Promise => "How shared memory turns far-apart accesses into neighbouring ones, and how its banks can spoil it.";
    public override string Page => "04-transpose.md";
    public override SpeedUnit Unit => SpeedUnit.GigabytesPerSecond;

    public override IReadOnlyList<Rung> Rungs =>
    [
        Rung("plain C#", "Two loops.", problem => problem.LeastBytes, PlainCSharp),
        Rung("naive", "One thread per element; the writes are far apart.", problem => problem.LeastBytes, With(TransposeKernels.Naive, TransposeKernels.GroupRows)),
        Rung("tile", "A group turns a tile around in shared memory.", problem => problem.LeastBytes, With(TransposeKernels.Tiled, TransposeKernels.Tile)),
        Rung("padded tile", "One unused column keeps columns out of a single bank.", problem => problem.LeastBytes, With(TransposeKernels.Padded, TransposeKernels.Tile)),
        Rung("swizzled tile", "The same by exchanging places, without the memory.", problem => problem.LeastBytes, With(TransposeKernels.Swizzled, TransposeKernels.Tile)),
        Rung("eight per thread", "Eight neighbours turn around in a thread's registers.", problem => problem.LeastBytes, With(TransposeKernels.EightPerThread, TransposeKernels.RowsPerThread * TransposeKernels.GroupRows)),
    ];

    public override Rung Mine => Yours(TransposeMine.Prepare);

    /// <summary>The inputs.</summary>
    public sealed class Matrix : Problem
    {
        public required int Rows { get; init; }
        public required int Columns { get; init; }
        public required float[] Values { get; init; }
        public override string Shape => $"[{Rows:N0}, {Columns:N0}] to [{Columns:N0}, {Rows:N0}]";
        public override string NameOf(int element) =>
            RowAndColumn(element, Rows);
        public override long LeastBytes => 2L * sizeof(float) * Rows * Columns;
        public override long Operations => 0;
    }

    public override Problem Pose(Scale scale)
    {
        (int rows, int columns) = scale == Scale.Small ? (67, 45) : (2047, 1533);
        float[] values = Inputs.Uniform(rows * columns, largest: 1f, seed: 1);
        double[] expected = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
            expected[(i % columns * rows) + (i / columns)] = values[i];
        return new Matrix
        {
            Rows = rows,
            Columns = columns,
            Values = values,
            Expected = expected,
            Tolerance = 0,
            ToleranceReason = "nothing is computed",
        };
    }

    private static Action PlainCSharp(Workbench bench, Matrix problem)
    {
        float[] source = problem.Values, target = bench.HostResult(source.Length);
        return () =>
        {
            for (int row = 0; row < problem.Rows; row++)
            {
                for (int column = 0; column < problem.Columns; column++)
                    target[(column * problem.Rows) + row] = source[(row * problem.Columns) + column];
            }
        };
    }

    // Groups are 32 × 8; a group of the naive kernel covers 8 rows, of the tiled ones 32, of the last one 64.
    private static Func<Workbench, Matrix, Action> With(Action<View, View, int, int> method, int rowsOfGroup) => (bench, problem) =>
    {
        var kernel = bench.Accelerator.LoadStreamKernel(method);
        View source = bench.Copy(problem.Values), target = bench.Result(problem.Values.Length);
        Index2D group = new(TransposeKernels.Tile, TransposeKernels.GroupRows);
        Index2D grid = new(Workbench.Groups(problem.Columns, group.X), Workbench.Groups(problem.Rows, rowsOfGroup));
        return () => kernel(new KernelConfig(grid, group), source, target, problem.Rows, problem.Columns);
    };
}
