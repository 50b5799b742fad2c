using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Memory that nobody wrote or that is gone, crooked addresses, and integer divisions that have no result.</summary>
public sealed class ValueBugs(int warpSize) : PlantedFixture(warpSize)
{
    private static IEnumerable<TestCaseData> Bugs()
    {
        yield return Bug(b => b.Run(CountUp, (1, 16), b.New<int>(4)), ["thread (0, 0, 0): reads element 0 of count, which nobody has written"]);
        yield return Bug(b => b.Run(FirstComer, (1, 16), b.New<int>(1), b.Zeros(16)), ["thread (0, 0, 0): reads element 0 of flag, which nobody has written"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>>(Accumulate, 4, b.New<float>(4)), ["reads element 0 of y, which nobody has written"]);
        yield return Bug(OtherField, ["reads element 0 of points, which nobody has written"]);
        yield return Bug(b => b.Run(Border, ((1, 1), (8, 8)), b.Ints(64)), ["of shared memory 'tile', which nobody has written"]);
        yield return Bug(b => b.Run(Unstarted, (1, 32), b.Ints(32)), ["reads element", "of shared memory 'flags', which nobody has written"]);
        yield return Bug(b => b.Run(DynamicTail, new KernelConfig(1, 16, SharedMemoryConfig.RequestDynamic<int>(32)), b.Ints(16)),
            ["reads element", "of dynamic shared memory, which nobody has written"]);
        yield return Bug(b => b.Auto(PitchPadding, new Index2D(3, 4), b.Keep(Pitched(b)).View), ["reads element 3 of image, which nobody has written"]);
        yield return Bug(CopiedUnwritten, ["thread (3, 0, 0): reads element 3 of x, which nobody has written"]);
        yield return Bug(Previous, ["reads element 15 of x, which nobody has written"]);
        yield return Bug(b => b.Run(LocalSum, (1, 8), b.Ints(8)), ["thread (0, 0, 0): reads element 0 of local memory 'sums', which the thread has not written"]);
        yield return Bug(b => b.Run(LocalHistory, (1, 8), b.Ints(8)), ["of local memory 'history', which the thread has not written"]);
        yield return Bug(b => b.Auto<Index1D, Model>(GoneInStruct, 8, new Model { Scale = 2, Weights = Gone(b, 8) }), ["element 0 of model.Weights, whose buffer has been disposed"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(GonePart, 4, Gone(b, 16).SubView(4, 4)), ["element 0 of x, whose buffer has been disposed"]);
        yield return Bug(b => b.Run(GoneAtomic, (1, 8), Gone(b, 1)), ["changes atomically element 0 of count, whose buffer has been disposed"]);
        yield return Bug(b => b.Run(GoneSecond, (1, 8), b.Ints(8), Gone(b, 8)), ["thread (5, 0, 0): writes element 5 of y, whose buffer has been disposed"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<byte>>(OddLong, 4, b.Of(new byte[64])), ["8 bytes of element 4 of x at an address that is no multiple of 8"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(OddDouble, 4, b.Ints(16)), ["8 bytes of element 1 of x at an address that is no multiple of 8"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<byte>>(OddStruct, 2, b.Of(new byte[64])), ["4 bytes of element 2 of x at an address that is no multiple of 4"]);
        yield return Bug(b => b.Run(OddShared, (1, 4), b.Floats(4)), ["4 bytes of element 1 of shared memory 'bytes' at an address that is no multiple of 4"]);
        yield return Bug(b => b.Run(OddDynamic, new KernelConfig(1, 4, SharedMemoryConfig.RequestDynamic<int>(11)), b.Of<double>(1, 2, 3, 4)), ["8 bytes from byte 12 of dynamic shared memory at an address that is no multiple of 8"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<ushort>>(OddAtomic, 2, b.Of(new ushort[9])), ["changes atomically 4 bytes of element 1 of x at an address that is no multiple of 4"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<long>, ArrayView<long>>(LongRemainder, 3, b.Of<long>(7, 8, 9), b.Of<long>(2, 0, 3)), ["thread (1, 0, 0): 8 is divided by the integer 0"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<uint>>(UnsignedDivision, 3, b.Of<uint>(1, 2, 0)), ["thread (2, 0, 0): 4000000000 is divided by the integer 0"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>, int>(Unused, 3, b.Ints(3), 0), ["thread (0, 0, 0): 1 is divided by the integer 0"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>, int>(TimesNothing, 3, b.Ints(3), 0), ["thread (0, 0, 0): 1 is divided by the integer 0"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>, int>(RemainderUnused, 3, b.Ints(3), 0), ["is divided by the integer 0"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>, int>(ByNothing, 3, b.Ints(3), 0), ["is divided by the integer 0"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>, int>(RowOf, 3, b.Ints(3), 0), ["thread (0, 0, 0): 0 is divided by the integer 0"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>, int>(Opposite, 3, b.Of(5, int.MinValue, 6), -1), ["thread (1, 0, 0): -2147483648 divided by -1 is more than an int holds"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<long>, long>(LongOpposite, 3, b.Of<long>(5, long.MinValue, 6), -1), ["thread (1, 0, 0): -9223372036854775808 divided by -1 is more than a long holds"]);
        yield return Bug(b => b.Run(OnePath, (1, 16), b.Of(new int[16])), ["thread (9, 0, 0): 9 is divided by the integer 0"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<byte>>(ByteDivision, 3, b.Of<byte>(3, 0, 1)), ["thread (1, 0, 0): 200 is divided by the integer 0"]);
        yield return Bug(b => b.Run(InLoop, (1, 4), b.Ints(4)), ["12 is divided by the integer 0"]);
    }

    [TestCaseSource(nameof(Bugs))]
    public void Is_found(Action<Bench> run, string[] texts, int from, int to) => Finds(run, texts, from, to, Here());

    private static string Here([CallerFilePath] string path = "") => path;

    // What was written before is gone under a copy of what nobody wrote.
    private static void CopiedUnwritten(Bench b)
    {
        ArrayView<int> half = b.New<int>(8), x = b.Ints(8);
        half.SubView(0, 3).MemSetToZero();
        half.CopyTo(x);
        b.Auto<Index1D, ArrayView<int>>(ReadCopied, 8, x);
    }

    private static void ReadCopied(Index1D i, ArrayView<int> x) =>
        x[i] += 1;  // bug ReadCopied

    private static ArrayView<int> Gone(Bench b, int count)
    {
        MemoryBuffer1D<int, Stride1D.Dense> buffer = b.Accelerator.Allocate1D(new int[count]);
        ArrayView<int> view = buffer.View;
        buffer.Dispose();
        return view;
    }

    private static MemoryBuffer2D<int, Stride2D.DenseX> Pitched(Bench b)
    {
        var image = b.Accelerator.Allocate2DPitchedX<int>(new LongIndex2D(3, 4), 32);
        b.Auto(FillImage, new Index2D(3, 4), image.View);
        return image;
    }

    private static void FillImage(Index2D i, ArrayView2D<int, Stride2D.DenseX> image) => image[i] = 1;

    // The atomic operation adds to what was there before.
    private static void CountUp(ArrayView<int> count) =>
        Atomic.Add(ref count[Group.IdxX % 4], 1);   // bug CountUp

    private static void FirstComer(ArrayView<int> flag, ArrayView<int> x) =>
        x[Group.IdxX] = Atomic.Exchange(ref flag[0], 1);    // bug FirstComer

    private static void Accumulate(Index1D i, ArrayView<float> y) =>
        y[i] += i;      // bug Accumulate

    private record struct Point(float X, float Y);

    private static void OtherField(Bench b)
    {
        ArrayView<Point> points = b.New<Point>(4);
        b.Auto<Index1D, ArrayView<Point>>(SetX, 4, points);
        b.Auto<Index1D, ArrayView<Point>>(GetY, 4, points);
    }

    private static void SetX(Index1D i, ArrayView<Point> points) => points[i].X = i;

    private static void GetY(Index1D i, ArrayView<Point> points) =>
        points[i].X += points[i].Y;     // bug GetY

    // The tile has a border that nobody fills.
    private static void Border(ArrayView<int> x)
    {
        var tile = SharedMemory.Allocate2DDenseY<int>(new Index2D(10, 10));
        int r = Group.IdxY + 1, c = Group.IdxX + 1;
        tile[r, c] = x[Group.LinearIndex];
        Group.Barrier();
        x[Group.LinearIndex] = tile[r - 1, c] + tile[r + 1, c];     // bug Border
    }

    private static void Unstarted(ArrayView<int> x)
    {
        ArrayView<int> flags = SharedMemory.Allocate<int>(32);
        if (x[Group.IdxX] > 5)
            flags[Group.IdxX] = 1;
        Group.Barrier();
        if (flags[31 - Group.IdxX] == 1)    // bug Unstarted
            x[Group.IdxX] = 0;
    }

    private static void DynamicTail(ArrayView<int> x)
    {
        ArrayView<int> room = SharedMemory.GetDynamic<int>();
        room[Group.IdxX] = x[Group.IdxX];
        Group.Barrier();
        x[Group.IdxX] = room[Group.IdxX + 4];   // bug DynamicTail
    }

    private static void PitchPadding(Index2D i, ArrayView2D<int, Stride2D.DenseX> image)
    {
        if (i.X == 0)
            image[i] = image.BaseView[i.Y * 8 + 3];     // bug PitchPadding
    }

    private static void Previous(Bench b)
    {
        ArrayView<int> x = b.New<int>(32);
        x.SubView(0, 15).MemSetToZero();
        x.SubView(16, 16).CopyFrom(b.Ints(16));
        b.Auto<Index1D, ArrayView<int>>(Twice, 32, x);
    }

    private static void Twice(Index1D i, ArrayView<int> x) =>
        x[i] *= 2;      // bug Twice

    private static void LocalSum(ArrayView<int> x)
    {
        ArrayView<int> sums = LocalMemory.Allocate<int>(4);
        sums[0] += x[Group.IdxX];   // bug LocalSum
        x[Group.IdxX] = sums[0];
    }

    private static void LocalHistory(ArrayView<int> x)
    {
        ArrayView<int> history = LocalMemory.Allocate<int>(8);
        for (int i = 0; i < x[Group.IdxX] % 4; i++)
            history[i] = i;
        x[Group.IdxX] = history[(x[Group.IdxX] + 1) % 4];   // bug LocalHistory
    }

    private struct Model
    {
        public int Scale;
        public ArrayView<int> Weights;
    }

    private static void GoneInStruct(Index1D i, Model model) =>
        model.Weights[i] *= model.Scale;    // bug GoneInStruct

    private static void GonePart(Index1D i, ArrayView<int> x) =>
        x[i] = 1;   // bug GonePart

    private static void GoneAtomic(ArrayView<int> count) =>
        Atomic.Add(ref count[0], 1);    // bug GoneAtomic

    private static void GoneSecond(ArrayView<int> x, ArrayView<int> y)
    {
        x[Group.IdxX] += 1;
        if (Group.IdxX == 5)
            y[Group.IdxX] = 1;      // bug GoneSecond
    }

    private static void OddLong(Index1D i, ArrayView<byte> x) =>
        x.SubView(4, 56).Cast<long>()[i] = 1;   // bug OddLong

    private static void OddDouble(Index1D i, ArrayView<int> x)
    {
        ArrayView<double> pairs = x.SubView(1, 8).Cast<double>();
        pairs[i] += 1;      // bug OddDouble
    }

    [StructLayout(LayoutKind.Sequential)]
    private record struct Four(int A, int B, int C, int D);

    private static void OddStruct(Index1D i, ArrayView<byte> x) =>
        x.SubView(2, 32).Cast<Four>()[i].A = 1;     // bug OddStruct

    private static void OddShared(ArrayView<float> x)
    {
        ArrayView<byte> bytes = SharedMemory.Allocate<byte>(32);
        ArrayView<float> numbers = bytes.SubView(1, 16).Cast<float>();
        numbers[Group.IdxX] = x[Group.IdxX];    // bug OddShared
    }

    // Three ints, then doubles: 12 is no multiple of 8.
    private static void OddDynamic(ArrayView<double> x)
    {
        ArrayView<byte> room = SharedMemory.GetDynamic<byte>();
        ArrayView<double> sums = room.SubView(12, 32).Cast<double>();
        sums[Group.IdxX] = x[Group.IdxX];   // bug OddDynamic
    }

    private static void OddAtomic(Index1D i, ArrayView<ushort> x) =>
        Atomic.Add(ref x.SubView(1, 8).Cast<int>()[i], 1);      // bug OddAtomic

    private static void LongRemainder(Index1D i, ArrayView<long> x, ArrayView<long> y) =>
        x[i] = x[i] % y[i];     // bug LongRemainder

    private static void UnsignedDivision(Index1D i, ArrayView<uint> x) =>
        x[i] = 4000000000u / x[i];      // bug UnsignedDivision

    private static void Unused(Index1D i, ArrayView<int> x, int divisor)
    {
        _ = x[i] / divisor;     // bug Unused
        x[i] = 3;
    }

    private static void TimesNothing(Index1D i, ArrayView<int> x, int divisor) =>
        x[i] = x[i] / divisor * 0;      // bug TimesNothing

    private static void RemainderUnused(Index1D i, ArrayView<int> x, int divisor)
    {
        int place = x[i] % divisor;     // bug RemainderUnused
        if (i > 1000)
            x[0] = place;
    }

    private static void ByNothing(Index1D i, ArrayView<int> x, int divisor)
    {
        int nothing = divisor * 0;
        x[i] /= nothing;    // bug ByNothing
    }

    private static void RowOf(Index1D i, ArrayView<int> x, int columns)
    {
        int row = i.X / columns;    // bug RowOf
        x[i] = row;
    }

    private static void Opposite(Index1D i, ArrayView<int> x, int sign) =>
        x[i] = x[i] / sign;     // bug Opposite

    private static void LongOpposite(Index1D i, ArrayView<long> x, long sign) =>
        x[i] = x[i] / sign;     // bug LongOpposite

    private static void OnePath(ArrayView<int> x)
    {
        if (Group.IdxX == 9)
            x[Group.IdxX] = Group.IdxX / x[Group.IdxX];     // bug OnePath
        else
            x[Group.IdxX] = 1;
    }

    private static void ByteDivision(Index1D i, ArrayView<byte> x)
    {
        byte divisor = x[i];
        x[i] = (byte)(200 / divisor);   // bug ByteDivision
    }

    private static void InLoop(ArrayView<int> x)
    {
        for (int i = 3; i >= 0; i--)
            x[Group.IdxX] += 12 / i;    // bug InLoop
    }
}
