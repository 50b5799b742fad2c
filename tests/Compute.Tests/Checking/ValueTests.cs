using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking;

/// <summary>Memory nobody wrote, memory that is gone, crooked addresses and divisions by zero, beside kernels like them that are right.</summary>
public sealed class ValueTests(int warpSize, bool shares) : CheckedFixture(warpSize, shares)
{
    [Test] public void A_buffer_nobody_wrote()
    {
        using var x = Accelerator.Allocate1D<float>(32);
        using var y = Accelerator.Allocate1D<float>(32);
        Finds(() => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>>(Copy)(32, x.View, y.View), "copy",
            ["thread (0, 0, 0): reads element 0 of x, which nobody has written"]);
        x.MemSetToZero();
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>>(Copy)(32, x.View, y.View);
        Assert.That(y.GetAsArray1D()[31], Is.Zero);
    }

    private static void Copy(Index1D i, ArrayView<float> x, ArrayView<float> y) =>
        y[i] = x[i];    // copy

    [Test] public void The_rest_of_a_buffer_written_in_part()
    {
        using var x = Accelerator.Allocate1D<int>(64);
        x.View.SubView(0, 40).CopyFromCPU(Numbers(40));
        Finds(() => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Twice)(64, x.View), "twice",
            ["reads element 40 of x, which nobody has written"]);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Twice)(40, x.View);
    }

    private static void Twice(Index1D i, ArrayView<int> x) =>
        x[i] *= 2;      // twice

    [Test] public void What_another_kernel_wrote_in_part()
    {
        using var x = Accelerator.Allocate1D<int>(64);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(EvenOnes)(32, x.View);
        Finds(() => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(AddNext)(32, x.View), "odd ones",
            ["reads element 1 of x, which nobody has written"]);
        using var y = Accelerator.Allocate1D<int>(64);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(EvenOnes)(32, y.View);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(AddEven)(32, y.View);
    }

    private static void EvenOnes(Index1D i, ArrayView<int> x) => x[2 * i] = i;

    private static void AddNext(Index1D i, ArrayView<int> x) =>
        x[2 * i] += x[2 * i + 1];   // odd ones

    private static void AddEven(Index1D i, ArrayView<int> x) => x[2 * i] += i;

    [Test] public void Copies_between_buffers_carry_what_is_unwritten()
    {
        using var x = Accelerator.Allocate1D<int>(32);
        using var y = Accelerator.Allocate1D<int>(32);
        x.View.SubView(0, 16).CopyFromCPU(Numbers(16));
        y.View.CopyFrom(x.View);
        Finds(() => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Negate)(32, y.View), "negate",
            ["reads element 16 of x, which nobody has written"]);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Negate)(16, y.View);
    }

    private static void Negate(Index1D i, ArrayView<int> x) =>
        x[i] = -x[i];   // negate

    [Test] public void Shared_memory_nobody_wrote()
    {
        using var x = Floats(64);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<float>>(NoStart)((1, 64), x.View), "sum without start",
            ["reads element 0 of shared memory 'sum', which nobody has written"]);
        Accelerator.LoadStreamKernel<ArrayView<float>>(Start)((1, 64), x.View);
    }

    private static void NoStart(ArrayView<float> x)
    {
        ArrayView<float> sum = SharedMemory.Allocate<float>(1);
        Atomic.Add(ref sum[0], x[Group.IdxX]);  // sum without start
        Group.Barrier();
        x[Group.IdxX] = sum[0];
    }

    private static void Start(ArrayView<float> x)
    {
        ArrayView<float> sum = SharedMemory.Allocate<float>(1);
        if (Group.IdxX == 0)
            sum[0] = 0;
        Group.Barrier();
        Atomic.Add(ref sum[0], x[Group.IdxX]);
        Group.Barrier();
        x[Group.IdxX] = sum[0];
    }

    [Test] public void Shared_memory_does_not_last_from_group_to_group()
    {
        using var x = Ints(8);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>>(FirstGroupOnly)((2, 4), x.View), "from the first group",
            ["group (1, 0, 0), thread (0, 0, 0): reads element 0 of shared memory 'table', which nobody has written"]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(FirstGroupOnly)((1, 4), x.View);
    }

    private static void FirstGroupOnly(ArrayView<int> x)
    {
        ArrayView<int> table = SharedMemory.Allocate<int>(4);
        if (Grid.IdxX == 0)
            table[Group.IdxX] = Group.IdxX;
        Group.Barrier();
        x[Grid.GlobalIndex.X] = table[Group.IdxX];      // from the first group
    }

    [Test] public void The_tail_of_a_partial_tile()
    {
        using var x = Ints(50);
        using var y = Accelerator.Allocate1D(new int[1]);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(Tail)((1, 64), x.View, y.View), "whole tile",
            ["reads element 50 of shared memory 'tile', which nobody has written"]);
        Accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(PaddedTail)((1, 64), x.View, y.View);
        Assert.That(y.GetAsArray1D()[0], Is.EqualTo(50 * 51 / 2));
    }

    private static void Tail(ArrayView<int> x, ArrayView<int> y)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(64);
        if (Group.IdxX < x.Length)
            tile[Group.IdxX] = x[Group.IdxX];
        Group.Barrier();
        if (Group.IdxX > 0)
            return;
        int sum = 0;
        for (int i = 0; i < 64; i++)
            sum += tile[i];     // whole tile
        y[0] = sum;
    }

    private static void PaddedTail(ArrayView<int> x, ArrayView<int> y)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(64);
        tile[Group.IdxX] = Group.IdxX < x.Length ? x[Group.IdxX] : 0;
        Group.Barrier();
        if (Group.IdxX > 0)
            return;
        int sum = 0;
        for (int i = 0; i < 64; i++)
            sum += tile[i];
        y[0] = sum;
    }

    [Test] public void A_buffer_that_is_gone()
    {
        using var y = Floats(32);
        MemoryBuffer1D<float, Stride1D.Dense> x = Floats(32);
        ArrayView<float> view = x.View;
        x.Dispose();
        Finds(() => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>>(Copy)(32, view, y.View), "copy",
            ["reads element 0 of x, whose buffer has been disposed"]);
        using var z = Floats(32);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>>(Copy)(32, z.View, y.View);
    }

    [Test] public void Writing_to_a_buffer_that_is_gone()
    {
        MemoryBuffer1D<int, Stride1D.Dense> x = Ints(8);
        ArrayView<int> view = x.View;
        x.Dispose();
        Finds(() => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Fill)(8, view), "fill",
            ["writes element 0 of x, whose buffer has been disposed"]);
    }

    private static void Fill(Index1D i, ArrayView<int> x) =>
        x[i] = 1;       // fill

    [Test] public void A_launch_with_a_buffer_that_is_gone_fails_even_if_no_thread_touches_it()
    {
        using var x = Ints(8);
        MemoryBuffer1D<int, Stride1D.Dense> unused = Ints(8);
        ArrayView<int> view = unused.View;
        unused.Dispose();
        Assert.That(() => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, ArrayView<int>>(Ignore)(8, x.View, view),
            Throws.TypeOf<ObjectDisposedException>().With.Message.Contains("ValueTests.Ignore was launched with unused"));
    }

    private static void Ignore(Index1D i, ArrayView<int> x, ArrayView<int> unused) => x[i] = unused.IntLength;

    [Test] public void A_long_at_an_odd_place()
    {
        using var x = Ints(33);
        Finds(() => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, int>(Longs)(16, x.View, 1), "wide load",
            ["8 bytes of element 1 of x at an address that is no multiple of 8"]);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, int>(Longs)(16, x.View, 0);
    }

    private static void Longs(Index1D i, ArrayView<int> x, int skip)
    {
        ArrayView<long> wide = x.SubView(skip, 32).Cast<long>();
        wide[i] ^= 1;   // wide load
    }

    [Test] public void A_view_that_is_not_aligned_as_it_says()
    {
        using var x = Floats(64);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<float>, int>(Aligned)((1, 4), x.View, 3), "sixteen bytes",
            ["a part of x does not begin at a multiple of 16 bytes"]);
        Accelerator.LoadStreamKernel<ArrayView<float>, int>(Aligned)((1, 4), x.View, 4);
    }

    private static void Aligned(ArrayView<float> x, int skip)
    {
        ArrayView<float> part = x.SubView(skip, 16).AsAligned(16);  // sixteen bytes
        part[Group.IdxX] += 1;
    }

    [Test] public void A_division_by_zero()
    {
        int[] divisors = Numbers(32);
        divisors[9] = 0;
        using var x = Accelerator.Allocate1D(divisors);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>>(Divide)((1, 32), x.View), "quotient",
            ["thread (9, 0, 0): 100 is divided by the integer 0"]);
        using var y = Accelerator.Allocate1D(divisors);
        Accelerator.LoadStreamKernel<ArrayView<int>>(GuardedDivide)((1, 32), y.View);
    }

    private static void Divide(ArrayView<int> x) =>
        x[Group.IdxX] = 100 / x[Group.IdxX];    // quotient

    private static void GuardedDivide(ArrayView<int> x)
    {
        int divisor = x[Group.IdxX];
        if (divisor != 0)
            x[Group.IdxX] = 100 / divisor;
    }

    [Test] public void A_remainder_by_zero()
    {
        using var x = Accelerator.Allocate1D([5L, 7, 9, 11]);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<long>, ulong>(Remainder)((1, 4), x.View, 0), "rest",
            ["thread (0, 0, 0): 5 is divided by the integer 0"]);
        Accelerator.LoadStreamKernel<ArrayView<long>, ulong>(Remainder)((1, 4), x.View, 3);
        Assert.That(x.GetAsArray1D(), Is.EqualTo(new long[] { 2, 1, 0, 2 }));
    }

    private static void Remainder(ArrayView<long> x, ulong divisor) =>
        x[Group.IdxX] = (long)((ulong)x[Group.IdxX] % divisor);     // rest

    [Test] public void Float_division_by_zero_is_no_fault()
    {
        using var x = Floats(8);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>>(FloatDivide)(8, x.View);
        Assert.That(x.GetAsArray1D()[0], Is.EqualTo(float.PositiveInfinity));
    }

    private static void FloatDivide(Index1D i, ArrayView<float> x) => x[i] /= i;
}
