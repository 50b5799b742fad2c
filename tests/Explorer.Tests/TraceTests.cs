using System.Text.Json;
using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Ir;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Explorer.Tests;

/// <summary>Accesses of a warp against what can be counted on paper.</summary>
public class TraceTests
{
    [Test]
    public void A_stride_of_eight_floats_touches_a_sector_a_lane()
    {
        LaunchTrace trace = Trace(accelerator =>
        {
            using MemoryBuffer1D<float, Stride1D.Dense> x = accelerator.Allocate1D<float>(64 * 8), y = accelerator.Allocate1D<float>(64);
            accelerator.LoadKernel<ArrayView<float>, ArrayView<float>, int>(Strided)(accelerator.DefaultStream, new KernelConfig(1, 64), x.View.AsContiguous(), y.View.AsContiguous(), 8);
        });
        AccessSite load = trace.Sites.Single(site => site.Kind == IrOp.Load), store = trace.Sites.Single(site => site.Kind == IrOp.Store);
        Assert.Multiple(() =>
        {
            Assert.That((load.Memory, load.Space, load.Requests, load.Units, load.LeastUnits), Is.EqualTo(("x", AddressSpace.Global, 2L, 64L, 8L)));
            Assert.That((store.Memory, store.Requests, store.Units, store.LeastUnits), Is.EqualTo(("y", 2L, 8L, 8L)));
            Assert.That(load.Location!.File, Does.EndWith("TraceTests.cs"));
            Assert.That(load.Examples.Select(access => access.Warp), Is.EqualTo(new[] { 0, 1 }));
            Assert.That(load.Examples[1].Offsets, Is.EqualTo(Enumerable.Range(32, 32).Select(thread => (long?)(thread * 32))));
            Assert.That((load.Examples[0].Units, load.Examples[0].Lines, load.Examples[0].Size), Is.EqualTo((32L, 8L, 4)));
        });
    }

    [Test]
    public void A_column_of_a_tile_of_32_waits_32_times_for_one_bank_and_lanes_that_are_off_are_missing()
    {
        LaunchTrace trace = Trace(accelerator =>
        {
            using MemoryBuffer1D<float, Stride1D.Dense> y = accelerator.Allocate1D<float>(32);
            accelerator.LoadKernel<ArrayView<float>, int>(Column)(accelerator.DefaultStream, new KernelConfig(1, 32), y.View.AsContiguous(), 20);
        });
        AccessSite store = trace.Sites.Single(site => site is { Kind: IrOp.Store, Space: AddressSpace.Shared });
        AccessSite read = trace.Sites.Single(site => site is { Kind: IrOp.Load, Space: AddressSpace.Shared });
        Assert.Multiple(() =>
        {
            Assert.That((store.Memory, store.Requests, store.Units, store.LeastUnits), Is.EqualTo(("tile", 1L, 32L, 1L)));
            Assert.That(store.Examples[0].Offsets, Is.EqualTo(Enumerable.Range(0, 32).Select(lane => (long?)(lane * 128))));
            Assert.That((read.Units, read.LeastUnits), Is.EqualTo((20L, 1L)));
            Assert.That(read.Examples[0].Offsets.Count(offset => offset is null), Is.EqualTo(12));
            LineActivity half = trace.Lines.Single(line => line.Location == read.Location);
            Assert.That(half.LaneInstructions, Is.EqualTo(half.Instructions * 20));
            Assert.That(trace.Lines.Sum(line => line.DivergentBranches), Is.EqualTo(trace.Counters.DivergentBranches).And.EqualTo(1));
        });
    }

    [Test]
    public void Sites_add_up_to_the_counters()
    {
        LaunchTrace trace = Trace(accelerator =>
        {
            using MemoryBuffer1D<float, Stride1D.Dense> x = accelerator.Allocate1D<float>(1000), y = accelerator.Allocate1D<float>(100);
            accelerator.LoadKernel<ArrayView<float>, ArrayView<float>, int>(Strided)(accelerator.DefaultStream, new KernelConfig(3, 33), x.View.AsContiguous(), y.View.AsContiguous(), 3);
        });
        KernelCounters counters = trace.Counters;
        Assert.That(trace.Sites.Sum(site => site.Units), Is.EqualTo(counters.GlobalLoads.Sectors + counters.GlobalStores.Sectors));
        Assert.That(trace.Sites.Sum(site => site.Requests), Is.EqualTo(counters.GlobalLoads.Requests + counters.GlobalStores.Requests));
    }

    [Test]
    public async Task Kernels_of_the_lessons_are_launched_by_their_rungs()
    {
        // A column of 32 x 32 floats lies in one bank; a row padded by one element does not.
        foreach ((string kernel, bool waits) in new[] { ("TransposeKernels.Tiled", true), ("TransposeKernels.Padded", false) })
        {
            JsonElement launch = (await Site.Ask($"api/launch?kernel={kernel}")).GetProperty("launch");
            long conflicts = launch.GetProperty("sharedLoads").GetProperty("conflicts").GetInt64() + launch.GetProperty("sharedStores").GetProperty("conflicts").GetInt64();
            Assert.That(conflicts, waits ? Is.GreaterThan(0) : Is.Zero, kernel);
        }
    }

    [Test]
    public void Nothing_is_kept_unless_asked_for()
    {
        using Context context = Context.Create(builder => builder.CountedCpu());
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        using MemoryBuffer1D<float, Stride1D.Dense> y = accelerator.Allocate1D<float>(32);
        accelerator.LoadKernel<ArrayView<float>, int>(Column)(accelerator.DefaultStream, new KernelConfig(1, 32), y.View.AsContiguous(), 20);
        Assert.That(accelerator.GetCounters().Traces, Is.Empty);
    }

    private static LaunchTrace Trace(Action<Accelerator> run)
    {
        using Context context = Context.Create(builder => builder.CountedCpu());
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        accelerator.GetCounters().KeepsTraces = true;
        run(accelerator);
        return accelerator.GetCounters().Traces.Single();
    }

    private static void Strided(ArrayView<float> x, ArrayView<float> y, int stride)
    {
        int thread = (Grid.IdxX * Group.DimX) + Group.IdxX;
        y[thread] = x[thread * stride];
    }

    private static void Column(ArrayView<float> y, int few)
    {
        ArrayView<float> tile = SharedMemory.Allocate<float>(32 * 32);
        tile[Group.IdxX * 32] = Group.IdxX;
        Group.Barrier();
        if (Group.IdxX < few)
            y[Group.IdxX] = tile[Group.IdxX * 32];
    }
}
