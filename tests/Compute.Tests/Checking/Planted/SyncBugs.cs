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
        yield return Bug(b => b.Run(UntilSmall, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.Barrier"]);
        yield return Bug(b => b.Run(BreakOut, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.Barrier"]);
        yield return Bug(b => b.Run(ShortCircuit, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.BarrierOr"]);
        yield return Bug(b => b.Run(BroadcastOfSome, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.Broadcast"]);
        yield return Bug(b => b.Run(ShuffleInLoop, (1, 64), b.Ints(64)), ["not every thread of the warp reached Warp.ShuffleXor"], from: 4);
        yield return Bug(b => b.Run(ShuffleAfterReturn, (1, 64), b.Ints(64)), ["not every thread of the warp reached Warp.ShuffleDown", "at the end of the kernel"], from: 4);
        yield return Bug(b => b.Run(InHelper, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.Barrier", "48 threads"]);
        yield return Bug(b => b.Run(OneThreadMissing, (2, 64), b.Ints(128)), ["group (1, 0, 0)", "thread (63, 0, 0) is"]);
        yield return Bug(b => b.Run(OneRoundMore, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.Barrier", "thread (0, 0, 0) is"]);
        yield return Bug(b => b.Run(Rows, ((1, 1), (8, 8)), b.Ints(64)), ["not every thread of the group reached Group.Barrier", "56 threads"]);
        yield return Bug(b => b.Run(Ternary, (1, 64), b.Ints(64)), ["not every thread of the warp reached Warp.Shuffle"], from: 4);
        yield return Bug(b => b.Run(NoSuchThread, (1, 48), b.Ints(48)), ["the value of thread 48 is broadcast, which the group does not have"]);
        yield return Bug(b => b.Run(NoSuchLane, (1, 48), b.Ints(48)), ["is broadcast, which the warp does not have"], from: 32);
        yield return Bug(b => b.Run(ManyLanes, (1, 64), b.Ints(64)), ["Warp.Broadcast", "lane 1", "lane 0"], from: 4);
        yield return Bug(b => b.Run(ManyThreads, (1, 64), b.Ints(64)), ["Group.Broadcast", "thread 1", "thread 0"]);
        yield return Bug(b => b.Run(PopCountOfWarp, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.BarrierPopCount"], to: 32);
        yield return Bug(b => b.Run(LastTile, (3, 32), b.Ints(80)), ["group (2, 0, 0)", "not every thread of the group reached Group.Barrier", "16 threads"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(AutoReturn, 100, b.Ints(100)), ["not every thread of the group reached Group.Barrier"]);
        yield return Bug(b => b.Run(NestedLoop, (1, 32), b.Ints(32)), ["not every thread of the group reached Group.Barrier"]);
        yield return Bug(b => b.Run(Alternating, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.Barrier"]);
        yield return Bug(b => b.Run(AlternatingShuffle, (1, 64), b.Ints(64)), ["not every thread of the warp reached Warp.ShuffleXor"], from: 4);
        yield return Bug(b => b.Run(BreakOfSome, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.Barrier"]);
        yield return Bug(b => b.Run(InOtherRound, (1, 128), b.Ints(128), 6), ["thread (0, 0, 0): ", "64 threads ((64, 0, 0)", ", …) are at Group.Barrier in another round of the loop ("]);
        yield return Bug(b => b.Run(InOtherRoundUnrolled, (1, 128), b.Ints(128)), ["64 threads ((64, 0, 0)", ", …) are at Group.Barrier in another round or call ("]);
        yield return Bug(b => b.Run(InOtherOuterRound, (1, 128), b.Ints(128), 3), ["thread (0, 0, 0): ", "are at Group.Barrier in another round"]);
        yield return Bug(b => b.Run(OneInEachArm, (1, 128), b.Ints(128)), ["thread (0, 0, 0): ", "64 threads ((0, 0, 0)", "64 threads ((64, 0, 0)"]);
        yield return Bug(b => b.Run(TwoCalls, (1, 128), b.Ints(128)), ["thread (0, 0, 0): ", "64 threads ((64, 0, 0)", ", …) are at Group.Barrier in another round or call ("]);
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

    private static void UntilSmall(ArrayView<int> x)
    {
        while (x[Group.IdxX] > 1)
        {
            x[Group.IdxX] /= 2;
            Group.Barrier();    // bug UntilSmall
        }
    }

    private static void BreakOut(ArrayView<int> x)
    {
        for (int i = 0; i < 4; i++)
        {
            if (x[Group.IdxX] == 40 + i)
                break;
            Group.Barrier();    // bug BreakOut
            x[Group.IdxX] += 1;
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

    private static void ShuffleInLoop(ArrayView<int> x)
    {
        int value = x[Group.IdxX];
        for (int i = 0; i < Warp.LaneIdx; i++)
            value += Warp.ShuffleXor(value, 1);     // bug ShuffleInLoop
        x[Group.IdxX] = value;
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

    private static void OneRoundMore(ArrayView<int> x)
    {
        int rounds = Group.IdxX == 0 ? 3 : 2;
        for (int i = 0; i < rounds; i++)
        {
            x[Group.IdxX] += i;
            Group.Barrier();    // bug OneRoundMore
        }
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

    private static void NestedLoop(ArrayView<int> x)
    {
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < x[Group.IdxX] % 3; j++)
            {
                Group.Barrier();    // bug NestedLoop
            }
            x[Group.IdxX] += 1;
        }
    }

    // Everybody comes to this barrier, but not in the same round.
    private static void Alternating(ArrayView<int> x)
    {
        for (int i = 0; i < 4; i++)
        {
            if ((Group.IdxX + i) % 2 == 0)
                Group.Barrier();    // bug Alternating
            x[Group.IdxX] += 1;
        }
    }

    // Both halves come to it as often, in turns.
    private static void InOtherRound(ArrayView<int> x, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            if ((Group.IdxX / 64 + i) % 2 == 0)
                Group.Barrier();    // bug InOtherRound
            x[Group.IdxX] += 1;
        }
    }

    private static void InOtherRoundUnrolled(ArrayView<int> x)
    {
        for (int i = 0; i < 4; i++)
        {
            if ((Group.IdxX / 64 + i) % 2 == 0)
                Group.Barrier();    // bug InOtherRoundUnrolled
            x[Group.IdxX] += 1;
        }
    }

    // One round more in the first of two outer rounds, or in the second.
    private static void InOtherOuterRound(ArrayView<int> x, int rounds)
    {
        for (int i = 0; i < 2; i++)
        {
            int inner = (Group.IdxX < 64) == (i == 0) ? rounds : rounds + 1;
            for (int k = 0; k < inner; k++)
                Group.Barrier();    // bug InOtherOuterRound
            x[Group.IdxX] += 1;
        }
    }

    private static void OneInEachArm(ArrayView<int> x)
    {
        if (Group.IdxX < 64)
        {
            x[Group.IdxX] = 1;
            Group.Barrier();    // bug OneInEachArm
        }
        else
        {
            x[Group.IdxX] = 2;
            Group.Barrier();
        }
    }

    private static void TwoCalls(ArrayView<int> x)
    {
        if (Group.IdxX < 64)
            Publish(x, 1);
        else
            Publish(x, 2);
    }

    private static void Publish(ArrayView<int> x, int value)
    {
        x[Group.IdxX] = value;
        Group.Barrier();    // bug TwoCalls
    }

    private static void AlternatingShuffle(ArrayView<int> x)
    {
        int value = x[Group.IdxX];
        for (int i = 0; i < 4; i++)
        {
            if ((Group.IdxX + i) % 2 == 0)
                value += Warp.ShuffleXor(value, 2);     // bug AlternatingShuffle
            value += 1;
        }
        x[Group.IdxX] = value;
    }

    private static void BreakOfSome(ArrayView<int> x)
    {
        for (int i = 0; i < 4; i++)
        {
            if (Group.IdxX % 3 == 0)
            {
                if (x[Group.IdxX] > 60)
                    break;
                x[Group.IdxX] += i;
            }
            Group.Barrier();    // bug BreakOfSome
        }
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
