using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons.Tests.Solutions;

/// <summary>An answer to "Your turn" of lesson 1.</summary>
internal static class Lesson01
{
    private const int Steps = 8;

    public static void Kernel(View a, View b, View sum)
    {
        int first = (Grid.IdxX * Group.DimX * Steps) + Group.IdxX;
        for (int step = 0; step < Steps; step++)
        {
            int i = first + (step * Group.DimX);
            if (i < sum.Length)
                sum[i] = a[i] + b[i];
        }
    }

    public static Action Prepare(Workbench bench, VectorAdd.Vectors problem)
    {
        const int groupSize = 128;
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, View>(Kernel);
        View a = bench.Copy(problem.A), b = bench.Copy(problem.B), sum = bench.Result(problem.A.Length);
        int groups = Workbench.Groups(problem.A.Length, groupSize * Steps);
        return () => kernel(new KernelConfig(groups, groupSize), a, b, sum);
    }
}
