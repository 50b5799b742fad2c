using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Accesses that nothing orders, between lanes, warps and groups, in shared and global memory.</summary>
public sealed class RaceBugs(int warpSize) : PlantedFixture(warpSize)
{
    private static IEnumerable<TestCaseData> Bugs()
    {
        yield return Bug(b => b.Run(Scan, (1, 64), b.Ints(64)), ["race: ", "of shared memory 'sums'"]);
        yield return Bug(b => b.Run(DoubleBuffer, (1, 64), b.Ints(256)), ["race: ", "of shared memory 'tiles'"]);
        yield return Bug(b => b.Run(TransposeInPlace, ((4, 4), (8, 8)), b.Ints(1024)), ["race: ", "of x, which thread", "of group ("]);
        yield return Bug(b => b.Run(SharedHistogram, (1, 64), b.Ints(64)), ["race: ", "of shared memory 'bins'"]);
        yield return Bug(b => b.Run(LateStart, (1, 64), b.Ints(64)), ["race: ", "element 0 of shared memory 'total'"]);
        yield return Bug(b => b.Run(WarpSynchronous, (1, 64), b.Ints(64)), ["race: ", "of shared memory 'sums'"]);
        yield return Bug(b => b.Run(OneForAll, (1, 64), b.Ints(64)), ["race: ", "element 0 of shared memory"]);
        yield return Bug(b => b.Run(ScratchAgain, (1, 64), b.Ints(64)), ["race: ", "of shared memory 'scratch'"]);
        yield return Bug(b => b.Run(Overlap, (4, 16), b.Ints(64), b.Zeros(80)), ["race: writes element", "of y, which thread", "groups of one launch have no order"]);
        yield return Bug(b => b.Run(BarrierIsNotForGroups, (2, 32), b.Zeros(64)), ["race: ", "of x, which thread", "groups of one launch have no order"]);
        yield return Bug(b => b.Run(StoreBesideAtomic, (1, 64), b.Zeros(1)), ["race: ", "element 0 of count", "changes atomically"]);
        yield return Bug(b => b.Run(PeekAtCount, (2, 32), b.Zeros(1), b.Zeros(64)), ["race: ", "element 0 of count", "changes atomically"]);
        yield return Bug(b => b.Run(WarpSums, (1, 128), b.Ints(128)), ["race: ", "of shared memory 'sums'"]);
        yield return Bug(b => b.Run(Bitmap, (1, 64), b.Of(new byte[8])), ["race: ", "of bits, which thread"]);
        yield return Bug(b => b.Run(WholeAndField, (1, 64), b.Of(new Pair[64])), ["race: ", "of pairs, which thread"]);
        yield return Bug(Aliased, ["race: ", "which thread"]);
        yield return Bug(b => b.Run(HalfOfLong, (1, 32), b.Of(new long[32])), ["race: ", "which thread"]);
        yield return Bug(b => b.Run(OddEven, (1, 32), b.Ints(64)), ["race: ", "of shared memory 'keys'"]);
        yield return Bug(b => b.Run(ShuffleAsBarrier, (1, 64), b.Ints(64)), ["race: ", "of shared memory 'row'"]);
        yield return Bug(b => b.Run(SecondValue, (1, 64), b.Ints(64)), ["race: ", "element 0 of shared memory 'value'"]);
        yield return Bug(b => b.Run(ChangedFlag, (1, 64), b.Ints(64)), ["race: ", "element 0 of shared memory 'changed'"]);
        yield return Bug(b => b.Run(Queue, (2, 32), b.Zeros(1), b.New<int>(64), b.Zeros(64)), ["race: ", "of items, which thread"]);
        yield return Bug(b => b.Run(NoLock, (8, 1), b.Zeros(1)), ["race: ", "element 0 of sum", "groups of one launch have no order"]);
        yield return Bug(b => b.Run(LockWithoutFence, (8, 1), b.Zeros(1), b.Zeros(1)), ["race: ", "element 0 of sum", "groups of one launch have no order"]);
        yield return Bug(b => b.Run(ByWarpsOnly, (1, 128), b.Ints(128)), ["race: ", "of shared memory 'tile'"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(MaximumByHand, 100, b.Ints(100)), ["race: ", "element 0 of x"]);
        yield return Bug(b => b.Auto(Smooth, new Index2D(6, 6), b.Keep(b.Accelerator.Allocate2DDenseY(Counting(6, 6))).View), ["race: ", "of image, which thread"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>, ArrayView<int>>(Scatter, 8, b.Of(0, 1, 2, 3, 2, 5, 6, 7), b.Zeros(8)), ["race: writes element 2 of y, which thread"]);
        yield return Bug(b => b.Run(Accumulate, ((1, 3), (16, 1)), b.Floats(48), b.Of(new float[16])), ["race: ", "of y, which thread"]);
        yield return Bug(b => b.Run(DynamicSplit, new KernelConfig(1, 32, SharedMemoryConfig.RequestDynamic<int>(48)), b.Ints(32)), ["race: writes element 16 of dynamic shared memory"]);
        yield return Bug(b => b.Run(OneBarrierInThree, (1, 64), b.Ints(64)), ["race: ", "of shared memory 'a'"]);
        yield return Bug(b => b.Run(PrivateBins, (1, 64), b.Ints(64)), ["race: ", "of shared memory 'bins'", "changes atomically"], from: 4);
        yield return Bug(b => b.Run(StartByWarp, (1, 128), b.Ints(128)), ["race: ", "element 0 of shared memory 'total'"]);
        yield return Bug(b => b.Run(CountFromNothing, (1, 128), b.Ints(128)), ["race: ", "element 0 of shared memory 'done'"]);
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

    // Hillis and Steele in place: each round reads what the same round writes.
    private static void Scan(ArrayView<int> x)
    {
        ArrayView<int> sums = SharedMemory.Allocate<int>(64);
        int i = Group.IdxX;
        sums[i] = x[i];
        Group.Barrier();
        for (int step = 1; step < 64; step *= 2)
        {
            int left = i >= step ? sums[i - step] : 0;      // with Scan
            sums[i] += left;    // bug Scan
            Group.Barrier();
        }
        x[i] = sums[i];
    }

    // The barrier stands before the store, so a fast warp reads the other half too early.
    private static void DoubleBuffer(ArrayView<int> x)
    {
        ArrayView<int> tiles = SharedMemory.Allocate<int>(128);
        int i = Group.IdxX, sum = 0;
        for (int t = 0; t < 4; t++)
        {
            int half = t % 2 * 64;
            Group.Barrier();
            tiles[half + i] = x[t * 64 + i];    // with DoubleBuffer
            sum += tiles[half + (i + 1) % 64];  // bug DoubleBuffer
        }
        x[i] = sum;
    }

    private static void TransposeInPlace(ArrayView<int> x)
    {
        int row = Grid.GlobalIndex.Y, column = Grid.GlobalIndex.X;
        int value = x[column * 32 + row];   // with TransposeInPlace
        Group.Barrier();
        x[row * 32 + column] = value;       // bug TransposeInPlace
    }

    private static void SharedHistogram(ArrayView<int> x)
    {
        ArrayView<int> bins = SharedMemory.Allocate<int>(8);
        if (Group.IdxX < 8)
            bins[Group.IdxX] = 0;
        Group.Barrier();
        bins[x[Group.IdxX] & 7]++;      // bug SharedHistogram
        Group.Barrier();
        if (Group.IdxX < 8)
            x[Group.IdxX] = bins[Group.IdxX];
    }

    private static void LateStart(ArrayView<int> x)
    {
        ArrayView<int> total = SharedMemory.Allocate<int>(1);
        if (Group.IdxX == 0)
            total[0] = 0;       // with LateStart
        Atomic.Add(ref total[0], x[Group.IdxX]);    // bug LateStart
        Group.Barrier();
        x[Group.IdxX] = total[0];
    }

    // Written for hardware of before 2017, whose warps could not part.
    private static void WarpSynchronous(ArrayView<int> x)
    {
        ArrayView<int> sums = SharedMemory.Allocate<int>(64);
        int i = Group.IdxX;
        sums[i] = x[i];
        Group.Barrier();
        if (i < 8)
            sums[i] += sums[i + 8];     // bug WarpSynchronous
        if (i < 4)
            x[i] = sums[i + 4];         // with WarpSynchronous
    }

    private static void OneForAll(ArrayView<int> x)
    {
        ref int first = ref SharedMemory.Allocate<int>();
        if (Group.IsFirstThread)
            first = x[0];       // with OneForAll
        x[Group.IdxX] = first;  // bug OneForAll
    }

    private static void ScratchAgain(ArrayView<int> x)
    {
        ArrayView<int> scratch = SharedMemory.Allocate<int>(64);
        int i = Group.IdxX, j = 63 - i;
        scratch[i] = x[i];
        Group.Barrier();
        int a = scratch[j];     // with ScratchAgain
        scratch[i] = a * 2;     // bug ScratchAgain
        Group.Barrier();
        x[i] = scratch[j];
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

    private static void WarpSums(ArrayView<int> x)
    {
        ArrayView<int> sums = SharedMemory.Allocate<int>(128);
        if (Warp.IsFirstLane)
            sums[Warp.WarpIdx] = x[Group.IdxX];     // with WarpSums
        if (Group.IdxX == 1)
            x[0] = sums[0];     // bug WarpSums
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

    private static void OddEven(ArrayView<int> x)
    {
        ArrayView<int> keys = SharedMemory.Allocate<int>(64);
        int i = Group.IdxX;
        keys[2 * i] = x[2 * i];
        keys[2 * i + 1] = x[2 * i + 1];
        Group.Barrier();
        for (int round = 0; round < 64; round++)
        {
            int left = 2 * i + round % 2;
            if (left < 63)
            {
                int a = keys[left], b = keys[left + 1];     // bug OddEven
                (keys[left], keys[left + 1]) = (IntrinsicMath.Max(a, b), IntrinsicMath.Min(a, b));      // with OddEven
            }
        }
        x[i] = keys[i];
    }

    // A shuffle moves registers, it does not make a lane's store visible.
    private static void ShuffleAsBarrier(ArrayView<int> x)
    {
        ArrayView<int> row = SharedMemory.Allocate<int>(64);
        int value = x[Group.IdxX];
        row[Group.IdxX] = value;    // with ShuffleAsBarrier
        value += Warp.ShuffleXor(value, 1);
        x[Group.IdxX] = value + row[Group.IdxX ^ 1];    // bug ShuffleAsBarrier
    }

    private static void SecondValue(ArrayView<int> x)
    {
        ArrayView<int> value = SharedMemory.Allocate<int>(1);
        for (int round = 0; round < 2; round++)
        {
            if (Group.IdxX == round)
                value[0] = x[round];    // bug SecondValue
            Group.Barrier();
            x[Group.IdxX] += value[0];  // with SecondValue
        }
    }

    private static void ChangedFlag(ArrayView<int> x)
    {
        ArrayView<int> changed = SharedMemory.Allocate<int>(1);
        do
        {
            if (Group.IdxX == 0)
                changed[0] = 0;     // bug ChangedFlag
            Group.Barrier();
            if (x[Group.IdxX] > 60)
            {
                x[Group.IdxX]--;
                changed[0] = 1;
            }
            Group.Barrier();
        }
        while (changed[0] != 0);    // with ChangedFlag
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

    // Right for one warp, not for two.
    private static void ByWarpsOnly(ArrayView<int> x)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(128);
        tile[Group.IdxX] = x[Group.IdxX];   // with ByWarpsOnly
        Warp.Barrier();
        x[Group.IdxX] = tile[127 - Group.IdxX];     // bug ByWarpsOnly
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

    // The second part begins 16 elements too early.
    private static void DynamicSplit(ArrayView<int> x)
    {
        ArrayView<int> room = SharedMemory.GetDynamic<int>();
        ArrayView<int> a = room.SubView(0, 32), b = room.SubView(16, 32);
        a[Group.IdxX] = x[Group.IdxX];      // with DynamicSplit
        b[Group.IdxX] = -x[Group.IdxX];     // bug DynamicSplit
    }

    private static void OneBarrierInThree(ArrayView<int> x)
    {
        ArrayView<int> a = SharedMemory.Allocate<int>(64), b = SharedMemory.Allocate<int>(64), c = SharedMemory.Allocate<int>(64);
        int i = Group.IdxX, j = (i + 7) % 64;
        a[i] = x[i];
        Group.Barrier();
        b[i] = a[j];    // with OneBarrierInThree
        c[i] = b[i];
        a[i] = c[i];    // bug OneBarrierInThree
    }

    // Each warp has bins of its own; its lanes read them before all have added.
    private static void PrivateBins(ArrayView<int> x)
    {
        ArrayView<int> bins = SharedMemory.Allocate<int>(64);
        int own = Warp.WarpIdx;
        if (Warp.IsFirstLane)
            bins[own] = 0;
        Warp.Barrier();
        Atomic.Add(ref bins[own], x[Group.IdxX]);   // with PrivateBins
        x[Group.IdxX] = bins[own];      // bug PrivateBins
    }

    // Warp.Barrier where Group.Barrier is needed.
    private static void StartByWarp(ArrayView<int> x)
    {
        ArrayView<int> total = SharedMemory.Allocate<int>(1);
        if (Group.IdxX == 0)
            total[0] = 0;       // with StartByWarp
        Warp.Barrier();
        Atomic.Add(ref total[0], x[Group.IdxX]);    // bug StartByWarp
        Group.Barrier();
        x[Group.IdxX] = total[0];
    }

    // The counter is set to 0 with no barrier behind it; that thread 0 comes first here is luck.
    private static void CountFromNothing(ArrayView<int> x)
    {
        ArrayView<int> sums = SharedMemory.Allocate<int>(128);
        ArrayView<int> done = SharedMemory.Allocate<int>(1);
        if (Group.IdxX == 0)
            done[0] = 0;    // with CountFromNothing
        sums[Group.IdxX] = x[Group.IdxX];
        MemoryFence.GroupLevel();
        if (Atomic.Add(ref done[0], 1) == 127)      // bug CountFromNothing
            x[0] = sums[5];
    }

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
