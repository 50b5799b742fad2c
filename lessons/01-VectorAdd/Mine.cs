using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>
/// Your rung of lesson 1. It begins as the naive kernel: change the kernel, and the launch if need be, then
/// <c>gemma lessons run 01 --only mine</c>.
/// </summary>
public static class VectorAddMine
{
    /// <summary>One thread for each element.</summary>
    public static void Kernel(View a, View b, View sum)
    {
        int i = Grid.GlobalIndex.X;
        if (i < sum.Length)
            sum[i] = a[i] + b[i];
    }

    /// <summary>Copies the inputs to the device, loads the kernel and gives the launch.</summary>
    public static Action Prepare(Workbench bench, VectorAdd.Vectors problem)
    {
        const int groupSize = 128;
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, View>(Kernel);
        View a = bench.Copy(problem.A), b = bench.Copy(problem.B), sum = bench.Result(problem.A.Length);
        int groups = Workbench.Groups(problem.A.Length, groupSize);
        return () => kernel(new KernelConfig(groups, groupSize), a, b, sum);
    }
}
