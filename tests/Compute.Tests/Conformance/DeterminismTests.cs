using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>The same launch gives the same bits, again and again and on any number of worker threads.</summary>
public sealed class DeterminismTests
{
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Results_do_not_depend_on_the_worker_threads(int threads)
    {
        (Context context, Accelerator accelerator) = TestDevices.Open(CpuDevices.Simd(256, threads));
        using (context)
        using (accelerator)
        {
            float[] data = Inputs.Uniform(64 * 100, 7);
            float[] expected = Reference(data);
            var kernel = accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>>(ChainKernel);
            using var input = accelerator.Allocate1D(data);
            using var sums = accelerator.Allocate1D<float>(100);
            for (int repeat = 0; repeat < 5; repeat++)
            {
                sums.MemSetToZero();
                kernel((100, 64), input.View, sums.View);
                accelerator.Synchronize();
                Expect.Same(expected, sums.GetAsArray1D(), i => $"group {i}, repeat {repeat}", $"Simd256 with {threads} threads");
            }
        }
    }

    private static float[] Reference(float[] data) => [.. Enumerable.Range(0, 100).Select(g =>
    {
        float[] partial = data[(g * 64)..(g * 64 + 64)];
        for (int stride = 32; stride > 0; stride /= 2)
            for (int t = 0; t < stride; t++)
                partial[t] += partial[t + stride];
        float sum = partial[0];
        for (int k = 0; k < g; k++)
            sum = sum * 0.75f + k;
        return sum;
    })];

    private static void ChainKernel(ArrayView<float> data, ArrayView<float> sums)
    {
        ArrayView<float> partial = SharedMemory.Allocate<float>(64);
        int t = Group.IdxX;
        partial[t] = data[Grid.GlobalIndex.X];
        Group.Barrier();
        for (int stride = 32; stride > 0; stride /= 2)
        {
            if (t < stride)
                partial[t] += partial[t + stride];
            Group.Barrier();
        }
        float sum = partial[0];
        for (int k = 0; k < Grid.IdxX; k++)
            sum = sum * 0.75f + k;
        if (t == 0)
            sums[Grid.IdxX] = sum;
    }

    [Test]
    public void Many_small_launches_in_order([Values("Simd256", "Debug4")] string device)
    {
        Accelerator accelerator = TestDevices.Get(device);
        using var data = accelerator.Allocate1D(new int[8]);
        var step = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, int>(StepKernel);
        int[] expected = new int[8];
        for (int round = 0; round < 500; round++)
        {
            step(8, data.View, round);
            for (int i = 0; i < 8; i++)
                expected[i] = expected[i] * 3 + round + i;
        }
        accelerator.Synchronize();
        Expect.Same(expected, data.GetAsArray1D(), i => $"[{i}]", device);
    }

    private static void StepKernel(Index1D i, ArrayView<int> data, int round) => data[i] = data[i] * 3 + round + i;
}
