using GemmaIlgpu.Lessons.Device;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>
/// Your rung of lesson 8. It begins as the fused kernel: change the kernel, and the launch if need be, then
/// <c>gemma lessons run 08 --only mine</c>.
/// </summary>
public static class RmsNormMine
{
    private const int GroupSize = 64;

    /// <summary>Adds while it sums; a group for each row.</summary>
    public static void Kernel(View x, View residual, View weight, View h, View y)
    {
        int columns = weight.IntLength;
        long first = (long)Grid.IdxX * columns;
        float sum = 0f;
        for (int column = Group.IdxX; column < columns; column += GroupSize)
        {
            float value = x[first + column] + residual[first + column];
            h[first + column] = value;
            sum += value * value;
        }

        float scale = 1f / XMath.Sqrt((Warps.GroupSum(sum) / columns) + RmsNormKernels.Epsilon);
        for (int column = Group.IdxX; column < columns; column += GroupSize)
            y[first + column] = h[first + column] * scale * weight[column];
    }

    /// <summary>Copies the inputs to the device, loads the kernel and gives the launch.</summary>
    public static Action Prepare(Workbench bench, RmsNormLesson.Rows problem)
    {
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, View, View, View>(Kernel);
        View x = bench.Copy(problem.X), residual = bench.Copy(problem.Residual), weight = bench.Copy(problem.Weight);
        View result = bench.Result(2 * problem.X.Length);       // y, then h
        View y = result.SubView(0, x.Length), h = result.SubView(x.Length, x.Length);
        return () => kernel(new KernelConfig(problem.Count, GroupSize), x, residual, weight, h, y);
    }
}
