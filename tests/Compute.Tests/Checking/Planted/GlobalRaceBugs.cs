using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Accesses of global memory that nothing orders, between lanes, warps and groups.</summary>
public sealed class GlobalRaceBugs(int warpSize) : PlantedFixture(warpSize)
{
    private static IEnumerable<TestCaseData> Bugs()
    {
        yield return Bug(b => b.Run(TransposeInPlace, ((4, 4), (8, 8)), b.Ints(1024)), ["race: ", "of x, which thread", "of group ("]);
        yield return Bug(b => b.Run(Overlap, (4, 16), b.Ints(64), b.Zeros(80)), ["race: writes element", "of y, which thread", "groups of one launch have no order"]);
        yield return Bug(b => b.Run(BarrierIsNotForGroups, (2, 32), b.Zeros(64)), ["race: ", "of x, which thread", "groups of one launch have no order"]);
        yield return Bug(b => b.Run(StoreBesideAtomic, (1, 64), b.Zeros(1)), ["race: ", "element 0 of count", "changes atomically"]);
        yield return Bug(b => b.Run(PeekAtCount, (2, 32), b.Zeros(1), b.Zeros(64)), ["race: ", "element 0 of count", "changes atomically"]);
        yield return Bug(b => b.Run(Bitmap, (1, 64), b.Of(new byte[8])), ["race: ", "of bits, which thread"]);
        yield return Bug(b => b.Run(WholeAndField, (1, 64), b.Of(new Pair[64])), ["race: ", "of pairs, which thread"]);
        yield return Bug(Aliased, ["race: ", "which thread"]);
        yield return Bug(b => b.Run(HalfOfLong, (1, 32), b.Of(new long[32])), ["race: ", "which thread"]);
        yield return Bug(b => b.Run(Queue, (2, 32), b.Zeros(1), b.New<int>(64), b.Zeros(64)), ["race: ", "of items, which thread"]);
        yield return Bug(b => b.Run(NoLock, (8, 1), b.Zeros(1)), ["race: ", "element 0 of sum", "groups of one launch have no order"]);
        yield return Bug(b => b.Run(LockWithoutFence, (8, 1), b.Zeros(1), b.Zeros(1)), ["race: ", "element 0 of sum", "groups of one launch have no order"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(MaximumByHand, 100, b.Ints(100)), ["race: ", "element 0 of x"]);
        yield return Bug(b => b.Auto(Smooth, new Index2D(6, 6), b.Keep(b.Accelerator.Allocate2DDenseY(Counting(6, 6))).View), ["race: ", "of image, which thread"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>, ArrayView<int>>(Scatter, 8, b.Of(0, 1, 2, 3, 2, 5, 6, 7), b.Zeros(8)), ["race: writes element 2 of y, which thread"]);
        yield return Bug(b => b.Run(Accumulate, ((1, 3), (16, 1)), b.Floats(48), b.Of(new float[16])), ["race: ", "of y, which thread"]);
        yield return Bug(b => b.Run(LockAround, (1, 64), b.Zeros(1), b.Zeros(1)), ["race: ", "element 0 of sum"], to: 32);
        yield return Bug(b => b.Run(Publish, (2, 32), b.Ints(64), b.New<int>(2), b.Zeros(1), b.Zeros(1)), ["race: ", "of sums, which thread"]);
    }

    [TestCaseSource(nameof(Bugs))]
    public void Is_found(Action<Bench> run, string[] texts, int from, int to) => Finds(run, texts, from, to, Here());

    private static string Here([CallerFilePath] string path = "") => path;

    private static int[,] Counting(int rows, int columns)
    {
        var data = new int[rows, columns];
        for (int i = 0; i < data.Length; i++)
            data[i / columns, i % columns] = i;
        return data;
    }

    private static void TransposeInPlace(ArrayView<int> x)
    {
        int row = Grid.GlobalIndex.Y, column = Grid.GlobalIndex.X;
        int value = x[column * 32 + row];   // with TransposeInPlace
        Group.Barrier();
        x[row * 32 + column] = value;       // bug TransposeInPlace
    }

    // Each group writes one element of the next.
    private static void Overlap(ArrayView<int> x, ArrayView<int> y)
    {
        int i = Grid.GlobalIndex.X;
        y[i] = x[i];            // bug Overlap
        if (Group.IsLastThread)
            y[i + 1] = -x[i];   // with Overlap
    }

    private static void BarrierIsNotForGroups(ArrayView<int> x)
    {
        x[Grid.GlobalIndex.X] = Group.IdxX;     // with BarrierIsNotForGroups
        Group.Barrier();
        if (Grid.IdxX == 1)
            x[Grid.GlobalIndex.X] += x[Group.IdxX];     // bug BarrierIsNotForGroups
    }

    private static void StoreBesideAtomic(ArrayView<int> count)
    {
        if (Group.IdxX == 63)
            count[0] = 5;       // bug StoreBesideAtomic
        else
            Atomic.Add(ref count[0], 1);    // with StoreBesideAtomic
    }

    private static void PeekAtCount(ArrayView<int> count, ArrayView<int> seen)
    {
        Atomic.Add(ref count[0], 1);        // with PeekAtCount
        seen[Grid.GlobalIndex.X] = count[0];    // bug PeekAtCount
    }

    private static void Bitmap(ArrayView<byte> bits) =>
        bits[Group.IdxX / 8] |= (byte)(1 << (Group.IdxX & 7));      // bug Bitmap

    private record struct Pair(int A, int B);

    private static void WholeAndField(ArrayView<Pair> pairs)
    {
        pairs[Group.IdxX] = new Pair(1, 2);     // bug WholeAndField
        pairs[Group.IdxX ^ 1].B = 3;    // with WholeAndField
    }

    private static void Aliased(Bench b)
    {
        ArrayView<int> x = b.Ints(100);
        b.Run(ShiftBy, (1, 64), x, x.SubView(1, 64));
    }

    private static void ShiftBy(ArrayView<int> x, ArrayView<int> y) =>
        y[Group.IdxX] = x[Group.IdxX] * 3;      // bug ShiftBy

    private static void HalfOfLong(ArrayView<long> x)
    {
        ArrayView<int> halves = x.Cast<int>();
        x[Group.IdxX] = Group.IdxX;     // with HalfOfLong
        halves[(Group.IdxX * 2 + 3) % 64] += 1;     // bug HalfOfLong
    }

    private static void Queue(ArrayView<int> count, ArrayView<int> items, ArrayView<int> seen)
    {
        int place = Atomic.Add(ref count[0], 1);
        items[place] = Grid.GlobalIndex.X;      // bug Queue
        if (place > 0)
            seen[place] = items[place - 1];     // with Queue
    }

    private static void NoLock(ArrayView<int> sum) =>
        sum[0] += Grid.IdxX;    // bug NoLock

    private static void LockWithoutFence(ArrayView<int> taken, ArrayView<int> sum)
    {
        while (Atomic.CompareExchange(ref taken[0], 0, 1) != 0)
        {
        }
        sum[0] += Grid.IdxX;    // bug LockWithoutFence
        Atomic.Exchange(ref taken[0], 0);
    }

    private static void MaximumByHand(Index1D i, ArrayView<int> x)
    {
        if (x[i] > x[0])    // with MaximumByHand
            x[0] = x[i];    // bug MaximumByHand
    }

    private static void Smooth(Index2D i, ArrayView2D<int, Stride2D.DenseY> image)
    {
        if (i.X > 0)
            image[i] = image[i.X - 1, i.Y];     // bug Smooth
    }

    private static void Scatter(Index1D i, ArrayView<int> index, ArrayView<int> y) =>
        y[index[i]] = i;    // bug Scatter

    private static void Accumulate(ArrayView<float> x, ArrayView<float> y) =>
        y[Group.IdxX] += x[Grid.IdxY * 16 + Group.IdxX];    // bug Accumulate

    // The lock is right, but the last line stands behind it.
    private static void LockAround(ArrayView<int> taken, ArrayView<int> sum)
    {
        if (!Warp.IsFirstLane)
            return;
        while (Atomic.CompareExchange(ref taken[0], 0, 1) != 0)
        {
        }
        MemoryFence.DeviceLevel();
        sum[0] += 1;    // with LockAround
        MemoryFence.DeviceLevel();
        Atomic.Exchange(ref taken[0], 0);
        sum[0] += 1;    // bug LockAround
    }

    // The fence of thread 0 says nothing of what the other warps wrote: a barrier is missing before it.
    private static void Publish(ArrayView<int> x, ArrayView<int> sums, ArrayView<int> done, ArrayView<int> result)
    {
        if (Group.IdxX == 20)
            sums[Grid.IdxX] = x[Grid.GlobalIndex.X];    // with Publish
        MemoryFence.DeviceLevel();
        if (Group.IdxX == 0 && Atomic.Add(ref done[0], 1) == 1)
            result[0] = sums[0];    // bug Publish
    }
}
