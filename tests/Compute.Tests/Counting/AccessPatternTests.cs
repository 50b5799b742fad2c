using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Counting;

/// <summary>Sectors of 32 bytes and lines of 128 bytes counted on paper. Buffers of a Counted accelerator begin at a multiple of 256.</summary>
public sealed class AccessPatternTests : CountedFixture
{
    // Requests, lanes, bytes that lanes ask for, bytes that requests need, sectors, lines.
    private static GlobalTraffic Traffic(long requests, long lanes, long asked, long used, long sectors, long lines) => new()
    {
        Requests = requests,
        LaneAccesses = lanes,
        LaneBytes = asked,
        UsedBytes = used,
        Sectors = sectors,
        Lines = lines,
    };

    // 32 lanes, 4s bytes apart: the last byte is 124s + 3. Up to s = 8 no sector is left out: ⌊(124s + 3) / 32⌋ + 1; beyond, each
    // lane has its own. Up to s = 32 no line is left out: ⌊(124s + 3) / 128⌋ + 1 = s; 33: 32.
    [TestCase(1, 4, 1)]
    [TestCase(3, 12, 3)]        // last byte 375: sector 11
    [TestCase(5, 20, 5)]        // 623: sector 19
    [TestCase(6, 24, 6)]        // 747: sector 23
    [TestCase(7, 28, 7)]        // 871: sector 27
    [TestCase(8, 32, 8)]
    [TestCase(9, 32, 9)]
    [TestCase(17, 32, 17)]
    [TestCase(31, 32, 31)]
    [TestCase(32, 32, 32)]
    [TestCase(33, 32, 32)]
    public void Loads_at_a_stride(int stride, int sectors, int lines)
    {
        using var x = Accelerator.Allocate1D(new float[33 * 32]);
        using var y = Accelerator.Allocate1D<float>(32);
        Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, int>(Strided)((1, 32), x.View, y.View, stride);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Last.GlobalLoads, Is.EqualTo(Traffic(1, 32, 128, 128, sectors, lines)));
            Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(1, 32, 128, 128, 4, 1)));
            Assert.That(Last.DistinctBytes, Is.EqualTo(32 * (sectors + 4)));
        }
    }

    private static void Strided(ArrayView<float> x, ArrayView<float> y, int stride) => y[Group.IdxX] = x[Group.IdxX * stride];

    // A warp of w lanes of 4 bytes from byte 4·offset.
    [TestCase(4, 0, 1, 1)]      // 16 bytes
    [TestCase(4, 7, 2, 1)]      // bytes 28 to 43
    [TestCase(4, 31, 2, 2)]     // bytes 124 to 139
    [TestCase(16, 0, 2, 1)]
    [TestCase(16, 4, 3, 1)]     // bytes 16 to 79
    [TestCase(64, 0, 8, 2)]
    [TestCase(64, 1, 9, 3)]     // bytes 4 to 259
    public void A_row_of_any_warp(int warp, int offset, int sectors, int lines)
    {
        Accelerator accelerator = Open(warp);
        using var x = accelerator.Allocate1D<float>(128);
        accelerator.LoadStreamKernel<ArrayView<float>, int>(Shifted)((1, warp), x.View, offset);
        Assert.That(accelerator.GetCounters().Last!.GlobalStores, Is.EqualTo(Traffic(1, warp, 4 * warp, 4 * warp, sectors, lines)));
    }

    private static void Shifted(ArrayView<float> x, int offset) => x[Group.IdxX + offset] = 1;

    // 40 threads are a whole warp and 8 lanes: 4 sectors and 1.
    [Test] public void A_partial_warp()
    {
        using var x = Accelerator.Allocate1D<float>(40);
        Accelerator.LoadStreamKernel<ArrayView<float>, int>(Shifted)((1, 40), x.View, 0);
        Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(2, 40, 160, 160, 5, 2)));
    }

    private record struct Vector(float X, float Y, float Z);

    private record struct Colour(float R, float G, float B, float A);

    private record struct Atom(float X, float Y, float Z, float Charge, int Kind);

    private record struct Ray(float Px, float Py, float Pz, float Dx, float Dy, float Dz);

    private static void OneField<T>(ArrayView<T> x)
        where T : unmanaged => x[Group.IdxX] = default;

    // Whole structs. 12 and 20 bytes have no common alignment of 8: a request for each float, 32 lanes over 384 (640) bytes, which
    // touches all 12 (20) sectors each time. 16 bytes are one request of 16 sectors. 24 bytes are three requests of 8: 768 bytes.
    [Test] public void Arrays_of_structs()
    {
        using var vectors = Accelerator.Allocate1D<Vector>(32);
        Accelerator.LoadStreamKernel<ArrayView<Vector>>(OneField)((1, 32), vectors.View);
        Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(3, 96, 384, 384, 36, 9)));
        using var colours = Accelerator.Allocate1D<Colour>(32);
        Accelerator.LoadStreamKernel<ArrayView<Colour>>(OneField)((1, 32), colours.View);
        Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(1, 32, 512, 512, 16, 4)));
        using var atoms = Accelerator.Allocate1D<Atom>(32);
        Accelerator.LoadStreamKernel<ArrayView<Atom>>(OneField)((1, 32), atoms.View);
        Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(5, 160, 640, 640, 100, 25)));
        using var rays = Accelerator.Allocate1D<Ray>(32);
        Accelerator.LoadStreamKernel<ArrayView<Ray>>(OneField)((1, 32), rays.View);
        Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(3, 96, 768, 768, 72, 18)));
    }

    // One field of 20 bytes: lanes 20 bytes apart over 640 bytes touch all 20 sectors. As an array of its own: 4.
    [Test] public void One_field_of_a_struct_against_an_array_of_fields()
    {
        using var atoms = Accelerator.Allocate1D(new Atom[32]);
        using var charges = Accelerator.Allocate1D<float>(32);
        Accelerator.LoadStreamKernel<ArrayView<Atom>, ArrayView<float>>(Charges)((1, 32), atoms.View, charges.View);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Last.GlobalLoads, Is.EqualTo(Traffic(1, 32, 128, 128, 20, 5)));
            Assert.That(Last.GlobalLoads.Efficiency, Is.EqualTo(0.2));
            Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(1, 32, 128, 128, 4, 1)));
        }
    }

    private static void Charges(ArrayView<Atom> atoms, ArrayView<float> charges) => charges[Group.IdxX] = atoms[Group.IdxX].Charge;

    // Four floats a lane from byte 4: the first at 4 + 16l stands alone, the second and third at 8 + 16l are 8 bytes at a multiple of 8,
    // the fourth at 16 + 16l stands alone. Two floats' lanes share a sector: 16 + 16 + 17, the last from byte 16 to 515.
    [Test] public void Sixteen_bytes_at_a_crooked_place()
    {
        using var x = Accelerator.Allocate1D<float>(132);
        Accelerator.LoadStreamKernel<ArrayView<float>, int>(FourEach)((1, 32), x.View, 1);
        Assert.That((Last.GlobalStores.Requests, Last.GlobalStores.Sectors), Is.EqualTo((3L, 49L)));
        Accelerator.LoadStreamKernel<ArrayView<float>, int>(FourEach)((1, 32), x.View, 2);
        Assert.That((Last.GlobalStores.Requests, Last.GlobalStores.Sectors), Is.EqualTo((2L, 33L)));      // two of 8 bytes; the second ends at byte 519
        Accelerator.LoadStreamKernel<ArrayView<float>, int>(FourEach)((1, 32), x.View, 4);
        Assert.That((Last.GlobalStores.Requests, Last.GlobalStores.Sectors), Is.EqualTo((1L, 17L)));      // bytes 16 to 527
    }

    private static void FourEach(ArrayView<float> x, int offset)
    {
        long i = 4L * Group.IdxX + offset;
        x[i] = 1;
        x[i + 1] = 2;
        x[i + 2] = 3;
        x[i + 3] = 4;
    }

    // Each thread sums four neighbours, index by index, as in every first lesson: four requests, lanes 16 bytes apart, 16 sectors each.
    // A 32-bit index may wrap, so nobody may join them.
    [Test] public void Four_neighbours_each()
    {
        using var x = Accelerator.Allocate1D(new float[128]);
        using var y = Accelerator.Allocate1D<float>(32);
        Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>>(SumFour)((1, 32), x.View, y.View);
        Assert.That(Last.GlobalLoads, Is.EqualTo(Traffic(4, 128, 512, 512, 64, 16)));
        Assert.That(Last.GlobalLoads.Efficiency, Is.EqualTo(0.25));
    }

    // The same of a view that the kernel calls aligned: one request of 16 bytes a lane, as in PTX.
    [Test] public void Four_neighbours_each_of_an_aligned_view()
    {
        using var x = Accelerator.Allocate1D(new float[128]);
        using var y = Accelerator.Allocate1D<float>(32);
        Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>>(SumFourAligned)((1, 32), x.View, y.View);
        Assert.That(Last.GlobalLoads, Is.EqualTo(Traffic(1, 32, 512, 512, 16, 4)));
    }

    // Four bytes a lane of an aligned view are one request of 4 sectors; of any other view they are four.
    [Test] public void Neighbours_of_one_byte()
    {
        using var x = Accelerator.Allocate1D(new byte[128]);
        using var y = Accelerator.Allocate1D<int>(32);
        Accelerator.LoadStreamKernel<ArrayView<byte>, ArrayView<int>>(SumBytesAligned)((1, 32), x.View, y.View);
        Assert.That(Last.GlobalLoads, Is.EqualTo(Traffic(1, 32, 128, 128, 4, 1)));
        Accelerator.LoadStreamKernel<ArrayView<byte>, ArrayView<int>>(SumBytes)((1, 32), x.View, y.View);
        Assert.That(Last.GlobalLoads, Is.EqualTo(Traffic(4, 128, 128, 128, 16, 4)));
    }

    private static void SumBytesAligned(ArrayView<byte> x, ArrayView<int> y) => SumBytes(x.AsAligned(16), y);

    private static void SumBytes(ArrayView<byte> x, ArrayView<int> y)
    {
        int i = Group.IdxX * 4;
        y[Group.IdxX] = x[i] + x[i + 1] + x[i + 2] + x[i + 3];
    }

    private static void SumFourAligned(ArrayView<float> x, ArrayView<float> y) => SumFour(x.AsAligned(16), y);

    private static void SumFour(ArrayView<float> x, ArrayView<float> y)
    {
        float sum = 0;
        for (int k = 0; k < 4; k++)
            sum += x[Group.IdxX * 4 + k];
        y[Group.IdxX] = sum;
    }

    // Two doubles a lane: 16 bytes, 16 sectors. Two bytes a lane at once are two requests: only words of 4 and 8 bytes join.
    [Test] public void Neighbours_of_eight_bytes_and_of_one()
    {
        using var x = Accelerator.Allocate1D<double>(64);
        Accelerator.LoadStreamKernel<ArrayView<double>>(TwoDoubles)((1, 32), x.View);
        Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(1, 32, 512, 512, 16, 4)));
        using var y = Accelerator.Allocate1D<byte>(64);
        Accelerator.LoadStreamKernel<ArrayView<byte>>(TwoBytes)((1, 32), y.View);
        Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(2, 64, 64, 64, 4, 2)));
    }

    private static void TwoDoubles(ArrayView<double> x)
    {
        x[2L * Group.IdxX] = 1;
        x[2L * Group.IdxX + 1] = 2;
    }

    private static void TwoBytes(ArrayView<byte> x)
    {
        x[2 * Group.IdxX] = 1;
        x[2 * Group.IdxX + 1] = 2;
    }

    // 16-bit numbers: 64 bytes, 2 sectors; every second of them: 4.
    [TestCase(1, 2)]
    [TestCase(2, 4)]
    [TestCase(16, 32)]
    public void Halves_at_a_stride(int stride, int sectors)
    {
        using var x = Accelerator.Allocate1D<short>(16 * 32);
        Accelerator.LoadStreamKernel<ArrayView<short>, int>(Shorts)((1, 32), x.View, stride);
        Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(1, 32, 64, 64, sectors, stride == 16 ? 8 : 1)));
    }

    private static void Shorts(ArrayView<short> x, int stride) => x[Group.IdxX * stride] = 1;

    // A permutation within 128 bytes is 4 sectors whatever the order: 13 is odd, so i · 13 mod 32 visits all.
    [Test] public void A_permutation_of_a_row()
    {
        using var x = Accelerator.Allocate1D<int>(32);
        Accelerator.LoadStreamKernel<ArrayView<int>>(Permuted)((1, 32), x.View);
        Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(1, 32, 128, 128, 4, 1)));
    }

    private static void Permuted(ArrayView<int> x) => x[Group.IdxX * 13 % 32] = 1;

    // Pairs of lanes read the same element: 16 elements, 64 bytes, 2 sectors; 128 bytes are asked for.
    [Test] public void Lanes_in_pairs()
    {
        using var x = Accelerator.Allocate1D(new int[32]);
        using var y = Accelerator.Allocate1D<int>(32);
        Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(Pairs)((1, 32), x.View, y.View);
        Assert.That(Last.GlobalLoads, Is.EqualTo(Traffic(1, 32, 128, 64, 2, 1)));
    }

    private static void Pairs(ArrayView<int> x, ArrayView<int> y) => y[Group.IdxX] = x[Group.IdxX / 2];

    // Groups of 8 × 4 threads are one warp: 4 rows of 8 floats, each one sector, 64 floats = 256 bytes apart.
    [Test] public void A_tile_of_a_matrix()
    {
        using var x = Accelerator.Allocate2DDenseX<float>(new LongIndex2D(64, 8));
        Accelerator.LoadStreamKernel<ArrayView2D<float, Stride2D.DenseX>>(Tile)(((8, 2), (8, 4)), x.View);
        // 16 groups, each 4 sectors of 4 lines.
        Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(16, 512, 2048, 2048, 64, 64)));
    }

    private static void Tile(ArrayView2D<float, Stride2D.DenseX> x) => x[Grid.GlobalIndex.XY] = 1;

    // A column of a 32 × 20 matrix by rows: lanes 80 bytes apart, 32 sectors over 20 lines (31 · 80 + 3 = 2483; 2483 / 128 = 19).
    [Test] public void A_column_of_a_matrix()
    {
        using var x = Accelerator.Allocate2DDenseY<float>(new LongIndex2D(32, 20));
        Accelerator.LoadStreamKernel<ArrayView2D<float, Stride2D.DenseY>>(Column)((1, 32), x.View);
        Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(1, 32, 128, 128, 32, 20)));
    }

    private static void Column(ArrayView2D<float, Stride2D.DenseY> x) => x[Group.IdxX, 3] = 1;

    // 3-point stencil over 64 elements with a border of one: loads begin at bytes 0, 4 and 8 of a row of 66. Warp 0: 128 bytes from 0:
    // 4; from 4: 5; from 8: 5. Warp 1 begins 128 bytes further: the same. 28 sectors; distinct 264 bytes = 9 sectors and 8 of the sums.
    [Test] public void A_stencil()
    {
        using var x = Accelerator.Allocate1D(new float[66]);
        using var y = Accelerator.Allocate1D<float>(64);
        Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>>(Stencil)((2, 32), x.View, y.View);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((Last.GlobalLoads.Requests, Last.GlobalLoads.Sectors), Is.EqualTo((6L, 28L)));
            Assert.That(Last.DistinctBytes, Is.EqualTo(32 * (9 + 8)));
            Assert.That(Last.Flops, Is.EqualTo(2 * 64));
        }
    }

    private static void Stencil(ArrayView<float> x, ArrayView<float> y)
    {
        int i = Grid.GlobalIndex.X;
        float left = x[i];
        y[i] = left + x[i + 1] + x[i + 2];
    }

    // Grid-stride loop over 200 elements by 2 groups of 32: rounds of 64; 200 = 3 · 64 + 8. Whole warps: 6 of 4 sectors; the rest, 8
    // lanes of group 0: 1 sector.
    [Test] public void A_loop_over_the_grid()
    {
        using var x = Accelerator.Allocate1D<float>(200);
        Accelerator.LoadStreamKernel<ArrayView<float>>(GridStride)((2, 32), x.View);
        Assert.That(Last.GlobalStores, Is.EqualTo(Traffic(7, 200, 800, 800, 25, 7)));
    }

    private static void GridStride(ArrayView<float> x)
    {
        for (int i = Grid.GlobalIndex.X; i < x.Length; i += Grid.DimX * Group.DimX)
            x[i] = 1;
    }

    // All 32 lanes on one address: 31 wait. On 32 addresses: none. On 8, four lanes each: 24 wait.
    [TestCase(1, 31, 1)]
    [TestCase(8, 24, 1)]
    [TestCase(32, 0, 4)]
    public void Atomic_operations(int bins, int collisions, int sectors)
    {
        using var x = Accelerator.Allocate1D(new float[32]);
        Accelerator.LoadStreamKernel<ArrayView<float>, int>(Bins)((1, 32), x.View, bins);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Last.GlobalAtomics, Is.EqualTo(Traffic(1, 32, 128, 4 * bins, sectors, 1)));
            Assert.That(Last.AtomicCollisions, Is.EqualTo(collisions));
            Assert.That(Last.Flops, Is.EqualTo(32));        // an addition for each lane
        }
    }

    private static void Bins(ArrayView<float> x, int bins) => Atomic.Add(ref x[Group.IdxX % bins], 1);
}
