using GemmaIlgpu.Lessons.Device;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>
/// Your rung of lesson 11. It begins as the kernel that expands byte by byte: change the kernel, and the launch if need be, then
/// <c>gemma lessons run 11 --only mine</c>.
/// </summary>
public static class QuantisedMine
{
    private const int Block = QuantisedKernels.Block;

    /// <summary>A warp for each row; a lane takes a byte at a time and expands it in a register.</summary>
    public static void Kernel(ArrayView<sbyte> levels, View scales, ArrayView<sbyte> xLevels, View xScales, View y)
    {
        int row = (Grid.IdxX * (Group.DimX / Warp.WarpSize)) + Warp.WarpIdx, columns = xLevels.IntLength;
        if (row >= y.Length)
            return;
        long first = (long)row * columns;
        float sum = 0f;
        for (int column = Warp.LaneIdx; column < columns; column += Warp.WarpSize)
            sum += scales[(first + column) / Block] * levels[first + column] * (xScales[column / Block] * xLevels[column]);
        sum = Warps.Sum(sum);
        if (Warp.IsFirstLane)
            y[row] = sum;
    }

    /// <summary>Copies the inputs to the device, loads the kernel and gives the launch.</summary>
    public static Action Prepare(Workbench bench, QuantisedMatrixVector.Product problem)
    {
        const int groupSize = 128;
        var kernel = bench.Accelerator.LoadStreamKernel<ArrayView<sbyte>, View, ArrayView<sbyte>, View, View>(Kernel);
        ArrayView<sbyte> levels = bench.Copy(problem.Levels), xLevels = bench.Copy(problem.XLevels);
        View scales = bench.Copy(problem.Scales), xScales = bench.Copy(problem.XScales), y = bench.Result(problem.Rows);
        KernelConfig config = new(bench.GroupsOfWarps(problem.Rows, groupSize), groupSize);
        return () => kernel(config, levels, scales, xLevels, xScales, y);
    }
}
