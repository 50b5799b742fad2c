using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>Lesson 6: the one operation with more arithmetic than memory, if it is written so.</summary>
public sealed class MatrixProduct : Lesson<MatrixProduct.Product>
{
    private const int Tile = MatrixProductKernels.Tile;
    private const int Block = MatrixProductKernels.Block;

    public override int Number => 6;
    public override string Title => "Tiled matrix product";
    public override string Promise => "How tiles in shared memory and in registers turn a memory-bound loop into arithmetic.";
    public override string Page => "06-matrix-product.md";
    public override SpeedUnit Unit => SpeedUnit.GigaflopsPerSecond;

    public override IReadOnlyList<Rung> Rungs =>
    [
        Rung("plain C#", "Three loops.", problem => Bytes(problem, 1, 1), PlainCSharp),
        Rung("naive", "One thread per element of C.", problem => Bytes(problem, 1, 1), With(MatrixProductKernels.Naive, Tile, Tile)),
        Rung("tiled", "What a thread loads, sixteen use.", problem => Bytes(problem, Tile, Tile), With(MatrixProductKernels.Tiled, Tile, Tile)),
        Rung("four per thread", "A loaded element of B serves four sums.", problem => Bytes(problem, Block, Tile), With(MatrixProductKernels.FourPerThread, Block, Tile)),
        Rung("sixteen per thread", "A tile of sums in registers.", problem => Bytes(problem, Block, Block), With(RegisterTileKernel.SixteenPerThread, Block, Block)),
        Rung("eight rows per thread", "No tiles: one element of B serves eight rows.", problem => Bytes(problem, RowsPerThreadKernel.Rows, 1), EightRows),
    ];

    public override Rung Mine => Yours(MatrixProductMine.Prepare);

    /// <summary>The inputs.</summary>
    public sealed class Product : Problem
    {
        public required int M { get; init; }
        public required int N { get; init; }
        public required int K { get; init; }
        public required float[] A { get; init; }
        public required float[] B { get; init; }
        public override string Shape => $"A [{M}, {K}], B [{K}, {N}], C [{M}, {N}]";
        public override string NameOf(int element) =>
            RowAndColumn(element, N);
        public override long LeastBytes => 4L * ((M * K) + (K * N) + (M * N));
        public override long Operations => 2L * M * N * K;
    }

    // A group that computes rows × columns of C reads that many rows of A and columns of B.
    private static long Bytes(Product p, int rows, int columns) =>
        4L * (((long)p.M * p.K * Workbench.Groups(p.N, columns)) + ((long)p.K * p.N * Workbench.Groups(p.M, rows)) + ((long)p.M * p.N));

    public override Problem Pose(Scale scale)
    {
        (int m, int n, int k) = scale == Scale.Small ? (67, 35, 21) : (335, 391, 517);
        float[] a = Inputs.Sixteenths(m * k, seed: 1), b = Inputs.Sixteenths(k * n, seed: 2);
        double[] expected = new double[m * n];
        for (int row = 0; row < m; row++)
        {
            for (int i = 0; i < k; i++)
            {
                for (int column = 0; column < n; column++)
                    expected[(row * n) + column] += (double)a[(row * k) + i] * b[(i * n) + column];
            }
        }

        return new Product
        {
            M = m,
            N = n,
            K = k,
            A = a,
            B = b,
            Expected = expected,
            Tolerance = 0,
            ToleranceReason = "products of multiples of 1/16 are multiples of 1/256, and so few of them add exactly, in any order",
        };
    }

    private static Action PlainCSharp(Workbench bench, Product problem)
    {
        float[] a = problem.A, b = problem.B, c = bench.HostResult(problem.M * problem.N);
        int n = problem.N, k = problem.K;
        return () =>
        {
            for (int row = 0; row < problem.M; row++)
            {
                for (int column = 0; column < n; column++)
                {
                    float sum = 0f;
                    for (int i = 0; i < k; i++)
                        sum += a[(row * k) + i] * b[(i * n) + column];
                    c[(row * n) + column] = sum;
                }
            }
        };
    }

    private static Action EightRows(Workbench bench, Product problem)
    {
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, View, int, int, int>(RowsPerThreadKernel.EightRowsPerThread);
        View a = bench.Copy(problem.A), b = bench.Copy(problem.B), c = bench.Result(problem.M * problem.N);
        KernelConfig config = new(
            new Index2D(Workbench.Groups(problem.N, RowsPerThreadKernel.GroupSize), Workbench.Groups(problem.M, RowsPerThreadKernel.Rows)),
            new Index2D(RowsPerThreadKernel.GroupSize, 1));
        return () => kernel(config, a, b, c, problem.M, problem.N, problem.K);
    }

    private static Func<Workbench, Product, Action> With(Action<View, View, View, int, int, int> method, int rows, int columns) => (bench, problem) =>
    {
        var kernel = bench.Accelerator.LoadStreamKernel(method);
        View a = bench.Copy(problem.A), b = bench.Copy(problem.B), c = bench.Result(problem.M * problem.N);
        Index2D grid = new(Workbench.Groups(problem.N, columns), Workbench.Groups(problem.M, rows));
        return () => kernel(new KernelConfig(grid, new Index2D(Tile, Tile)), a, b, c, problem.M, problem.N, problem.K);
    };
}
