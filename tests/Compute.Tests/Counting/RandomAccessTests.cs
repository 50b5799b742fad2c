using FsCheck;
using FsCheck.Fluent;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Counting;

/// <summary>Random addresses by random lanes, counted with sets of sectors, lines and words.</summary>
public sealed class RandomAccessTests : CountedFixture
{
    private const int Elements = 512;

    private static void Gather<T>(ArrayView<int> places, ArrayView<T> x)
        where T : unmanaged
    {
        int place = places[Group.IdxX];
        if (place >= 0)
            x[place] = default;
    }

    private static void GatherShared<T>(ArrayView<int> places, ArrayView<T> x)
        where T : unmanaged
    {
        ArrayView<T> room = SharedMemory.Allocate<T>(Elements);
        int place = places[Group.IdxX];
        if (place >= 0)
            room[place] = default;
    }

    // Some lanes are off; the others lie close together, or anywhere.
    private static Gen<int[]> Places(int warp) =>
        from span in Gen.Elements(4, 40, Elements)
        from start in Gen.Choose(0, Elements - span)
        from places in Gen.Frequency((1, Gen.Constant(-1)), (4, Gen.Choose(start, start + span - 1))).ArrayOf(warp)
        select places;

    private void Compare<T>(int warp, int size)
        where T : unmanaged
    {
        Accelerator accelerator = Open(warp);
        using var x = accelerator.Allocate1D<T>(Elements);
        using var places = accelerator.Allocate1D<int>(warp);
        var global = accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<T>>(Gather);
        var shared = accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<T>>(GatherShared);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100).WithReplay(20261122, 7), Prop.ForAll(Places(warp).ToArbitrary(), chosen =>
        {
            int[] on = [.. chosen.Where(place => place >= 0)];
            places.CopyFromCPU(chosen);
            global((1, warp), places.View, x.View);
            GlobalTraffic stores = accelerator.GetCounters().Last!.GlobalStores;
            var bytes = new HashSet<int>(on.SelectMany(place => Enumerable.Range(place * size, size)));
            bool inGlobal = (stores.Requests, stores.LaneAccesses, stores.UsedBytes, stores.Sectors, stores.Lines)
                == (on.Length > 0 ? 1 : 0, on.Length, bytes.Count, bytes.Select(b => b / 32).Distinct().Count(), bytes.Select(b => b / 128).Distinct().Count());
            shared((1, warp), places.View, x.View);
            // So many lanes at once as take 128 bytes, at most 32; for each portion the fullest bank decides.
            int passes = chosen.Chunk(Math.Min(32, 128 / Math.Max(4, size))).Sum(portion => portion.Where(place => place >= 0)
                .SelectMany(place => Enumerable.Range(place * size, size)).Select(b => b / 4).Distinct().GroupBy(word => word % 32).Select(bank => bank.Count()).DefaultIfEmpty(0).Max());
            return inGlobal && accelerator.GetCounters().Last!.SharedStores.Passes == passes;
        }));
    }

    [TestCase(4)]
    [TestCase(16)]
    [TestCase(32)]
    [TestCase(64)]
    public void Any_addresses_of_any_size(int warp)
    {
        Compare<byte>(warp, 1);
        Compare<short>(warp, 2);
        Compare<float>(warp, 4);
        Compare<double>(warp, 8);
    }
}
