using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking;

/// <summary>Barriers and warp operations that some threads miss, beside kernels like them in which all come.</summary>
public sealed class MeetingTests(int warpSize, bool shares) : CheckedFixture(warpSize, shares)
{
    [Test] public void A_barrier_behind_an_early_return()
    {
        using var x = Ints(64);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>, int>(EarlyReturn)((1, 64), x.View, 50), "after the return",
            ["not every thread of the group reached Group.Barrier", "14 threads ((50, 0, 0), (51, 0, 0)"]);
        Accelerator.LoadStreamKernel<ArrayView<int>, int>(NoReturn)((1, 64), x.View, 50);
    }

    private static void EarlyReturn(ArrayView<int> x, int count)
    {
        if (Group.IdxX >= count)
            return;
        ArrayView<int> tile = SharedMemory.Allocate<int>(64);
        tile[Group.IdxX] = x[Group.IdxX];
        Group.Barrier();    // after the return
        x[Group.IdxX] = tile[count - 1 - Group.IdxX];
    }

    private static void NoReturn(ArrayView<int> x, int count)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(64);
        if (Group.IdxX < count)
            tile[Group.IdxX] = x[Group.IdxX];
        Group.Barrier();
        if (Group.IdxX < count)
            x[Group.IdxX] = tile[count - 1 - Group.IdxX];
    }

    [Test] public void A_barrier_in_one_arm()
    {
        using var x = Ints(64);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>>(OneArm)((1, 64), x.View), "only even threads",
            ["32 threads ((0, 0, 0), (2, 0, 0)", "at Group.Barrier"]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(BothArms)((1, 64), x.View);
    }

    private static void OneArm(ArrayView<int> x)
    {
        if (Group.IdxX % 2 == 0)
        {
            x[Group.IdxX] = 0;
            Group.Barrier();    // only even threads
        }
        x[Group.IdxX] += 1;
    }

    private static void BothArms(ArrayView<int> x)
    {
        if (Group.IdxX % 2 == 0)
            x[Group.IdxX] = 0;
        Group.Barrier();
        x[Group.IdxX] += 1;
    }

    [Test] public void A_barrier_in_a_loop_of_unequal_length()
    {
        using var x = Ints(64);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>>(Unequal)((1, 64), x.View), "each round",
            ["not every thread of the group reached Group.Barrier"]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(Equal)((1, 64), x.View);
    }

    private static void Unequal(ArrayView<int> x)
    {
        for (int i = 0; i < Group.IdxX; i++)
        {
            x[Group.IdxX] += i;
            Group.Barrier();    // each round
        }
    }

    private static void Equal(ArrayView<int> x)
    {
        for (int i = 0; i < Group.DimX; i++)
        {
            if (i < Group.IdxX)
                x[Group.IdxX] += i;
            Group.Barrier();
        }
    }

    [Test] public void Two_barriers_for_two_halves()
    {
        using var x = Ints(64);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>>(TwoHalves)((1, 64), x.View), "first half",
            ["not every thread of the group reached Group.Barrier"]);
        Accelerator.LoadStreamKernel<ArrayView<int>, int>(Halves)((2, 64), x.View, 1);
    }

    private static void TwoHalves(ArrayView<int> x)
    {
        if (Group.IdxX < 32)
        {
            x[Group.IdxX] = 1;
            Group.Barrier();    // first half
        }
        else
        {
            x[Group.IdxX] = 2;
            Group.Barrier();
        }
    }

    // Whole groups may part.
    private static void Halves(ArrayView<int> x, int first)
    {
        if (Grid.IdxX < first)
        {
            x[Group.IdxX] = 1;
            Group.Barrier();
        }
    }

    [Test] public void A_count_that_some_miss()
    {
        using var x = Ints(64);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>>(CountSome)((1, 64), x.View), "count of some",
            ["reached Group.BarrierPopCount"]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(CountAll)((1, 64), x.View);
        Assert.That(x.GetAsArray1D()[3], Is.EqualTo(64 - 10));
    }

    private static void CountSome(ArrayView<int> x)
    {
        if (x[Group.IdxX] > 10)
            x[Group.IdxX] = Group.BarrierPopCount(true);    // count of some
    }

    private static void CountAll(ArrayView<int> x) => x[Group.IdxX] = Group.BarrierPopCount(x[Group.IdxX] > 10);

    [Test] public void A_shuffle_behind_a_condition()
    {
        using var x = Ints(64);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>>(SomeShuffle)((1, 64), x.View), "shuffle of some",
            ["not every thread of the warp reached Warp.ShuffleDown"]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(AllShuffle)((1, 64), x.View);
    }

    private static void SomeShuffle(ArrayView<int> x)
    {
        int value = x[Group.IdxX];
        if (value % 3 != 0)
            value += Warp.ShuffleDown(value, 1);    // shuffle of some
        x[Group.IdxX] = value;
    }

    private static void AllShuffle(ArrayView<int> x)
    {
        int value = x[Group.IdxX];
        int next = Warp.ShuffleDown(value, 1);
        x[Group.IdxX] = value % 3 != 0 ? value + next : value;
    }

    [Test] public void A_warp_barrier_behind_a_condition()
    {
        using var x = Ints(64);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>>(SomeMeet)((1, 64), x.View), "meeting of some",
            ["not every thread of the warp reached Warp.Barrier"]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(FirstWarpMeets)((1, 64), x.View);
    }

    private static void SomeMeet(ArrayView<int> x)
    {
        if (Warp.LaneIdx < 3)
        {
            x[Group.IdxX] = 1;
            Warp.Barrier();     // meeting of some
        }
    }

    private static void FirstWarpMeets(ArrayView<int> x)
    {
        if (Warp.WarpIdx == 0)
        {
            x[Group.IdxX] = 1;
            Warp.Barrier();
        }
    }

    [Test] public void A_broadcast_in_one_arm()
    {
        using var x = Ints(64);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>>(SomeBroadcast)((1, 64), x.View), "broadcast of some",
            ["not every thread of the warp reached Warp.Broadcast"]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(AllBroadcast)((1, 64), x.View);
    }

    private static void SomeBroadcast(ArrayView<int> x)
    {
        if (Warp.LaneIdx > 0)
            x[Group.IdxX] = Warp.Broadcast(x[Group.IdxX], 0);   // broadcast of some
    }

    private static void AllBroadcast(ArrayView<int> x)
    {
        int first = Warp.Broadcast(x[Group.IdxX], 0);
        if (Warp.LaneIdx > 0)
            x[Group.IdxX] = first;
    }

    // Threads beyond the extent of an implicitly grouped launch do not count.
    [Test] public void Partial_groups_of_implicit_launches_meet()
    {
        using var x = Ints(100);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Implicit)(100, x.View);
        Assert.That(x.GetAsArray1D()[99], Is.EqualTo(101));
    }

    private static void Implicit(Index1D i, ArrayView<int> x)
    {
        Group.Barrier();
        x[i] += 1;
    }
}
