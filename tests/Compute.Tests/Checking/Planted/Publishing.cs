using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Fences before atomic operations: they publish what came before them, and nothing that came after.</summary>
public sealed class Publishing(int warpSize) : PlantedFixture(warpSize)
{
    private static IEnumerable<TestCaseData> Bugs()
    {
        yield return Bug(b => b.Run(UnlockWithoutFence, (6, 1), b.Zeros(1), b.Zeros(1)), ["race: ", "element 0 of sum", "groups of one launch have no order"]);
        yield return Bug(b => b.Run(FenceTooEarly, (4, 64), b.Ints(256), b.New<int>(256), b.Zeros(2)), ["race: reads element 63 of parts", "of group (0, 0, 0)"]);
        yield return Bug(b => b.Run(FencedByOne, (4, 64), b.Ints(256), b.New<int>(256), b.Zeros(2)), ["race: reads element 63 of parts", "of group (0, 0, 0)"]);
    }

    private static IEnumerable<TestCaseData> Kernels()
    {
        yield return Right(b => b.Run(LockAgainAndAgain, (6, 1), b.Zeros(1), b.Zeros(1)));
        yield return Right(b => b.Run(AllFenceThenMeet, (4, 64), b.Ints(256), b.New<int>(256), b.Zeros(2)));
        yield return Right(b => b.Run(MeetThenOneFences, (4, 64), b.Ints(256), b.New<int>(256), b.Zeros(2)));
        yield return Right(b => b.Run(WarpsFenceThenMeet, (2, 64), b.Ints(128), b.New<int>(128), b.Zeros(2)));
        yield return Right(b => b.Run(WarpsMeetThenOneFences, (2, 64), b.Ints(128), b.New<int>(128), b.Zeros(2)));
        yield return Right(b => b.Run(LookBack, (8, 32), b.Ints(256), b.New<int>(16), b.Zeros(8)));
    }

    [TestCaseSource(nameof(Bugs))]
    public void Is_found(Action<Bench> run, string[] texts, int from, int to) => Finds(run, texts, from, to, Here());

    [TestCaseSource(nameof(Kernels))]
    public void Is_left_alone(Action<Bench> run) => Leaves(run);

    private static string Here([CallerFilePath] string path = "") => path;

    // The fence behind the lock is there, the one before its release is not.
    private static void UnlockWithoutFence(ArrayView<int> taken, ArrayView<int> sum)
    {
        while (Atomic.CompareExchange(ref taken[0], 0, 1) != 0)
        {
        }
        MemoryFence.DeviceLevel();
        sum[0] += 1;    // bug UnlockWithoutFence
        Atomic.Exchange(ref taken[0], 0);
    }

    private static void LockAgainAndAgain(ArrayView<int> taken, ArrayView<int> sum)
    {
        for (int round = 0; round < 3; round++)
        {
            while (Atomic.CompareExchange(ref taken[0], 0, 1) != 0)
            {
            }
            MemoryFence.DeviceLevel();
            sum[0] += 1;
            MemoryFence.DeviceLevel();
            Atomic.Exchange(ref taken[0], 0);
        }
    }

    private static void FenceTooEarly(ArrayView<int> x, ArrayView<int> parts, ArrayView<int> done)
    {
        ref int last = ref SharedMemory.Allocate<int>();
        MemoryFence.DeviceLevel();
        parts[Grid.GlobalIndex.X] = x[Grid.GlobalIndex.X] * 2;      // with FenceTooEarly
        Group.Barrier();
        if (Group.IdxX == 0)
            last = Atomic.Add(ref done[0], 1);
        Group.Barrier();
        if (last != Grid.DimX - 1)
            return;
        int sum = 0;
        for (int group = 0; group < Grid.DimX; group++)
            sum += parts[group * 64 + 63 - Group.IdxX];     // bug FenceTooEarly
        Atomic.Add(ref done[1], sum);
    }

    private static void FencedByOne(ArrayView<int> x, ArrayView<int> parts, ArrayView<int> done)
    {
        ref int last = ref SharedMemory.Allocate<int>();
        parts[Grid.GlobalIndex.X] = x[Grid.GlobalIndex.X] * 2;      // with FencedByOne
        if (Group.IdxX == 0)
            MemoryFence.DeviceLevel();
        Group.Barrier();
        if (Group.IdxX == 0)
            last = Atomic.Add(ref done[0], 1);
        Group.Barrier();
        if (last != Grid.DimX - 1)
            return;
        int sum = 0;
        for (int group = 0; group < Grid.DimX; group++)
            sum += parts[group * 64 + 63 - Group.IdxX];     // bug FencedByOne
        Atomic.Add(ref done[1], sum);
    }

    private static void AllFenceThenMeet(ArrayView<int> x, ArrayView<int> parts, ArrayView<int> done)
    {
        ref int last = ref SharedMemory.Allocate<int>();
        parts[Grid.GlobalIndex.X] = x[Grid.GlobalIndex.X] * 2;
        MemoryFence.DeviceLevel();
        Group.Barrier();
        if (Group.IdxX == 0)
            last = Atomic.Add(ref done[0], 1);
        Group.Barrier();
        if (last == Grid.DimX - 1)
            Atomic.Add(ref done[1], ColumnOf(parts));
    }

    private static void MeetThenOneFences(ArrayView<int> x, ArrayView<int> parts, ArrayView<int> done)
    {
        ref int last = ref SharedMemory.Allocate<int>();
        parts[Grid.GlobalIndex.X] = x[Grid.GlobalIndex.X] * 2;
        Group.Barrier();
        if (Group.IdxX == 0)
        {
            MemoryFence.DeviceLevel();
            last = Atomic.Add(ref done[0], 1);
        }
        Group.Barrier();
        if (last == Grid.DimX - 1)
            Atomic.Add(ref done[1], ColumnOf(parts));
    }

    private static int ColumnOf(ArrayView<int> parts)
    {
        int sum = 0;
        for (int group = 0; group < Grid.DimX; group++)
            sum += parts[group * 64 + 63 - Group.IdxX];
        return sum;
    }

    private static void WarpsFenceThenMeet(ArrayView<int> x, ArrayView<int> parts, ArrayView<int> done)
    {
        int before = 0;
        parts[Grid.GlobalIndex.X] = x[Grid.GlobalIndex.X] * 2;
        MemoryFence.DeviceLevel();
        Warp.Barrier();
        if (Warp.IsFirstLane)
            before = Atomic.Add(ref done[0], 1);
        if (Warp.Broadcast(before, 0) == Grid.DimX * Group.DimX / Warp.WarpSize - 1)
            Atomic.Add(ref done[1], EveryWarpSize(parts));
    }

    private static void WarpsMeetThenOneFences(ArrayView<int> x, ArrayView<int> parts, ArrayView<int> done)
    {
        int before = 0;
        parts[Grid.GlobalIndex.X] = x[Grid.GlobalIndex.X] * 2;
        Warp.Barrier();
        if (Warp.IsFirstLane)
        {
            MemoryFence.DeviceLevel();
            before = Atomic.Add(ref done[0], 1);
        }
        if (Warp.Shuffle(before, 0) == Grid.DimX * Group.DimX / Warp.WarpSize - 1)
            Atomic.Add(ref done[1], EveryWarpSize(parts));
    }

    private static int EveryWarpSize(ArrayView<int> parts)
    {
        int sum = 0;
        for (int i = Warp.LaneIdx; i < parts.IntLength; i += Warp.WarpSize)
            sum += parts[i];
        return sum;
    }

    // Each group publishes its sum, adds up those before it until one that has published its prefix, and publishes its own.
    private static void LookBack(ArrayView<int> x, ArrayView<int> sums, ArrayView<int> states)
    {
        ref int before = ref SharedMemory.Allocate<int>();
        int own = Grid.IdxX;
        if (Group.IdxX == 0)
        {
            sums[own] = x[Grid.GlobalIndex.X];
            MemoryFence.DeviceLevel();
            Atomic.Exchange(ref states[own], 1);
            before = 0;
            for (int other = own - 1; other >= 0; other--)
            {
                int state = 0;
                while (state == 0)
                    state = Atomic.Add(ref states[other], 0);
                MemoryFence.DeviceLevel();
                before += sums[state == 2 ? 8 + other : other];
                if (state == 2)
                    break;
            }
            sums[8 + own] = before + sums[own];
            MemoryFence.DeviceLevel();
            Atomic.Exchange(ref states[own], 2);
        }
        Group.Barrier();
        x[Grid.GlobalIndex.X] += before;
    }
}
