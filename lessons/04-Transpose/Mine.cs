using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>
/// Your rung of lesson 4. It begins as the tile with conflicts: change the kernel, and the launch if need be, then
/// <c>gemma lessons run 04 --only mine</c>.
/// </summary>
public static class TransposeMine
{
    private const int Tile = TransposeKernels.Tile;
    private const int GroupRows = TransposeKernels.GroupRows;
    private const int Pitch = Tile;     // words from one row of the tile to the next

    /// <summary>Through a tile in shared memory: neighbours are read, and neighbours are written.</summary>
    public static void Kernel(View source, View target, int rows, int columns)
    {
        var tile = SharedMemory.Allocate<float>(Tile * Pitch);
        int x = Group.IdxX, firstRow = Grid.IdxY * Tile, firstColumn = Grid.IdxX * Tile;
        for (int y = Group.IdxY; y < Tile; y += GroupRows)
        {
            int row = firstRow + y, column = firstColumn + x;
            if (row < rows && column < columns)
                tile[(y * Pitch) + x] = source[((long)row * columns) + column];
        }

        Group.Barrier();
        for (int y = Group.IdxY; y < Tile; y += GroupRows)
        {
            int row = firstRow + x, column = firstColumn + y;
            if (row < rows && column < columns)
                target[((long)column * rows) + row] = tile[(x * Pitch) + y];
        }
    }

    /// <summary>Copies the inputs to the device, loads the kernel and gives the launch.</summary>
    public static Action Prepare(Workbench bench, Transpose.Matrix problem)
    {
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, int, int>(Kernel);
        View source = bench.Copy(problem.Values), target = bench.Result(problem.Values.Length);
        Index2D grid = new(Workbench.Groups(problem.Columns, Tile), Workbench.Groups(problem.Rows, Tile));
        KernelConfig config = new(grid, new Index2D(Tile, GroupRows));
        return () => kernel(config, source, target, problem.Rows, problem.Columns);
    }
}
