using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>
/// Your rung of lesson 12. It begins as the kernel with pairs: change the kernel, and the launch if need be, then
/// <c>gemma lessons run 12 --only mine</c>.
/// </summary>
public static class TensorCoresMine
{
    private const int Side = 16;        // of a group

    /// <summary>One thread for each element, two bfloat16 a load.</summary>
    public static void Kernel(ArrayView<int> x, ArrayView<int> weights, View y, int tokens, int outputs, int depth)
    {
        int token = Grid.GlobalIndex.Y, output = Grid.GlobalIndex.X, pairs = depth / 2;
        if (token >= tokens || output >= outputs)
            return;
        float sum = 0f;
        for (int i = 0; i < pairs; i++)
        {
            int left = x[((long)token * pairs) + i], right = weights[((long)output * pairs) + i];
            sum += Interop.IntAsFloat((uint)left << 16) * Interop.IntAsFloat((uint)right << 16);
            sum += Interop.IntAsFloat((uint)left & 0xFFFF_0000) * Interop.IntAsFloat((uint)right & 0xFFFF_0000);
        }

        y[((long)token * outputs) + output] = sum;
    }

    /// <summary>Copies the inputs to the device, loads the kernel and gives the launch.</summary>
    public static Action Prepare(Workbench bench, TensorCores.Product problem)
    {
        var kernel = bench.Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>, View, int, int, int>(Kernel);
        ArrayView<int> x = bench.Copy(problem.X).Cast<int>(), weights = bench.Copy(problem.Weights).Cast<int>();
        View y = bench.Result(problem.Tokens * problem.Outputs);
        Index2D grid = new(Workbench.Groups(problem.Outputs, Side), Workbench.Groups(problem.Tokens, Side));
        KernelConfig config = new(grid, new Index2D(Side, Side));
        return () => kernel(config, x, weights, y, problem.Tokens, problem.Outputs, problem.Depth);
    }
}
