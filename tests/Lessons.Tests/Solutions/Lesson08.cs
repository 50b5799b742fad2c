using GemmaIlgpu.Lessons.Device;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons.Tests.Solutions;

/// <summary>An answer to "Your turn" of lesson 8.</summary>
internal static class Lesson08
{
    public static void Kernel(View x, View residual, View weight, View h, View y)
    {
        int columns = weight.IntLength, last = (x.IntLength / columns) - 1;
        int row = 2 * ((Grid.IdxX * (Group.DimX / Warp.WarpSize)) + Warp.WarpIdx);
        if (row > last)
            return;
        // An odd number of rows: the last warp computes its row twice, and writes the same numbers twice.
        long first = (long)row * columns, second = (long)XMath.Min(row + 1, last) * columns;
        float sum = 0f, secondSum = 0f;
        for (int column = Warp.LaneIdx; column < columns; column += Warp.WarpSize)
        {
            float value = x[first + column] + residual[first + column], secondValue = x[second + column] + residual[second + column];
            h[first + column] = value;
            h[second + column] = secondValue;
            sum += value * value;
            secondSum += secondValue * secondValue;
        }

        float scale = 1f / XMath.Sqrt((Warps.Sum(sum) / columns) + RmsNormKernels.Epsilon);
        float secondScale = 1f / XMath.Sqrt((Warps.Sum(secondSum) / columns) + RmsNormKernels.Epsilon);
        for (int column = Warp.LaneIdx; column < columns; column += Warp.WarpSize)
        {
            float weightOfColumn = weight[column];
            y[first + column] = h[first + column] * scale * weightOfColumn;
            y[second + column] = h[second + column] * secondScale * weightOfColumn;
        }
    }

    public static Action Prepare(Workbench bench, RmsNormLesson.Rows problem)
    {
        const int groupSize = 64;
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, View, View, View>(Kernel);
        View x = bench.Copy(problem.X), residual = bench.Copy(problem.Residual), weight = bench.Copy(problem.Weight);
        View result = bench.Result(2 * problem.X.Length);
        View y = result.SubView(0, x.Length), h = result.SubView(x.Length, x.Length);
        KernelConfig config = new(bench.GroupsOfWarps(Workbench.Groups(problem.Count, 2), groupSize), groupSize);
        return () => kernel(config, x, residual, weight, h, y);
    }
}
