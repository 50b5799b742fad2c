using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>
/// Your rung of lesson 6. It begins as the tiled kernel: change the kernel, and the launch if need be, then
/// <c>gemma lessons run 06 --only mine</c>.
/// </summary>
public static class MatrixProductMine
{
    private const int Tile = MatrixProductKernels.Tile;
    private const int RowsOfGroup = Tile;       // rows of C that a group computes
    private const int ColumnsOfGroup = Tile;    // and columns

    /// <summary>A tile of A and a tile of B at a time: what a thread loads, sixteen threads use.</summary>
    public static void Kernel(View a, View b, View c, int m, int n, int k)
    {
        var tileA = SharedMemory.Allocate<float>(Tile * Tile);
        var tileB = SharedMemory.Allocate<float>(Tile * Tile);
        int x = Group.IdxX, y = Group.IdxY;
        int row = (Grid.IdxY * RowsOfGroup) + y, column = (Grid.IdxX * ColumnsOfGroup) + x;
        float sum = 0f;
        for (int first = 0; first < k; first += Tile)
        {
            tileA[(y * Tile) + x] = row < m && first + x < k ? a[((long)row * k) + first + x] : 0f;
            tileB[(y * Tile) + x] = first + y < k && column < n ? b[((long)(first + y) * n) + column] : 0f;
            Group.Barrier();
            for (int i = 0; i < Tile; i++)
                sum += tileA[(y * Tile) + i] * tileB[(i * Tile) + x];
            Group.Barrier();
        }

        if (row < m && column < n)
            c[((long)row * n) + column] = sum;
    }

    /// <summary>Copies the inputs to the device, loads the kernel and gives the launch.</summary>
    public static Action Prepare(Workbench bench, MatrixProduct.Product problem)
    {
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, View, int, int, int>(Kernel);
        View a = bench.Copy(problem.A), b = bench.Copy(problem.B), c = bench.Result(problem.M * problem.N);
        Index2D grid = new(Workbench.Groups(problem.N, ColumnsOfGroup), Workbench.Groups(problem.M, RowsOfGroup));
        KernelConfig config = new(grid, new Index2D(Tile, Tile));
        return () => kernel(config, a, b, c, problem.M, problem.N, problem.K);
    }
}
