using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Accesses of shared memory that nothing orders, between lanes and warps.</summary>
public sealed class RaceBugs(int warpSize) : PlantedFixture(warpSize)
{
    private static IEnumerable<TestCaseData> Bugs()
    {
        yield return Bug(b => b.Run(Scan, (1, 64), b.Ints(64)), ["race: ", "of shared memory 'sums'"]);
        yield return Bug(b => b.Run(DoubleBuffer, (1, 64), b.Ints(256)), ["race: ", "of shared memory 'tiles'"]);
        yield return Bug(b => b.Run(SharedHistogram, (1, 64), b.Ints(64)), ["race: ", "of shared memory 'bins'"]);
        yield return Bug(b => b.Run(LateStart, (1, 64), b.Ints(64)), ["race: ", "element 0 of shared memory 'total'"]);
        yield return Bug(b => b.Run(WarpSynchronous, (1, 64), b.Ints(64)), ["race: ", "of shared memory 'sums'"]);
        yield return Bug(b => b.Run(OneForAll, (1, 64), b.Ints(64)), ["race: ", "element 0 of shared memory"]);
        yield return Bug(b => b.Run(ScratchAgain, (1, 64), b.Ints(64)), ["race: ", "of shared memory 'scratch'"]);
        yield return Bug(b => b.Run(WarpSums, (1, 128), b.Ints(128)), ["race: ", "of shared memory 'sums'"]);
        yield return Bug(b => b.Run(OddEven, (1, 32), b.Ints(64)), ["race: ", "of shared memory 'keys'"]);
        yield return Bug(b => b.Run(ShuffleAsBarrier, (1, 64), b.Ints(64)), ["race: ", "of shared memory 'row'"]);
        yield return Bug(b => b.Run(SecondValue, (1, 64), b.Ints(64)), ["race: ", "element 0 of shared memory 'value'"]);
        yield return Bug(b => b.Run(ChangedFlag, (1, 64), b.Ints(64)), ["race: ", "element 0 of shared memory 'changed'"]);
        yield return Bug(b => b.Run(ByWarpsOnly, (1, 128), b.Ints(128)), ["race: ", "of shared memory 'tile'"]);
        yield return Bug(b => b.Run(DynamicSplit, new KernelConfig(1, 32, SharedMemoryConfig.RequestDynamic<int>(48)), b.Ints(32)), ["race: writes element 16 of dynamic shared memory"]);
        yield return Bug(b => b.Run(OneBarrierInThree, (1, 64), b.Ints(64)), ["race: ", "of shared memory 'a'"]);
        yield return Bug(b => b.Run(PrivateBins, (1, 64), b.Ints(64)), ["race: ", "of shared memory 'bins'", "changes atomically"], from: 4);
        yield return Bug(b => b.Run(StartByWarp, (1, 128), b.Ints(128)), ["race: ", "element 0 of shared memory 'total'"]);
        yield return Bug(b => b.Run(CountFromNothing, (1, 128), b.Ints(128)), ["race: ", "element 0 of shared memory 'done'"]);
    }

    [TestCaseSource(nameof(Bugs))]
    public void Is_found(Action<Bench> run, string[] texts, int from, int to) => Finds(run, texts, from, to, Here());

    private static string Here([CallerFilePath] string path = "") => path;

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

    private static void WarpSums(ArrayView<int> x)
    {
        ArrayView<int> sums = SharedMemory.Allocate<int>(128);
        if (Warp.IsFirstLane)
            sums[Warp.WarpIdx] = x[Group.IdxX];     // with WarpSums
        if (Group.IdxX == 1)
            x[0] = sums[0];     // bug WarpSums
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

    // Right for one warp, not for two.
    private static void ByWarpsOnly(ArrayView<int> x)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(128);
        tile[Group.IdxX] = x[Group.IdxX];   // with ByWarpsOnly
        Warp.Barrier();
        x[Group.IdxX] = tile[127 - Group.IdxX];     // bug ByWarpsOnly
    }

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
}
