using GemmaIlgpu.Lessons.Device;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>
/// Your rung of lesson 7. It begins as the online kernel of a warp: change the kernel, and the launch if need be, then
/// <c>gemma lessons run 07 --only mine</c>.
/// </summary>
public static class SoftmaxMine
{
    /// <summary>One warp for each row, maximum and sum in one pass.</summary>
    public static void Kernel(View x, View y, int columns)
    {
        long row = (Grid.IdxX * (Group.DimX / Warp.WarpSize)) + Warp.WarpIdx, first = row * columns;
        if (first >= x.Length)
            return;
        float max = SoftmaxKernels.Lowest, sum = 0f;
        for (int column = Warp.LaneIdx; column < columns; column += Warp.WarpSize)
        {
            float value = x[first + column], larger = XMath.Max(max, value);
            sum = (sum * XMath.Exp(max - larger)) + XMath.Exp(value - larger);
            max = larger;
        }

        float rowMax = Warps.Max(max);
        float rowSum = Warps.Sum(sum * XMath.Exp(max - rowMax));
        for (int column = Warp.LaneIdx; column < columns; column += Warp.WarpSize)
            y[first + column] = XMath.Exp(x[first + column] - rowMax) / rowSum;
    }

    /// <summary>Copies the inputs to the device, loads the kernel and gives the launch.</summary>
    public static Action Prepare(Workbench bench, SoftmaxLesson.Rows problem)
    {
        const int groupSize = 64;
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, int>(Kernel);
        View x = bench.Copy(problem.X), y = bench.Result(problem.X.Length);
        KernelConfig config = new(bench.GroupsOfWarps(problem.Count, groupSize), groupSize);
        return () => kernel(config, x, y, problem.Columns);
    }
}
