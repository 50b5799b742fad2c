using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Debug;

/// <summary>How the Debug accelerator runs threads.</summary>
internal sealed class DebugAcceleratorTests
{
    private static void Index(Index1D index, ArrayView<int> result) => result[index] = index * 2;

    [Test]
    public void An_implicitly_grouped_kernel_runs_every_index([Values(0, 1, 5, 64, 1001)] int length)
    {
        using var context = Context.Create(builder => builder.DebugCpu());
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        using var buffer = accelerator.Allocate1D<int>(length);
        Action<Index1D, ArrayView<int>> launch = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Index);

        launch(length, buffer.View);

        for (int i = 0; i < length; i++)
            Assert.That(buffer.View.BaseView[i], Is.EqualTo(2 * i));
    }

    private static void ReverseByBarrier(ArrayView<int> values)
    {
        var shared = SharedMemory.Allocate<int>(64);
        int thread = Group.IdxX;
        int size = Group.DimX;
        int start = Grid.IdxX * size;
        shared[thread] = values[start + thread];
        Group.Barrier();
        values[start + thread] = shared[size - 1 - thread];
    }

    [Test]
    public void A_barrier_lets_all_threads_see_shared_memory([Values(1, 2, 3, 8, 64)] int groupSize, [Values(1, 4, 64)] int warpSize)
    {
        using var context = Context.Create(builder => builder.DebugCpu(warpSize));
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        using var buffer = accelerator.Allocate1D<int>(groupSize * 10);
        for (int i = 0; i < buffer.Length; i++)
            buffer.View[i] = i;
        var launch = accelerator.LoadStreamKernel<ArrayView<int>>(ReverseByBarrier);

        launch(new KernelConfig(10, groupSize), buffer.View);

        for (int group = 0; group < 10; group++)
        {
            for (int i = 0; i < groupSize; i++)
                Assert.That(buffer.View[group * groupSize + i], Is.EqualTo(group * groupSize + groupSize - 1 - i));
        }
    }

    private static void SumByShuffles(ArrayView<int> values)
    {
        int sum = values[Grid.GlobalIndex.X];
        for (int mask = Warp.WarpSize / 2; mask > 0; mask /= 2)
            sum += Warp.ShuffleXor(sum, mask);
        values[Grid.GlobalIndex.X] = sum;
    }

    [Test]
    public void Shuffles_exchange_values([Values(1, 2, 4, 8, 16, 32, 64)] int warpSize)
    {
        using var context = Context.Create(builder => builder.DebugCpu(warpSize));
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        using var buffer = accelerator.Allocate1D<int>(warpSize * 2 * 3);
        for (int i = 0; i < buffer.Length; i++)
            buffer.View[i] = i;
        var launch = accelerator.LoadStreamKernel<ArrayView<int>>(SumByShuffles);

        launch((3, warpSize * 2), buffer.View);

        for (int i = 0; i < buffer.Length; i++)
        {
            int first = i / warpSize * warpSize;
            Assert.That(buffer.View[i], Is.EqualTo(Enumerable.Range(first, warpSize).Sum()));
        }
    }
}
