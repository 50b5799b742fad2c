using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Counting;

/// <summary>Opens Counted accelerators.</summary>
public abstract class CountedFixture
{
    private readonly Dictionary<int, (Context Context, Accelerator Accelerator)> _opened = [];

    protected Accelerator Accelerator => Open(32);

    protected KernelCounters Last => Accelerator.GetCounters().Last!;

    protected Accelerator Open(int warpSize)
    {
        if (_opened.TryGetValue(warpSize, out var open))
            return open.Accelerator;
        Context context = Context.Create(builder => builder.CountedCpu(warpSize));
        Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        _opened[warpSize] = (context, accelerator);
        return accelerator;
    }

    [OneTimeTearDown]
    public void Close()
    {
        foreach ((Context context, Accelerator accelerator) in _opened.Values)
        {
            accelerator.Dispose();
            context.Dispose();
        }
    }
}

/// <summary>Sectors and lines counted by hand. Buffers begin at a multiple of 64 bytes; offsets are chosen so that no line depends on more.</summary>
public sealed class GlobalTrafficTests : CountedFixture
{
    private static GlobalTraffic Expect(long requests, long lanes, long laneBytes, long usedBytes, long sectors) => new()
    {
        Requests = requests,
        LaneAccesses = lanes,
        LaneBytes = laneBytes,
        UsedBytes = usedBytes,
        Sectors = sectors,
    };

    // Lines depend on where a buffer begins; they are looked at where they do not.
    private static void Same(GlobalTraffic actual, GlobalTraffic expected) => Assert.That(actual with { Lines = 0 }, Is.EqualTo(expected));

    [Test] public void Neighbours_read_neighbours()
    {
        using var x = Accelerator.Allocate1D<float>(64);
        using var y = Accelerator.Allocate1D<float>(64);
        Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>>(Copy)((2, 32), x.View, y.View);
        using (Assert.EnterMultipleScope())
        {
            Same(Last.GlobalLoads, Expect(2, 64, 256, 256, 8));     // 2 warps, 128 bytes = 4 sectors each
            Same(Last.GlobalStores, Expect(2, 64, 256, 256, 8));
            Assert.That(Last.GlobalLoads.Efficiency, Is.EqualTo(1));
            Assert.That(Last.GlobalLoads.SectorsPerRequest, Is.EqualTo(4));
            Assert.That(Last.DistinctBytes, Is.EqualTo(512));
            Assert.That(Last.MovedBytes, Is.EqualTo(512));
        }
    }

    private static void Copy(ArrayView<float> x, ArrayView<float> y) => y[Grid.GlobalIndex.X] = x[Grid.GlobalIndex.X];

    [TestCase(2, 8)]        // 32 lanes over 256 bytes
    [TestCase(4, 16)]
    [TestCase(8, 32)]       // a sector for each lane
    [TestCase(100, 32)]
    public void A_stride_wastes_sectors(int stride, int sectors)
    {
        using var x = Accelerator.Allocate1D<float>(32 * stride);
        Accelerator.LoadStreamKernel<ArrayView<float>, int>(Strided)((1, 32), x.View, stride);
        using (Assert.EnterMultipleScope())
        {
            Same(Last.GlobalStores, Expect(1, 32, 128, 128, sectors));
            Assert.That(Last.GlobalStores.Efficiency, Is.EqualTo(128.0 / (32 * sectors)));
        }
    }

    private static void Strided(ArrayView<float> x, int stride) => x[Group.IdxX * stride] = 1;

    [TestCase(1, 5)]        // bytes 4 to 131: sectors 0 to 4
    [TestCase(7, 5)]        // bytes 28 to 155
    [TestCase(8, 4)]        // bytes 32 to 159: aligned again
    [TestCase(9, 5)]
    public void A_misaligned_row_costs_a_sector(int offset, int sectors)
    {
        using var x = Accelerator.Allocate1D<float>(64);
        Accelerator.LoadStreamKernel<ArrayView<float>, int>(Shifted)((1, 32), x.View, offset);
        Same(Last.GlobalStores, Expect(1, 32, 128, 128, sectors));
    }

    private static void Shifted(ArrayView<float> x, int offset) => x[Group.IdxX + offset] = 1;

    [Test] public void A_broadcast_is_one_sector_of_which_four_bytes_are_used()
    {
        using var x = Accelerator.Allocate1D<float>(8);
        using var y = Accelerator.Allocate1D<float>(32);
        Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>>(Broadcast)((1, 32), x.View, y.View);
        Same(Last.GlobalLoads, Expect(1, 32, 128, 4, 1));
        Assert.That(Last.GlobalLoads.Efficiency, Is.EqualTo(0.125));
    }

    private static void Broadcast(ArrayView<float> x, ArrayView<float> y) => y[Group.IdxX] = x[3];

    [Test] public void A_transposed_store_takes_a_sector_for_each_lane()
    {
        using var x = Accelerator.Allocate1D<float>(32 * 32);
        using var y = Accelerator.Allocate1D<float>(32 * 32);
        Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>>(Transpose)((32, 32), x.View, y.View);
        using (Assert.EnterMultipleScope())
        {
            Same(Last.GlobalLoads, Expect(32, 1024, 4096, 4096, 128));
            Same(Last.GlobalStores, Expect(32, 1024, 4096, 4096, 1024));
            Assert.That(Last.GlobalStores.Lines, Is.EqualTo(1024));
            Assert.That(Last.DistinctBytes, Is.EqualTo(8192));
        }
    }

    private static void Transpose(ArrayView<float> x, ArrayView<float> y) => y[Group.IdxX * 32 + Grid.IdxX] = x[Grid.IdxX * 32 + Group.IdxX];

    [Test] public void Order_within_a_row_does_not_matter()
    {
        using var x = Accelerator.Allocate1D<int>(32);
        Accelerator.LoadStreamKernel<ArrayView<int>>(Backwards)((1, 32), x.View);
        Same(Last.GlobalStores, Expect(1, 32, 128, 128, 4));
    }

    private static void Backwards(ArrayView<int> x) => x[31 - Group.IdxX] = 1;

    [Test] public void Eight_bytes_a_lane_are_eight_sectors()
    {
        using var x = Accelerator.Allocate1D<double>(32);
        Accelerator.LoadStreamKernel<ArrayView<double>>(Doubles)((1, 32), x.View);
        Same(Last.GlobalStores, Expect(1, 32, 256, 256, 8));
    }

    private static void Doubles(ArrayView<double> x) => x[Group.IdxX] = 1;

    [Test] public void Bytes_of_a_warp_are_one_sector()
    {
        using var x = Accelerator.Allocate1D<byte>(32);
        Accelerator.LoadStreamKernel<ArrayView<byte>>(Bytes)((1, 32), x.View);
        Same(Last.GlobalStores, Expect(1, 32, 32, 32, 1));
    }

    private static void Bytes(ArrayView<byte> x) => x[Group.IdxX] = 1;

    private record struct Four(float A, float B, float C, float D);

    [Test] public void Sixteen_bytes_a_lane_are_one_request()
    {
        using var x = Accelerator.Allocate1D<Four>(32);
        using var y = Accelerator.Allocate1D<Four>(32);
        Accelerator.LoadStreamKernel<ArrayView<Four>, ArrayView<Four>>(Fours)((1, 32), x.View, y.View);
        using (Assert.EnterMultipleScope())
        {
            Same(Last.GlobalLoads, Expect(1, 32, 512, 512, 16));
            Same(Last.GlobalStores, Expect(1, 32, 512, 512, 16));
        }
    }

    private static void Fours(ArrayView<Four> x, ArrayView<Four> y) => y[Group.IdxX] = x[Group.IdxX];

    [Test] public void One_field_of_a_large_struct_wastes_the_rest()
    {
        using var x = Accelerator.Allocate1D<Four>(32);
        Accelerator.LoadStreamKernel<ArrayView<Four>>(OneField)((1, 32), x.View);
        Same(Last.GlobalStores, Expect(1, 32, 128, 128, 16));
    }

    private static void OneField(ArrayView<Four> x) => x[Group.IdxX].B = 1;

    private record struct Three(float A, float B, float C);

    // Twelve bytes are no access of a GPU: their neighbours have no common alignment.
    [Test] public void Twelve_bytes_a_lane_are_three_requests()
    {
        using var x = Accelerator.Allocate1D<Three>(32);
        Accelerator.LoadStreamKernel<ArrayView<Three>>(Threes)((1, 32), x.View);
        // Each request: 32 lanes 12 bytes apart over 384 bytes = 12 sectors.
        Same(Last.GlobalStores, Expect(3, 96, 384, 384, 36));
    }

    private static void Threes(ArrayView<Three> x) => x[Group.IdxX] = new Three(1, 2, 3);

    [Test] public void Lanes_that_are_off_move_nothing()
    {
        using var x = Accelerator.Allocate1D<float>(32);
        Accelerator.LoadStreamKernel<ArrayView<float>>(FirstEight)((1, 32), x.View);
        Same(Last.GlobalStores, Expect(1, 8, 32, 32, 1));
    }

    private static void FirstEight(ArrayView<float> x)
    {
        if (Group.IdxX < 8)
            x[Group.IdxX] = 1;
    }

    [Test] public void Atomics_count_apart()
    {
        using var x = Accelerator.Allocate1D(new int[32]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(AddOne)((1, 64), x.View);
        Same(Last.GlobalAtomics, Expect(2, 64, 256, 2 * 4, 2));
        Same(Last.GlobalLoads, Expect(0, 0, 0, 0, 0));
    }

    private static void AddOne(ArrayView<int> x) => Atomic.Add(ref x[0], 1);

    [Test] public void What_is_read_again_is_moved_again_but_distinct_once()
    {
        using var x = Accelerator.Allocate1D<float>(32);
        using var y = Accelerator.Allocate1D<float>(4 * 32);
        Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>>(Reread)((4, 32), x.View, y.View);
        Same(Last.GlobalLoads, Expect(4, 128, 512, 512, 16));
        Assert.That(Last.DistinctBytes, Is.EqualTo(128 + 512));
    }

    private static void Reread(ArrayView<float> x, ArrayView<float> y) => y[Grid.GlobalIndex.X] = x[Group.IdxX];

    [Test] public void A_warp_of_64_moves_eight_sectors()
    {
        Accelerator wide = Open(64);
        using var x = wide.Allocate1D<float>(64);
        using var y = wide.Allocate1D<float>(64);
        wide.LoadStreamKernel<ArrayView<float>, ArrayView<float>>(Copy)((1, 64), x.View, y.View);
        Same(wide.GetCounters().Last!.GlobalLoads, Expect(1, 64, 256, 256, 8));
    }
}
