using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons.Tests.Solutions;

/// <summary>An answer to "Your turn" of lesson 2.</summary>
internal static class Lesson02
{
    public static void Kernel(View x, View scale, View shift, View y, int rows, int columns)
    {
        int row = 2 * Grid.GlobalIndex.Y, column = Grid.GlobalIndex.X;
        if (row >= rows || column >= columns)
            return;
        float columnScale = scale[column];
        long at = ((long)row * columns) + column;
        y[at] = (x[at] * columnScale) + shift[row];
        if (row + 1 < rows)
            y[at + columns] = (x[at + columns] * columnScale) + shift[row + 1];
    }

    public static Action Prepare(Workbench bench, IndexingAndStrides.Matrix problem)
    {
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, View, View, int, int>(Kernel);
        View x = bench.Copy(problem.X), scale = bench.Copy(problem.ColumnScale), shift = bench.Copy(problem.RowShift);
        View y = bench.Result(problem.X.Length);
        Index2D group = new(32, 4);
        Index2D grid = new(Workbench.Groups(problem.Columns, group.X), Workbench.Groups(problem.Rows, 2 * group.Y));
        return () => kernel(new KernelConfig(grid, group), x, scale, shift, y, problem.Rows, problem.Columns);
    }
}
