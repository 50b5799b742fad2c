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
}
