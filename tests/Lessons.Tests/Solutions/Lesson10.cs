using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons.Tests.Solutions;

/// <summary>An answer to "Your turn" of lesson 10.</summary>
internal static class Lesson10
{
    private const float Unseen = AttentionKernels.Unseen;
    private const int GroupSize = 64;

    public static void Kernel(View q, View k, View v, View y, AttentionShape shape)
    {
        var result = SharedMemory.Allocate<float>(FlashKernel.MostColumns * GroupSize);    // columns of y, the threads side by side
        int query = Grid.GlobalIndex.X, thread = Group.IdxX;
        if (query >= shape.Tokens)
            return;
        long head = (long)Grid.IdxY * shape.Tokens, row = (head + query) * shape.Width;
        for (int d = 0; d < shape.Width; d++)
            result[(d * GroupSize) + thread] = 0f;
        float max = Unseen, sum = 0f;
        for (int key = XMath.Max(0, query - shape.Window + 1); key <= query; key++)
        {
            long at = (head + key) * shape.Width;
            float dot = 0f;
            for (int d = 0; d < shape.Width; d++)
                dot += q[row + d] * k[at + d];
            float score = AttentionKernels.Score(dot, shape), larger = XMath.Max(max, score);
            float shrink = XMath.Exp(max - larger), weight = XMath.Exp(score - larger);
            max = larger;
            sum = (sum * shrink) + weight;
            for (int d = 0; d < shape.Width; d++)
                result[(d * GroupSize) + thread] = (result[(d * GroupSize) + thread] * shrink) + (weight * v[at + d]);
        }

        for (int d = 0; d < shape.Width; d++)
            y[row + d] = result[(d * GroupSize) + thread] / sum;
    }

    public static Action Prepare(Workbench bench, AttentionLesson.Heads problem)
    {
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, View, View, AttentionShape>(Kernel);
        View q = bench.Copy(problem.Q), k = bench.Copy(problem.K), v = bench.Copy(problem.V), y = bench.Result(problem.Q.Length);
        KernelConfig config = new(new Index2D(Workbench.Groups(problem.Tokens, GroupSize), problem.Count), new Index2D(GroupSize, 1));
        return () => kernel(config, q, k, v, y, problem.Sizes);
    }
}
