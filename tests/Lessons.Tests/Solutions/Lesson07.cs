using GemmaIlgpu.Lessons.Device;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons.Tests.Solutions;

/// <summary>An answer to "Your turn" of lesson 7.</summary>
internal static class Lesson07
{
    public static void Kernel(View x, View y, int columns)
    {
        long row = (Grid.IdxX * (Group.DimX / Warp.WarpSize)) + Warp.WarpIdx, first = row * columns;
        if (first >= x.Length)
            return;
        float max = SoftmaxKernels.Lowest, sum = 0f;
        for (int column = Warp.LaneIdx; column < columns; column += Warp.WarpSize)
        {
            float value = x[first + column];
            if (value > max)
            {
                sum = (sum * XMath.Exp(max - value)) + 1f;
                max = value;
            }
            else
            {
                sum += XMath.Exp(value - max);
            }
        }

        float rowMax = Warps.Max(max);
        float rowSum = Warps.Sum(sum * XMath.Exp(max - rowMax));
        for (int column = Warp.LaneIdx; column < columns; column += Warp.WarpSize)
            y[first + column] = XMath.Exp(x[first + column] - rowMax) / rowSum;
    }

    public static Action Prepare(Workbench bench, SoftmaxLesson.Rows problem)
    {
        const int groupSize = 64;
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, int>(Kernel);
        View x = bench.Copy(problem.X), y = bench.Result(problem.X.Length);
        KernelConfig config = new(bench.GroupsOfWarps(problem.Count, groupSize), groupSize);
        return () => kernel(config, x, y, problem.Columns);
    }
}
