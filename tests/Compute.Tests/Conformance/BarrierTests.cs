using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Barriers and shared memory in groups of every size, multiples of the warp or not.</summary>
public sealed class BarrierTests(string device) : ConformanceTests(device)
{
    private const int MaxGroup = 1024;

    [Test] public void Neighbours_through_shared_memory([Values(1, 3, 7, 32, 33, 100, 256, 1024)] int group)
    {
        int[] data = Inputs.Random(group * 3, 1000, group);
        int[] actual = Run(data, view => Accelerator.LoadStreamKernel<ArrayView<int>>(RotateKernel)((3, group), view));
        Same([.. data.Select((_, i) => data[i / group * group + (i + 1) % group])], actual);
    }

    private static void RotateKernel(ArrayView<int> data)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(MaxGroup);
        int i = Grid.GlobalIndex.X;
        shared[Group.IdxX] = data[i];
        Group.Barrier();
        data[i] = shared[(Group.IdxX + 1) % Group.DimX];
    }

    [Test] public void Tree_reduction([Values(1, 2, 64, 256, 1024)] int group)
    {
        int[] data = Inputs.Random(group * 4, 1000, 3);
        using var sums = Accelerator.Allocate1D<long>(4);
        using var input = Accelerator.Allocate1D(data);
        Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<long>>(TreeKernel)((4, group), input.View, sums.View);
        Same([.. Enumerable.Range(0, 4).Select(g => data.Skip(g * group).Take(group).Sum(x => (long)x))], sums.GetAsArray1D());
    }

    private static void TreeKernel(ArrayView<int> data, ArrayView<long> sums)
    {
        ArrayView<long> partial = SharedMemory.Allocate<long>(MaxGroup);
        partial[Group.IdxX] = data[Grid.IdxX * Group.DimX + Group.IdxX];
        Group.Barrier();
        for (int stride = Group.DimX / 2; stride > 0; stride /= 2)
        {
            if (Group.IdxX < stride)
                partial[Group.IdxX] += partial[Group.IdxX + stride];
            Group.Barrier();
        }
        if (Group.IsFirstThread)
            sums[Grid.IdxX] = partial[0];
    }

    [Test] public void Prefix_sum_with_values_live_across([Values(1, 5, 33, 128, 999)] int group)
    {
        int[] data = Inputs.Random(group * 2, 100, 5);
        int[] actual = Run(data, view => Accelerator.LoadStreamKernel<ArrayView<int>>(ScanKernel)((2, group), view));
        int[] expected = new int[data.Length];
        for (int i = 0, sum = 0; i < data.Length; i++)
        {
            if (i % group == 0)
                sum = 0;
            expected[i] = sum += data[i];
        }
        Same(expected, actual);
    }

    private static void ScanKernel(ArrayView<int> data)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(MaxGroup);
        int thread = Group.IdxX, index = Grid.IdxX * Group.DimX + thread;
        int value = data[index];
        shared[thread] = value;
        Group.Barrier();
        for (int offset = 1; offset < Group.DimX; offset *= 2)
        {
            int other = thread >= offset ? shared[thread - offset] : 0;
            Group.Barrier();
            value += other;
            shared[thread] = value;
            Group.Barrier();
        }
        data[index] = value;
    }

    [Test] public void Many_types_live_across_a_barrier([Values(1, 9, 64, 130)] int group)
    {
        double[] actual = Run(new double[group * 2], view => Accelerator.LoadStreamKernel<ArrayView<double>, int, float>(LiveKernel)((2, group), view, 3, 0.5f));
        double Reference(int g, int t)
        {
            long big = (long)t * t - 5;
            float small = t * 0.25f + g;
            bool odd = t % 2 == 1;
            double wide = t / 3.0;
            int fromNeighbour = ((t + 3) % group * 2 + g) ^ 5;
            return (odd ? big : -big) + small * 0.5f + wide * fromNeighbour + (t > 4 ? 3 : g);
        }
        Same([.. Enumerable.Range(0, group * 2).Select(i => Reference(i / group, i % group))], actual);
    }

    private static void LiveKernel(ArrayView<double> result, int shift, float scale)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(MaxGroup);
        int thread = Group.IdxX, group = Grid.IdxX;
        long big = (long)thread * thread - 5;
        float small = thread * 0.25f + group;
        bool odd = thread % 2 == 1;
        double wide = thread / 3.0;
        ref double target = ref result[group * Group.DimX + thread];
        shared[thread] = thread * 2 + group;
        Group.Barrier();
        int fromNeighbour = shared[(thread + shift) % Group.DimX] ^ 5;
        Group.Barrier();
        shared[thread] = -1;
        target = (odd ? big : -big) + small * scale + wide * fromNeighbour + (thread > 4 ? shift : group);
    }

    [Test] public void Barriers_in_nested_uniform_loops([Values(4, 48, 96)] int group)
    {
        int[] actual = Run(new int[group], view => Accelerator.LoadStreamKernel<ArrayView<int>, int, int>(NestedKernel)((1, group), view, 4, 3));
        int[] state = Inputs.Range(group);
        for (int a = 0; a < 4; a++)
        {
            for (int b = 0; b <= a; b++)
            {
                int[] old = [.. state];
                for (int t = 0; t < group; t++)
                    state[t] = old[(t + b + 1) % group] + (t % 3 == a ? 10 : 0);
            }
            for (int t = 0; t < group; t++)
                for (int k = 0; k < t % 4; k++)
                    state[t] += k * 3;
        }
        Same(state, actual);
    }

    private static void NestedKernel(ArrayView<int> data, int rounds, int factor)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(MaxGroup);
        int thread = Group.IdxX;
        int value = thread;
        for (int a = 0; a < rounds; a++)
        {
            for (int b = 0; b <= a; b++)
            {
                shared[thread] = value;
                Group.Barrier();
                value = shared[(thread + b + 1) % Group.DimX];
                if (thread % 3 == a)
                    value += 10;
                Group.Barrier();
            }
            for (int k = 0; k < thread % 4; k++)
                value += k * factor;
        }
        data[thread] = value;
    }

    [Test] public void Barrier_under_uniform_branches([Values(0, 1, 2)] int mode, [Values(8, 65)] int group)
    {
        int[] actual = Run(Inputs.Range(group), view => Accelerator.LoadStreamKernel<ArrayView<int>, int>(UniformBranchKernel)((1, group), view, mode));
        int[] expected = mode switch
        {
            0 => [.. Enumerable.Range(0, group).Select(t => group - 1 - t)],
            1 => [.. Enumerable.Range(0, group).Select(t => t * 2 + 1)],
            _ => [.. Enumerable.Range(0, group).Select(t => -t)],
        };
        Same(expected, actual);
    }

    private static void UniformBranchKernel(ArrayView<int> data, int mode)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(MaxGroup);
        int thread = Group.IdxX;
        int value = data[thread];
        if (mode == 0)
        {
            shared[thread] = value;
            Group.Barrier();
            value = shared[Group.DimX - 1 - thread];
        }
        else if (mode == 1)
        {
            shared[Group.DimX - 1 - thread] = value * 2;
            Group.Barrier();
            value = shared[Group.DimX - 1 - thread] + 1;
        }
        else
        {
            value = -value;
        }
        data[thread] = value;
    }

    [Test] public void Threads_beyond_the_data_still_reach_the_barrier([Values(10, 64, 77)] int length)
    {
        const int group = 64;
        int[] data = Inputs.Range(length);
        int[] actual = Run(data, view => Accelerator.LoadStreamKernel<ArrayView<int>>(GuardedKernel)(((length + group - 1) / group, group), view));
        Same([.. data.Select(i => data.Where(j => j / group == i / group).Sum())], actual);
    }

    private static void GuardedKernel(ArrayView<int> data)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(64);
        int index = Grid.GlobalIndex.X;
        bool inside = index < data.Length;
        shared[Group.IdxX] = inside ? data[index] : 0;
        Group.Barrier();
        int sum = 0;
        for (int i = 0; i < Group.DimX; i++)
            sum += shared[i];
        if (inside)
            data[index] = sum;
    }

    [Test] public void Barrier_that_counts([Values(1, 6, 32, 100, 513)] int group)
    {
        int[] actual = Run(new int[group * 2], view => Accelerator.LoadStreamKernel<ArrayView<int>>(CountKernel)((2, group), view));
        int[] expected = new int[group * 2];
        for (int i = 0; i < expected.Length; i++)
        {
            int g = i / group, t = i % group;
            int count = Enumerable.Range(0, group).Count(x => x % 3 == g);
            expected[i] = count * 10 + 1 + (group <= 5 + g ? 0 : 2) + (t == 0 ? 4 : 0);
        }
        Same(expected, actual);
    }

    private static void CountKernel(ArrayView<int> data)
    {
        int thread = Group.IdxX, group = Grid.IdxX;
        int count = Group.BarrierPopCount(thread % 3 == group);
        bool all = Group.BarrierAnd(thread >= 0);
        bool any = Group.BarrierOr(thread > 4 + group);
        bool none = Group.BarrierOr(thread > 5000) || Group.BarrierAnd(thread > 5000);
        data[group * Group.DimX + thread] = count * 10 + (all ? 1 : 0) + (any ? 2 : 0) + (none ? 100 : 0) + (thread == 0 ? 4 : 0);
    }

    [Test] public void Group_broadcast([Values(1, 6, 32, 100)] int group)
    {
        float[] actual = Run(new float[group * 3], view => Accelerator.LoadStreamKernel<ArrayView<float>>(BroadcastKernel)((3, group), view));
        Same([.. Enumerable.Range(0, group * 3).Select(i => (i / group % group) * 1.5f + (group - 1) * 100L)], actual);
    }

    private static void BroadcastKernel(ArrayView<float> data)
    {
        float value = Group.Broadcast(Group.IdxX * 1.5f, Grid.IdxX % Group.DimX);
        long last = Group.Broadcast(Group.IdxX * 100L, Group.DimX - 1);
        data[Grid.IdxX * Group.DimX + Group.IdxX] = value + last;
    }

    [Test] public void Iterated_stencil_with_two_buffers([Values(16, 50, 200)] int group)
    {
        float[] data = Inputs.Uniform(group, 3);
        float[] actual = Run(data, view => Accelerator.LoadStreamKernel<ArrayView<float>, int>(StencilKernel)((1, group), view, 9));
        float[] current = data;
        for (int step = 0; step < 9; step++)
        {
            float[] old = current;
            current = [.. Enumerable.Range(0, group).Select(t => t == 0 || t == group - 1 ? old[t] : (old[t - 1] + old[t] + old[t + 1]) / 3)];
        }
        Same(current, actual);
    }

    private static void StencilKernel(ArrayView<float> data, int steps)
    {
        ArrayView<float> first = SharedMemory.Allocate<float>(256), second = SharedMemory.Allocate<float>(256);
        int thread = Group.IdxX;
        first[thread] = data[thread];
        for (int step = 0; step < steps; step++)
        {
            Group.Barrier();
            bool edge = thread == 0 || thread == Group.DimX - 1;
            second[thread] = edge ? first[thread] : (first[thread - 1] + first[thread] + first[thread + 1]) / 3;
            (first, second) = (second, first);
        }
        data[thread] = first[thread];
    }
}
