using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>
/// Your rung of lesson 2. It begins as the naive kernel: change the kernel, and the launch if need be, then
/// <c>gemma lessons run 02 --only mine</c>.
/// </summary>
public static class IndexingMine
{
    /// <summary>One thread for each element, neighbours a row apart.</summary>
    public static void Kernel(View x, View scale, View shift, View y, int rows, int columns)
    {
        int i = Grid.GlobalIndex.X;
        if (i >= rows * columns)
            return;
        int row = i % rows, column = i / rows;
        long at = ((long)row * columns) + column;
        y[at] = (x[at] * scale[column]) + shift[row];
    }

    /// <summary>Copies the inputs to the device, loads the kernel and gives the launch.</summary>
    public static Action Prepare(Workbench bench, IndexingAndStrides.Matrix problem)
    {
        const int groupSize = 128;
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, View, View, int, int>(Kernel);
        View x = bench.Copy(problem.X), scale = bench.Copy(problem.ColumnScale), shift = bench.Copy(problem.RowShift);
        View y = bench.Result(problem.X.Length);
        KernelConfig config = new(Workbench.Groups(problem.X.Length, groupSize), groupSize);
        return () => kernel(config, x, scale, shift, y, problem.Rows, problem.Columns);
    }
}
