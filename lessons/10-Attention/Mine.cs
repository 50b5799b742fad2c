using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>
/// Your rung of lesson 10. It begins as a thread for each query: change the kernel, and the launch if need be, then
/// <c>gemma lessons run 10 --only mine</c>.
/// </summary>
public static class AttentionMine
{
    private const float Unseen = AttentionKernels.Unseen;

    /// <summary>
    /// One thread for each query, with the maximum and the sum of lesson 7. Its result is in y all the time, which is what is
    /// slow about it: y is read and written once for each key.
    /// </summary>
    public static void Kernel(View q, View k, View v, View y, AttentionShape shape)
    {
        int query = Grid.GlobalIndex.X;
        if (query >= shape.Tokens)
            return;
        long head = (long)Grid.IdxY * shape.Tokens, row = (head + query) * shape.Width;
        for (int d = 0; d < shape.Width; d++)
            y[row + d] = 0f;
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
                y[row + d] = (y[row + d] * shrink) + (weight * v[at + d]);
        }

        for (int d = 0; d < shape.Width; d++)
            y[row + d] /= sum;
    }

    /// <summary>Copies the inputs to the device, loads the kernel and gives the launch.</summary>
    public static Action Prepare(Workbench bench, AttentionLesson.Heads problem)
    {
        const int groupSize = 64;
        var kernel = bench.Accelerator.LoadStreamKernel<View, View, View, View, AttentionShape>(Kernel);
        View q = bench.Copy(problem.Q), k = bench.Copy(problem.K), v = bench.Copy(problem.V), y = bench.Result(problem.Q.Length);
        KernelConfig config = new(new Index2D(Workbench.Groups(problem.Tokens, groupSize), problem.Count), new Index2D(groupSize, 1));
        return () => kernel(config, q, k, v, y, problem.Sizes);
    }
}
