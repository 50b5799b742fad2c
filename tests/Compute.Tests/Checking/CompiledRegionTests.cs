using GemmaIlgpu.Compute.Backends.Lockstep;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking;

/// <summary>
/// The speed of Checked comes from compiled parts; that there are some is what a test can hold on a machine that others use too.
/// How many times slower than Simd kernels are is measured in benchmarks/.
/// </summary>
public class CompiledRegionTests(int warpSize, bool shares) : CheckedFixture(warpSize, shares)
{
    private static void Sums(ArrayView<int> x, ArrayView<int> y, int rounds)
    {
        int i = Grid.GlobalIndex.X, sum = 0;
        for (int round = 0; round < rounds; round++)
            sum += x[i] * round;
        y[i] = sum;
    }

    [Test]
    public void What_runs_often_is_compiled_computes_the_same_and_stops_at_the_same_index()
    {
        using MemoryBuffer1D<int, Stride1D.Dense> x = Ints(64), y = Ints(64);
        var kernel = Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>, int>(Sums);
        // Accelerators of one warp width have their programs in common.
        int before = Shares ? 0 : LaneRegions.Compiled;
        for (int launch = 0; launch < 3; launch++)
            kernel(new KernelConfig(2, 32), x.View, y.View, 100);
        // Warps of less than a vector are interpreted.
        if (WarpSize >= 8)
            Assert.That(LaneRegions.Compiled, Is.GreaterThan(before));
        Assert.That(y.GetAsArray1D(), Is.EqualTo(Numbers(64).Select(value => value * 4950)));
        Assert.That(
            () => kernel(new KernelConfig(3, 32), x.View, y.View, 100),
            Throws.TypeOf<KernelFaultException>().With.Message.Contains("index 64 is outside x of length 64").And.Message.Contains("(2, 0, 0)"));
    }

    // Threads behind the twentieth would read and write outside; one of the others does so in the last round.
    private static void Some(ArrayView<int> x, ArrayView<int> y, int rounds, int far)
    {
        int i = Group.IdxX;
        if (i < 20)
        {
            for (int round = 0; round < rounds; round++)
                y[i] += x[i == 13 && round == rounds - 1 ? far : i];      // a lane of some
        }
    }

    private static void SomeRace(ArrayView<int> x, int rounds, int far)
    {
        int i = Group.IdxX;
        if (i < 20)
        {
            for (int round = 0; round < rounds; round++)
                x[i == 13 && round == rounds - 1 ? far : i] = round + i;      // a lane of some writes
        }
    }

    [Test]
    public void Lanes_that_take_no_part_neither_fault_nor_write_and_a_fault_of_the_others_names_the_lane()
    {
        const int Often = 3 * LaneRegions.UsualThreshold;
        using MemoryBuffer1D<int, Stride1D.Dense> x = Ints(20), y = Ints(32);
        var kernel = Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>, int, int>(Some);
        int before = Shares ? 0 : LaneRegions.Compiled;
        LaneRegions.Threshold = LaneRegions.UsualThreshold;
        try
        {
            kernel(new KernelConfig(1, 32), x.View, y.View.SubView(0, 20), Often, 13);
            if (WarpSize >= 8)
                Assert.That(LaneRegions.Compiled, Is.GreaterThan(before));
            Assert.That(y.GetAsArray1D(), Is.EqualTo(Numbers(32).Select(value => value <= 20 ? value * (Often + 1) : value)));
            Finds(() => kernel(new KernelConfig(1, 32), x.View, y.View, Often, 20), "a lane of some",
                ["thread (13, 0, 0): index 20 is outside x of length 20"]);
            var race = Accelerator.LoadStreamKernel<ArrayView<int>, int, int>(SomeRace);
            Finds(() => race(new KernelConfig(1, 32), x.View, Often, 12), "a lane of some writes", ["thread (13, 0, 0): race: writes element 12 of x, which thread (12, 0, 0)"]);
        }
        finally
        {
            LaneRegions.Threshold = 2;
        }
    }
}
