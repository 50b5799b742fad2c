using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Threads that wait for what others write: some do so rightly, some for ever.</summary>
public sealed class Waiting(int warpSize) : PlantedFixture(warpSize)
{
    private const string NoEnd = "goes round in a loop without an end, in which nothing changes any more: ";

    private static IEnumerable<TestCaseData> Bugs()
    {
        yield return Bug(b => b.Run(LockOfLanes, (1, 64), b.Zeros(1), b.Zeros(1)), [NoEnd, "thread (0, 0, 0) is on another path"], from: 4);
        yield return Bug(b => b.Run(ForLaterGroup, (4, 64), b.Zeros(1), b.New<int>(256)), ["group (0, 0, 0), thread (0, 0, 0): " + NoEnd, "64 threads"]);
        yield return Bug(b => b.Run(PlainLook, (1, 128), b.Ints(128)), ["race: ", "element 0 of shared memory 'flag'"]);
        yield return Bug(b => b.Run(NoStep, (2, 128), b.Ints(256)), ["thread (0, 0, 0): " + NoEnd]);
        yield return Bug(b => b.Run(NeverEnough, (1, 128), b.Ints(128), b.Zeros(1)), ["thread (1, 0, 0): " + NoEnd, "127 threads ("]);
        yield return Bug(b => b.Run(GivesBackNothing, (3, 1), b.Zeros(1), b.Zeros(1)), ["group (1, 0, 0), thread (0, 0, 0): " + NoEnd]);
    }

    private static IEnumerable<TestCaseData> Kernels()
    {
        yield return Right(b => b.Run(ProducersFirst, (1, 128), b.Ints(128), b.Zeros(1)));
        yield return Right(b => b.Run(ConsumersFirst, (1, 128), b.Ints(128), b.Zeros(1)));
        yield return Right(b => b.Run(ThereAndBack, (2, 128), b.Ints(256), b.Zeros(4)));
        yield return Right(b => b.Run(LongCount, (1, 128), b.Ints(128)));
        yield return Right(b => b.Run(LongWithoutMemory, (2, 64), b.New<int>(128)));
    }

    [TestCaseSource(nameof(Bugs))]
    public void Is_found(Action<Bench> run, string[] texts, int from, int to) => Finds(run, texts, from, to, Here());

    [TestCaseSource(nameof(Kernels))]
    public void Is_left_alone(Action<Bench> run) => Leaves(run);

    private static string Here([CallerFilePath] string path = "") => path;

    // The lane that has the lock waits behind the loop for those that want it.
    private static void LockOfLanes(ArrayView<int> taken, ArrayView<int> sum)
    {
        while (Atomic.CompareExchange(ref taken[0], 0, 1) != 0)     // bug LockOfLanes
        {
        }
        MemoryFence.DeviceLevel();
        sum[0] += 1;
        MemoryFence.DeviceLevel();
        Atomic.Exchange(ref taken[0], 0);
    }

    // No GPU promises that a later group runs beside an earlier one.
    private static void ForLaterGroup(ArrayView<int> flag, ArrayView<int> x)
    {
        if (Grid.IdxX == Grid.DimX - 1)
            Atomic.Exchange(ref flag[0], 1);
        while (Atomic.Add(ref flag[0], 0) == 0)     // bug ForLaterGroup
        {
        }
        x[Grid.GlobalIndex.X] = 1;
    }

    private static void PlainLook(ArrayView<int> x)
    {
        ArrayView<int> flag = SharedMemory.Allocate<int>(1);
        if (Group.IdxX == 0)
            flag[0] = 0;
        Group.Barrier();
        if (Group.IdxX == 64)
            flag[0] = 1;    // with PlainLook
        if (Group.IdxX < 64)
        {
            while (flag[0] == 0)    // bug PlainLook
            {
            }
        }
        x[Group.IdxX] = 2;
    }

    private static void NoStep(ArrayView<int> x)
    {
        int i = 0, sum = 0;
        while (i < x[Grid.GlobalIndex.X])   // bug NoStep
            sum = i * 2;
        x[Grid.GlobalIndex.X] = sum;
    }

    private static void NeverEnough(ArrayView<int> x, ArrayView<int> count)
    {
        if (Group.IdxX == 0)
            Atomic.Add(ref count[0], 1);
        while (Group.IdxX > 0 && Atomic.Or(ref count[0], 0) < 2)    // bug NeverEnough
        {
        }
        Group.Barrier();
        x[Group.IdxX] = 2;
    }

    private static void GivesBackNothing(ArrayView<int> taken, ArrayView<int> sum)
    {
        while (Atomic.CompareExchange(ref taken[0], 0, 1) != 0)     // bug GivesBackNothing
        {
        }
        MemoryFence.DeviceLevel();
        sum[0] += 1;
    }

    private static void ProducersFirst(ArrayView<int> x, ArrayView<int> count)
    {
        ArrayView<int> queue = SharedMemory.Allocate<int>(64);
        if (Group.IdxX < 64)
            Produce(queue, Group.IdxX, x[Group.IdxX], ref count[0]);
        else
            x[Group.IdxX] = Consume(queue, 127 - Group.IdxX, ref count[0], 64);
    }

    // A warp that waits must let those behind it go on.
    private static void ConsumersFirst(ArrayView<int> x, ArrayView<int> count)
    {
        ArrayView<int> queue = SharedMemory.Allocate<int>(64);
        if (Group.IdxX < 64)
            x[Group.IdxX] = Consume(queue, 63 - Group.IdxX, ref count[0], 64);
        else
            Produce(queue, Group.IdxX - 64, x[Group.IdxX], ref count[0]);
    }

    private static void ThereAndBack(ArrayView<int> x, ArrayView<int> counts)
    {
        ArrayView<int> queue = SharedMemory.Allocate<int>(64);
        int there = Grid.IdxX * 2, back = there + 1, lane = Group.IdxX % 64;
        for (int round = 1; round <= 3; round++)
        {
            if (Group.IdxX < 64)
            {
                Wait(ref counts[back], 64 * (round - 1));
                Produce(queue, lane, x[lane] * round, ref counts[there]);
            }
            else
            {
                x[Grid.GlobalIndex.X] += Consume(queue, 63 - lane, ref counts[there], 64 * round);
                MemoryFence.GroupLevel();
                Atomic.Add(ref counts[back], 1);
            }
        }
    }

    private static void Produce(ArrayView<int> queue, int place, int value, ref int count)
    {
        queue[place] = value;
        MemoryFence.GroupLevel();
        Atomic.Add(ref count, 1);
    }

    private static int Consume(ArrayView<int> queue, int place, ref int count, int enough)
    {
        Wait(ref count, enough);
        return queue[place];
    }

    private static void Wait(ref int count, int enough)
    {
        while (Atomic.Add(ref count, 0) < enough)
        {
        }
        MemoryFence.GroupLevel();
    }

    // Atomic operations that change nothing, in a loop that does end.
    private static void LongCount(ArrayView<int> x)
    {
        int most = 0;
        for (int i = 0; i < 3000; i++)
            most = Atomic.Max(ref x[Group.IdxX], i & 1);
        x[Group.IdxX] = most + 1;
    }

    private static void LongWithoutMemory(ArrayView<int> x)
    {
        int steps = 0;
        for (ulong value = (ulong)Grid.GlobalIndex.X + 27; steps < 3000; steps++)
            value = value % 2 == 0 ? value / 2 : (3 * value) + 1;
        x[Grid.GlobalIndex.X] = steps;
    }
}
