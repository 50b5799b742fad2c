using GemmaIlgpu.Lessons.Device;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>
/// Your rung of lesson 5. It begins as a warp for each row: change the kernel, and the launch if need be, then
/// <c>gemma lessons run 05 --only mine</c>.
/// </summary>
public static class MatrixVectorMine
{
    private const int RowsPerWarp = 1;

    /// <summary>One warp for each row. Its lanes read neighbours and add their sums at the end.</summary>
    public static void Kernel(View weights, View x, View y, int columns)
    {
        int row = ((Grid.IdxX * (Group.DimX / Warp.WarpSize)) + Warp.WarpIdx) * RowsPerWarp;
        if (row >= y.Length)
            return;
        long first = (long)row * columns;
        float sum = 0f;
        for (int column = Warp.LaneIdx; column < columns; column += Warp.WarpSize)
            sum += weights[first + column] * x[column];
        sum = Warps.Sum(sum);
        if (Warp.IsFirstLane)
            y[row] = sum;
    }

    /// <summary>Copies the inputs to the device, loads the kernel and gives the launch.</summary>
    public static Action Prepare(Workbench bench, MatrixVector.Product problem)
    {
        const int groupSize = 128;
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, View, int>(Kernel);
        View weights = bench.Copy(problem.Weights), x = bench.Copy(problem.X), y = bench.Result(problem.Rows);
        int groups = bench.GroupsOfWarps(Workbench.Groups(problem.Rows, RowsPerWarp), groupSize);
        return () => kernel(new KernelConfig(groups, groupSize), weights, x, y, problem.Columns);
    }
}
