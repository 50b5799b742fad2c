using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Algorithms.ScanReduceOperations;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Correct kernels of which a naive checker would complain: synchronisation that works, and indices that stay inside by a hair.</summary>
public sealed class LookAlikes(int warpSize) : PlantedFixture(warpSize)
{
    private static IEnumerable<TestCaseData> Kernels()
    {
        yield return Right(b => b.Run(Scan, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(DoubleBuffer, (1, 64), b.Ints(256)));
        yield return Right(b => b.Run(TransposeByTiles, ((4, 4), (8, 8)), b.Ints(1024), b.New<int>(1024)));
        yield return Right(b => b.Run(SharedHistogram, (2, 64), b.Ints(128), b.Zeros(8)));
        yield return Right(b => b.Run(WarpReduction, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(WarpSynchronous, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(TwoLevels, (2, 128), b.Ints(256)));
        yield return Right(b => b.Run(ChangedFlag, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(Lock, (8, 1), b.Zeros(1), b.Zeros(1)));
        yield return Right(b => b.Run(LockByWarps, (2, 128), b.Zeros(1), b.Zeros(1)));
        yield return Right(b => b.Run(LockByLanes, (2, 32), b.Zeros(1), b.Zeros(1)));
        yield return Right(b => b.Run(PrivateBins, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(LastWarp, (1, 128), b.Ints(128)));
        yield return Right(b => b.Run(LastGroup, (4, 64), b.Ints(256), b.New<int>(4), b.Zeros(1), b.Zeros(1)));
        yield return Right(b => b.Run(FieldsApart, (1, 64), b.Of(new Pair[32])));
        yield return Right(b => b.Run(BytesOfWords, (1, 64), b.Ints(16)));
        yield return Right(b => b.Run(Flag, (4, 32), b.Ints(128), b.Zeros(1)));
        yield return Right(b => b.Run(OwnCells, (4, 32), b.Ints(128)));
        yield return Right(b => b.Run(Append, (2, 32), b.Ints(64), b.Zeros(1), b.New<int>(64)));
        yield return Right(b => b.Run(Maximum, (4, 32), b.Ints(128), b.Of(int.MinValue)));
        yield return Right(b => b.Run(FloatMaximum, (2, 32), b.Floats(64), b.Of(float.MinValue)));
        yield return Right(b => b.Run(CountDown, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(BarrierInUniformLoop, (2, 32), b.Ints(64), 5));
        yield return Right(b => b.Run(BarrierInUniformArm, (4, 32), b.Ints(128)));
        yield return Right(b => b.Run(ReturnOfWarps, (1, 128), b.Ints(128)));
        yield return Right(b => b.Run(ReturnOfGroups, (4, 32), b.Ints(80)));
        yield return Right(b => b.Run(ShuffleByWarps, (1, 128), b.Ints(128)));
        yield return Right(b => b.Run(PartialWarp, (2, 40), b.Ints(80)));
        yield return Right(b => b.Run(ReduceByLibrary, (2, 64), b.Ints(128), b.New<int>(2)));
        yield return Right(b => b.Run(ScanByLibrary, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(Bitonic, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(OddEven, (1, 32), b.Ints(64)));
        yield return Right(b => b.Run(Tiles, ((2, 2), (8, 8)), b.Floats(256), b.Floats(256), b.New<float>(256)));
        yield return Right(b => b.Run(Halo, (4, 16), b.Ints(60), b.New<int>(60)));
        yield return Right(b => b.Run(ReadModifyBehindBarrier, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(SharedAgain, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(DynamicParts, new KernelConfig(2, 32, SharedMemoryConfig.RequestDynamic<int>(96)), b.Ints(64)));
        yield return Right(b => b.Run(BroadcastOfOne, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(SpinOnEarlierGroup, (4, 1), b.Zeros(5), b.Ints(4)));
        yield return Right(b => b.Run(TicketOrder, (1, 64), b.Zeros(1), b.New<int>(64)));
        yield return Right(b => b.Run(ExchangeOwnership, (2, 32), b.Zeros(64), b.Ints(64)));
        yield return Right(b => b.Run(EachWarpItsRow, (1, 128), b.Ints(128)));
        yield return Right(b => b.Run(ReadOnlyAlias, (2, 32), b.Ints(64)));
        yield return Right(SelfAlias);
        yield return Right(b => b.Run(SameByteTwiceByOne, (1, 16), b.Of(new byte[16])));
        yield return Right(b => b.Run(AtomicsOnly, (2, 32), b.Zeros(1), b.Zeros(64)));
        yield return Right(b => b.Run(SharedWithoutSharing, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(AllThreadsSameStart, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(GuardInOneArm, (3, 32), b.Ints(70), b.New<int>(96)));
        yield return Right(b => b.Run(BreakInOneArm, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(ReturnBeforeShuffle, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(NestedWayOut, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(SwitchWithReturns, (1, 64), b.Ints(64)));
    }

    [TestCaseSource(nameof(Kernels))]
    public void Is_left_alone(Action<Bench> run) => Leaves(run);

    private static void Scan(ArrayView<int> x)
    {
        ArrayView<int> sums = SharedMemory.Allocate<int>(64);
        int i = Group.IdxX;
        sums[i] = x[i];
        Group.Barrier();
        for (int step = 1; step < 64; step *= 2)
        {
            int left = i >= step ? sums[i - step] : 0;
            Group.Barrier();
            sums[i] += left;
            Group.Barrier();
        }
        x[i] = sums[i];
    }

    // One barrier a round is enough for two halves.
    private static void DoubleBuffer(ArrayView<int> x)
    {
        ArrayView<int> tiles = SharedMemory.Allocate<int>(128);
        int i = Group.IdxX, sum = 0;
        for (int t = 0; t < 4; t++)
        {
            int half = t % 2 * 64;
            tiles[half + i] = x[t * 64 + i];
            Group.Barrier();
            sum += tiles[half + (i + 1) % 64];
        }
        x[i] = sum;
    }

    private static void TransposeByTiles(ArrayView<int> x, ArrayView<int> y)
    {
        var tile = SharedMemory.Allocate2DDenseY<int>(new Index2D(8, 9));
        tile[Group.IdxY, Group.IdxX] = x[Grid.GlobalIndex.Y * 32 + Grid.GlobalIndex.X];
        Group.Barrier();
        y[(Grid.IdxX * 8 + Group.IdxY) * 32 + Grid.IdxY * 8 + Group.IdxX] = tile[Group.IdxX, Group.IdxY];
    }

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

    private static void WarpReduction(ArrayView<int> x)
    {
        int value = x[Group.IdxX];
        for (int offset = Warp.WarpSize / 2; offset > 0; offset /= 2)
            value += Warp.ShuffleDown(value, offset);
        if (Warp.IsFirstLane)
            x[Group.IdxX] = value;
    }

    private static void WarpSynchronous(ArrayView<int> x)
    {
        ArrayView<int> sums = SharedMemory.Allocate<int>(64);
        int i = Group.IdxX;
        sums[i] = x[i];
        for (int offset = Warp.WarpSize / 2; offset > 0; offset /= 2)
        {
            Warp.Barrier();
            int other = Warp.LaneIdx < offset ? sums[i + offset] : 0;
            Warp.Barrier();
            sums[i] += other;
        }
        x[i] = sums[i];
    }

    // Warps into shared memory, the first warp over what they left.
    private static void TwoLevels(ArrayView<int> x)
    {
        ArrayView<int> sums = SharedMemory.Allocate<int>(128);
        int value = x[Grid.GlobalIndex.X];
        for (int offset = Warp.WarpSize / 2; offset > 0; offset /= 2)
            value += Warp.ShuffleXor(value, offset);
        if (Warp.IsFirstLane)
            sums[Warp.WarpIdx] = value;
        Group.Barrier();
        if (Group.IdxX == 0)
        {
            int sum = 0;
            for (int i = 0; i < Group.DimX / Warp.WarpSize; i++)
                sum += sums[i];
            x[Grid.GlobalIndex.X] = sum;
        }
    }

    private static void ChangedFlag(ArrayView<int> x)
    {
        ArrayView<int> changed = SharedMemory.Allocate<int>(1);
        bool again = true;
        while (again)
        {
            Group.Barrier();
            if (Group.IdxX == 0)
                changed[0] = 0;
            Group.Barrier();
            if (x[Group.IdxX] > 60)
            {
                x[Group.IdxX]--;
                changed[0] = 1;
            }
            Group.Barrier();
            again = changed[0] != 0;
        }
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

    private record struct Pair(int A, int B);

    private static void FieldsApart(ArrayView<Pair> pairs)
    {
        if (Group.IdxX % 2 == 0)
            pairs[Group.IdxX / 2].A = Group.IdxX;
        else
            pairs[Group.IdxX / 2].B = Group.IdxX;
    }

    private static void BytesOfWords(ArrayView<int> x) => x.Cast<byte>()[Group.IdxX] = (byte)Group.IdxX;

    private static void Flag(ArrayView<int> x, ArrayView<int> found)
    {
        if (x[Grid.GlobalIndex.X] % 3 == 0)
            found[0] = 1;
    }

    private static void OwnCells(ArrayView<int> x)
    {
        int i = Grid.GlobalIndex.X;
        for (int round = 0; round < 3; round++)
            x[i] = x[i] * 2 + round;
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

    private static void CountDown(ArrayView<int> x)
    {
        ArrayView<int> left = SharedMemory.Allocate<int>(1);
        if (Group.IsFirstThread)
            left[0] = Group.DimX;
        Group.Barrier();
        int mine = Atomic.Add(ref left[0], -1);
        Group.Barrier();
        x[Group.IdxX] = mine + left[0];
    }

    private static void BarrierInUniformLoop(ArrayView<int> x, int rounds)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(32);
        int i = Grid.GlobalIndex.X;
        for (int round = 0; round < rounds; round++)
        {
            tile[Group.IdxX] = x[i];
            Group.Barrier();
            x[i] += tile[(Group.IdxX + round) % 32];
            Group.Barrier();
            if (x[Grid.IdxX * 32] < 0)
                break;
            Group.Barrier();
        }
    }

    private static void BarrierInUniformArm(ArrayView<int> x)
    {
        if (Grid.IdxX % 2 == 0)
        {
            x[Grid.GlobalIndex.X] = 1;
            Group.Barrier();
            x[Grid.IdxX * 32 + 31 - Group.IdxX] += 1;
        }
        else
        {
            Group.Barrier();
        }
    }

    // Whole warps may leave, if the rest uses warp operations only.
    private static void ReturnOfWarps(ArrayView<int> x)
    {
        if (Warp.WarpIdx > 0)
            return;
        x[Group.IdxX] = Warp.ShuffleXor(x[Group.IdxX], 1);
        Warp.Barrier();
        x[Group.IdxX] += 1;
    }

    private static void ReturnOfGroups(ArrayView<int> x)
    {
        if ((Grid.IdxX + 1) * Group.DimX > x.Length)
            return;
        Group.Barrier();
        x[Grid.GlobalIndex.X] = 0;
    }

    private static void ShuffleByWarps(ArrayView<int> x)
    {
        int value = x[Group.IdxX];
        for (int i = 0; i <= Warp.WarpIdx; i++)
            value += Warp.Shuffle(value, i % Warp.WarpSize);
        x[Group.IdxX] = value;
    }

    private static void PartialWarp(ArrayView<int> x)
    {
        int value = Warp.ShuffleDown(x[Grid.GlobalIndex.X], 1);
        Group.Barrier();
        x[Grid.GlobalIndex.X] = Warp.Broadcast(value, 0);
    }

    private static void ReduceByLibrary(ArrayView<int> x, ArrayView<int> sums)
    {
        int sum = GroupExtensions.AllReduce<int, AddInt32>(x[Grid.GlobalIndex.X]);
        if (Group.IsFirstThread)
            sums[Grid.IdxX] = sum;
    }

    private static void ScanByLibrary(ArrayView<int> x)
    {
        int sum = GroupExtensions.InclusiveScan<int, AddInt32>(x[Group.IdxX]);
        Group.Barrier();
        x[Group.IdxX] = sum + GroupExtensions.ExclusiveScan<int, AddInt32>(1);
    }

    private static void Bitonic(ArrayView<int> x)
    {
        ArrayView<int> keys = SharedMemory.Allocate<int>(64);
        int i = Group.IdxX;
        keys[i] = x[i] * 37 % 64;
        Group.Barrier();
        for (int size = 2; size <= 64; size *= 2)
        {
            for (int distance = size / 2; distance > 0; distance /= 2)
            {
                int other = i ^ distance;
                if (other > i)
                {
                    int a = keys[i], b = keys[other];
                    if ((a > b) == ((i & size) == 0))
                        (keys[i], keys[other]) = (b, a);
                }
                Group.Barrier();
            }
        }
        x[i] = keys[i];
    }

    private static void OddEven(ArrayView<int> x)
    {
        ArrayView<int> keys = SharedMemory.Allocate<int>(64);
        int i = Group.IdxX;
        keys[2 * i] = x[2 * i];
        keys[2 * i + 1] = x[2 * i + 1];
        for (int round = 0; round < 8; round++)
        {
            Group.Barrier();
            int left = 2 * i + round % 2;
            if (left >= 63)
                continue;
            int a = keys[left], b = keys[left + 1];
            keys[left] = IntrinsicMath.Max(a, b);
            keys[left + 1] = IntrinsicMath.Min(a, b);
        }
        Group.Barrier();
        x[i] = keys[i];
    }

    private static void Tiles(ArrayView<float> a, ArrayView<float> b, ArrayView<float> c)
    {
        var ta = SharedMemory.Allocate2DDenseY<float>(new Index2D(8, 8));
        var tb = SharedMemory.Allocate2DDenseY<float>(new Index2D(8, 8));
        int row = Grid.GlobalIndex.Y, column = Grid.GlobalIndex.X;
        float sum = 0;
        for (int k = 0; k < 16; k += 8)
        {
            ta[Group.IdxY, Group.IdxX] = a[row * 16 + k + Group.IdxX];
            tb[Group.IdxY, Group.IdxX] = b[(k + Group.IdxY) * 16 + column];
            Group.Barrier();
            for (int j = 0; j < 8; j++)
                sum += ta[Group.IdxY, j] * tb[j, Group.IdxX];
            Group.Barrier();
        }
        c[row * 16 + column] = sum;
    }

    private static void Halo(ArrayView<int> x, ArrayView<int> y)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(18);
        int i = Grid.GlobalIndex.X, at = Group.IdxX + 1;
        tile[at] = i < x.Length ? x[i] : 0;
        if (Group.IsFirstThread)
            tile[0] = i > 0 ? x[i - 1] : 0;
        if (Group.IsLastThread)
            tile[17] = i + 1 < x.Length ? x[i + 1] : 0;
        Group.Barrier();
        if (i < x.Length)
            y[i] = tile[at - 1] + tile[at] + tile[at + 1];
    }

    private static void ReadModifyBehindBarrier(ArrayView<int> x)
    {
        int right = x[(Group.IdxX + 1) % 64];
        Group.Barrier();
        x[Group.IdxX] = right;
    }

    private static void SharedAgain(ArrayView<int> x)
    {
        ArrayView<int> scratch = SharedMemory.Allocate<int>(64);
        int i = Group.IdxX, value = x[i];
        for (int round = 0; round < 3; round++)
        {
            scratch[i] = value;
            Group.Barrier();
            value += scratch[63 - i];
            Group.Barrier();
        }
        x[i] = value;
    }

    private static void DynamicParts(ArrayView<int> x)
    {
        ArrayView<int> room = SharedMemory.GetDynamic<int>();
        ArrayView<int> a = room.SubView(0, 32), b = room.SubView(32, 64);
        a[Group.IdxX] = x[Grid.GlobalIndex.X];
        b[Group.IdxX] = 1;
        b[32 + Group.IdxX] = 2;
        Group.Barrier();
        x[Grid.GlobalIndex.X] = a[31 - Group.IdxX] + b[63 - Group.IdxX];
    }

    private static void BroadcastOfOne(ArrayView<int> x)
    {
        int from = x[5] % 64;
        int value = Group.Broadcast(x[Group.IdxX], from);
        x[Group.IdxX] = value + Warp.Broadcast(value, 0);
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

    private static void EachWarpItsRow(ArrayView<int> x)
    {
        ArrayView<int> rows = SharedMemory.Allocate<int>(128);
        int start = Warp.WarpIdx * Warp.WarpSize, lane = Warp.LaneIdx;
        rows[start + lane] = x[Group.IdxX];
        Warp.Barrier();
        int next = rows[start + (lane + 1) % Warp.WarpSize];
        Warp.Barrier();
        rows[start + lane] = next;
        Warp.Barrier();
        x[Group.IdxX] = rows[start + Warp.WarpSize - 1 - lane];
    }

    private static void ReadOnlyAlias(ArrayView<int> x)
    {
        ArrayView<int> all = x;
        int i = Grid.GlobalIndex.X, own = x[i];
        x.SubView(i, 1)[0] = own + 1;
        if (all.Length > 1000)
            x[0] = all[63 - i];
    }

    // The two views overlap, the elements that are touched do not.
    private static void SelfAlias(Bench b)
    {
        ArrayView<int> x = b.Ints(64);
        b.Run(EvenToOdd, (1, 32), x, x.SubView(1, 63));
    }

    private static void EvenToOdd(ArrayView<int> x, ArrayView<int> y) => y[2 * Group.IdxX] = x[2 * Group.IdxX];

    private static void SameByteTwiceByOne(ArrayView<byte> x)
    {
        x[Group.IdxX] = 1;
        x[Group.IdxX] = (byte)(x[Group.IdxX] + Group.IdxX);
    }

    private static void AtomicsOnly(ArrayView<int> count, ArrayView<int> seen)
    {
        Atomic.Add(ref count[0], 1);
        seen[Grid.GlobalIndex.X] = Atomic.Add(ref count[0], 0);
    }

    private static void SharedWithoutSharing(ArrayView<int> x)
    {
        ArrayView<int> own = SharedMemory.Allocate<int>(64 * 4);
        for (int i = 0; i < 4; i++)
            own[i * 64 + Group.IdxX] = x[Group.IdxX] + i;
        int sum = 0;
        for (int i = 3; i >= 0; i--)
            sum += own[i * 64 + Group.IdxX];
        x[Group.IdxX] = sum;
    }

    private static void AllThreadsSameStart(ArrayView<int> x)
    {
        ArrayView<int> total = SharedMemory.Allocate<int>(1);
        total[0] = 0;
        Group.Barrier();
        Atomic.Add(ref total[0], x[Group.IdxX]);
        Group.Barrier();
        x[Group.IdxX] = total[0];
    }

    // Nobody returns, but because somebody could, the arms have nothing in common before the end of the kernel.
    private static void GuardInOneArm(ArrayView<int> x, ArrayView<int> y)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(32);
        int i = Grid.GlobalIndex.X;
        if (i < x.Length)
        {
            if (x[i] < 0)
                return;
            tile[Group.IdxX] = x[i];
        }
        else
        {
            tile[Group.IdxX] = 0;
        }
        Group.Barrier();
        y[i] = tile[31 - Group.IdxX];
    }

    private static void BreakInOneArm(ArrayView<int> x)
    {
        for (int round = 0; round < 4; round++)
        {
            if (Group.IdxX % 3 == 0)
            {
                if (x[Group.IdxX] < 0)
                    break;
                x[Group.IdxX] += round;
            }
            Group.Barrier();
            x[Group.IdxX] += 1;
        }
    }

    private static void ReturnBeforeShuffle(ArrayView<int> x)
    {
        int value = x[Group.IdxX];
        if (value % 2 == 0)
        {
            if (value > 1000)
                return;
            value /= 2;
        }
        value += Warp.ShuffleXor(value, 1);
        Warp.Barrier();
        x[Group.IdxX] = value + Warp.Broadcast(value, 0);
    }

    private static void NestedWayOut(ArrayView<int> x)
    {
        int value = x[Group.IdxX];
        for (int round = 0; round < 3; round++)
        {
            if (value % 2 == 0)
            {
                if (value % 4 == 0)
                {
                    if (value < 0)
                        return;
                    value += 1;
                }
                else
                {
                    if (value < -5)
                        break;
                    value += 3;
                }
            }
            Group.Barrier();
            x[Group.IdxX] = value;
            Group.Barrier();
            value = x[63 - Group.IdxX];
        }
    }

    private static void SwitchWithReturns(ArrayView<int> x)
    {
        int value = x[Group.IdxX];
        switch (value % 4)
        {
            case 0:
                if (value < 0)
                    return;
                value = 7;
                break;
            case 1:
                if (value < -1)
                    return;
                value = 8;
                break;
            default:
                value = 9;
                break;
        }
        Group.Barrier();
        x[63 - Group.IdxX] = value;
    }
}
