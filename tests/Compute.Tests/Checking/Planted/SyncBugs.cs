using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Barriers, warp operations and broadcasts that some threads miss or answer differently.</summary>
public sealed class SyncBugs(int warpSize) : PlantedFixture(warpSize)
{
    private static IEnumerable<TestCaseData> Bugs()
    {
        yield return Bug(b => b.Run(Switch, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.Barrier", "16 threads ((2, 0, 0), (6, 0, 0)"]);
        yield return Bug(b => b.Run(ShortCircuit, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.BarrierOr"]);
        yield return Bug(b => b.Run(BroadcastOfSome, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.Broadcast"]);
        yield return Bug(b => b.Run(ShuffleAfterReturn, (1, 64), b.Ints(64)), ["not every thread of the warp reached Warp.ShuffleDown", "at the end of the kernel"], from: 4);
        yield return Bug(b => b.Run(InHelper, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.Barrier", "48 threads"]);
        yield return Bug(b => b.Run(OneThreadMissing, (2, 64), b.Ints(128)), ["group (1, 0, 0)", "thread (63, 0, 0) is"]);
        yield return Bug(b => b.Run(Rows, ((1, 1), (8, 8)), b.Ints(64)), ["not every thread of the group reached Group.Barrier", "56 threads"]);
        yield return Bug(b => b.Run(Ternary, (1, 64), b.Ints(64)), ["not every thread of the warp reached Warp.Shuffle"], from: 4);
        yield return Bug(b => b.Run(NoSuchThread, (1, 48), b.Ints(48)), ["the value of thread 48 is broadcast, which the group does not have"]);
        yield return Bug(b => b.Run(NoSuchLane, (1, 48), b.Ints(48)), ["is broadcast, which the warp does not have"], from: 32);
        yield return Bug(b => b.Run(ManyLanes, (1, 64), b.Ints(64)), ["Warp.Broadcast", "lane 1", "lane 0"], from: 4);
        yield return Bug(b => b.Run(ManyThreads, (1, 64), b.Ints(64)), ["Group.Broadcast", "thread 1", "thread 0"]);
        yield return Bug(b => b.Run(PopCountOfWarp, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.BarrierPopCount"], to: 32);
        yield return Bug(b => b.Run(LastTile, (3, 32), b.Ints(80)), ["group (2, 0, 0)", "not every thread of the group reached Group.Barrier", "16 threads"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(AutoReturn, 100, b.Ints(100)), ["not every thread of the group reached Group.Barrier"]);
        yield return Bug(b => b.Run(BarrierByArms, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.Barrier"]);
    }

    [TestCaseSource(nameof(Bugs))]
    public void Is_found(Action<Bench> run, string[] texts, int from, int to) => Finds(run, texts, from, to, Here());

    private static string Here([CallerFilePath] string path = "") => path;

    private static void Switch(ArrayView<int> x)
    {
        switch (Group.IdxX % 4)
        {
            case 0:
                x[Group.IdxX] = 1;
                break;
            case 2:
                Group.Barrier();    // bug Switch
                x[Group.IdxX] = 2;
                break;
            default:
                x[Group.IdxX] = 3;
                break;
        }
    }

    private static void ShortCircuit(ArrayView<int> x)
    {
        bool small = x[Group.IdxX] < 9;
        if (small && Group.BarrierOr(x[Group.IdxX] == 3))   // bug ShortCircuit
            x[Group.IdxX] = 0;
    }

    private static void BroadcastOfSome(ArrayView<int> x)
    {
        if (x[Group.IdxX] % 2 == 1)
            x[Group.IdxX] = Group.Broadcast(x[Group.IdxX], 0);  // bug BroadcastOfSome
    }

    private static void ShuffleAfterReturn(ArrayView<int> x)
    {
        int value = x[Group.IdxX];
        if (value % 4 == 3)
            return;
        x[Group.IdxX] = Warp.ShuffleDown(value, 1);     // bug ShuffleAfterReturn
    }

    private static void InHelper(ArrayView<int> x)
    {
        if (Group.IdxX >= 16)
            x[Group.IdxX] = Exchange(x[Group.IdxX]);
    }

    private static int Exchange(int value)
    {
        ArrayView<int> room = SharedMemory.Allocate<int>(64);
        room[Group.IdxX] = value;
        Group.Barrier();    // bug InHelper
        return room[63 - Group.IdxX];
    }

    private static void OneThreadMissing(ArrayView<int> x)
    {
        if (x[Grid.GlobalIndex.X] != 128)
            Group.Barrier();    // bug OneThreadMissing
        x[Grid.GlobalIndex.X] = 0;
    }

    private static void Rows(ArrayView<int> x)
    {
        if (Group.IdxY == 3)
            return;
        x[Group.LinearIndex] = 0;
        Group.Barrier();    // bug Rows
    }

    private static void Ternary(ArrayView<int> x)
    {
        int value = x[Group.IdxX];
        x[Group.IdxX] = value > 2 ? Warp.Shuffle(value, 0) : value;     // bug Ternary
    }

    private static void NoSuchThread(ArrayView<int> x) =>
        x[Group.IdxX] = Group.Broadcast(x[Group.IdxX], Group.DimX);     // bug NoSuchThread

    private static void NoSuchLane(ArrayView<int> x) =>
        x[Group.IdxX] = Warp.Broadcast(x[Group.IdxX], Warp.WarpSize - 1);   // bug NoSuchLane

    private static void ManyLanes(ArrayView<int> x) =>
        x[Group.IdxX] = Warp.Broadcast(x[Group.IdxX], Warp.LaneIdx & 1);    // bug ManyLanes

    private static void ManyThreads(ArrayView<int> x) =>
        x[Group.IdxX] = Group.Broadcast(x[Group.IdxX], Group.IdxX & 1);     // bug ManyThreads

    private static void PopCountOfWarp(ArrayView<int> x)
    {
        if (Warp.WarpIdx == 0)
            x[Group.IdxX] = Group.BarrierPopCount(x[Group.IdxX] > 3);   // bug PopCountOfWarp
    }

    private static void LastTile(ArrayView<int> x)
    {
        if (Grid.GlobalIndex.X >= x.Length)
            return;
        ArrayView<int> tile = SharedMemory.Allocate<int>(32);
        tile[Group.IdxX] = x[Grid.GlobalIndex.X];
        Group.Barrier();    // bug LastTile
        x[Grid.GlobalIndex.X] = tile[0];
    }

    private static void AutoReturn(Index1D i, ArrayView<int> x)
    {
        if (i == 7)
            return;
        Group.Barrier();    // bug AutoReturn
        x[i] = 0;
    }

    private static void BarrierByArms(ArrayView<int> x)
    {
        if (x[Group.IdxX] % 2 == 0)
        {
            if (x[Group.IdxX] < 0)
                return;
            Group.Barrier();    // bug BarrierByArms
            x[Group.IdxX] = 1;
        }
        else
        {
            x[Group.IdxX] = 2;
        }
    }
}
