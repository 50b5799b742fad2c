using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Correct kernels whose threads touch the same words, rows or views, but not the same bytes.</summary>
public sealed class AliasLookAlikes(int warpSize) : PlantedFixture(warpSize)
{
    private static IEnumerable<TestCaseData> Kernels()
    {
        yield return Right(b => b.Run(FieldsApart, (1, 64), b.Of(new Pair[32])));
        yield return Right(b => b.Run(BytesOfWords, (1, 64), b.Ints(16)));
        yield return Right(b => b.Run(OwnCells, (4, 32), b.Ints(128)));
        yield return Right(b => b.Run(EachWarpItsRow, (1, 128), b.Ints(128)));
        yield return Right(b => b.Run(ReadOnlyAlias, (2, 32), b.Ints(64)));
        yield return Right(SelfAlias);
        yield return Right(b => b.Run(SameByteTwiceByOne, (1, 16), b.Of(new byte[16])));
        yield return Right(b => b.Run(SharedWithoutSharing, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(AllThreadsSameStart, (1, 64), b.Ints(64)));
    }

    [TestCaseSource(nameof(Kernels))]
    public void Is_left_alone(Action<Bench> run) => Leaves(run);

    private record struct Pair(int A, int B);

    private static void FieldsApart(ArrayView<Pair> pairs)
    {
        if (Group.IdxX % 2 == 0)
            pairs[Group.IdxX / 2].A = Group.IdxX;
        else
            pairs[Group.IdxX / 2].B = Group.IdxX;
    }

    private static void BytesOfWords(ArrayView<int> x) => x.Cast<byte>()[Group.IdxX] = (byte)Group.IdxX;

    private static void OwnCells(ArrayView<int> x)
    {
        int i = Grid.GlobalIndex.X;
        for (int round = 0; round < 3; round++)
            x[i] = x[i] * 2 + round;
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
}
