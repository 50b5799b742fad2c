using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Barriers and warp operations that all threads come to, but in other rounds of a loop, or at another place.</summary>
public sealed class RoundBugs(int warpSize) : PlantedFixture(warpSize)
{
    private static IEnumerable<TestCaseData> Bugs()
    {
        yield return Bug(b => b.Run(UntilSmall, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.Barrier"]);
        yield return Bug(b => b.Run(BreakOut, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.Barrier"]);
        yield return Bug(b => b.Run(ShuffleInLoop, (1, 64), b.Ints(64)), ["not every thread of the warp reached Warp.ShuffleXor"], from: 4);
        yield return Bug(b => b.Run(OneRoundMore, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.Barrier", "thread (0, 0, 0) is"]);
        yield return Bug(b => b.Run(NestedLoop, (1, 32), b.Ints(32)), ["not every thread of the group reached Group.Barrier"]);
        yield return Bug(b => b.Run(Alternating, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.Barrier"]);
        yield return Bug(b => b.Run(AlternatingShuffle, (1, 64), b.Ints(64)), ["not every thread of the warp reached Warp.ShuffleXor"], from: 4);
        yield return Bug(b => b.Run(BreakOfSome, (1, 64), b.Ints(64)), ["not every thread of the group reached Group.Barrier"]);
        yield return Bug(b => b.Run(InOtherRound, (1, 128), b.Ints(128), 6), ["thread (0, 0, 0): ", "64 threads ((64, 0, 0)", ", …) are at Group.Barrier in another round of the loop ("]);
        yield return Bug(b => b.Run(InOtherRoundUnrolled, (1, 128), b.Ints(128)), ["64 threads ((64, 0, 0)", ", …) are at Group.Barrier in another round or call ("]);
        yield return Bug(b => b.Run(InOtherOuterRound, (1, 128), b.Ints(128), 3), ["thread (0, 0, 0): ", "are at Group.Barrier in another round"]);
        yield return Bug(b => b.Run(OneInEachArm, (1, 128), b.Ints(128)), ["thread (0, 0, 0): ", "64 threads ((0, 0, 0)", "64 threads ((64, 0, 0)"]);
        yield return Bug(b => b.Run(TwoCalls, (1, 128), b.Ints(128)), ["thread (0, 0, 0): ", "64 threads ((64, 0, 0)", ", …) are at Group.Barrier in another round or call ("]);
    }

    [TestCaseSource(nameof(Bugs))]
    public void Is_found(Action<Bench> run, string[] texts, int from, int to) => Finds(run, texts, from, to, Here());

    private static string Here([CallerFilePath] string path = "") => path;

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

    private static void ShuffleInLoop(ArrayView<int> x)
    {
        int value = x[Group.IdxX];
        for (int i = 0; i < Warp.LaneIdx; i++)
            value += Warp.ShuffleXor(value, 1);     // bug ShuffleInLoop
        x[Group.IdxX] = value;
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
}
