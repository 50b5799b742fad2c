using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking;

/// <summary>Threads share the groups of a launch; nobody can tell, but by the clock.</summary>
[TestFixture(1)]
[TestFixture(32)]
public sealed class SharedLaunchTests(int warpSize)
{
    private Context[] _contexts = [];
    private Accelerator _inOrder = null!, _shared = null!;

    [OneTimeSetUp]
    public void Open()
    {
        _contexts = [CheckedDevices.Open(warpSize, null, shares: false), CheckedDevices.Open(warpSize, null, shares: true)];
        (_inOrder, _shared) = (_contexts[0].Devices[0].CreateAccelerator(_contexts[0]), _contexts[1].Devices[0].CreateAccelerator(_contexts[1]));
    }

    [OneTimeTearDown]
    public void Close()
    {
        foreach (IDisposable disposable in (IDisposable[])[_inOrder, _shared, .. _contexts])
            disposable.Dispose();
    }

    private static void Twice(ArrayView<int> x, ArrayView<int> y) => y[Grid.GlobalIndex.X] = 2 * x[Grid.GlobalIndex.X];

    private static void ReverseInPlace(ArrayView<int> x)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(64);
        tile[Group.IdxX] = x[Grid.GlobalIndex.X];
        Group.Barrier();
        x[Grid.GlobalIndex.X] = tile[Group.DimX - 1 - Group.IdxX];
    }

    private static void CountInGroup(ArrayView<int> x, ArrayView<int> counts)
    {
        ArrayView<int> count = SharedMemory.Allocate<int>(1);
        if (Group.IdxX == 0)
            count[0] = 0;
        Group.Barrier();
        if ((x[Grid.GlobalIndex.X] & 1) == 0)
            Atomic.Add(ref count[0], 1);
        Group.Barrier();
        if (Group.IdxX == 0)
            counts[Grid.IdxX] = count[0];
    }

    private static void CountAll(ArrayView<int> x, ArrayView<int> count)
    {
        if ((x[Grid.GlobalIndex.X] & 1) == 0)
            Atomic.Add(ref count[0], 1);
    }

    private static void RaiseFlag(ArrayView<int> x, ArrayView<int> flag)
    {
        if (x[Grid.GlobalIndex.X] > 0)
            flag[0] = 1;
    }

    private static void Stray(ArrayView<int> x, ArrayView<int> y, int group)
    {
        y[Grid.GlobalIndex.X] = x[Grid.GlobalIndex.X];
        if (Grid.IdxX == group && Group.IdxX == 5)
            y[x.IntLength] = 1;
    }

    private static void Fill(ArrayView<int> y, int from, int to)
    {
        int i = Grid.GlobalIndex.X;
        if (i >= from && i < to)
            y[i] = i;
    }

    // What a thread waits for stands there at once if the group before has run; if both run at a time it may never do.
    private static void Chain(ArrayView<int> x)
    {
        int i = Grid.GlobalIndex.X, left = Grid.IdxX == 0 ? 1 : x[i - Group.DimX];
        while (left != 1)
            left = (left >> 1) & 0x7fffffff;
        x[i] = left;
    }

    private long Shared(Action launch)
    {
        long before = CheckedDevices.SharedLaunches(_shared);
        launch();
        return CheckedDevices.SharedLaunches(_shared) - before;
    }

    private static int[] Numbers(int count) => [.. Enumerable.Range(1, count)];

    [Test]
    public void Groups_that_touch_nothing_of_each_other_are_shared()
    {
        using var x = _shared.Allocate1D(Numbers(40 * 64));
        using var y = _shared.Allocate1D<int>(40 * 64);
        using var counts = _shared.Allocate1D<int>(40);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Shared(() => _shared.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(Twice)((40, 64), x.View, y.View)), Is.EqualTo(1));
            Assert.That(Shared(() => _shared.LoadStreamKernel<ArrayView<int>>(ReverseInPlace)((40, 64), x.View)), Is.EqualTo(1));
            Assert.That(Shared(() => _shared.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(CountInGroup)((40, 64), x.View, counts.View)), Is.EqualTo(1));
        }
        Assert.That(y.GetAsArray1D(), Is.EqualTo(Numbers(40 * 64).Select(value => 2 * value)));
        Assert.That(x.GetAsArray1D(), Is.EqualTo(Numbers(40 * 64).Chunk(64).SelectMany(chunk => chunk.Reverse())));
        Assert.That(counts.GetAsArray1D(), Is.All.EqualTo(32));
    }

    [Test]
    public void Groups_whose_order_matters_run_one_after_another()
    {
        using var x = _shared.Allocate1D(Numbers(640));
        using var count = _shared.Allocate1D(new int[1]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Shared(() => _shared.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(CountAll)((10, 64), x.View, count.View)), Is.Zero);
            Assert.That(count.GetAsArray1D(), Is.EqualTo(new[] { 320 }));
            Assert.That(Shared(() => _shared.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(RaiseFlag)((10, 64), x.View, count.View)), Is.Zero);
            Assert.That(count.GetAsArray1D(), Is.EqualTo(new[] { 1 }));
        }
    }

    [Test]
    public void After_a_fault_memory_is_as_groups_in_order_leave_it([Values(0, 1, 4, 9)] int group)
    {
        // 3000 elements are several blocks, of which the last is none in full.
        foreach (Accelerator accelerator in (Accelerator[])[_inOrder, _shared])
        {
            using var x = accelerator.Allocate1D(Numbers(3000));
            using var y = accelerator.Allocate1D<int>(3000);
            var kernel = accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>, int>(Stray);
            var fault = Assert.Throws<KernelFaultException>(() => kernel((10, 300), x.View, y.View, group))!;
            Assert.That(fault.Message, Does.Contain($"group ({group}, 0, 0), thread (5, 0, 0): index 3000 is outside y of length 3000"));
            int[] left = y.GetAsArray1D();
            Assert.That(left[..(group * 300)], Is.EqualTo(Numbers(group * 300)));
            Assert.That(left[((group + 1) * 300)..], Is.All.Zero);
            // What later groups wrote before somebody found the fault is unwritten again.
            using var z = accelerator.Allocate1D<int>(3000);
            var twice = accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(Twice);
            twice((group, 300) is (0, _) ? (1, 1) : (group, 300), group == 0 ? x.View : y.View, z.View);
            if (group < 9)
                Assert.That(
                    () => twice((10, 300), y.View, z.View),
                    Throws.TypeOf<KernelFaultException>().With.Message.Contains("of x, which nobody has written"));
        }
    }

    [Test]
    public void What_parts_of_blocks_threads_write_is_noted_for_all()
    {
        using var y = _shared.Allocate1D<int>(1000);
        using var z = _shared.Allocate1D<int>(1000);
        var fill = _shared.LoadStreamKernel<ArrayView<int>, int, int>(Fill);
        fill((200, 5), y.View, 0, 999);
        var twice = _shared.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(Twice);
        twice((333, 3), y.View, z.View);
        Assert.That(() => twice((1, 1000), y.View, z.View), Throws.TypeOf<KernelFaultException>().With.Message.Contains("reads element 999 of x, which nobody has written"));
    }

    private static void ReadShared(ArrayView<int> y)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(8);
        y[Grid.GlobalIndex.X] = tile[Grid.IdxX & 7];
    }

    private static void WriteShared(ArrayView<int> y)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(8);
        for (int i = 0; i < 8; i++)
            tile[i] = i;
        y[Grid.GlobalIndex.X] = tile[Grid.IdxX & 7];
    }

    [Test]
    public void Shared_memory_that_another_launch_wrote_is_unwritten([Values] bool shares)
    {
        Accelerator accelerator = shares ? _shared : _inOrder;
        using var y = accelerator.Allocate1D<int>(10);
        for (int launch = 0; launch < 2; launch++)
        {
            accelerator.LoadStreamKernel<ArrayView<int>>(WriteShared)((10, 1), y.View);
            Assert.That(() => accelerator.LoadStreamKernel<ArrayView<int>>(ReadShared)((10, 1), y.View), Throws.TypeOf<KernelFaultException>().With.Message.Contains("reads element 0 of shared memory 'tile', which nobody has written"));
        }
    }

    [Test]
    public void A_group_that_would_run_forever_because_of_another_is_stopped()
    {
        using var x = _shared.Allocate1D(new int[100 * 32]);
        for (int launch = 0; launch < 3; launch++)
        {
            x.MemSetToZero();
            Assert.That(
                () => _shared.LoadStreamKernel<ArrayView<int>>(Chain)((100, 32), x.View),
                Throws.TypeOf<KernelFaultException>().With.Message.Contains("race: reads element 0 of x, which thread (0, 0, 0) of group (0, 0, 0) writes"));
        }
    }
}
