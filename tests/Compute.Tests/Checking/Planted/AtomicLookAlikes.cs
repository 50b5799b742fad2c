using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Correct kernels that share memory by atomic operations: locks, queues, flags, and the last one who sums up.</summary>
public sealed class AtomicLookAlikes(int warpSize) : PlantedFixture(warpSize)
{
    private static IEnumerable<TestCaseData> Kernels()
    {
        yield return Right(b => b.Run(SharedHistogram, (2, 64), b.Ints(128), b.Zeros(8)));
        yield return Right(b => b.Run(Lock, (8, 1), b.Zeros(1), b.Zeros(1)));
        yield return Right(b => b.Run(LockByWarps, (2, 128), b.Zeros(1), b.Zeros(1)));
        yield return Right(b => b.Run(LockByLanes, (2, 32), b.Zeros(1), b.Zeros(1)));
        yield return Right(b => b.Run(PrivateBins, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(LastWarp, (1, 128), b.Ints(128)));
        yield return Right(b => b.Run(LastGroup, (4, 64), b.Ints(256), b.New<int>(4), b.Zeros(1), b.Zeros(1)));
        yield return Right(b => b.Run(Flag, (4, 32), b.Ints(128), b.Zeros(1)));
        yield return Right(b => b.Run(Append, (2, 32), b.Ints(64), b.Zeros(1), b.New<int>(64)));
        yield return Right(b => b.Run(Maximum, (4, 32), b.Ints(128), b.Of(int.MinValue)));
        yield return Right(b => b.Run(FloatMaximum, (2, 32), b.Floats(64), b.Of(float.MinValue)));
        yield return Right(b => b.Run(SpinOnEarlierGroup, (4, 1), b.Zeros(5), b.Ints(4)));
        yield return Right(b => b.Run(TicketOrder, (1, 64), b.Zeros(1), b.New<int>(64)));
        yield return Right(b => b.Run(ExchangeOwnership, (2, 32), b.Zeros(64), b.Ints(64)));
        yield return Right(b => b.Run(AtomicsOnly, (2, 32), b.Zeros(1), b.Zeros(64)));
    }

    [TestCaseSource(nameof(Kernels))]
    public void Is_left_alone(Action<Bench> run) => Leaves(run);

    private static void SharedHistogram(ArrayView<int> x, ArrayView<int> total)
    {
        ArrayView<int> bins = SharedMemory.Allocate<int>(8);
        for (int i = Group.IdxX; i < 8; i += Group.DimX)
            bins[i] = 0;
        Group.Barrier();
        Atomic.Add(ref bins[x[Grid.GlobalIndex.X] & 7], 1);
        Group.Barrier();
        if (Group.IdxX < 8)
            Atomic.Add(ref total[Group.IdxX], bins[Group.IdxX]);
    }

    private static void Lock(ArrayView<int> taken, ArrayView<int> sum)
    {
        while (Atomic.CompareExchange(ref taken[0], 0, 1) != 0)
        {
        }
        MemoryFence.DeviceLevel();
        sum[0] += Grid.IdxX;
        MemoryFence.DeviceLevel();
        Atomic.Exchange(ref taken[0], 0);
    }

    private static void LockByWarps(ArrayView<int> taken, ArrayView<int> sum)
    {
        if (!Warp.IsFirstLane)
            return;
        while (Atomic.CompareExchange(ref taken[0], 0, 1) != 0)
        {
        }
        MemoryFence.DeviceLevel();
        sum[0] += Group.IdxX;
        MemoryFence.DeviceLevel();
        Atomic.Exchange(ref taken[0], 0);
    }

    // Each lane in turn: the form in which the lanes of a warp cannot wait for each other for ever.
    private static void LockByLanes(ArrayView<int> taken, ArrayView<int> sum)
    {
        bool done = false;
        while (!done)
        {
            if (Atomic.CompareExchange(ref taken[0], 0, 1) != 0)
                continue;
            MemoryFence.DeviceLevel();
            sum[0] += Group.IdxX;
            MemoryFence.DeviceLevel();
            Atomic.Exchange(ref taken[0], 0);
            done = true;
        }
    }

    private static void PrivateBins(ArrayView<int> x)
    {
        ArrayView<int> bins = SharedMemory.Allocate<int>(64);
        int own = Warp.WarpIdx;
        if (Warp.IsFirstLane)
            bins[own] = 0;
        Warp.Barrier();
        Atomic.Add(ref bins[own], x[Group.IdxX]);
        Warp.Barrier();
        x[Group.IdxX] = bins[own];
    }

    // No barrier: who comes last sees what the fences published.
    private static void LastWarp(ArrayView<int> x)
    {
        ArrayView<int> sums = SharedMemory.Allocate<int>(128);
        ArrayView<int> done = SharedMemory.Allocate<int>(1);
        if (Group.IdxX == 0)
            done[0] = 0;
        Group.Barrier();
        int warps = Group.DimX / Warp.WarpSize;
        if (Warp.IsFirstLane)
        {
            sums[Warp.WarpIdx] = x[Group.IdxX];
            MemoryFence.GroupLevel();
            if (Atomic.Add(ref done[0], 1) == warps - 1)
            {
                MemoryFence.GroupLevel();
                int sum = 0;
                for (int i = 0; i < warps; i++)
                    sum += sums[i];
                x[0] = sum;
            }
        }
    }

    // All threads write, all fence, one counts, and only then one group goes on as a whole.
    private static void LastGroup(ArrayView<int> x, ArrayView<int> partial, ArrayView<int> done, ArrayView<int> result)
    {
        ArrayView<int> isLast = SharedMemory.Allocate<int>(1);
        if (Group.IdxX == 1)
            partial[Grid.IdxX] = x[Grid.GlobalIndex.X];
        MemoryFence.DeviceLevel();
        Group.Barrier();
        if (Group.IdxX == 0)
            isLast[0] = Atomic.Add(ref done[0], 1) == Grid.DimX - 1 ? 1 : 0;
        Group.Barrier();
        if (isLast[0] != 0 && Group.IdxX < Grid.DimX)
            Atomic.Add(ref result[0], partial[Group.IdxX]);
    }

    private static void Flag(ArrayView<int> x, ArrayView<int> found)
    {
        if (x[Grid.GlobalIndex.X] % 3 == 0)
            found[0] = 1;
    }

    private static void Append(ArrayView<int> x, ArrayView<int> count, ArrayView<int> kept)
    {
        int value = x[Grid.GlobalIndex.X];
        if (value % 2 == 0)
            kept[Atomic.Add(ref count[0], 1)] = value;
    }

    private static void Maximum(ArrayView<int> x, ArrayView<int> most) => Atomic.Max(ref most[0], x[Grid.GlobalIndex.X]);

    // The usual loop around a compare-exchange begins with a plain read.
    private static void FloatMaximum(ArrayView<float> x, ArrayView<float> most)
    {
        float value = x[Grid.GlobalIndex.X], seen = most[0];
        while (value > seen)
        {
            float old = Atomic.CompareExchange(ref most[0], seen, value);
            if (old == seen)
                break;
            seen = old;
        }
    }

    // Groups begin in their order on every GPU there is; each waits for the one before it.
    private static void SpinOnEarlierGroup(ArrayView<int> sums, ArrayView<int> x)
    {
        int before = Grid.IdxX == 0 ? 1 : 0;
        while (Grid.IdxX > 0 && before == 0)
            before = Atomic.Add(ref sums[Grid.IdxX], 0);
        MemoryFence.DeviceLevel();
        Atomic.Add(ref sums[Grid.IdxX + 1], before + x[Grid.IdxX]);
    }

    private static void TicketOrder(ArrayView<int> next, ArrayView<int> order) => order[Atomic.Add(ref next[0], 1)] = Group.IdxX;

    // Who wins the exchange owns the cell.
    private static void ExchangeOwnership(ArrayView<int> owners, ArrayView<int> x)
    {
        int cell = Group.IdxX;
        if (Atomic.Exchange(ref owners[cell], 1) == 0)
            x[cell] = Grid.IdxX;
    }

    private static void AtomicsOnly(ArrayView<int> count, ArrayView<int> seen)
    {
        Atomic.Add(ref count[0], 1);
        seen[Grid.GlobalIndex.X] = Atomic.Add(ref count[0], 0);
    }
}
