using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking;

/// <summary>Accesses outside global, shared and local memory, beside kernels like them that stay inside.</summary>
public sealed class BoundsTests(int warpSize, bool shares) : CheckedFixture(warpSize, shares)
{
    [Test] public void One_past_the_end()
    {
        using var x = Ints(100);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>>(PastEnd)((4, 32), x.View), "past the end",
            ["Kernel BoundsTests.PastEnd, group (3, 0, 0), thread (4, 0, 0): index 100 is outside x of length 100"]);
        using var y = Ints(100);
        Accelerator.LoadStreamKernel<ArrayView<int>>(Guarded)((4, 32), y.View);
        Assert.That(y.GetAsArray1D()[99], Is.EqualTo(101));
    }

    private static void PastEnd(ArrayView<int> x)
    {
        int i = Grid.GlobalIndex.X;
        x[i] += 1;      // past the end
    }

    private static void Guarded(ArrayView<int> x)
    {
        int i = Grid.GlobalIndex.X;
        if (i < x.Length)
            x[i] += 1;
    }

    [Test] public void A_negative_index()
    {
        using var x = Ints(40);
        using var y = Ints(40);
        Finds(() => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, ArrayView<int>>(Left)(40, x.View, y.View), "left neighbour",
            ["thread (0, 0, 0): index -1 is outside x of length 40"]);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, ArrayView<int>>(LeftOrSelf)(40, x.View, y.View);
        Assert.That(y.GetAsArray1D()[7], Is.EqualTo(7));
    }

    private static void Left(Index1D i, ArrayView<int> x, ArrayView<int> y) =>
        y[i] = x[i - 1];    // left neighbour

    private static void LeftOrSelf(Index1D i, ArrayView<int> x, ArrayView<int> y) => y[i] = i > 0 ? x[i - 1] : x[i];

    [Test] public void A_column_beyond_the_row()
    {
        using var table = Accelerator.Allocate2DDenseY(new int[3, 5]);
        Finds(() => Accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView2D<int, Stride2D.DenseY>>(Column)(new Index2D(3, 5), table.View), "next column",
            ["index (0, 5) is outside table of length (3, 5)"]);
        Accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView2D<int, Stride2D.DenseY>>(ColumnAround)(new Index2D(3, 5), table.View);
    }

    private static void Column(Index2D i, ArrayView2D<int, Stride2D.DenseY> table) =>
        table[i.X, i.Y + 1] = 1;    // next column

    private static void ColumnAround(Index2D i, ArrayView2D<int, Stride2D.DenseY> table) => table[i.X, (i.Y + 1) % 5] = 1;

    [Test] public void A_plane_beyond_the_block()
    {
        using var block = Accelerator.Allocate3DDenseXY(new int[4, 3, 2]);
        Finds(() => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView3D<int, Stride3D.DenseXY>>(Plane)(4, block.View), "third plane",
            ["index (0, 0, 2) is outside block of length (4, 3, 2)"]);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView3D<int, Stride3D.DenseXY>>(LastPlane)(4, block.View);
    }

    private static void Plane(Index1D i, ArrayView3D<int, Stride3D.DenseXY> block) =>
        block[i, 0, 2] = 1;     // third plane

    private static void LastPlane(Index1D i, ArrayView3D<int, Stride3D.DenseXY> block) => block[i, 2, 1] = 1;

    private struct Layer
    {
        public ArrayView<float> Weights;
        public ArrayView<float> Bias;
    }

    [Test] public void A_view_in_a_struct()
    {
        using var weights = Floats(64);
        using var bias = Floats(16);
        using var y = Floats(64);
        var layer = new Layer { Weights = weights.View, Bias = bias.View };
        Finds(() => Accelerator.LoadAutoGroupedStreamKernel<Index1D, Layer, ArrayView<float>>(AddBias)(64, layer, y.View), "a bias of each",
            ["index 16 is outside layer.Bias of length 16"]);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, Layer, ArrayView<float>>(AddRowBias)(64, layer, y.View);
        Assert.That(y.GetAsArray1D()[17], Is.EqualTo(18f + 2f));
    }

    private static void AddBias(Index1D i, Layer layer, ArrayView<float> y) =>
        y[i] = layer.Weights[i] + layer.Bias[i];    // a bias of each

    private static void AddRowBias(Index1D i, Layer layer, ArrayView<float> y) => y[i] = layer.Weights[i] + layer.Bias[i % 16];

    [Test] public void Shared_memory()
    {
        using var x = Ints(64);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>>(Halo)((1, 64), x.View), "halo",
            ["thread (63, 0, 0): index 64 is outside shared memory 'tile' of length 64"]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(WideHalo)((1, 64), x.View);
    }

    private static void Halo(ArrayView<int> x)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(64);
        tile[Group.IdxX] = x[Group.IdxX];
        Group.Barrier();
        x[Group.IdxX] = tile[Group.IdxX + 1];   // halo
    }

    private static void WideHalo(ArrayView<int> x)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(65);
        tile[Group.IdxX] = x[Group.IdxX];
        if (Group.IdxX == 0)
            tile[64] = 0;
        Group.Barrier();
        x[Group.IdxX] = tile[Group.IdxX + 1];
    }

    [Test] public void Dynamic_shared_memory()
    {
        using var x = Ints(32);
        var config = new KernelConfig(1, 32, SharedMemoryConfig.RequestDynamic<int>(16));
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<int>>(Dynamic)(config, x.View), "sixteen only",
            ["index 16 is outside dynamic shared memory of length 16"]);
        Accelerator.LoadStreamKernel<ArrayView<int>>(Dynamic)(new KernelConfig(1, 32, SharedMemoryConfig.RequestDynamic<int>(32)), x.View);
    }

    private static void Dynamic(ArrayView<int> x)
    {
        ArrayView<int> room = SharedMemory.GetDynamic<int>();
        room[Group.IdxX] = x[Group.IdxX];       // sixteen only
        Group.Barrier();
        x[Group.IdxX] = room[room.IntLength - 1 - Group.IdxX];
    }

    [Test] public void Local_memory()
    {
        using var x = Ints(32);
        Finds(() => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, int>(History)(32, x.View, 5), "fifth of four",
            ["index 4 is outside local memory 'history' of length 4"]);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, int>(History)(32, x.View, 4);
    }

    private static void History(Index1D i, ArrayView<int> x, int steps)
    {
        ArrayView<int> history = LocalMemory.Allocate<int>(4);
        for (int step = 0; step < steps; step++)
            history[step] = x[i] + step;    // fifth of four
        x[i] = history[x[i] & 3];
    }

    [Test] public void A_sub_view_longer_than_its_view()
    {
        using var x = Ints(30);
        Finds(() => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Rows)(4, x.View), "rows of eight",
            ["thread (3, 0, 0): the range of 8 from 24 is outside x of length 30"]);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Rows)(3, x.View);
    }

    private static void Rows(Index1D i, ArrayView<int> x)
    {
        ArrayView<int> row = x.SubView(i * 8, 8);   // rows of eight
        row[0] = row[7];
    }

    [Test] public void An_index_outside_a_sub_view_but_inside_its_buffer()
    {
        using var x = Ints(64);
        Finds(() => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(NextRow)(4, x.View), "ninth of eight",
            ["index 8 is outside a part of x of length 8"]);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(OwnRow)(4, x.View);
    }

    private static void NextRow(Index1D i, ArrayView<int> x)
    {
        ArrayView<int> row = x.SubView(i * 8, 8);
        row[i + 5] = 1;     // ninth of eight
    }

    private static void OwnRow(Index1D i, ArrayView<int> x)
    {
        ArrayView<int> row = x.SubView(i * 8, 8);
        row[i + 4] = 1;
    }

    [Test] public void A_cast_to_larger_elements()
    {
        using var x = Ints(10);
        Finds(() => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(AsLongs)(6, x.View), "sixth long",
            ["index 5 is outside a view of x of length 5"]);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(AsLongs)(5, x.View);
    }

    private static void AsLongs(Index1D i, ArrayView<int> x) =>
        x.Cast<long>()[i] += 1;     // sixth long

    [Test] public void A_reference_moved_out_of_its_view()
    {
        using var x = Ints(16);
        using var other = Ints(4096);
        Finds(() => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Moved)(16, x.View), "far reference",
            ["bytes beyond the end of x of length 16"]);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(MovedInside)(16, x.View);
    }

    private static void Moved(Index1D i, ArrayView<int> x) =>
        Unsafe.Add(ref x[i], 100) = 1;      // far reference

    private static void MovedInside(Index1D i, ArrayView<int> x) => Unsafe.Add(ref x[0], i.X) = 1;

    private static readonly int[] s_table = [2, 3, 5, 7];

    [Test] public void A_static_array()
    {
        using var x = Ints(8);
        Finds(() => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Primes)(8, x.View), "fifth prime",
            ["index 4 is outside a static array of length 4"]);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(FewPrimes)(8, x.View);
        Assert.That(x.GetAsArray1D()[6], Is.EqualTo(5));
    }

    private static void Primes(Index1D i, ArrayView<int> x) =>
        x[i] = s_table[i];      // fifth prime

    private static void FewPrimes(Index1D i, ArrayView<int> x) => x[i] = s_table[i & 3];

    [Test] public void An_empty_view()
    {
        using var x = Ints(8);
        Finds(() => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, ArrayView<int>>(Optional)(8, x.View, default), "no bias",
            ["index 0 is outside bias of length 0"]);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, ArrayView<int>>(IfAny)(8, x.View, default);
    }

    private static void Optional(Index1D i, ArrayView<int> x, ArrayView<int> bias) =>
        x[i] += bias[i];    // no bias

    private static void IfAny(Index1D i, ArrayView<int> x, ArrayView<int> bias) => x[i] += bias.Length > 0 ? bias[i] : 0;

    [Test] public void A_stride_that_leaves_the_buffer()
    {
        using var x = Floats(64);
        Finds(() => Accelerator.LoadStreamKernel<ArrayView<float>, int>(Strided)((1, 16), x.View, 5), "stride",
            ["thread (13, 0, 0): index 65 is outside x of length 64"]);
        Accelerator.LoadStreamKernel<ArrayView<float>, int>(Strided)((1, 16), x.View, 4);
    }

    private static void Strided(ArrayView<float> x, int stride)
    {
        float value = x[Group.IdxX * stride];   // stride
        if (value < 0)
            x[0] = value;
    }

    [Test] public void A_loop_with_one_round_too_many()
    {
        using var matrix = Floats(6 * 7);
        using var y = Floats(6);
        Finds(() => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>, int>(RowSums)(6, matrix.View, y.View, 8), "eighth column",
            ["index 42 is outside matrix of length 42"]);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>, int>(RowSums)(6, matrix.View, y.View, 7);
        Assert.That(y.GetAsArray1D()[0], Is.EqualTo(28f));
    }

    private static void RowSums(Index1D i, ArrayView<float> matrix, ArrayView<float> y, int columns)
    {
        float sum = 0;
        for (int c = 0; c < columns; c++)
            sum += matrix[i * 7 + c];   // eighth column
        y[i] = sum;
    }
}
