using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Correct kernels whose indices, addresses, local memory and divisions only look wrong.</summary>
public sealed class CleanKernels(int warpSize) : PlantedFixture(warpSize)
{
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
        yield return Right(b => b.Auto<Index1D, ArrayView<Tagged>>(PackedByReference, 40, b.Of(new Tagged[40])));
        yield return Right(b => b.Run(PackedNeighbours, (2, 64), b.New<Tagged>(128)));
        yield return Right(b => b.Auto<Index1D, ArrayView<byte>>(ViewOfBytes, 7, b.Of(new byte[64])));
        yield return Right(b => b.Auto<Index1D, ArrayView<float>>(AlignedBody, 61, b.Floats(64)));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>, ArrayView<int>>(NoBias, 4, b.Ints(4), default));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>, ArrayView<int>>(GuardedDivision, 4, b.Ints(4), b.Of(1, 0, 2, 0)));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>, int>(LoopThatNeverRuns, 4, b.Ints(4), 0));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>, int>(DivisorBehindReturn, 4, b.Ints(4), 0));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>, int>(Opposite, 4, b.Of(int.MinValue + 1, 5, -6, 0), -1));
        yield return Right(b => b.Auto<Index1D, ArrayView<float>>(FloatByZero, 4, b.Of<float>(0, 1, -1, 2)));
        yield return Right(b => b.Auto<Index1D, ArrayView<int>>(DivideByOwnIndex, 4, b.Ints(4)));
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

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Tagged
    {
        public byte Kind;
        public int Value;
    }

    // The compiler takes the address of a field that it changes.
    private static void PackedByReference(Index1D i, ArrayView<Tagged> x)
    {
        x[i].Value += 3;
        ref int value = ref x[i].Value;
        value *= 2;
        ref Tagged whole = ref x[i];
        whole.Value -= whole.Kind;
    }

    // Numbers of neighbours lie in the same words, not in the same bytes.
    private static void PackedNeighbours(ArrayView<Tagged> x)
    {
        int i = Grid.GlobalIndex.X;
        x[i].Value = i;
        Group.Barrier();
        x[i].Kind = (byte)x[i ^ 1].Value;
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
}
