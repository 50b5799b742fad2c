using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Views: parts, casts, strides, shapes, references into them.</summary>
public sealed class ViewTests(string device) : ConformanceTests(device)
{
    [Test] public void Parts_of_views()
    {
        int[] data = Inputs.Range(100);
        int[] actual = Run(data, view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(PartsKernel)(20, view.SubView(10, 80)));
        int[] expected = [.. data];
        for (int i = 0; i < 20; i++)
        {
            expected[10 + 20 + i] = data[10 + i] * 2 + 80;
            expected[10 + 60 + i] = 20 - i;
        }
        Same(expected, actual);
    }

    private static void PartsKernel(Index1D i, ArrayView<int> view)
    {
        ArrayView<int> second = view.SubView(20, 20);
        second[i] = view[i] * 2 + view.IntLength;
        ArrayView<int> tail = view.SubView(60);
        tail[i] = tail.IntLength - i;
    }

    [Test] public void Casts_of_views()
    {
        byte[] data = [.. Enumerable.Range(0, 64).Select(i => (byte)(i * 7))];
        using var bytes = Accelerator.Allocate1D(data);
        long[] actual = Run(new long[16 * 4], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<byte>, ArrayView<long>>(CastKernel)(16, bytes.View, view));
        long[] expected = new long[64];
        for (int i = 0; i < 16; i++)
        {
            expected[i * 4] = BitConverter.ToInt32(data, i * 4);
            expected[i * 4 + 1] = BitConverter.ToUInt16(data, i * 2);
            expected[i * 4 + 2] = i < 8 ? BitConverter.ToInt64(data, i * 8) : 8;
            expected[i * 4 + 3] = (sbyte)data[i] + 16 * 1000;
        }
        Same(expected, actual);
    }

    private static void CastKernel(Index1D i, ArrayView<byte> bytes, ArrayView<long> result)
    {
        ArrayView<long> longs = bytes.Cast<long>();
        result[i * 4] = bytes.Cast<int>()[i];
        result[i * 4 + 1] = bytes.Cast<ushort>()[i];
        result[i * 4 + 2] = i < longs.Length ? longs[i] : longs.Length;
        result[i * 4 + 3] = bytes.Cast<sbyte>()[i] + bytes.Cast<float>().Length * 1000;
    }

    [Test] public void Dense_2D_views_in_both_orders()
    {
        using var x = Accelerator.Allocate2DDenseX<int>(new LongIndex2D(7, 5));
        using var y = Accelerator.Allocate2DDenseY<int>(new LongIndex2D(7, 5));
        Accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView2D<int, Stride2D.DenseX>, ArrayView2D<int, Stride2D.DenseY>>(OrderKernel)(new Index2D(7, 5), x.View, y.View);
        Accelerator.Synchronize();
        Same([.. Inputs.Range(35).Select(i => i % 7 * 10 + i / 7)], x.View.AsContiguous().GetAsArray());
        Same([.. Inputs.Range(35).Select(i => i / 5 * 10 + i % 5 + 700)], y.View.AsContiguous().GetAsArray());
        int[,] array = x.GetAsArray2D();
        Assert.That((array.GetLength(0), array.GetLength(1), array[6, 4]), Is.EqualTo((7, 5, 64)), DeviceName);
    }

    private static void OrderKernel(Index2D i, ArrayView2D<int, Stride2D.DenseX> x, ArrayView2D<int, Stride2D.DenseY> y)
    {
        x[i] = i.X * 10 + i.Y;
        y[i.X, i.Y] = i.X * 10 + i.Y + (int)x.Extent.X * 100;
    }

    [Test] public void Dense_3D_views()
    {
        using var a = Accelerator.Allocate3DDenseXY<int>(new LongIndex3D(3, 4, 5));
        using var b = Accelerator.Allocate3DDenseZY<int>(new LongIndex3D(3, 4, 5));
        Accelerator.LoadAutoGroupedStreamKernel<Index3D, ArrayView3D<int, Stride3D.DenseXY>, ArrayView3D<int, Stride3D.DenseZY>>(Kernel3D)(new Index3D(3, 4, 5), a.View, b.View);
        Accelerator.Synchronize();
        Same([.. Inputs.Range(60).Select(i => i % 3 * 100 + i / 3 % 4 * 10 + i / 12)], a.View.AsContiguous().GetAsArray());
        Same([.. Inputs.Range(60).Select(i => i / 20 * 100 + i / 5 % 4 * 10 + i % 5)], b.View.AsContiguous().GetAsArray());
    }

    private static void Kernel3D(Index3D i, ArrayView3D<int, Stride3D.DenseXY> a, ArrayView3D<int, Stride3D.DenseZY> b)
    {
        a[i] = i.X * 100 + i.Y * 10 + i.Z;
        b[i.X, i.Y, i.Z] = a[i];
    }

    [Test] public void Pitched_rows()
    {
        using var buffer = Accelerator.Allocate2DPitchedX<byte>(new LongIndex2D(5, 3), 16);
        Accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView2D<byte, Stride2D.DenseX>>(PitchKernel)(new Index2D(5, 3), buffer.View);
        Accelerator.Synchronize();
        Assert.That(buffer.View.Stride.YStride % 16, Is.Zero, DeviceName);
        byte[,] actual = buffer.GetAsArray2D();
        Same([.. Inputs.Range(15).Select(i => (byte)(i % 5 + i / 5 * 16))], [.. Inputs.Range(15).Select(i => actual[i % 5, i / 5])]);
    }

    private static void PitchKernel(Index2D i, ArrayView2D<byte, Stride2D.DenseX> view) => view[i] = (byte)(i.X + i.Y * 16);

    [Test] public void General_strides()
    {
        int[] actual = Run(new int[60], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView1D<int, Stride1D.General>, ArrayView2D<int, Stride2D.General>>(GeneralKernel)(
            10, new ArrayView1D<int, Stride1D.General>(view, 10, new Stride1D.General(3)), new ArrayView2D<int, Stride2D.General>(view.SubView(30, 30), new LongIndex2D(5, 2), new Stride2D.General(new Index2D(2, 12)))));
        int[] expected = new int[60];
        for (int i = 0; i < 10; i++)
        {
            expected[i * 3] = i + 1;
            expected[30 + i % 5 * 2 + i / 5 * 12] = -i - 1;
        }
        Same(expected, actual);
    }

    private static void GeneralKernel(Index1D i, ArrayView1D<int, Stride1D.General> line, ArrayView2D<int, Stride2D.General> plane)
    {
        line[i] = i + 1;
        plane[new Index2D(i % 5, i / 5)] = -i - 1;
    }

    [Test] public void Parts_and_transposes_of_2D_views()
    {
        int[] actual = Run(Inputs.Range(48), view => Accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView2D<int, Stride2D.DenseX>>(SubKernel)(
            new Index2D(3, 2), new ArrayView2D<int, Stride2D.DenseX>(view, new LongIndex2D(8, 6), new Stride2D.DenseX(8))));
        int[] expected = Inputs.Range(48);
        for (int x = 0; x < 3; x++)
            for (int y = 0; y < 2; y++)
                expected[(y + 1) * 8 + x + 2] = expected[x * 8 + y] * 100;
        Same(expected, actual);
    }

    private static void SubKernel(Index2D i, ArrayView2D<int, Stride2D.DenseX> view)
    {
        ArrayView2D<int, Stride2D.DenseX> part = view.SubView(new Index2D(2, 1), new Index2D(3, 2));
        int read = view.AsTransposed()[i.X, i.Y];
        if (i.X < 0)
            return;
        part[i] = read * 100;
    }

    [Test] public void Reshaped_inside_a_kernel()
    {
        int[] actual = Run(new int[24], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView1D<int, Stride1D.Dense>>(ReshapeKernel)(24, view));
        Same([.. Inputs.Range(24).Select(i => i % 6 * 10 + i / 6)], actual);
    }

    private static void ReshapeKernel(Index1D i, ArrayView1D<int, Stride1D.Dense> view)
    {
        var plane = view.As2DDenseXView(new LongIndex2D(6, 4));
        plane[i % 6, i / 6] = i % 6 * 10 + i / 6;
    }

    [Test] public void Variable_views_and_references()
    {
        int[] actual = Run(Inputs.Range(40), view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(ReferenceKernel)(20, view));
        int[] expected = Inputs.Range(40);
        for (int i = 0; i < 20; i++)
        {
            expected[i] = i % 2 == 0 ? i + 100 : i;
            expected[i + 20] = (i + 20) * 3 + (i % 2 == 0 ? 0 : 100);
        }
        Same(expected, actual);
    }

    private static void ReferenceKernel(Index1D i, ArrayView<int> data)
    {
        VariableView<int> variable = data.VariableView(i + 20);
        variable.Value *= 3;
        ref int chosen = ref Choose(data, i, i + 20);
        chosen += 100;
    }

    private static ref int Choose(ArrayView<int> data, int even, int odd)
    {
        if (even % 2 == 0)
            return ref data[even];
        return ref data[odd];
    }

    [Test] public void Views_chosen_at_run_time()
    {
        using var other = Accelerator.Allocate1D(Inputs.Range(64).Select(i => i * 1000).ToArray());
        int[] actual = Run(Inputs.Range(64), view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, ArrayView<int>, int>(ChoiceKernel)(64, view, other.View, 5));
        Same([.. Inputs.Range(64).Select(i => (i % 3 == 0 ? i * 1000 : i) + 64 + (i == 5 ? 1 : 0))], actual);
    }

    private static void ChoiceKernel(Index1D i, ArrayView<int> first, ArrayView<int> second, int special)
    {
        ArrayView<int> chosen = i % 3 == 0 ? second : first;
        first[i] = Sum(chosen, i, chosen.IntLength) + (i == special ? 1 : 0);
    }

    private static int Sum(ArrayView<int> view, int at, int length) => view[at] + length;

    [Test] public void Narrow_elements()
    {
        Same([.. Inputs.Range(300).Select(i => (byte)(i * 3 + 250))], Run(new byte[300], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<byte>>(ByteKernel)(300, view)));
        Same([.. Inputs.Range(300).Select(i => (sbyte)(i * 3 - 100))], Run(new sbyte[300], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<sbyte>>(SbyteKernel)(300, view)));
        Same([.. Inputs.Range(300).Select(i => (short)(i * 300))], Run(new short[300], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<short>>(ShortKernel)(300, view)));
        Same([.. Inputs.Range(300).Select(i => (ushort)(60000 + i * 30))], Run(new ushort[300], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<ushort>>(UshortKernel)(300, view)));
    }

    private static void ByteKernel(Index1D i, ArrayView<byte> view)
    {
        view[i] = (byte)(i.X * 3);
        view[i] += 250;
    }

    private static void SbyteKernel(Index1D i, ArrayView<sbyte> view)
    {
        view[i] = (sbyte)(i.X * 3);
        view[i] -= 100;
    }

    private static void ShortKernel(Index1D i, ArrayView<short> view)
    {
        view[i] = (short)(i.X * 100);
        view[i] *= 3;
    }

    private static void UshortKernel(Index1D i, ArrayView<ushort> view)
    {
        view[i] = (ushort)(i.X * 30);
        view[i] += 60000;
    }

    [Test] public void Gathers_scatters_and_strided_access()
    {
        int[] permutation = [.. Inputs.Range(211).Select(i => i * 37 % 211)];
        using var order = Accelerator.Allocate1D(permutation);
        double[] source = [.. Inputs.Uniform(422).Select(x => (double)x)];
        using var input = Accelerator.Allocate1D(source);
        double[] actual = Run(new double[211], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, ArrayView<double>, ArrayView<double>>(GatherKernel)(211, order.View, input.View, view));
        double[] expected = new double[211];
        for (int i = 0; i < 211; i++)
            expected[permutation[i]] = source[permutation[(i + 1) % 211]] + source[i * 2] - source[421 - i];
        Same(expected, actual);
    }

    private static void GatherKernel(Index1D i, ArrayView<int> order, ArrayView<double> input, ArrayView<double> output) =>
        output[order[i]] = input[order[(i + 1) % order.IntLength]] + input[i * 2] - input[input.Length - 1 - i];

    [Test] public void Empty_and_valid_views()
    {
        int[] actual = Run(new int[4], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, ArrayView<float>>(EmptyKernel)(4, view, ArrayView<float>.Empty));
        Same([10, 10, 10, 10], actual);
    }

    private static void EmptyKernel(Index1D i, ArrayView<int> data, ArrayView<float> nothing) =>
        data[i] = (nothing.IsValid ? 1 : 0) + (int)nothing.Length + (data.IsValid ? 10 : 0);

    [Test] public void Bools_and_chars_in_memory()
    {
        using var flags = Accelerator.Allocate1D(Inputs.Range(50).Select(i => (byte)(i % 3 == 0 ? 1 : 0)).ToArray());
        char[] actual = Run("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz".ToCharArray()[..50], view =>
            Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<char>, ArrayView<byte>>(CharKernel)(50, view, flags.View));
        Same([.. "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"[..50].Select((c, i) => i % 3 == 0 ? char.ToUpperInvariant(c) : c)], actual);
    }

    private static void CharKernel(Index1D i, ArrayView<char> text, ArrayView<byte> flags)
    {
        if (flags[i] != 0)
            text[i] = (char)(text[i] - 32);
    }
}
