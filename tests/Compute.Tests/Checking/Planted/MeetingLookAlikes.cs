using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Algorithms.ScanReduceOperations;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Correct kernels whose barriers, shuffles and returns only look as if some threads missed them.</summary>
public sealed class MeetingLookAlikes(int warpSize) : PlantedFixture(warpSize)
{
    private static IEnumerable<TestCaseData> Kernels()
    {
        yield return Right(b => b.Run(WarpReduction, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(CountDown, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(BarrierInUniformLoop, (2, 32), b.Ints(64), 5));
        yield return Right(b => b.Run(BarrierInUniformArm, (4, 32), b.Ints(128)));
        yield return Right(b => b.Run(ReturnOfWarps, (1, 128), b.Ints(128)));
        yield return Right(b => b.Run(ReturnOfGroups, (4, 32), b.Ints(80)));
        yield return Right(b => b.Run(ShuffleByWarps, (1, 128), b.Ints(128)));
        yield return Right(b => b.Run(PartialWarp, (2, 40), b.Ints(80)));
        yield return Right(b => b.Run(ReduceByLibrary, (2, 64), b.Ints(128), b.New<int>(2)));
        yield return Right(b => b.Run(ScanByLibrary, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(BroadcastOfOne, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(GuardInOneArm, (3, 32), b.Ints(70), b.New<int>(96)));
        yield return Right(b => b.Run(BreakInOneArm, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(ReturnBeforeShuffle, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(NestedWayOut, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(SwitchWithReturns, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(UnequalInside, (1, 128), b.Ints(128), 3));
        yield return Right(b => b.Run(FourDeep, (1, 64), b.Ints(64), 2));
        yield return Right(b => b.Run(FiveDeep, (1, 64), b.Ints(64), 2));
        yield return Right(b => b.Run(ContinueBehindBarrier, (1, 128), b.Ints(128), 6));
        yield return Right(b => b.Run(UntilAllAre, (1, 128), b.Ints(128)));
    }

    [TestCaseSource(nameof(Kernels))]
    public void Is_left_alone(Action<Bench> run) => Leaves(run);

    private static void WarpReduction(ArrayView<int> x)
    {
        int value = x[Group.IdxX];
        for (int offset = Warp.WarpSize / 2; offset > 0; offset /= 2)
            value += Warp.ShuffleDown(value, offset);
        if (Warp.IsFirstLane)
            x[Group.IdxX] = value;
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

    private static void BroadcastOfOne(ArrayView<int> x)
    {
        int from = x[5] % 64;
        int value = Group.Broadcast(x[Group.IdxX], from);
        x[Group.IdxX] = value + Warp.Broadcast(value, 0);
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

    // The inner loop has other numbers of rounds for every thread; the meetings are in the outer one.
    private static void UnequalInside(ArrayView<int> x, int rounds)
    {
        ArrayView<int> sums = SharedMemory.Allocate<int>(128);
        for (int i = 0; i < rounds; i++)
        {
            int sum = 0;
            for (int k = 0; k < Group.IdxX / 7 + i; k++)
                sum += k;
            sums[Group.IdxX] = sum;
            Group.Barrier();
            x[Group.IdxX] += sums[127 - Group.IdxX];
            Group.Barrier();
        }
    }

    private static void FourDeep(ArrayView<int> x, int n)
    {
        int sum = 0;
        for (int a = 0; a < n; a++)
        {
            for (int b = 0; b < n; b++)
            {
                for (int c = 0; c < n; c++)
                {
                    for (int d = 0; d < Group.IdxX % 5; d++)
                        sum += d * x[Group.IdxX];
                    for (int d = 0; d < n; d++)
                        Group.Barrier();
                }
            }
        }
        x[Group.IdxX] = sum;
    }

    // Deeper than rounds have counts of their own.
    private static void FiveDeep(ArrayView<int> x, int n)
    {
        int sum = 0;
        for (int a = 0; a < n; a++)
        {
            for (int b = 0; b < n; b++)
            {
                for (int c = 0; c < n; c++)
                {
                    for (int d = 0; d < n; d++)
                    {
                        for (int e = 0; e < Group.IdxX / 16; e++)
                            sum += e * x[Group.IdxX];
                        Group.Barrier();
                    }
                }
            }
        }
        x[Group.IdxX] = sum;
    }

    private static void ContinueBehindBarrier(ArrayView<int> x, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            Group.Barrier();
            if ((Group.IdxX / 64 + i) % 2 == 0)
                continue;
            x[Group.IdxX]++;
        }
    }

    private static void UntilAllAre(ArrayView<int> x)
    {
        int value = x[Group.IdxX];
        while (Group.BarrierOr(value > 0))
            value -= 50;
        x[Group.IdxX] = value;
    }
}
