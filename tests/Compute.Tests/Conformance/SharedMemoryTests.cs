using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Static and dynamic shared memory, of several types and shapes, and local memory.</summary>
public sealed class SharedMemoryTests(string device) : ConformanceTests(device)
{
    private const int Tile = 8;

    private record struct Pair(short Key, double Value);

    [Test] public void Several_arrays_of_different_types([Values(3, 32, 70)] int group)
    {
        double[] actual = Run(new double[group], view => Accelerator.LoadStreamKernel<ArrayView<double>>(SeveralKernel)((1, group), view));
        Same([.. Enumerable.Range(0, group).Select(t =>
        {
            int n = group - 1 - t;
            return (byte)(n * 3) + n * 1000L + (short)n + n * 0.5 + n % 2;
        })], actual);
    }

    private static void SeveralKernel(ArrayView<double> result)
    {
        ArrayView<byte> bytes = SharedMemory.Allocate<byte>(77);
        ArrayView<long> longs = SharedMemory.Allocate<long>(77);
        ArrayView<Pair> pairs = SharedMemory.Allocate<Pair>(77);
        ref int single = ref SharedMemory.Allocate<int>();
        int t = Group.IdxX;
        bytes[t] = (byte)(t * 3);
        longs[t] = t * 1000L;
        pairs[t] = new Pair((short)t, t * 0.5);
        if (t == 0)
            single = 1;
        Group.Barrier();
        int n = Group.DimX - 1 - t;
        Pair pair = pairs[n];
        result[t] = bytes[n] + longs[n] + pair.Key + pair.Value + n % 2 * single;
    }

    [Test] public void Dynamic_shared_memory([Values(4, 33, 128)] int group)
    {
        int[] data = Inputs.Range(group * 2);
        SharedMemoryConfig shared = SharedMemoryConfig.RequestDynamic<int>(group);
        int[] actual = Run(data, view => Accelerator.LoadStreamKernel<ArrayView<int>>(DynamicKernel)(new KernelConfig(2, group, shared), view));
        Same([.. data.Select(i => (i / group * group) + group - 1 - i % group + group * 1000)], actual);
    }

    private static void DynamicKernel(ArrayView<int> data)
    {
        ArrayView<int> shared = SharedMemory.GetDynamic<int>();
        int index = Grid.GlobalIndex.X;
        shared[Group.IdxX] = data[index];
        Group.Barrier();
        data[index] = shared[shared.IntLength - 1 - Group.IdxX] + shared.IntLength * 1000;
    }

    [Test] public void Static_and_dynamic_together_with_casts()
    {
        const int group = 40;
        SharedMemoryConfig shared = SharedMemoryConfig.RequestDynamic<byte>(group * 4 + group * 8);
        float[] actual = Run(new float[group], view => Accelerator.LoadStreamKernel<ArrayView<float>, int>(MixedKernel)(new KernelConfig(1, group, shared), view, group));
        Same([.. Enumerable.Range(0, group).Select(t => (t + 1) % group * 1.5f + (group - 1 - t) * 3f + t)], actual);
    }

    private static void MixedKernel(ArrayView<float> result, int count)
    {
        ArrayView<int> own = SharedMemory.Allocate<int>(64);
        ArrayView<byte> raw = SharedMemory.GetDynamic<byte>();
        ArrayView<double> doubles = raw.SubView(0, count * 8).Cast<double>();
        ArrayView<float> floats = raw.SubView(count * 8, count * 4).Cast<float>();
        int t = Group.IdxX;
        doubles[t] = t * 3.0;
        floats[t] = t * 1.5f;
        own[t] = t;
        Group.Barrier();
        result[t] = floats[(t + 1) % count] + (float)doubles[count - 1 - t] + own[t];
    }

    [TestCase(8, 8)]
    [TestCase(19, 30)]
    [TestCase(1, 50)]
    public void Transpose_through_a_padded_tile(int rows, int columns)
    {
        int[] data = Inputs.Range(rows * columns);
        using var input = Accelerator.Allocate2DDenseX<int>(new LongIndex2D(columns, rows));
        using var output = Accelerator.Allocate2DDenseX<int>(new LongIndex2D(rows, columns));
        input.View.AsContiguous().CopyFromCPU(data);
        var grid = new Index2D((columns + Tile - 1) / Tile, (rows + Tile - 1) / Tile);
        Accelerator.LoadStreamKernel<ArrayView2D<int, Stride2D.DenseX>, ArrayView2D<int, Stride2D.DenseX>>(TransposeKernel)((grid, new Index2D(Tile, Tile)), input.View, output.View);
        Accelerator.Synchronize();
        int[] actual = output.View.AsContiguous().GetAsArray();
        Same([.. Enumerable.Range(0, data.Length).Select(i => data[i % rows * columns + i / rows])], actual);
    }

    private static void TransposeKernel(ArrayView2D<int, Stride2D.DenseX> input, ArrayView2D<int, Stride2D.DenseX> output)
    {
        var tile = SharedMemory.Allocate2D<int, Stride2D.DenseX>(new Index2D(Tile + 1, Tile), new Stride2D.DenseX(Tile + 1));
        int x = Grid.IdxX * Tile + Group.IdxX, y = Grid.IdxY * Tile + Group.IdxY;
        if (x < input.IntExtent.X && y < input.IntExtent.Y)
            tile[Group.IdxX, Group.IdxY] = input[x, y];
        Group.Barrier();
        int tx = Grid.IdxY * Tile + Group.IdxX, ty = Grid.IdxX * Tile + Group.IdxY;
        if (tx < output.IntExtent.X && ty < output.IntExtent.Y)
            output[tx, ty] = tile[Group.IdxY, Group.IdxX];
    }

    [TestCase(8, 8, 8)]
    [TestCase(13, 21, 17)]
    public void Tiled_matrix_product(int m, int n, int k)
    {
        float[] a = Inputs.Uniform(m * k, 1), b = Inputs.Uniform(k * n, 2);
        using var bufferA = Accelerator.Allocate2DDenseY<float>(new LongIndex2D(m, k));
        using var bufferB = Accelerator.Allocate2DDenseY<float>(new LongIndex2D(k, n));
        using var bufferC = Accelerator.Allocate2DDenseY<float>(new LongIndex2D(m, n));
        bufferA.View.AsContiguous().CopyFromCPU(a);
        bufferB.View.AsContiguous().CopyFromCPU(b);
        Accelerator.LoadStreamKernel<ArrayView2D<float, Stride2D.DenseY>, ArrayView2D<float, Stride2D.DenseY>, ArrayView2D<float, Stride2D.DenseY>>(ProductKernel)(
            (new Index2D((m + Tile - 1) / Tile, (n + Tile - 1) / Tile), new Index2D(Tile, Tile)), bufferA.View, bufferB.View, bufferC.View);
        Accelerator.Synchronize();
        float[] expected = new float[m * n];
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
                for (int c = 0; c < k; c++)
                    expected[i * n + j] += a[i * k + c] * b[c * n + j];
        Same(expected, bufferC.View.AsContiguous().GetAsArray());
    }

    private static void ProductKernel(ArrayView2D<float, Stride2D.DenseY> a, ArrayView2D<float, Stride2D.DenseY> b, ArrayView2D<float, Stride2D.DenseY> c)
    {
        var tileA = SharedMemory.Allocate2D<float, Stride2D.DenseY>(new Index2D(Tile, Tile), new Stride2D.DenseY(Tile));
        var tileB = SharedMemory.Allocate2D<float, Stride2D.DenseX>(new Index2D(Tile, Tile), new Stride2D.DenseX(Tile));
        int row = Group.IdxX, column = Group.IdxY;
        Index2D global = new(Grid.IdxX * Tile + row, Grid.IdxY * Tile + column);
        float sum = 0;
        for (int start = 0; start < a.IntExtent.Y; start += Tile)
        {
            tileA[row, column] = global.X < a.IntExtent.X && start + column < a.IntExtent.Y ? a[global.X, start + column] : 0;
            tileB[row, column] = start + row < b.IntExtent.X && global.Y < b.IntExtent.Y ? b[start + row, global.Y] : 0;
            Group.Barrier();
            for (int i = 0; i < Tile; i++)
                sum += tileA[row, i] * tileB[i, column];
            Group.Barrier();
        }
        if (global.InBounds(c.IntExtent))
            c[global] = sum;
    }

    [Test] public void Local_memory_with_variable_indices() =>
        Same([.. Inputs.Range(100).Select(LocalReference)], Run(new int[100], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(LocalKernel)(100, view)));

    private static int LocalReference(int i)
    {
        int[] table = new int[16];
        for (int k = 0; k < 16; k++)
            table[(k * 5 + i) % 16] = k * i;
        int sum = 0, at = i % 16;
        for (int k = 0; k < 10; k++)
        {
            sum = sum * 3 + table[at];
            at = (at + table[k] % 16 + 16) % 16;
        }
        return sum;
    }

    private static void LocalKernel(Index1D i, ArrayView<int> result)
    {
        ArrayView<int> table = LocalMemory.Allocate<int>(16);
        for (int k = 0; k < 16; k++)
            table[(k * 5 + i) % 16] = k * i;
        int sum = 0, at = i % 16;
        for (int k = 0; k < 10; k++)
        {
            sum = sum * 3 + table[at];
            at = (at + table[k] % 16 + 16) % 16;
        }
        result[i] = sum;
    }

    [Test] public void Local_arrays_of_structs_and_other_widths() =>
        Same([.. Inputs.Range(77).Select(i => i * 4.5 + i % 3 + (byte)(200 + i) + (i % 4) * 10L)],
            Run(new double[77], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<double>>(LocalStructKernel)(77, view)));

    private static void LocalStructKernel(Index1D i, ArrayView<double> result)
    {
        ArrayView<Pair> pairs = LocalMemory.Allocate<Pair>(5);
        ArrayView<byte> bytes = LocalMemory.Allocate<byte>(3);
        ArrayView<long> longs = LocalMemory.Allocate<long>(4);
        for (int k = 0; k < 5; k++)
            pairs[k] = new Pair((short)(i.X % 3), i * k);
        pairs[2] = pairs[2] with { Value = i * 1.5 };
        bytes[i % 3] = (byte)(200 + i.X);
        for (int k = 0; k < 4; k++)
            longs[k] = k * 10;
        result[i] = pairs[2].Value + pairs[3].Value + pairs[i % 5].Key + bytes[i % 3] + longs[i % 4];
    }

    [Test] public void Local_memory_keeps_its_values_across_barriers([Values(6, 64)] int group)
    {
        int[] actual = Run(new int[group], view => Accelerator.LoadStreamKernel<ArrayView<int>>(LocalBarrierKernel)((1, group), view));
        Same([.. Inputs.Range(group).Select(t => t * 3 + (t + 1) % group * 2 + t % 4 * 100)], actual);
    }

    private static void LocalBarrierKernel(ArrayView<int> result)
    {
        ArrayView<int> own = LocalMemory.Allocate<int>(4);
        ArrayView<int> shared = SharedMemory.Allocate<int>(64);
        int t = Group.IdxX;
        for (int k = 0; k < 4; k++)
            own[k] = t * 3 + k * 100;
        shared[t] = t * 2;
        Group.Barrier();
        result[t] = own[t % 4] + shared[(t + 1) % Group.DimX];
    }
}
