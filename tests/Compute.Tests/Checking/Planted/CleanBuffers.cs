using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Correct kernels that read only what the host, a copy, another kernel or another thread has written.</summary>
public sealed class CleanBuffers(int warpSize) : PlantedFixture(warpSize)
{
    private static IEnumerable<TestCaseData> Kernels()
    {
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
