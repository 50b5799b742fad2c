using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>
/// Your rung of lesson 3. It begins as the tree: change the kernel, and the launch if need be, then
/// <c>gemma lessons run 03 --only mine</c>.
/// </summary>
public static class ReductionMine
{
    private const int GroupSize = 128;

    /// <summary>A tree in shared memory: 64 threads add pairs, then 32, then 16, and so on.</summary>
    public static void Kernel(View values, View partial)
    {
        var shared = SharedMemory.Allocate<float>(GroupSize);
        int thread = Group.IdxX, i = Grid.GlobalIndex.X;
        shared[thread] = i < values.Length ? values[i] : 0f;
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

    /// <summary>Copies the inputs to the device, loads the kernel and gives the launch.</summary>
    public static Action Prepare(Workbench bench, Reduction.Numbers problem)
    {
        const int numbersOfGroup = GroupSize;       // how many numbers a group turns into one
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
