using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Counting;

/// <summary>Banks, branches, instructions and operations counted by hand.</summary>
public sealed class CounterTests : CountedFixture
{
    private KernelCounters Shared(int stride)
    {
        using var x = Accelerator.Allocate1D(new float[32]);
        Accelerator.LoadStreamKernel<ArrayView<float>, int>(SharedStride)((1, 32), x.View, stride);
        return Last;
    }

    private static void SharedStride(ArrayView<float> x, int stride)
    {
        ArrayView<float> room = SharedMemory.Allocate<float>(32 * 33);
        room[Group.IdxX * stride] = x[Group.IdxX];
    }

    [TestCase(1, 1)]
    [TestCase(2, 2)]        // 32 words in 16 banks
    [TestCase(3, 1)]        // odd strides visit every bank
    [TestCase(4, 4)]
    [TestCase(16, 16)]
    [TestCase(32, 32)]      // one bank
    [TestCase(33, 1)]       // a column of a padded tile
    [TestCase(0, 1)]        // one word for all
    public void A_stride_decides_the_passes(int stride, int passes)
    {
        KernelCounters counters = Shared(stride);
        Assert.That(counters.SharedStores, Is.EqualTo(new SharedTraffic { Requests = 1, IdealPasses = 1, Passes = passes }));
        Assert.That(counters.SharedStores.Conflicts, Is.EqualTo(passes - 1));
    }

    [TestCase(1, 2)]        // two halves, each one word of every bank
    [TestCase(2, 4)]        // 16 lanes 16 bytes apart: two passes each
    public void Eight_byte_words_are_served_in_halves(int stride, int passes)
    {
        using var x = Accelerator.Allocate1D(new double[32]);
        Accelerator.LoadStreamKernel<ArrayView<double>, int>(DoubleStride)((1, 32), x.View, stride);
        Assert.That(Last.SharedStores, Is.EqualTo(new SharedTraffic { Requests = 1, IdealPasses = 2, Passes = passes }));
    }

    private static void DoubleStride(ArrayView<double> x, int stride)
    {
        ArrayView<double> room = SharedMemory.Allocate<double>(64);
        room[Group.IdxX * stride] = x[Group.IdxX];
    }

    private record struct Four(float A, float B, float C, float D);

    [Test] public void Sixteen_byte_words_are_served_in_quarters()
    {
        using var x = Accelerator.Allocate1D(new Four[32]);
        Accelerator.LoadStreamKernel<ArrayView<Four>>(FourWide)((1, 32), x.View);
        Assert.That(Last.SharedStores, Is.EqualTo(new SharedTraffic { Requests = 1, IdealPasses = 4, Passes = 4 }));
    }

    private static void FourWide(ArrayView<Four> x)
    {
        ArrayView<Four> room = SharedMemory.Allocate<Four>(32);
        room[Group.IdxX] = x[Group.IdxX];
    }

    [Test] public void Bytes_of_one_word_are_one_pass()
    {
        using var x = Accelerator.Allocate1D(new byte[128]);
        Accelerator.LoadStreamKernel<ArrayView<byte>>(ByteRow)((1, 128), x.View);
        Assert.That(Last.SharedStores, Is.EqualTo(new SharedTraffic { Requests = 4, IdealPasses = 4, Passes = 4 }));
    }

    private static void ByteRow(ArrayView<byte> x)
    {
        ArrayView<byte> room = SharedMemory.Allocate<byte>(128);
        room[Group.IdxX] = x[Group.IdxX];
    }

    [TestCase(32, 32 * 31)]     // 32 columns, each 31 conflicts
    [TestCase(33, 0)]
    public void Padding_takes_the_conflicts_out_of_a_transpose(int pitch, int conflicts)
    {
        using var x = Accelerator.Allocate1D(new float[1024]);
        using var y = Accelerator.Allocate1D<float>(1024);
        Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, int>(TileTranspose)(((1, 1), (32, 32)), x.View, y.View, pitch);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Last.SharedLoads.Conflicts, Is.EqualTo(conflicts));
            Assert.That(Last.SharedStores.Conflicts, Is.Zero);
            Assert.That(Last.GlobalStores.Efficiency, Is.EqualTo(1));
            Assert.That(Last.Barriers, Is.EqualTo(1));
        }
    }

    private static void TileTranspose(ArrayView<float> x, ArrayView<float> y, int pitch)
    {
        ArrayView<float> tile = SharedMemory.Allocate<float>(32 * 33);
        tile[Group.IdxY * pitch + Group.IdxX] = x[Group.IdxY * 32 + Group.IdxX];
        Group.Barrier();
        y[Group.IdxY * 32 + Group.IdxX] = tile[Group.IdxX * pitch + Group.IdxY];
    }

    [Test] public void A_branch_by_lane_diverges_and_a_branch_by_warp_does_not()
    {
        using var x = Accelerator.Allocate1D(new int[128]);
        Accelerator.LoadStreamKernel<ArrayView<int>, int>(Arms)((1, 128), x.View, 1);
        Assert.That(Last.DivergentBranches, Is.EqualTo(4));
        Accelerator.LoadStreamKernel<ArrayView<int>, int>(Arms)((1, 128), x.View, 32);
        Assert.That(Last.DivergentBranches, Is.Zero);
    }

    // Atomic operations keep the arms from becoming a choice of values.
    private static void Arms(ArrayView<int> x, int width)
    {
        if (Group.IdxX / width % 2 == 0)
            Atomic.Add(ref x[Group.IdxX], 1);
        else
            Atomic.Add(ref x[Group.IdxX], 2);
    }

    [Test] public void A_quarter_of_the_lanes_use_a_quarter_of_the_machine()
    {
        using var x = Accelerator.Allocate1D(new int[32]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(Quarter)((1, 32), x.View);
        KernelCounters counters = Last;
        // All lanes: the comparison and the branch. A quarter: what is behind it.
        long behind = counters.Instructions.Total - 2;
        Assert.That(counters.LaneInstructions, Is.EqualTo(2 * 32 + behind * 8));
        Assert.That(counters.DivergentBranches, Is.EqualTo(1));
    }

    private static void Quarter(ArrayView<int> x)
    {
        if (Group.IdxX < 8)
            Atomic.Add(ref x[Group.IdxX], 5);
    }

    [Test] public void A_fused_multiply_add_is_two_operations()
    {
        using var x = Accelerator.Allocate1D(new float[64]);
        using var y = Accelerator.Allocate1D(new float[64]);
        Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, float>(Saxpy)((2, 32), x.View, y.View, 3f);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Last.Flops, Is.EqualTo(2 * 64));
            Assert.That(Last.DistinctBytes, Is.EqualTo(2 * 256));       // x is read, y read and written
            Assert.That(Last.ArithmeticIntensity, Is.EqualTo(0.25));
            Assert.That(Last.Instructions.Float, Is.EqualTo(2));        // two warps
            Assert.That(Last.Instructions.Memory, Is.EqualTo(2 * 3));
        }
    }

    private static void Saxpy(ArrayView<float> x, ArrayView<float> y, float a)
    {
        int i = Grid.GlobalIndex.X;
        y[i] = MathF.FusedMultiplyAdd(a, x[i], y[i]);
    }

    [Test] public void Roots_and_functions_are_special()
    {
        using var x = Accelerator.Allocate1D(new float[32]);
        Accelerator.LoadStreamKernel<ArrayView<float>>(Functions)((1, 32), x.View);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Last.Instructions.Special, Is.EqualTo(3));      // exp, sqrt, division
            Assert.That(Last.Instructions.Float, Is.EqualTo(1));        // addition
            Assert.That(Last.Flops, Is.EqualTo(4 * 32));
        }
    }

    private static void Functions(ArrayView<float> x) => x[Group.IdxX] = MathF.Exp(x[Group.IdxX]) / (MathF.Sqrt(x[Group.IdxX]) + 2f);

    [Test] public void A_tree_reduction_meets_once_and_once_for_each_level()
    {
        using var x = Accelerator.Allocate1D(new float[512]);
        Accelerator.LoadStreamKernel<ArrayView<float>>(Tree)((2, 256), x.View);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Last.Barriers, Is.EqualTo(2 * (1 + 8)));
            Assert.That(Last.Flops, Is.EqualTo(2 * 255));
            Assert.That(Last.Warps, Is.EqualTo(16));
        }
    }

    private static void Tree(ArrayView<float> x)
    {
        ArrayView<float> partial = SharedMemory.Allocate<float>(256);
        partial[Group.IdxX] = x[Grid.GlobalIndex.X];
        Group.Barrier();
        for (int stride = 128; stride > 0; stride /= 2)
        {
            if (Group.IdxX < stride)
                partial[Group.IdxX] += partial[Group.IdxX + stride];
            Group.Barrier();
        }
        if (Group.IdxX == 0)
            x[Grid.IdxX] = partial[0];
    }

    [Test] public void A_tiled_product_moves_less_than_a_naive_one()
    {
        const int n = 64;
        using var a = Accelerator.Allocate1D(new float[n * n]);
        using var b = Accelerator.Allocate1D(new float[n * n]);
        using var c = Accelerator.Allocate1D<float>(n * n);
        Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, ArrayView<float>, int>(Naive)(((n / 32, n), (32, 1)), a.View, b.View, c.View, n);
        KernelCounters naive = Last;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(naive.Flops, Is.EqualTo(2L * n * n * n));
            // For each warp and k: one sector of a, four of b.
            Assert.That(naive.GlobalLoads.Sectors, Is.EqualTo(5L * n * n / 32 * n));
            Assert.That(naive.DistinctBytes, Is.EqualTo(3L * 4 * n * n));
            Assert.That(naive.On(GpuModel.Find("H100")).IsMemoryBound, Is.True);
        }
    }

    private static void Naive(ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, int n)
    {
        int row = Grid.IdxY, column = Grid.GlobalIndex.X;
        float sum = 0;
        for (int k = 0; k < n; k++)
            sum = MathF.FusedMultiplyAdd(a[row * n + k], b[k * n + column], sum);
        c[row * n + column] = sum;
    }

    [Test] public void The_roofline_takes_the_slower_of_two()
    {
        using var x = Accelerator.Allocate1D(new float[1 << 16]);
        using var y = Accelerator.Allocate1D(new float[1 << 16]);
        Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, float>(Saxpy)((1 << 8, 256), x.View, y.View, 3f);
        Roofline line = Last.On(GpuModel.Find("4090"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(line.MemorySeconds, Is.EqualTo(524288 / 1008e9).Within(1e-15));
            Assert.That(line.ComputeSeconds, Is.EqualTo(131072 / 82.6e12).Within(1e-18));
            Assert.That(line.UncachedMemorySeconds, Is.EqualTo(786432 / 1008e9).Within(1e-15));     // y moves twice
            Assert.That(line.Seconds, Is.EqualTo(line.MemorySeconds));
            Assert.That(() => GpuModel.Find("H"), Throws.ArgumentException.With.Message.Contains("names 2 of the known GPUs"));
        }
    }

    [Test] public void Launches_add_up_and_repeat_exactly()
    {
        CounterLog log = Accelerator.GetCounters();
        using var x = Accelerator.Allocate1D(new float[64]);
        using var y = Accelerator.Allocate1D(new float[64]);
        var launch = Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, float>(Saxpy);
        log.Clear();
        launch((2, 32), x.View, y.View, 1f);
        KernelCounters first = log.Last!;
        launch((2, 32), x.View, y.View, 1f);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(log.Last!.GlobalLoads, Is.EqualTo(first.GlobalLoads));
            Assert.That(log.Last.Instructions, Is.EqualTo(first.Instructions));
            Assert.That(log.Total.Launches, Is.EqualTo(2));
            Assert.That(log.Total.Flops, Is.EqualTo(2 * first.Flops));
            Assert.That(log.Kernels.Single().Kernel, Is.EqualTo("CounterTests.Saxpy"));
        }
    }

    [Test] public void Other_accelerators_do_not_count()
    {
        using Context context = Context.Create(builder => builder.Simd());
        using Accelerator simd = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        Assert.That(simd.GetCounters, Throws.TypeOf<NotSupportedException>().With.Message.Contains("CpuDevices.Counted"));
    }
}
