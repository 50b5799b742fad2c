using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Correct kernels whose accesses to shared memory only look unordered.</summary>
public sealed class SharingLookAlikes(int warpSize) : PlantedFixture(warpSize)
{
    private static IEnumerable<TestCaseData> Kernels()
    {
        yield return Right(b => b.Run(Scan, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(DoubleBuffer, (1, 64), b.Ints(256)));
        yield return Right(b => b.Run(TransposeByTiles, ((4, 4), (8, 8)), b.Ints(1024), b.New<int>(1024)));
        yield return Right(b => b.Run(WarpSynchronous, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(TwoLevels, (2, 128), b.Ints(256)));
        yield return Right(b => b.Run(ChangedFlag, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(Bitonic, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(OddEven, (1, 32), b.Ints(64)));
        yield return Right(b => b.Run(Tiles, ((2, 2), (8, 8)), b.Floats(256), b.Floats(256), b.New<float>(256)));
        yield return Right(b => b.Run(Halo, (4, 16), b.Ints(60), b.New<int>(60)));
        yield return Right(b => b.Run(ReadModifyBehindBarrier, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(SharedAgain, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(DynamicParts, new KernelConfig(2, 32, SharedMemoryConfig.RequestDynamic<int>(96)), b.Ints(64)));
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
}
