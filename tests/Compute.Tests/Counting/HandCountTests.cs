using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using Half = ILGPU.Half;

namespace GemmaIlgpu.Compute.Tests.Counting;

/// <summary>Wide, narrow, packed and crooked elements, tiles of them, and lanes that part, counted on paper.</summary>
public sealed class HandCountTests : CountedFixture
{
    private static GlobalTraffic Traffic(long requests, long lanes, long asked, long used, long sectors, long lines) => new()
    {
        Requests = requests,
        LaneAccesses = lanes,
        LaneBytes = asked,
        UsedBytes = used,
        Sectors = sectors,
        Lines = lines,
    };

    private static SharedTraffic Passes(long requests, long ideal, long passes) => new() { Requests = requests, IdealPasses = ideal, Passes = passes };

    // Lane l stores 8 bytes from 8·(s·l + o). Spacing 24: 752 bytes without a gap of a sector: 24 sectors, 6 lines. From 40 on every lane
    // has its own sector. Spacing 40: 1248 bytes, 10 lines. 136: line l + ⌊l/16⌋, all different. 264: line 2l + ⌊l/16⌋.
    [TestCase(1, 0, 8, 2)]
    [TestCase(1, 1, 9, 3)]      // bytes 8 to 263
    [TestCase(3, 0, 24, 6)]
    [TestCase(3, 1, 24, 6)]     // 8 to 759: sector 23, line 5
    [TestCase(5, 0, 32, 10)]
    [TestCase(17, 0, 32, 32)]
    [TestCase(33, 0, 32, 32)]
    public void Doubles(int stride, int offset, int sectors, int lines)
    {
        using var x = Accelerator.Allocate1D<double>(34 * 32);
        Accelerator.LoadStreamKernel<ArrayView<double>, int, int>(At)((1, 32), x.View, stride, offset);
        Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(1, 32, 256, 256, sectors, lines)));
    }

    // 16 bytes from 16·(s·l + o), one request. Offset 1: 16 to 527. Spacing 48: ⌊48l/32⌋ for even l is 3l/2, for odd 3(l − 1)/2 + 1, and
    // those bytes end with their sector; 1504 bytes: line ⌊1503/128⌋ = 11. 80 and 272 apart: a sector each, 2496 bytes and 17 half lines apart.
    [TestCase(1, 0, 16, 4)]
    [TestCase(1, 1, 17, 5)]
    [TestCase(3, 0, 32, 12)]
    [TestCase(5, 0, 32, 20)]
    [TestCase(17, 0, 32, 32)]
    public void Sixteen_bytes(int stride, int offset, int sectors, int lines)
    {
        using var x = Accelerator.Allocate1D<Quad>(18 * 32);
        Accelerator.LoadStreamKernel<ArrayView<Quad>, int, int>(At)((1, 32), x.View, stride, offset);
        Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(1, 32, 512, 512, sectors, lines)));
    }

    // 2 bytes from 2·(s·l + o). Offset 1: bytes 2 to 65. Spacing 34: sector ⌊34l/32⌋ = l + ⌊l/16⌋, 31·34 + 1 = 1055: line 8.
    [TestCase(1, 1, 3, 1)]
    [TestCase(3, 0, 6, 2)]      // 188 bytes
    [TestCase(17, 0, 32, 9)]
    public void Halves(int stride, int offset, int sectors, int lines)
    {
        using var x = Accelerator.Allocate1D<Half>(18 * 32);
        Accelerator.LoadStreamKernel<ArrayView<Half>, int, int>(At)((1, 32), x.View, stride, offset);
        Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(1, 32, 64, 64, sectors, lines)));
    }

    private static void At<T>(ArrayView<T> x, int stride, int offset)
        where T : unmanaged => x[Group.IdxX * stride + offset] = default;

    private record struct Quad(float A, float B, float C, float D);

    private record struct Triple(double A, double B, double C);

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private record struct Packed(byte Kind, int Value);

    // 24 bytes that begin at a multiple of 8: no two fields make 16 bytes at a multiple of 16 in every lane. Field k lies at 24l + 8k and
    // touches all 24 sectors, the last at 744 + 8k.
    [Test] public void Three_doubles_each()
    {
        using var x = Accelerator.Allocate1D<Triple>(32);
        Accelerator.LoadStreamKernel<ArrayView<Triple>, int, int>(At)((1, 32), x.View, 1, 0);
        Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(3, 96, 768, 768, 72, 18)));
    }

    // Bytes 12l + 4 to 12l + 7, the last 379: no sector of 12 is left out, and a third of them is used.
    [Test] public void The_second_of_three_floats()
    {
        using var x = Accelerator.Allocate1D(new Float3[32]);
        using var y = Accelerator.Allocate1D<float>(32);
        Accelerator.LoadStreamKernel<ArrayView<Float3>, ArrayView<float>>(Second)((1, 32), x.View, y.View);
        Assert.That(Last.GlobalLoads, Is.EqualTo(Traffic(1, 32, 128, 128, 12, 3)));
    }

    private record struct Float3(float X, float Y, float Z);

    private static void Second(ArrayView<Float3> x, ArrayView<float> y) => y[Group.IdxX] = x[Group.IdxX].Y;

    // The number of lane l lies in bytes 5l + 1 to 5l + 4, some over two sectors: bytes 1 to 159 are 5 sectors and 2 lines.
    [Test] public void Packed_numbers_over_the_ends_of_sectors()
    {
        using var x = Accelerator.Allocate1D<Packed>(32);
        Accelerator.LoadStreamKernel<ArrayView<Packed>>(SetValue)((1, 32), x.View);
        Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(1, 32, 128, 128, 5, 2)));
    }

    private static void SetValue(ArrayView<Packed> x) => x[Group.IdxX].Value = 1;

    // From the end, one element short of it: bytes 4 to 131 in whatever order.
    [Test] public void Backwards_at_a_crooked_place()
    {
        using var x = Accelerator.Allocate1D<float>(33);
        Accelerator.LoadStreamKernel<ArrayView<float>>(Backwards)((1, 32), x.View);
        Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(1, 32, 128, 128, 5, 2)));
    }

    private static void Backwards(ArrayView<float> x) => x[32 - Group.IdxX] = 1;

    // One double for all: 8 bytes are needed of one sector, 256 asked for.
    [Test] public void A_double_for_all()
    {
        using var x = Accelerator.Allocate1D(new double[8]);
        using var y = Accelerator.Allocate1D<double>(32);
        Accelerator.LoadStreamKernel<ArrayView<double>, ArrayView<double>, int>(Broadcast)((1, 32), x.View, y.View, 5);
        Assert.That(Last.GlobalLoads, Is.EqualTo(Traffic(1, 32, 256, 8, 1, 1)));
    }

    private static void Broadcast(ArrayView<double> x, ArrayView<double> y, int at) => y[Group.IdxX] = x[at + Group.IdxX / 32];

    // Bits in reverse: threads 0 to 31 of 64 read the even elements, 32 to 63 the odd ones: 8 sectors of 2 lines each time.
    [Test] public void Bits_in_reverse()
    {
        using var x = Accelerator.Allocate1D(new int[64]);
        using var y = Accelerator.Allocate1D<int>(64);
        Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(Reverse)((1, 64), x.View, y.View);
        Assert.That(Last.GlobalLoads, Is.EqualTo(Traffic(2, 64, 256, 256, 16, 4)));
    }

    private static void Reverse(ArrayView<int> x, ArrayView<int> y)
    {
        int i = Group.IdxX, reversed = 0;
        for (int bit = 0; bit < 6; bit++)
            reversed |= (i >> bit & 1) << (5 - bit);
        y[i] = x[reversed];
    }

    // The odd lanes only: 32 lanes of 4 bytes 8 bytes apart from byte 4 to 255, half of 8 sectors of 2 lines.
    [Test] public void Odd_lanes_of_a_warp_of_64()
    {
        Accelerator accelerator = Open(64);
        using var x = accelerator.Allocate1D(new int[64]);
        accelerator.LoadStreamKernel<ArrayView<int>>(Odd)((1, 64), x.View);
        KernelCounters counters = accelerator.GetCounters().Last!;
        Assert.That((counters.GlobalAtomics, counters.DivergentBranches), Is.EqualTo((Traffic(1, 32, 128, 128, 8, 2), 1L)));
    }

    private static void Odd(ArrayView<int> x)
    {
        if (Group.IdxX % 2 == 1)
            Atomic.Add(ref x[Group.IdxX], 1);
    }

    // A column of 32 doubles, 16 lanes at once. Pitch 32: all in banks 0 and 1, 16 passes a half. 33: lane l in banks 2l and 2l + 1. 34: 4l and
    // 4l + 1, two lanes each.
    [TestCase(32, 32)]
    [TestCase(33, 2)]
    [TestCase(34, 4)]
    public void A_column_of_doubles(int pitch, int passes)
    {
        using var x = Accelerator.Allocate1D<double>(32);
        Accelerator.LoadStreamKernel<ArrayView<double>, int>(Column)((1, 32), x.View, pitch);
        Assert.That(Last.SharedLoads, Is.EqualTo(Passes(1, 2, passes)));
    }

    // A column of 32 halves. Pitch 32: words 16l, banks 0 and 16, 16 lanes each. 33: words 16l + ⌊l/2⌋, banks ⌊l/2⌋ for even l and 16 more for
    // odd: all different. 34: words 17l. 64: words 32l.
    [TestCase(32, 16)]
    [TestCase(33, 1)]
    [TestCase(34, 1)]
    [TestCase(64, 32)]
    [TestCase(1, 1)]        // pairs of lanes share a word
    public void A_column_of_halves(int pitch, int passes)
    {
        using var x = Accelerator.Allocate1D<Half>(32);
        Accelerator.LoadStreamKernel<ArrayView<Half>, int>(Column)((1, 32), x.View, pitch);
        Assert.That(Last.SharedLoads, Is.EqualTo(Passes(1, 1, passes)));
    }

    // A column of 16-byte elements, 8 lanes at once. Pitch 8: banks 0 to 3, 8 passes a quarter. 9: lane l in banks 4l to 4l + 3.
    [TestCase(8, 32)]
    [TestCase(9, 4)]
    [TestCase(10, 8)]       // 8l to 8l + 3: two lanes each
    public void A_column_of_sixteen_bytes(int pitch, int passes)
    {
        using var x = Accelerator.Allocate1D<Quad>(32);
        Accelerator.LoadStreamKernel<ArrayView<Quad>, int>(Column)((1, 32), x.View, pitch);
        Assert.That(Last.SharedLoads, Is.EqualTo(Passes(1, 4, passes)));
    }

    // Three floats each, 12 bytes apart: three requests of words 3l + k, and 3 is odd.
    [Test] public void Three_floats_each_in_shared_memory()
    {
        using var x = Accelerator.Allocate1D<Float3>(32);
        Accelerator.LoadStreamKernel<ArrayView<Float3>, int>(Column)((1, 32), x.View, 1);
        Assert.That(Last.SharedLoads, Is.EqualTo(Passes(3, 3, 3)));
    }

    // 40 threads read a column of pitch 32: 32 lanes of one bank, and 8.
    [Test] public void A_column_by_a_partial_warp()
    {
        using var x = Accelerator.Allocate1D<int>(40);
        Accelerator.LoadStreamKernel<ArrayView<int>, int>(Column)((1, 40), x.View, 32);
        Assert.That(Last.SharedLoads, Is.EqualTo(Passes(2, 2, 40)));
    }

    private static void Column<T>(ArrayView<T> x, int pitch)
        where T : unmanaged
    {
        ArrayView<T> room = SharedMemory.Allocate<T>(40 * 34 + 1024);
        x[Group.IdxX] = room[Group.IdxX * pitch];
    }

    // A tile of 32 × 32 words without padding, column c of row r at c ^ r: rows and columns both visit every bank once.
    [Test] public void A_tile_with_columns_exchanged_by_row()
    {
        using var x = Accelerator.Allocate1D(new int[1024]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(Exchanged)(((1, 1), (32, 32)), x.View);
        Assert.That((Last.SharedStores, Last.SharedLoads), Is.EqualTo((Passes(32, 32, 32), Passes(32, 32, 32))));
    }

    private static void Exchanged(ArrayView<int> x)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(1024);
        int column = Group.IdxX, row = Group.IdxY;
        tile[row * 32 + (column ^ row)] = x[row * 32 + column];
        Group.Barrier();
        x[row * 32 + column] = tile[column * 32 + (row ^ column)];
    }

    // 64-bit atomic additions on b shared bins, 16 lanes at once: ⌈16/b⌉ of them want the same. 32 lanes less b wait.
    [TestCase(4, 8, 28)]
    [TestCase(3, 12, 29)]       // 6, 5 and 5 of lanes 0 to 15, and 5, 6 and 5
    [TestCase(16, 2, 16)]
    public void Wide_atomics_in_shared_memory(int bins, int passes, int collisions)
    {
        using var x = Accelerator.Allocate1D<long>(1);
        Accelerator.LoadStreamKernel<ArrayView<long>, int>(WideBins)((1, 32), x.View, bins);
        Assert.That((Last.SharedStores, Last.AtomicCollisions), Is.EqualTo((Passes(1, 2, passes), (long)collisions)));
    }

    private static void WideBins(ArrayView<long> x, int bins)
    {
        ArrayView<long> room = SharedMemory.Allocate<long>(32);
        Atomic.Add(ref room[Group.IdxX % bins], 1L);
    }

    // Lane l goes round l mod 4 times: 24, 16 and 8 lanes; the lanes part before each round, and after the third the rest leaves as one.
    [Test] public void Loops_with_four_lengths()
    {
        using var x = Accelerator.Allocate1D(new int[32]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(FourLengths)((1, 32), x.View);
        Assert.That((Last.GlobalAtomics.Requests, Last.GlobalAtomics.LaneAccesses, Last.DivergentBranches), Is.EqualTo((3L, 48L, 3L)));
    }

    private static void FourLengths(ArrayView<int> x)
    {
        for (int i = 0; i < Group.IdxX % 4; i++)
            Atomic.Add(ref x[Group.IdxX], i);
    }

    // A loop in a loop, both by lane: lane l mod 2 + 1 outer rounds of l mod 2 + 1 inner ones. Even lanes: 1 · 1; odd lanes: 2 · 2. Inner requests:
    // 32 and 16 lanes in the first outer round, 16 and 16 in the second. They part once inside the first round and once behind it.
    [Test] public void A_loop_in_a_loop()
    {
        using var x = Accelerator.Allocate1D(new int[32]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(LoopInLoop)((1, 32), x.View);
        Assert.That((Last.GlobalAtomics.Requests, Last.GlobalAtomics.LaneAccesses, Last.DivergentBranches), Is.EqualTo((4L, 80L, 2L)));
    }

    private static void LoopInLoop(ArrayView<int> x)
    {
        int most = Group.IdxX % 2 + 1;
        for (int i = 0; i < most; i++)
            for (int k = 0; k < most; k++)
                Atomic.Add(ref x[Group.IdxX], k);
    }

    // A switch of five cases by lane mod 8: five comparisons, at each of which 4 lanes leave 28, 24, 20, 16 and 12 others.
    [Test] public void A_switch_of_five_cases()
    {
        using var x = Accelerator.Allocate1D(new int[32]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(FiveCases)((1, 32), x.View);
        Assert.That((Last.GlobalAtomics.Requests, Last.GlobalAtomics.LaneAccesses, Last.DivergentBranches), Is.EqualTo((6L, 32L, 5L)));
    }

    private static void FiveCases(ArrayView<int> x)
    {
        switch (Group.IdxX % 8)
        {
            case 0: Atomic.Add(ref x[Group.IdxX], 1); break;
            case 1: Atomic.Max(ref x[Group.IdxX], 1); break;
            case 2: Atomic.Min(ref x[Group.IdxX], 1); break;
            case 3: Atomic.Or(ref x[Group.IdxX], 1); break;
            case 4: Atomic.Xor(ref x[Group.IdxX], 1); break;
            default: Atomic.And(ref x[Group.IdxX], 1); break;
        }
    }

    // Halves are widened, added as floats and narrowed: one operation, three conversions, and no sector more than 16 bits need.
    [Test] public void A_sum_of_halves()
    {
        using var x = Accelerator.Allocate1D(new Half[32]);
        using var y = Accelerator.Allocate1D(new Half[32]);
        Accelerator.LoadStreamKernel<ArrayView<Half>, ArrayView<Half>>(AddHalves)((1, 32), x.View, y.View);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Last.GlobalLoads, Is.EqualTo(Traffic(2, 64, 128, 128, 4, 2)));
            Assert.That((Last.Flops, Last.DistinctBytes), Is.EqualTo((32L, 128L)));
        }
    }

    private static void AddHalves(ArrayView<Half> x, ArrayView<Half> y) => y[Group.IdxX] = x[Group.IdxX] + y[Group.IdxX];
}
