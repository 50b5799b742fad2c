using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Correct kernels whose indices, addresses, values and divisions only look wrong.</summary>
public sealed class CleanKernels(int warpSize) : PlantedFixture(warpSize)
{
    private static readonly int[] s_offsets = [3, 1, 2];

    private static IEnumerable<TestCaseData> Kernels()
    {
        yield return Right(b => b.Auto(Stencil, new Index2D(8, 6), b.Keep(b.Accelerator.Allocate2DDenseX(new int[8, 6])).View, b.New<int>(48)));
        yield return Right(b => b.Auto(General, new Index1D(10), b.Ints(28)));
        yield return Right(b => b.Auto(LastOfAll, new Index3D(2, 3, 4), b.Keep(b.Accelerator.Allocate3DDenseXY(new int[2, 3, 4])).View));
        yield return Right(b => b.Auto(Pitched, new Index2D(3, 4), b.Keep(b.Accelerator.Allocate2DPitchedX<int>(new LongIndex2D(3, 4), 32)).View));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>>(EmptyPart, 8, b.Ints(8)));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>>(Wrapped, 300, b.Ints(300)));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>>(NegativeStep, 8, b.Ints(8)));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>>(BeforeAndBack, 8, b.Ints(8)));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>>(ShortCircuit, 9, b.Ints(8)));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>, ArrayView<int>>(Sentinel, 6, b.Of(0, 1, 2, -1, 4, 5), b.Ints(6)));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>, ArrayView<int>>(Search, 9, b.Ints(8), b.New<int>(9)));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>>(LocalRing, 8, b.Ints(8)));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>>(LocalFilled, 8, b.Ints(8)));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>, int>(LocalByPaths, 8, b.Ints(8), 3));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>>(LocalInLoop, 8, b.Ints(8)));
        yield return Right(b => b.Auto<Index1D, ArrayView<Packed>>(PackedFields, 5, b.Of(new Packed[5])));
        yield return Right(b => b.Auto<Index1D, ArrayView<byte>>(ViewOfBytes, 7, b.Of(new byte[64])));
        yield return Right(b => b.Auto<Index1D, ArrayView<float>>(AlignedBody, 61, b.Floats(64)));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>, ArrayView<int>>(NoBias, 4, b.Ints(4), default));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>, ArrayView<int>>(GuardedDivision, 4, b.Ints(4), b.Of(1, 0, 2, 0)));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>, int>(LoopThatNeverRuns, 4, b.Ints(4), 0));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>, int>(DivisorBehindReturn, 4, b.Ints(4), 0));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>, int>(Opposite, 4, b.Of(int.MinValue + 1, 5, -6, 0), -1));
        yield return Right(b => b.Auto<Index1D, ArrayView<float>>(FloatByZero, 4, b.Of<float>(0, 1, -1, 2)));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>>(DivideByOwnIndex, 4, b.Ints(4)));
        yield return Right(HostZeros);
        yield return Right(HostZeros2D);
        yield return Right(HostRows);
        yield return Right(WrittenByKernel);
        yield return Right(PartsByKernels);
        yield return Right(OddRowsOnly);
        yield return Right(b => b.Run(WriteBeforeRead, (2, 32), b.New<int>(64)));
        yield return Right(b => b.Run(SharedByHalves, (1, 64), b.Ints(64)));
        yield return Right(b => b.Run(SharedStruct, (1, 32), b.Floats(32)));
        yield return Right(b => b.Run(PaddedTail, (2, 32), b.Ints(50), b.New<int>(2)));
        yield return Right(b => b.Run(WrittenByAtomicExchange, (1, 32), b.New<int>(1)));
        yield return Right(b => b.Run(ExchangeAsStore, (1, 32), b.New<int>(1), b.New<int>(1)));
        yield return Right(CopiedOverUnwritten);
        yield return Right(WrittenByAnotherAccelerator);
        yield return Right(WrittenByAFasterAccelerator);
        yield return Right(LateDispose);
        yield return Right(Streams);
    }

    [TestCaseSource(nameof(Kernels))]
    public void Is_left_alone(Action<Bench> run) => Leaves(run);

    private static void Stencil(Index2D i, ArrayView2D<int, Stride2D.DenseX> grid, ArrayView<int> sum)
    {
        int left = i.X > 0 ? grid[i.X - 1, i.Y] : 0;
        int down = i.Y + 1 < grid.IntExtent.Y ? grid[i.X, i.Y + 1] : 0;
        sum[i.Y * grid.IntExtent.X + i.X] = left + down;
    }

    private static void General(Index1D i, ArrayView<int> x)
    {
        var thin = new ArrayView1D<int, Stride1D.General>(x, 10, new Stride1D.General(3));
        thin[i] += 1;
    }

    private static void LastOfAll(Index3D i, ArrayView3D<int, Stride3D.DenseXY> block) =>
        block[block.IntExtent.X - 1 - i.X, block.IntExtent.Y - 1 - i.Y, block.IntExtent.Z - 1 - i.Z] = i.X;

    private static void Pitched(Index2D i, ArrayView2D<int, Stride2D.DenseX> image)
    {
        image[i] = i.X;
        image[i] += image.BaseView[i.X + i.Y * 8];
    }

    private static void EmptyPart(Index1D i, ArrayView<int> x)
    {
        ArrayView<int> none = x.SubView(8, 0), rest = x.SubView(i);
        for (int k = 0; k < none.Length; k++)
            rest[k] = 0;
        rest[0] = 1;
    }

    private static void Wrapped(Index1D i, ArrayView<int> x)
    {
        byte at = (byte)i.X;
        Atomic.Add(ref x[(int)at], 1);
    }

    private static void NegativeStep(Index1D i, ArrayView<int> x)
    {
        int sum = 0;
        for (int k = 7; k >= i; k--)
            sum += x[i] * k;
        x[i] = sum;
    }

    private static void BeforeAndBack(Index1D i, ArrayView<int> x)
    {
        ref int beyond = ref Unsafe.Add(ref x[0], -5);
        Unsafe.Add(ref beyond, i.X + 5) = i;
    }

    private static void ShortCircuit(Index1D i, ArrayView<int> x)
    {
        if (i < x.Length && x[i] > 2)
            x[i] = 0;
    }

    private static void Sentinel(Index1D i, ArrayView<int> index, ArrayView<int> x) => index[i] = index[i] >= 0 ? x[index[i]] : -1;

    private static void Search(Index1D i, ArrayView<int> sorted, ArrayView<int> places)
    {
        int low = 0, high = sorted.IntLength;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (sorted[middle] < i + 1)
                low = middle + 1;
            else
                high = middle;
        }
        places[i] = low;
    }

    private static void LocalRing(Index1D i, ArrayView<int> x)
    {
        ArrayView<int> last = LocalMemory.Allocate<int>(4);
        for (int k = 0; k < 9; k++)
            last[k & 3] = x[i] + k;
        x[i] = last[x[i] & 3];
    }

    private static void LocalFilled(Index1D i, ArrayView<int> x)
    {
        ArrayView<int> sums = LocalMemory.Allocate<int>(3);
        sums[0] = 0;
        sums[1] = 0;
        sums[2] = 1;
        for (int k = 0; k < 5; k++)
        {
            sums[0] += k;
            sums[1] += sums[0];
        }
        x[i] = sums[0] + sums[1] + sums[2];
    }

    // Both paths write what is read behind them.
    private static void LocalByPaths(Index1D i, ArrayView<int> x, int border)
    {
        ArrayView<int> pair = LocalMemory.Allocate<int>(2);
        if (x[i] > border)
        {
            pair[0] = 1;
            pair[1] = 2;
        }
        else
        {
            pair[1] = x[i];
        }
        x[i] = pair[1];
        if (x[i] == 2 && i > border)
            x[i] = pair[0];
    }

    private static void LocalInLoop(Index1D i, ArrayView<int> x)
    {
        ArrayView<int> swap = LocalMemory.Allocate<int>(2);
        for (int k = 0; k < 3; k++)
        {
            swap[0] = x[i] + k;
            swap[1] = swap[0] * 2;
            x[i] = swap[1] - swap[0];
        }
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private record struct Packed(byte Kind, int Value);

    private static void PackedFields(Index1D i, ArrayView<Packed> x)
    {
        x[i].Value = i;
        x[i].Kind = (byte)(x[i].Value + 1);
    }

    private static void ViewOfBytes(Index1D i, ArrayView<byte> x)
    {
        ArrayView<long> longs = x.SubView(8, 56).Cast<long>();
        longs[i] += i.X;
    }

    private static void AlignedBody(Index1D i, ArrayView<float> x)
    {
        (ArrayView<float> head, ArrayView<float> body) = x.SubView(3).AlignTo(16);
        if (i < head.Length)
            head[i] = 0;
        else
            body[i - head.IntLength] = 1;
    }

    private static void NoBias(Index1D i, ArrayView<int> x, ArrayView<int> bias)
    {
        if (bias.IsValid)
            x[i] += bias[i];
        if (bias.Length > 0)
            x[i] += bias[0];
    }

    private static void GuardedDivision(Index1D i, ArrayView<int> x, ArrayView<int> y) => x[i] = y[i] == 0 ? 0 : x[i] / y[i];

    private static void LoopThatNeverRuns(Index1D i, ArrayView<int> x, int divisor)
    {
        for (int k = 0; k < divisor; k++)
            x[i] += 100 / divisor;
    }

    private static void DivisorBehindReturn(Index1D i, ArrayView<int> x, int divisor)
    {
        if (divisor == 0)
            return;
        x[i] = x[i] % divisor;
    }

    private static void Opposite(Index1D i, ArrayView<int> x, int sign) => x[i] = x[i] / sign + x[i] % sign;

    private static void FloatByZero(Index1D i, ArrayView<float> x) => x[i] = 1 / x[i] + MathF.Sqrt(-1f - x[i] * x[i]);

    private static void DivideByOwnIndex(Index1D i, ArrayView<int> x)
    {
        if (i > 0)
            x[i] = 12 / i.X;
    }

    // The host writes element by element, zeros too.
    private static void HostZeros(Bench b)
    {
        ArrayView<int> x = b.New<int>(8);
        for (int i = 0; i < 8; i++)
            x[i] = 0;
        b.Auto<Index1D, ArrayView<int>>(AddOne, 8, x);
    }

    private static void HostZeros2D(Bench b)
    {
        var table = b.Keep(b.Accelerator.Allocate2DDenseY<float>(new LongIndex2D(3, 4)));
        for (int row = 0; row < 3; row++)
            for (int column = 0; column < 4; column++)
                table.View[row, column] = 0;
        b.Auto(AddOne2D, new Index2D(3, 4), table.View);
    }

    private static void HostRows(Bench b)
    {
        ArrayView<int> x = b.New<int>(16);
        x.SubView(0, 8).MemSetToZero();
        x.SubView(8, 8).CopyFromCPU(new int[8]);
        b.Auto<Index1D, ArrayView<int>>(AddOne, 16, x);
    }

    private static void WrittenByKernel(Bench b)
    {
        ArrayView<int> x = b.New<int>(32);
        b.Auto<Index1D, ArrayView<int>>(SetIndex, 32, x);
        b.Auto<Index1D, ArrayView<int>>(AddOne, 32, x);
    }

    private static void PartsByKernels(Bench b)
    {
        ArrayView<int> x = b.New<int>(33);
        b.Auto<Index1D, ArrayView<int>>(SetIndex, 17, x);
        b.Auto<Index1D, ArrayView<int>>(SetIndex, 16, x.SubView(17, 16));
        ArrayView<int> y = b.New<int>(33);
        y.CopyFrom(x);
        b.Auto<Index1D, ArrayView<int>>(AddOne, 33, y);
    }

    private static void OddRowsOnly(Bench b)
    {
        ArrayView<int> x = b.New<int>(32);
        x.SubView(8, 8).CopyFromCPU(new int[8]);
        b.Auto<Index1D, ArrayView<int>>(AddOne, 8, x.SubView(8, 8));
    }

    private static void AddOne(Index1D i, ArrayView<int> x) => x[i] += 1;

    private static void AddOne2D(Index2D i, ArrayView2D<float, Stride2D.DenseY> x) => x[i] += 1;

    private static void SetIndex(Index1D i, ArrayView<int> x) => x[i] = i;

    private static void WriteBeforeRead(ArrayView<int> x)
    {
        int i = Grid.GlobalIndex.X;
        x[i] = i;
        Group.Barrier();
        int other = x[Grid.IdxX * 32 + 31 - Group.IdxX];
        Group.Barrier();
        x[i] = other;
    }

    private static void SharedByHalves(ArrayView<int> x)
    {
        ArrayView<int> room = SharedMemory.Allocate<int>(128);
        int i = Group.IdxX;
        if (i < 32)
            room[i] = x[i];
        else
            room[i + 32] = x[i];
        Group.Barrier();
        x[i] = i < 32 ? room[31 - i] : room[127 - i];
    }

    private record struct Best(float Value, int Place);

    private static void SharedStruct(ArrayView<float> x)
    {
        ArrayView<Best> best = SharedMemory.Allocate<Best>(32);
        best[Group.IdxX] = new Best(x[Group.IdxX], Group.IdxX);
        for (int offset = 16; offset > 0; offset /= 2)
        {
            Group.Barrier();
            if (Group.IdxX < offset && best[Group.IdxX + offset].Value > best[Group.IdxX].Value)
                best[Group.IdxX] = best[Group.IdxX + offset];
        }
        Group.Barrier();
        x[Group.IdxX] = best[0].Place;
    }

    private static void PaddedTail(ArrayView<int> x, ArrayView<int> sums)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(32);
        int i = Grid.GlobalIndex.X;
        tile[Group.IdxX] = i < x.Length ? x[i] : 0;
        Group.Barrier();
        if (!Group.IsFirstThread)
            return;
        int sum = 0;
        for (int k = 0; k < 32; k++)
            sum += tile[k];
        sums[Grid.IdxX] = sum;
    }

    private static void WrittenByAtomicExchange(ArrayView<int> x)
    {
        if (Group.IdxX == 0)
            x[0] = 0;
        Group.Barrier();
        Atomic.Exchange(ref x[0], Group.IdxX);
    }

    // The old value is of no interest, so nobody reads what nobody has written.
    private static void ExchangeAsStore(ArrayView<int> flag, ArrayView<int> most)
    {
        if (Group.IdxX == 0)
            Atomic.Exchange(ref most[0], 0);
        Atomic.Exchange(ref flag[0], 1);
        Group.Barrier();
        Atomic.Max(ref most[0], Group.IdxX);
    }

    private static void CopiedOverUnwritten(Bench b)
    {
        ArrayView<int> half = b.New<int>(100), x = b.New<int>(100);
        half.SubView(7, 70).CopyFromCPU(new int[70]);
        half.CopyTo(x);
        x.SubView(2, 5).CopyFrom(half.SubView(20, 5));
        b.Auto<Index1D, ArrayView<int>>(AddOne, 75, x.SubView(2, 75));
    }

    // Zeros of another accelerator, which nobody can tell from what was there.
    private static void WrittenByAnotherAccelerator(Bench b)
    {
        using Accelerator other = b.Accelerator.Device.CreateAccelerator(b.Accelerator.Context);
        ArrayView<int> x = b.New<int>(8);
        other.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Clear)(8, x);
        b.Auto<Index1D, ArrayView<int>>(AddOne, 8, x);
    }

    private static void WrittenByAFasterAccelerator(Bench b)
    {
        using Context context = Context.Create(builder => builder.CPU());
        using Accelerator other = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        ArrayView<int> x = b.New<int>(8);
        other.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Clear)(8, x);
        other.Synchronize();
        b.Auto<Index1D, ArrayView<int>>(AddOne, 8, x);
    }

    private static void Clear(Index1D i, ArrayView<int> x) => x[i] = 0;

    private static void LateDispose(Bench b)
    {
        MemoryBuffer1D<int, Stride1D.Dense> x = b.Accelerator.Allocate1D(new int[8]);
        b.Auto<Index1D, ArrayView<int>>(AddOne, 8, x.View);
        x.Dispose();
        b.Auto<Index1D, ArrayView<int>>(AddOne, 8, b.Zeros(8));
    }

    // What one stream writes, another reads after it has been waited for.
    private static void Streams(Bench b)
    {
        AcceleratorStream stream = b.Keep(b.Accelerator.CreateStream());
        ArrayView<int> x = b.New<int>(16);
        b.Accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<int>>(SetIndex)(stream, 16, x);
        stream.Synchronize();
        b.Auto<Index1D, ArrayView<int>>(AddOne, 16, x);
    }
}
