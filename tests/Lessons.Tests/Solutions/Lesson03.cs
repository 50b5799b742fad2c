using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons.Tests.Solutions;

/// <summary>An answer to "Your turn" of lesson 3.</summary>
internal static class Lesson03
{
    private const int GroupSize = 128;

    public static void Kernel(View values, View partial)
    {
        var shared = SharedMemory.Allocate<float>(GroupSize);
        int thread = Group.IdxX, i = (Grid.IdxX * 2 * GroupSize) + thread;
        float first = i < values.Length ? values[i] : 0f, second = i + GroupSize < values.Length ? values[i + GroupSize] : 0f;
        shared[thread] = first + second;
        Group.Barrier();
        for (int live = GroupSize / 2; live > 0; live /= 2)
        {
            if (thread < live)
                shared[thread] += shared[thread + live];
            Group.Barrier();
        }

        if (thread == 0)
            partial[Grid.IdxX] = shared[0];
    }

    public static Action Prepare(Workbench bench, Reduction.Numbers problem)
    {
        const int numbersOfGroup = 2 * GroupSize;
        var kernel = bench.Accelerator.LoadStreamKernel<View, View>(Kernel);
        View values = bench.Copy(problem.Values), sum = bench.Result(1);
        List<View> levels = [];
        for (int count = problem.Values.Length; count > 1;)
        {
            count = Workbench.Groups(count, numbersOfGroup);
            levels.Add(count == 1 ? sum : bench.Scratch<float>(count));
        }

        return () =>
        {
            View from = values;
            foreach (View to in levels)
            {
                kernel(new KernelConfig(checked((int)to.Length), GroupSize), from, to);
                from = to;
            }
        };
    }
}
