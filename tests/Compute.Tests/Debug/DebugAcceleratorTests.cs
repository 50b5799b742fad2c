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

    private static void Order(ArrayView<int> log, ArrayView<int> next)
    {
        log[next[0]++] = Group.IdxX;
        Warp.Barrier();
        log[next[0]++] = Group.IdxX + 100;
        Group.Barrier();
        log[next[0]++] = Group.IdxX + 200;
    }

    [Test]
    public void Threads_run_in_a_fixed_order_that_changes_only_where_they_meet()
    {
        using var context = Context.Create(builder => builder.DebugCpu(warpSize: 2));
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        using var log = accelerator.Allocate1D<int>(24);
        using var next = accelerator.Allocate1D<int>(1);
        var launch = accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(Order);
        int[] group = [0, 1, 100, 101, 2, 3, 102, 103, 200, 201, 202, 203];

        for (int repeat = 0; repeat < 5; repeat++)
        {
            next.MemSetToZero();
            launch((2, 4), log.View, next.View);
            Assert.That(log.GetAsArray1D(), Is.EqualTo(group.Concat(group)));
        }
    }

    private static void OnWhichThread(ArrayView<int> threads) =>
        threads[Grid.GlobalIndex.X] = Environment.CurrentManagedThreadId;

    [Test]
    public void A_kernel_without_meetings_runs_on_the_launching_thread()
    {
        using var context = Context.Create(builder => builder.DebugCpu());
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        using var threads = accelerator.Allocate1D<int>(64);
        accelerator.LoadStreamKernel<ArrayView<int>>(OnWhichThread)((4, 16), threads.View);
        Assert.That(threads.GetAsArray1D(), Is.All.EqualTo(Environment.CurrentManagedThreadId));
    }

    private static void Meetings(ArrayView<int> values)
    {
        int thread = Group.LinearIndex;
        bool odd = thread % 2 == 1;
        int size = Group.DimX * Group.DimY;
        values[thread * 8] = Group.BarrierPopCount(odd);
        values[thread * 8 + 1] = Group.BarrierAnd(thread < size) ? 1 : 0;
        values[thread * 8 + 2] = Group.BarrierOr(thread == size) ? 1 : 0;
        values[thread * 8 + 3] = Group.Broadcast(thread * 10, size - 1);
        values[thread * 8 + 4] = Group.BarrierPopCount(true);
        values[thread * 8 + 5] = Group.Broadcast(thread, 0) + Warp.Broadcast(thread, 0);
        values[thread * 8 + 6] = Warp.ShuffleDown(thread, 1, 2);
        values[thread * 8 + 7] = Warp.Shuffle(thread, 3, 2);
    }

    [Test]
    public void Group_and_warp_operations_exchange_values([Values(2, 4, 16)] int warpSize)
    {
        using var context = Context.Create(builder => builder.DebugCpu(warpSize));
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        using var values = accelerator.Allocate1D<int>(16 * 8);
        accelerator.LoadStreamKernel<ArrayView<int>>(Meetings)(new KernelConfig(new Index2D(1, 1), new Index2D(8, 2)), values.View);
        int[] result = values.GetAsArray1D();
        using (Assert.EnterMultipleScope())
        {
            for (int thread = 0; thread < 16; thread++)
            {
                int first = thread / warpSize * warpSize;
                int[] expected = [8, 1, 0, 150, 16, first, thread % 2 == 0 ? thread + 1 : thread, thread / 2 * 2 + 1];
                Assert.That(result[(thread * 8)..(thread * 8 + 8)], Is.EqualTo(expected), $"thread {thread}");
            }
        }
    }

    private static void Nothing(Index1D index, ArrayView<int> values) => values[index] += 1;

    [Test]
    public void A_plain_loop_is_fast_enough_to_debug_with()
    {
        using var context = Context.Create(builder => builder.DebugCpu());
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        using var values = accelerator.Allocate1D<int>(200_000);
        var launch = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Nothing);
        launch(1, values.View);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        launch(200_000, values.View);
        TestContext.Out.WriteLine($"{watch.Elapsed.TotalNanoseconds / 200_000:f0} ns per thread");
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));    // observed: 20 ms on an idle machine
    }
}
