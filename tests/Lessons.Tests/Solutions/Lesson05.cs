using GemmaIlgpu.Lessons.Device;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons.Tests.Solutions;

/// <summary>An answer to "Your turn" of lesson 5.</summary>
internal static class Lesson05
{
    public static void Kernel(View weights, View x, View y, int columns)
    {
        int row = Grid.IdxX;
        long first = (long)row * columns;
        float sum = 0f;
        for (int column = Group.IdxX; column < columns; column += Group.DimX)
            sum += weights[first + column] * x[column];
        sum = Warps.GroupSum(sum);
        if (Group.IdxX == 0)
            y[row] = sum;
    }

    public static Action Prepare(Workbench bench, MatrixVector.Product problem)
    {
        const int groupSize = 128;
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, View, int>(Kernel);
        View weights = bench.Copy(problem.Weights), x = bench.Copy(problem.X), y = bench.Result(problem.Rows);
        return () => kernel(new KernelConfig(problem.Rows, groupSize), weights, x, y, problem.Columns);
    }
}
