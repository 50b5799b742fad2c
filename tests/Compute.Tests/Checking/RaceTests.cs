using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking;

/// <summary>Accesses without order between them, beside kernels like them that are ordered.</summary>
public sealed class RaceTests(int warpSize, bool shares) : CheckedFixture(warpSize, shares)
{
    [Test] public void A_missing_barrier_behind_the_load_of_a_tile()
    {
        using var x = Ints(64);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>>(NoBarrier)((1, 64), x.View), "neighbour without barrier",
            ["race: ", " of shared memory 'tile', which thread", "(RaceTests.cs:", "with no barrier between them"]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(OneBarrier)((2, 32), x.View);
    }

    private static void NoBarrier(ArrayView<int> x)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(64);
        tile[Group.IdxX] = x[Group.IdxX];
        x[Group.IdxX] = tile[(Group.IdxX + 1) % 64];    // neighbour without barrier
    }

    private static void OneBarrier(ArrayView<int> x)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(64);
        int i = Grid.GlobalIndex.X;
        tile[Group.IdxX] = x[i];
        Group.Barrier();
        x[i] = tile[(Group.IdxX + 1) % Group.DimX];
    }

    [Test] public void A_missing_barrier_at_the_end_of_a_loop()
    {
        using var x = Ints(256);
        using var y = Ints(64);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(TileLoop)((1, 64), x.View, y.View), "next tile",
            ["race: writes element", "of shared memory 'tile', which thread", "reads (RaceTests.cs:"]);
        Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(TileLoopWithBoth)((1, 64), x.View, y.View);
    }

    private static void TileLoop(ArrayView<int> x, ArrayView<int> y)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(64);
        int sum = 0;
        for (int start = 0; start < 256; start += 64)
        {
            tile[Group.IdxX] = x[start + Group.IdxX];   // next tile
            Group.Barrier();
            for (int i = 0; i < 64; i++)
                sum += tile[i] * (i + 1);
        }
        y[Group.IdxX] = sum;
    }

    private static void TileLoopWithBoth(ArrayView<int> x, ArrayView<int> y)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(64);
        int sum = 0;
        for (int start = 0; start < 256; start += 64)
        {
            tile[Group.IdxX] = x[start + Group.IdxX];
            Group.Barrier();
            for (int i = 0; i < 64; i++)
                sum += tile[i] * (i + 1);
            Group.Barrier();
        }
        y[Group.IdxX] = sum;
    }

    [Test] public void A_reduction_without_a_barrier_in_its_loop()
    {
        using var x = Floats(128);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<float>>(Tree)((1, 128), x.View), "halves",
            ["race: ", "of shared memory 'partial', which thread"]);
        Accelerator.LoadStreamKernel<ArrayView<float>>(TreeWithBarrier)((1, 128), x.View);
        Assert.That(x.GetAsArray1D()[0], Is.EqualTo(128 * 129 / 2f));
    }

    private static void Tree(ArrayView<float> x)
    {
        ArrayView<float> partial = SharedMemory.Allocate<float>(128);
        partial[Group.IdxX] = x[Group.IdxX];
        Group.Barrier();
        for (int stride = 64; stride > 0; stride /= 2)
        {
            if (Group.IdxX < stride)
                partial[Group.IdxX] += partial[Group.IdxX + stride];    // halves
        }
        if (Group.IdxX == 0)
            x[0] = partial[0];
    }

    private static void TreeWithBarrier(ArrayView<float> x)
    {
        ArrayView<float> partial = SharedMemory.Allocate<float>(128);
        partial[Group.IdxX] = x[Group.IdxX];
        Group.Barrier();
        for (int stride = 64; stride > 0; stride /= 2)
        {
            if (Group.IdxX < stride)
                partial[Group.IdxX] += partial[Group.IdxX + stride];
            Group.Barrier();
        }
        if (Group.IdxX == 0)
            x[0] = partial[0];
    }

    [Test] public void Lanes_of_one_store_that_write_different_values()
    {
        using var x = Ints(64);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>>(Clash)((1, 64), x.View), "clash",
            ["thread (1, 0, 0): race: writes element 0 of x, which thread (0, 0, 0) writes"]);
        using var flag = Accelerator.Allocate1D(new int[1]);
        Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(SameValue)((1, 64), x.View, flag.View);
        Assert.That(flag.GetAsArray1D()[0], Is.EqualTo(7));
    }

    private static void Clash(ArrayView<int> x) =>
        x[Group.IdxX / 2] = Group.IdxX;     // clash

    // A flag that many threads raise: the result is the same in every order.
    private static void SameValue(ArrayView<int> x, ArrayView<int> flag)
    {
        if (x[Group.IdxX] > 5)
            flag[0] = 7;
    }

    [Test] public void A_count_without_an_atomic()
    {
        using var x = Ints(64);
        using var bins = Accelerator.Allocate1D(new int[4]);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(Count)((1, 64), x.View, bins.View), "plain count",
            ["race: ", "of bins, which thread"]);
        bins.MemSetToZero();
        Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(AtomicCount)((2, 32), x.View, bins.View);
        Assert.That(bins.GetAsArray1D(), Is.EqualTo(new[] { 16, 16, 16, 16 }));
    }

    private static void Count(ArrayView<int> x, ArrayView<int> bins) =>
        bins[x[Group.IdxX] % 4] += 1;   // plain count

    private static void AtomicCount(ArrayView<int> x, ArrayView<int> bins) => Atomic.Add(ref bins[x[Grid.GlobalIndex.X] % 4], 1);

    [Test] public void A_sum_read_before_all_have_added()
    {
        using var x = Ints(64);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>>(EarlyRead)((1, 64), x.View), "early read",
            ["race: reads element 0 of shared memory 'total', which thread", "changes atomically"]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(LateRead)((1, 64), x.View);
        Assert.That(x.GetAsArray1D()[5], Is.EqualTo(64 * 65 / 2));
    }

    private static void EarlyRead(ArrayView<int> x)
    {
        ArrayView<int> total = SharedMemory.Allocate<int>(1);
        if (Group.IdxX == 0)
            total[0] = 0;
        Group.Barrier();
        Atomic.Add(ref total[0], x[Group.IdxX]);
        x[Group.IdxX] = total[0];   // early read
    }

    private static void LateRead(ArrayView<int> x)
    {
        ArrayView<int> total = SharedMemory.Allocate<int>(1);
        if (Group.IdxX == 0)
            total[0] = 0;
        Group.Barrier();
        Atomic.Add(ref total[0], x[Group.IdxX]);
        Group.Barrier();
        x[Group.IdxX] = total[0];
    }

    [Test] public void Groups_that_read_what_others_write()
    {
        using var x = Ints(128);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>>(InPlace)((4, 32), x.View), "in place",
            ["race: ", "of x, which thread", "of group (0, 0, 0)", "groups of one launch have no order"]);
        using var y = Ints(128);
        Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(OutOfPlace)((4, 32), x.View, y.View);
    }

    private static void InPlace(ArrayView<int> x)
    {
        int i = Grid.GlobalIndex.X;
        int left = x[(i + 127) % 128];  // in place
        Group.Barrier();
        x[i] = left;
    }

    private static void OutOfPlace(ArrayView<int> x, ArrayView<int> y)
    {
        int i = Grid.GlobalIndex.X;
        y[i] = x[(i + 127) % 128];
    }

    [Test] public void A_barrier_does_not_order_groups()
    {
        using var x = Ints(4);
        using var sum = Accelerator.Allocate1D(new int[1]);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(GroupSums)((4, 4), x.View, sum.View), "sum of sums",
            ["race: ", "of group (0, 0, 0)"]);
        sum.MemSetToZero();
        Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(AtomicSums)((4, 4), x.View, sum.View);
        Assert.That(sum.GetAsArray1D()[0], Is.EqualTo(10));
    }

    private static void GroupSums(ArrayView<int> x, ArrayView<int> sum)
    {
        Group.Barrier();
        if (Group.IdxX == 0)
            sum[0] += x[Grid.IdxX];     // sum of sums
    }

    private static void AtomicSums(ArrayView<int> x, ArrayView<int> sum)
    {
        if (Group.IdxX == 0)
            Atomic.Add(ref sum[0], x[Grid.IdxX]);
    }

    [Test] public void Lanes_of_a_warp_without_a_warp_barrier()
    {
        using var x = Ints(64);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>>(WarpRotate)((1, 64), x.View), "rotate",
            ["race: reads element", "of shared memory 'row'"]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(WarpRotateInOrder)((1, 64), x.View);
    }

    private static void WarpRotate(ArrayView<int> x)
    {
        ArrayView<int> row = SharedMemory.Allocate<int>(64);
        row[Group.IdxX] = x[Group.IdxX];
        x[Group.IdxX] = row[Group.IdxX ^ 1];    // rotate
    }

    private static void WarpRotateInOrder(ArrayView<int> x)
    {
        ArrayView<int> row = SharedMemory.Allocate<int>(64);
        row[Group.IdxX] = x[Group.IdxX];
        Warp.Barrier();
        x[Group.IdxX] = row[Group.IdxX ^ 1];
    }

    [Test] public void Bytes_beside_each_other_are_no_race_but_the_same_byte_is()
    {
        using var x = Accelerator.Allocate1D(new byte[64]);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<byte>, int>(Bytes)((1, 64), x.View, 2), "bytes",
            ["race: writes element 0 of x"]);
        Accelerator.LoadStreamKernel<ArrayView<byte>, int>(Bytes)((1, 64), x.View, 1);
    }

    private static void Bytes(ArrayView<byte> x, int share) =>
        x[Group.IdxX / share] = (byte)Group.IdxX;   // bytes

    [Test] public void The_last_group_sums_up_what_the_others_left()
    {
        using var x = Ints(128);
        using var partial = Accelerator.Allocate1D<int>(4);
        using var done = Accelerator.Allocate1D(new int[1]);
        using var total = Accelerator.Allocate1D<int>(1);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>, ArrayView<int>, ArrayView<int>>(LastWithoutFence)((4, 32), x.View, partial.View, done.View, total.View),
            "sum of partials", ["race: reads element 0 of partial, which thread (0, 0, 0) of group (0, 0, 0) writes"]);
        done.MemSetToZero();
        Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>, ArrayView<int>, ArrayView<int>>(Last)((4, 32), x.View, partial.View, done.View, total.View);
        Assert.That(total.GetAsArray1D()[0], Is.EqualTo(128 * 129 / 2));
    }

    private static void LastWithoutFence(ArrayView<int> x, ArrayView<int> partial, ArrayView<int> done, ArrayView<int> total)
    {
        if (Group.IdxX != 0)
            return;
        int sum = 0;
        for (int i = 0; i < 32; i++)
            sum += x[Grid.IdxX * 32 + i];
        partial[Grid.IdxX] = sum;
        if (Atomic.Add(ref done[0], 1) != Grid.DimX - 1)
            return;
        sum = 0;
        for (int i = 0; i < Grid.DimX; i++)
            sum += partial[i];  // sum of partials
        total[0] = sum;
    }

    private static void Last(ArrayView<int> x, ArrayView<int> partial, ArrayView<int> done, ArrayView<int> total)
    {
        if (Group.IdxX != 0)
            return;
        int sum = 0;
        for (int i = 0; i < 32; i++)
            sum += x[Grid.IdxX * 32 + i];
        partial[Grid.IdxX] = sum;
        MemoryFence.DeviceLevel();
        if (Atomic.Add(ref done[0], 1) != Grid.DimX - 1)
            return;
        MemoryFence.DeviceLevel();
        sum = 0;
        for (int i = 0; i < Grid.DimX; i++)
            sum += partial[i];
        total[0] = sum;
    }
}
