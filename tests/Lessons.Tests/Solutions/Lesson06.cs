using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons.Tests.Solutions;

/// <summary>An answer to "Your turn" of lesson 6.</summary>
internal static class Lesson06
{
    private const int Tile = MatrixProductKernels.Tile;
    private const int Block = 2 * Tile;     // rows and columns of C that a group computes

    public static void Kernel(View a, View b, View c, int m, int n, int k)
    {
        var tileA = SharedMemory.Allocate<float>(Block * Tile);
        var tileB = SharedMemory.Allocate<float>(Tile * Block);
        int x = Group.IdxX, y = Group.IdxY, firstRow = Grid.IdxY * Block, firstColumn = Grid.IdxX * Block;
        float sum00 = 0f, sum01 = 0f, sum10 = 0f, sum11 = 0f;
        for (int first = 0; first < k; first += Tile)
        {
            for (int i = 0; i < Block; i += Tile)
            {
                int row = firstRow + y + i, column = firstColumn + x + i;
                tileA[((y + i) * Tile) + x] = row < m && first + x < k ? a[((long)row * k) + first + x] : 0f;
                tileB[(y * Block) + x + i] = first + y < k && column < n ? b[((long)(first + y) * n) + column] : 0f;
            }

            Group.Barrier();
            for (int i = 0; i < Tile; i++)
            {
                float up = tileA[(y * Tile) + i], down = tileA[((y + Tile) * Tile) + i];
                float left = tileB[(i * Block) + x], right = tileB[(i * Block) + x + Tile];
                sum00 += up * left;
                sum01 += up * right;
                sum10 += down * left;
                sum11 += down * right;
            }

            Group.Barrier();
        }

        Store(c, firstRow + y, firstColumn + x, m, n, sum00);
        Store(c, firstRow + y, firstColumn + x + Tile, m, n, sum01);
        Store(c, firstRow + y + Tile, firstColumn + x, m, n, sum10);
        Store(c, firstRow + y + Tile, firstColumn + x + Tile, m, n, sum11);
    }

    private static void Store(View c, int row, int column, int m, int n, float sum)
    {
        if (row < m && column < n)
            c[((long)row * n) + column] = sum;
    }

    public static Action Prepare(Workbench bench, MatrixProduct.Product problem)
    {
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, View, int, int, int>(Kernel);
        View a = bench.Copy(problem.A), b = bench.Copy(problem.B), c = bench.Result(problem.M * problem.N);
        Index2D grid = new(Workbench.Groups(problem.N, Block), Workbench.Groups(problem.M, Block));
        KernelConfig config = new(grid, new Index2D(Tile, Tile));
        return () => kernel(config, a, b, c, problem.M, problem.N, problem.K);
    }
}
