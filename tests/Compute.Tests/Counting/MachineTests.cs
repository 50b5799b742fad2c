using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Counting;

/// <summary>Banks, divergence, classes of instructions, operations and rooflines counted on paper.</summary>
public sealed class MachineTests : CountedFixture
{
    private static SharedTraffic Passes(long requests, long ideal, long passes) => new() { Requests = requests, IdealPasses = ideal, Passes = passes };

    // Lane l reads word s·l: bank s·l mod 32. gcd(s, 32) lanes share a bank.
    [TestCase(5, 1)]
    [TestCase(6, 2)]
    [TestCase(8, 8)]
    [TestCase(12, 4)]
    [TestCase(24, 8)]
    [TestCase(31, 1)]
    public void Words_at_a_stride(int stride, int passes)
    {
        using var x = Accelerator.Allocate1D<int>(32);
        Accelerator.LoadStreamKernel<ArrayView<int>, int>(Words)((1, 32), x.View, stride);
        Assert.That(Last.SharedLoads, Is.EqualTo(Passes(1, 1, passes)));
    }

    private static void Words(ArrayView<int> x, int stride)
    {
        ArrayView<int> room = SharedMemory.Allocate<int>(1024);
        x[Group.IdxX] = room[Group.IdxX * stride];
    }

    // Doubles, 16 lanes at once. Stride 1: 32 words of 32 banks: 1 pass a half. 2: every fourth bank pair, 2 passes. 3: 6l mod 32 for
    // 16 lanes gives 16 even banks, each once: 1. 16: one pair of banks for all: 16. 0: a broadcast.
    [TestCase(1, 2)]
    [TestCase(2, 4)]
    [TestCase(3, 2)]
    [TestCase(16, 32)]
    [TestCase(0, 2)]
    public void Doubles_at_a_stride(int stride, int passes)
    {
        using var x = Accelerator.Allocate1D<double>(32);
        Accelerator.LoadStreamKernel<ArrayView<double>, int>(Doubles)((1, 32), x.View, stride);
        Assert.That(Last.SharedLoads, Is.EqualTo(Passes(1, 2, passes)));
    }

    private static void Doubles(ArrayView<double> x, int stride)
    {
        ArrayView<double> room = SharedMemory.Allocate<double>(512);
        x[Group.IdxX] = room[Group.IdxX * stride];
    }

    // Warps of 16 read 16 words, of 64 two times 32.
    [TestCase(4, 1, 1, 1)]
    [TestCase(16, 2, 1, 1)]     // 16 lanes, every second word: 16 banks
    [TestCase(16, 4, 1, 2)]     // words 0 to 60: 8 banks, two lanes each
    [TestCase(64, 1, 2, 2)]
    [TestCase(64, 2, 2, 4)]
    [TestCase(64, 32, 2, 64)]
    public void Warps_of_other_widths(int warp, int stride, int ideal, int passes)
    {
        Accelerator accelerator = Open(warp);
        using var x = accelerator.Allocate1D<int>(64);
        accelerator.LoadStreamKernel<ArrayView<int>, int>(WideWords)((1, warp), x.View, stride);
        Assert.That(accelerator.GetCounters().Last!.SharedLoads, Is.EqualTo(Passes(1, ideal, passes)));
    }

    private static void WideWords(ArrayView<int> x, int stride)
    {
        ArrayView<int> room = SharedMemory.Allocate<int>(2048);
        x[Group.IdxX] = room[Group.IdxX * stride];
    }

    // Lanes 8 to 15 only, stride 4: words 32 to 60, banks 0, 4, … 28: one pass.
    [Test] public void Lanes_that_are_off_have_no_conflicts()
    {
        using var x = Accelerator.Allocate1D<int>(32);
        Accelerator.LoadStreamKernel<ArrayView<int>>(SomeLanes)((1, 32), x.View);
        Assert.That(Last.SharedLoads, Is.EqualTo(Passes(1, 1, 1)));
    }

    private static void SomeLanes(ArrayView<int> x)
    {
        ArrayView<int> room = SharedMemory.Allocate<int>(128);
        if (Group.IdxX is >= 8 and < 16)
            x[Group.IdxX] = room[Group.IdxX * 4];
    }

    // A tile of 16 × 16 floats, warps of two rows. Columns: lanes 0 to 15 read words 16·x + y, 16 to 31 one further: banks 0 and 16 of
    // y and those of y + 1: 8 lanes each. Padded to 17 words: the 16 words 17·x + y lie in 16
    // different banks (x for even x, x + 16 for odd), those of the other row one further: only word 17·15 + 1 = 256 meets word 0.
    [TestCase(16, 8)]
    [TestCase(17, 2)]
    [TestCase(18, 1)]       // 18·x mod 32 = 2·(9·x mod 16): the 16 even banks, and for the other row the 16 odd ones
    public void Columns_of_a_small_tile(int pitch, int passes)
    {
        using var x = Accelerator.Allocate1D(new float[256]);
        Accelerator.LoadStreamKernel<ArrayView<float>, int>(SmallTile)(((1, 1), (16, 16)), x.View, pitch);
        Assert.That(Last.SharedLoads, Is.EqualTo(Passes(8, 8, 8 * passes)));
    }

    private static void SmallTile(ArrayView<float> x, int pitch)
    {
        ArrayView<float> tile = SharedMemory.Allocate<float>(16 * 18);
        tile[Group.IdxY * pitch + Group.IdxX] = x[Group.LinearIndex];
        Group.Barrier();
        x[Group.LinearIndex] = tile[Group.IdxX * pitch + Group.IdxY];
    }

    // Atomic operations on 4 shared bins: 8 lanes each want the same word one after the other.
    [TestCase(4, 8, 28)]
    [TestCase(1, 32, 31)]
    [TestCase(32, 1, 0)]
    public void Shared_atomics_wait(int bins, int passes, int collisions)
    {
        using var x = Accelerator.Allocate1D<int>(1);
        Accelerator.LoadStreamKernel<ArrayView<int>, int>(SharedBins)((1, 32), x.View, bins);
        Assert.That((Last.SharedStores, Last.AtomicCollisions), Is.EqualTo((Passes(1, 1, passes), (long)collisions)));
    }

    private static void SharedBins(ArrayView<int> x, int bins)
    {
        ArrayView<int> room = SharedMemory.Allocate<int>(32);
        Atomic.Add(ref room[Group.IdxX % bins], 1);
    }

    // Four arms by lane mod 4: branches 1 of 32 lanes, 2 of the 24 left, 3 of the 16 left: three divergent branches.
    [Test] public void A_switch_of_four_arms()
    {
        using var x = Accelerator.Allocate1D(new int[32]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(FourArms)((1, 32), x.View);
        Assert.That((Last.DivergentBranches, Last.GlobalAtomics.Requests, Last.GlobalAtomics.LaneAccesses), Is.EqualTo((3L, 4L, 32L)));
    }

    private static void FourArms(ArrayView<int> x)
    {
        int arm = Group.IdxX & 3;
        if (arm == 0)
            Atomic.Add(ref x[Group.IdxX], 1);
        else if (arm == 1)
            Atomic.Max(ref x[Group.IdxX], 2);
        else if (arm == 2)
            Atomic.Min(ref x[Group.IdxX], 3);
        else
            Atomic.Or(ref x[Group.IdxX], 4);
    }

    // Inner branch in one arm of an outer one: two divergent branches; 8 lanes do the innermost.
    [Test] public void A_branch_within_a_branch()
    {
        using var x = Accelerator.Allocate1D(new int[32]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(Nested)((1, 32), x.View);
        Assert.That((Last.DivergentBranches, Last.GlobalAtomics.Requests, Last.GlobalAtomics.LaneAccesses), Is.EqualTo((2L, 2L, 24L)));
    }

    private static void Nested(ArrayView<int> x)
    {
        if (Group.IdxX < 16)
        {
            Atomic.Add(ref x[Group.IdxX], 1);
            if (Group.IdxX < 8)
                Atomic.Max(ref x[Group.IdxX], 9);
        }
    }

    // Lane l makes l + 1 rounds (at least one): 32 requests, of 32, 31, … 1 lanes; the lanes part at the end of rounds 1 to 31.
    [Test] public void A_loop_of_unequal_length()
    {
        using var x = Accelerator.Allocate1D(new int[32]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(Triangle)((1, 32), x.View);
        Assert.That((Last.GlobalAtomics.Requests, Last.GlobalAtomics.LaneAccesses, Last.DivergentBranches), Is.EqualTo((32L, 32L * 33 / 2, 31L)));
    }

    private static void Triangle(ArrayView<int> x)
    {
        int i = 0;
        do
            Atomic.Add(ref x[Group.IdxX], i);
        while (++i <= Group.IdxX);
    }

    // 100 threads of an implicit kernel with warps of 32: 4 warps, of which the last has 4 lanes, which all agree on the branch.
    [Test] public void Warps_of_an_implicit_kernel()
    {
        using var x = Accelerator.Allocate1D(new int[100]);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(AddIndex)(100, x.View);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((Last.Warps, Last.GlobalLoads.Requests, Last.GlobalLoads.LaneAccesses, Last.DivergentBranches), Is.EqualTo((4L, 4L, 100L, 0L)));
            Assert.That(Last.LaneUtilization, Is.EqualTo(100.0 / 128));
        }
    }

    private static void AddIndex(Index1D i, ArrayView<int> x) => x[i] += i;

    // Two groups of 64: two barriers, a count and a broadcast in which all take part.
    [Test] public void Meetings_of_a_group()
    {
        using var x = Accelerator.Allocate1D(new int[128]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(Meetings)((2, 64), x.View);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Last.Barriers, Is.EqualTo(2 * 4));
            Assert.That(Last.Instructions.Exchange, Is.EqualTo(4 * (4 + 2)));       // 4 warps: besides a shuffle and a warp's barrier
        }
    }

    private static void Meetings(ArrayView<int> x)
    {
        int i = Grid.GlobalIndex.X;
        Group.Barrier();
        int count = Group.BarrierPopCount(x[i] > 0);
        int first = Group.Broadcast(x[i], 0);
        Group.Barrier();
        int next = Warp.ShuffleDown(x[i], 1);
        Warp.Barrier();
        x[i] = count + first + next;
    }

    // For each lane: × and + (2), fused (2), ÷ (1), √ (1), exp (1), sin (1), − (1); absolute value, maximum, comparison and sign: none.
    [Test] public void Operations_of_floats()
    {
        using var x = Accelerator.Allocate1D(new float[32]);
        Accelerator.LoadStreamKernel<ArrayView<float>, float>(FloatWork)((1, 32), x.View, 3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Last.Flops, Is.EqualTo(32 * 9));
            Assert.That(Last.Instructions.Special, Is.EqualTo(4));      // ÷ √ exp sin
            // × + fused −, and absolute value, maximum, sign.
            Assert.That(Last.Instructions.Float, Is.EqualTo(4 + 3));
            Assert.That(Last.Instructions.Memory, Is.EqualTo(2));
        }
    }

    private static void FloatWork(ArrayView<float> x, float a)
    {
        float v = x[Group.IdxX];
        float w = v * a + 1.5f;
        w = MathF.FusedMultiplyAdd(w, v, a);
        w = w / (v - 7);
        w = MathF.Sqrt(w);
        w = MathF.Exp(w);
        w = MathF.Max(MathF.Sin(w), MathF.Abs(v));
        x[Group.IdxX] = -w;
    }

    // Integer work is no floating-point operation: ÷ of integers and comparisons count as integer, conversions apart.
    [Test] public void Operations_of_integers()
    {
        using var x = Accelerator.Allocate1D(new int[32]);
        Accelerator.LoadStreamKernel<ArrayView<int>, int>(IntegerWork)((1, 32), x.View, 3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Last.Flops, Is.Zero);
            Assert.That((Last.Instructions.Float, Last.Instructions.Special), Is.EqualTo((0L, 0L)));
            Assert.That(Last.Instructions.Conversion, Is.GreaterThanOrEqualTo(0));
            Assert.That(Last.Instructions.Integer, Is.GreaterThanOrEqualTo(4));     // × + ÷ ^, and what addresses need
        }
    }

    private static void IntegerWork(ArrayView<int> x, int a)
    {
        int v = x[Group.IdxX];
        x[Group.IdxX] = ((v * a) + 5) / a ^ v;
    }

    // A dot product by thread: 16 rounds of a fused multiply-add, 2 · 16 · 64 operations; x and y are 64 · 16 floats, sums 64.
    [Test] public void Intensity_and_rooflines()
    {
        using var x = Accelerator.Allocate1D(new float[1024]);
        using var y = Accelerator.Allocate1D(new float[1024]);
        using var sums = Accelerator.Allocate1D<float>(64);
        Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, ArrayView<float>>(Dots)((2, 32), x.View, y.View, sums.View);
        const double flops = 2048, bytes = (1024 + 1024 + 64) * 4;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Last.Flops, Is.EqualTo(flops));
            Assert.That(Last.DistinctBytes, Is.EqualTo(bytes));
            Assert.That(Last.ArithmeticIntensity, Is.EqualTo(flops / bytes));
            // Peaks as the vendors publish them: TFLOPS of binary32 and GB/s.
            foreach ((string name, double peak, double bandwidth) in new[]
            {
                ("H100", 67, 3350), ("H200", 67, 4800), ("RTX 4090", 82.6, 1008), ("RX 7900 XTX", 61.4, 960), ("Arc A770", 17.2, 560), ("Iris Xe", 2.07, 68.3),
            })
            {
                Roofline line = Last.On(GpuModel.Find(name));
                Assert.That(line.ComputeSeconds, Is.EqualTo(flops / (peak * 1e12)).Within(1e-9).Percent, name);
                Assert.That(line.MemorySeconds, Is.EqualTo(bytes / (bandwidth * 1e9)).Within(1e-9).Percent, name);
                Assert.That(line.IsMemoryBound, Is.True, name);
                Assert.That(line.Seconds, Is.EqualTo(line.MemorySeconds), name);
            }
        }
    }

    private static void Dots(ArrayView<float> x, ArrayView<float> y, ArrayView<float> sums)
    {
        int i = Grid.GlobalIndex.X;
        float sum = 0;
        for (int k = 0; k < 16; k++)
            sum = MathF.FusedMultiplyAdd(x[k * 64 + i], y[k * 64 + i], sum);
        sums[i] = sum;
    }

    // An array that is indexed by data lies in memory: 4 stores and one load. At constant places it lies in registers.
    [Test] public void Local_memory()
    {
        using var x = Accelerator.Allocate1D(new int[32]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(ByData)((1, 32), x.View);
        Assert.That(Last.LocalRequests, Is.EqualTo(5));
        Accelerator.LoadStreamKernel<ArrayView<int>>(ByConstants)((1, 32), x.View);
        Assert.That(Last.LocalRequests, Is.Zero);
    }

    private static void ByData(ArrayView<int> x)
    {
        ArrayView<int> four = LocalMemory.Allocate<int>(4);
        for (int i = 0; i < 4; i++)
            four[i] = i * x[0];
        x[Group.IdxX] = four[x[Group.IdxX] & 3];
    }

    private static void ByConstants(ArrayView<int> x)
    {
        ArrayView<int> four = LocalMemory.Allocate<int>(4);
        for (int i = 0; i < 4; i++)
            four[i] = i * x[Group.IdxX];
        x[Group.IdxX] = four[1] + four[3];
    }

    // A quarter of the lanes in one arm and three quarters in the other: every instruction of the arms runs with 8 or 24 lanes.
    [Test] public void Lane_utilisation_of_two_arms()
    {
        using var x = Accelerator.Allocate1D(new int[32]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(TwoArms)((1, 32), x.View);
        KernelCounters counters = Last;
        // Outside the arms: a comparison and a branch. The arms do the same kind of work, a and b instructions each.
        long arm = (counters.Instructions.Total - 2) / 2;
        Assert.That(counters.LaneInstructions, Is.EqualTo(2 * 32 + arm * 8 + arm * 24));
    }

    private static void TwoArms(ArrayView<int> x)
    {
        if (Group.IdxX < 8)
            Atomic.Add(ref x[Group.IdxX], 5);
        else
            Atomic.Max(ref x[Group.IdxX], 6);
    }
}
