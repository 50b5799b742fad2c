using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Algorithms.ScanReduceOperations;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Whole algorithms as textbooks have them, which synchronise in every way there is.</summary>
public sealed class MoreLookAlikes(int warpSize) : PlantedFixture(warpSize)
{
    private static IEnumerable<TestCaseData> Kernels()
    {
        yield return Right(b => b.Run(BlellochScan, (1, 64), b.Ints(128)));
        yield return Right(b => b.Run(CompactByScan, (2, 64), b.Ints(128), b.Zeros(1), b.New<int>(128)));
        yield return Right(b => b.Run(LookBack, (4, 32), b.Ints(128), b.Zeros(4), b.New<int>(4)));
        yield return Right(b => b.Run(RadixPass, (1, 64), b.Ints(64), b.New<int>(64)));
        yield return Right(b => b.Run(ArgMax, (2, 64), b.Floats(128), b.New<float>(2), b.New<int>(2)));
        yield return Right(b => b.Run(OnlineSoftmax, (2, 64), b.Floats(256)));
        yield return Right(b => b.Run(FloydSteps, ((1, 1), (8, 8)), b.Ints(64)));
        yield return Right(b => b.Run(LifeSteps, ((1, 1), (8, 8)), b.Ints(64)));
        yield return Right(b => b.Run(PrivateHistograms, (2, 64), b.Ints(128), b.Zeros(8)));
        yield return Right(b => b.Run(ProducerConsumer, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(RingOfThree, (1, 32), b.Ints(256)));
        yield return Right(b => b.Run(WarpTranspose, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(VoteAndLeave, (2, 64), b.Ints(128)));
        yield return Right(b => b.Run(MatVecByWarps, (4, 64), b.Floats(64 * 32), b.New<float>(256)));
        yield return Right(b => b.Run(UnionFind, (1, 32), b.Of([.. Enumerable.Range(0, 32)])));
        yield return Right(b => b.Run(LinkedList, (1, 32), b.Of(-1), b.New<int>(32)));
        yield return Right(b => b.Auto(SeparateBlur, new Index2D(16, 12), b.Keep(b.Accelerator.Allocate2DDenseX(new float[16, 12])).View, b.Keep(b.Accelerator.Allocate2DDenseX<float>(new LongIndex2D(16, 12))).View));
        yield return Right(Jacobi);
    }

    [TestCaseSource(nameof(Kernels))]
    public void Is_left_alone(Action<Bench> run) => Leaves(run);

    private static void BlellochScan(ArrayView<int> x)
    {
        ArrayView<int> t = SharedMemory.Allocate<int>(128);
        int i = Group.IdxX, offset = 1;
        t[2 * i] = x[2 * i];
        t[2 * i + 1] = x[2 * i + 1];
        for (int d = 64; d > 0; d /= 2)
        {
            Group.Barrier();
            if (i < d)
                t[offset * (2 * i + 2) - 1] += t[offset * (2 * i + 1) - 1];
            offset *= 2;
        }
        if (i == 0)
            t[127] = 0;
        for (int d = 1; d < 128; d *= 2)
        {
            offset /= 2;
            Group.Barrier();
            if (i < d)
            {
                int a = offset * (2 * i + 1) - 1, b = offset * (2 * i + 2) - 1, left = t[a];
                t[a] = t[b];
                t[b] += left;
            }
        }
        Group.Barrier();
        x[2 * i] = t[2 * i];
        x[2 * i + 1] = t[2 * i + 1];
    }

    private static void CompactByScan(ArrayView<int> x, ArrayView<int> count, ArrayView<int> kept)
    {
        ref int start = ref SharedMemory.Allocate<int>();
        int value = x[Grid.GlobalIndex.X], keep = value % 3 == 0 ? 1 : 0;
        int place = GroupExtensions.ExclusiveScan<int, AddInt32>(keep);
        if (Group.IsLastThread)
            start = Atomic.Add(ref count[0], place + keep);
        Group.Barrier();
        if (keep != 0)
            kept[start + place] = value;
    }

    // Each group publishes its sum and waits for the one before it.
    private static void LookBack(ArrayView<int> x, ArrayView<int> ready, ArrayView<int> sums)
    {
        ref int before = ref SharedMemory.Allocate<int>();
        int sum = GroupExtensions.AllReduce<int, AddInt32>(x[Grid.GlobalIndex.X]);
        if (Group.IsFirstThread)
        {
            int earlier = 0;
            if (Grid.IdxX > 0)
            {
                while (Atomic.Add(ref ready[Grid.IdxX - 1], 0) == 0)
                {
                }
                MemoryFence.DeviceLevel();
                earlier = sums[Grid.IdxX - 1];
            }
            sums[Grid.IdxX] = earlier + sum;
            MemoryFence.DeviceLevel();
            Atomic.Exchange(ref ready[Grid.IdxX], 1);
            before = earlier;
        }
        Group.Barrier();
        x[Grid.GlobalIndex.X] += before;
    }

    private static void RadixPass(ArrayView<int> x, ArrayView<int> y)
    {
        ArrayView<int> counts = SharedMemory.Allocate<int>(4);
        int digit = x[Group.IdxX] & 3;
        if (Group.IdxX < 4)
            counts[Group.IdxX] = 0;
        Group.Barrier();
        Atomic.Add(ref counts[digit], 1);
        Group.Barrier();
        if (Group.IsFirstThread)
        {
            int sum = 0;
            for (int d = 0; d < 4; d++)
            {
                int own = counts[d];
                counts[d] = sum;
                sum += own;
            }
        }
        Group.Barrier();
        y[Atomic.Add(ref counts[digit], 1)] = x[Group.IdxX];
    }

    private static void ArgMax(ArrayView<float> x, ArrayView<float> best, ArrayView<int> places)
    {
        ArrayView<float> values = SharedMemory.Allocate<float>(64);
        ArrayView<int> indices = SharedMemory.Allocate<int>(64);
        int i = Group.IdxX;
        values[i] = x[Grid.GlobalIndex.X];
        indices[i] = i;
        Group.Barrier();
        for (int step = 32; step > 0; step >>= 1)
        {
            if (i < step && values[i + step] > values[i])
            {
                values[i] = values[i + step];
                indices[i] = indices[i + step];
            }
            Group.Barrier();
        }
        if (i != 0)
            return;
        best[Grid.IdxX] = values[0];
        places[Grid.IdxX] = indices[0];
    }

    private static void OnlineSoftmax(ArrayView<float> x)
    {
        int row = Grid.IdxX * 128;
        float most = float.NegativeInfinity, sum = 0;
        for (int i = Group.IdxX; i < 128; i += Group.DimX)
        {
            float next = MathF.Max(most, x[row + i]);
            sum = sum * MathF.Exp(most - next) + MathF.Exp(x[row + i] - next);
            most = next;
        }
        float all = GroupExtensions.AllReduce<float, MaxFloat>(most);
        float total = GroupExtensions.AllReduce<float, AddFloat>(sum * MathF.Exp(most - all));
        for (int i = Group.IdxX; i < 128; i += Group.DimX)
            x[row + i] = MathF.Exp(x[row + i] - all) / total;
    }

    // Row k and column k do not change in round k.
    private static void FloydSteps(ArrayView<int> distances)
    {
        int r = Group.IdxY, c = Group.IdxX;
        for (int k = 0; k < 8; k++)
        {
            int through = distances[r * 8 + k] + distances[k * 8 + c];
            Group.Barrier();
            if (through < distances[r * 8 + c])
                distances[r * 8 + c] = through;
            Group.Barrier();
        }
    }

    private static void LifeSteps(ArrayView<int> cells)
    {
        var now = SharedMemory.Allocate2DDenseY<int>(new Index2D(8, 8));
        var next = SharedMemory.Allocate2DDenseY<int>(new Index2D(8, 8));
        int r = Group.IdxY, c = Group.IdxX;
        now[r, c] = cells[r * 8 + c] & 1;
        for (int step = 0; step < 3; step++)
        {
            Group.Barrier();
            int count = 0;
            for (int dr = -1; dr <= 1; dr++)
                for (int dc = -1; dc <= 1; dc++)
                    if ((dr != 0 || dc != 0) && r + dr >= 0 && r + dr < 8 && c + dc >= 0 && c + dc < 8)
                        count += now[r + dr, c + dc];
            next[r, c] = count == 3 || (count == 2 && now[r, c] != 0) ? 1 : 0;
            Group.Barrier();
            now[r, c] = next[r, c];
        }
        cells[r * 8 + c] = now[r, c];
    }

    // One histogram for each warp, added up at the end.
    private static void PrivateHistograms(ArrayView<int> x, ArrayView<int> total)
    {
        ArrayView<int> bins = SharedMemory.Allocate<int>(64 * 8);
        int warps = (Group.DimX + Warp.WarpSize - 1) / Warp.WarpSize, own = Warp.WarpIdx * 8;
        for (int i = Group.IdxX; i < warps * 8; i += Group.DimX)
            bins[i] = 0;
        Group.Barrier();
        Atomic.Add(ref bins[own + (x[Grid.GlobalIndex.X] & 7)], 1);
        Group.Barrier();
        if (Group.IdxX >= 8)
            return;
        int sum = 0;
        for (int w = 0; w < warps; w++)
            sum += bins[w * 8 + Group.IdxX];
        Atomic.Add(ref total[Group.IdxX], sum);
    }

    // The first half fills what the second half uses a round later.
    private static void ProducerConsumer(ArrayView<int> x)
    {
        ArrayView<int> stage = SharedMemory.Allocate<int>(64);
        bool produces = Group.IdxX < 32;
        int lane = Group.IdxX % 32, sum = 0;
        for (int round = 0; round <= 4; round++)
        {
            if (produces && round < 4)
                stage[round % 2 * 32 + lane] = x[lane] * round;
            else if (!produces && round > 0)
                sum += stage[(round - 1) % 2 * 32 + 31 - lane];
            Group.Barrier();
        }
        if (!produces)
            x[Group.IdxX] = sum;
    }

    // Three tiles in turn: one barrier a round.
    private static void RingOfThree(ArrayView<int> x)
    {
        ArrayView<int> ring = SharedMemory.Allocate<int>(3 * 32);
        int i = Group.IdxX, sum = 0;
        ring[i] = x[i];
        for (int t = 0; t < 8; t++)
        {
            if (t + 1 < 8)
                ring[(t + 1) % 3 * 32 + i] = x[(t + 1) * 32 + i];
            Group.Barrier();
            sum += ring[t % 3 * 32 + 31 - i];
        }
        x[i] = sum;
    }

    private static void WarpTranspose(ArrayView<int> x)
    {
        int value = x[Group.IdxX], width = Warp.WarpSize < 4 ? Warp.WarpSize : 4;
        for (int step = 1; step < width; step *= 2)
            value ^= Warp.ShuffleXor(value, step, width);
        x[Group.IdxX] = value;
    }

    // All agree on whether to leave.
    private static void VoteAndLeave(ArrayView<int> x)
    {
        int i = Grid.GlobalIndex.X;
        for (int round = 0; round < 10; round++)
        {
            if (Group.BarrierAnd(x[i] > 70))
                return;
            x[i] += 10;
            if (!Group.BarrierOr(x[i] < 200))
                break;
        }
        Group.Barrier();
        x[i] = -x[i];
    }

    private static void MatVecByWarps(ArrayView<float> matrix, ArrayView<float> y)
    {
        int warps = Group.DimX / Warp.WarpSize, row = (Grid.IdxX * warps + Warp.WarpIdx) % 64;
        float sum = 0;
        for (int i = Warp.LaneIdx; i < 32; i += Warp.WarpSize)
            sum += matrix[row * 32 + i];
        for (int step = Warp.WarpSize / 2; step > 0; step /= 2)
            sum += Warp.ShuffleDown(sum, step);
        if (Warp.IsFirstLane)
            y[Grid.IdxX * warps + Warp.WarpIdx] = sum;
    }

    private static void UnionFind(ArrayView<int> parents)
    {
        int a = Group.IdxX, b = a / 2;
        while (true)
        {
            int parent = Atomic.Min(ref parents[a], b);
            if (parent == b || parent == a)
                break;
            (a, b) = (IntrinsicMath.Max(parent, b), IntrinsicMath.Min(parent, b));
            if (a == b)
                break;
        }
    }

    private static void LinkedList(ArrayView<int> head, ArrayView<int> next) => next[Group.IdxX] = Atomic.Exchange(ref head[0], Group.IdxX);

    private static void SeparateBlur(Index2D i, ArrayView2D<float, Stride2D.DenseX> x, ArrayView2D<float, Stride2D.DenseX> y)
    {
        float sum = 0;
        for (int d = -2; d <= 2; d++)
            sum += x[IntrinsicMath.Clamp(i.X + d, 0, x.IntExtent.X - 1), i.Y];
        y[i] = sum / 5;
    }

    private static void Jacobi(Bench b)
    {
        ArrayView<float> x = b.Floats(66), y = b.Floats(66);
        for (int round = 0; round < 6; round++)
        {
            b.Auto<Index1D, ArrayView<float>, ArrayView<float>>(JacobiStep, 64, x, y);
            (x, y) = (y, x);
        }
    }

    private static void JacobiStep(Index1D i, ArrayView<float> x, ArrayView<float> y) => y[i + 1] = (x[i] + x[i + 2]) / 2;
}
