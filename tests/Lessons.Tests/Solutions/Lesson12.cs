using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons.Tests.Solutions;

/// <summary>An answer to "Your turn" of lesson 12.</summary>
internal static class Lesson12
{
    private const int Side = 16;
    private const int TokensOfThread = 2;

    public static void Kernel(ArrayView<int> x, ArrayView<int> weights, View y, int tokens, int outputs, int depth)
    {
        int token = TokensOfThread * Grid.GlobalIndex.Y, output = Grid.GlobalIndex.X, pairs = depth / 2;
        if (token >= tokens || output >= outputs)
            return;
        int below = XMath.Min(token + 1, tokens - 1);       // behind the last token the last one again
        float sum = 0f, sumBelow = 0f;
        for (int i = 0; i < pairs; i++)
        {
            int left = x[((long)token * pairs) + i], leftBelow = x[((long)below * pairs) + i], right = weights[((long)output * pairs) + i];
            float low = Interop.IntAsFloat((uint)right << 16), high = Interop.IntAsFloat((uint)right & 0xFFFF_0000);
            sum += (Interop.IntAsFloat((uint)left << 16) * low) + (Interop.IntAsFloat((uint)left & 0xFFFF_0000) * high);
            sumBelow += (Interop.IntAsFloat((uint)leftBelow << 16) * low) + (Interop.IntAsFloat((uint)leftBelow & 0xFFFF_0000) * high);
        }

        y[((long)token * outputs) + output] = sum;
        y[((long)below * outputs) + output] = sumBelow;
    }

    public static Action Prepare(Workbench bench, TensorCores.Product problem)
    {
        var kernel = bench.Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>, View, int, int, int>(Kernel);
        ArrayView<int> x = bench.Copy(problem.X).Cast<int>(), weights = bench.Copy(problem.Weights).Cast<int>();
        View y = bench.Result(problem.Tokens * problem.Outputs);
        Index2D grid = new(Workbench.Groups(problem.Outputs, Side), Workbench.Groups(problem.Tokens, TokensOfThread * Side));
        KernelConfig config = new(grid, new Index2D(Side, Side));
        return () => kernel(config, x, weights, y, problem.Tokens, problem.Outputs, problem.Depth);
    }
}
