using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Tests.Runtime;

/// <summary>Programs as people write them against ILGPU: nothing of ours but the choice of the device.</summary>
internal sealed class SampleTests
{
    private const int Tile = 4;

    private static void MatrixTimesMatrix(
        ArrayView2D<float, Stride2D.DenseX> a,
        ArrayView2D<float, Stride2D.DenseX> b,
        ArrayView2D<float, Stride2D.DenseX> c)
    {
        Index2D global = Grid.GlobalIndex.XY;
        int x = Group.IdxX, y = Group.IdxY;
        var tileA = SharedMemory.Allocate2D<float, Stride2D.DenseX>(new Index2D(Tile, Tile), new Stride2D.DenseX(Tile));
        var tileB = SharedMemory.Allocate2DDenseY<float>(new Index2D(Tile, Tile));
        float sum = 0;
        for (int i = 0; i < a.IntExtent.Y; i += Tile)
        {
            tileA[x, y] = global.X < a.IntExtent.X && y + i < a.IntExtent.Y ? a[global.X, y + i] : 0;
            tileB[x, y] = x + i < b.IntExtent.X && global.Y < b.IntExtent.Y ? b[x + i, global.Y] : 0;
            Group.Barrier();
            for (int k = 0; k < Tile; k++)
                sum += tileA[new Index2D(x, k)] * tileB[new Index2D(k, y)];
            Group.Barrier();
        }

        if (global.X < c.IntExtent.X && global.Y < c.IntExtent.Y)
            c[global] = sum;
    }

    [Test]
    public void Tiled_matrix_product([Values("Simd", "Debug")] string device)
    {
        const int m = 9, n = 7, k = 10;
        var left = new float[m, k];
        var right = new float[k, n];
        for (int i = 0; i < m * k; i++)
            left[i / k, i % k] = i % 13 - 6;
        for (int i = 0; i < k * n; i++)
            right[i / n, i % n] = i % 11 - 5;
        using var context = Context.Create(builder => builder.CPU(device == "Simd" ? CPUDevice.Default : CpuDevices.Debug()).EnableAlgorithms());
        using CPUAccelerator accelerator = context.CreateCPUAccelerator(0);
        using var a = accelerator.Allocate2DDenseX<float>(new Index2D(m, k));
        using var b = accelerator.Allocate2DDenseX<float>(new Index2D(k, n));
        using var c = accelerator.Allocate2DDenseX<float>(new Index2D(m, n));
        a.CopyFromCPU(left);
        b.CopyFromCPU(right);
        var kernel = accelerator.LoadStreamKernel<
            ArrayView2D<float, Stride2D.DenseX>,
            ArrayView2D<float, Stride2D.DenseX>,
            ArrayView2D<float, Stride2D.DenseX>>(MatrixTimesMatrix);

        var group = new Index2D(Tile, Tile);
        var grid = new Index2D(XMath.DivRoundUp(m, Tile), XMath.DivRoundUp(n, Tile));
        kernel((grid, group), a, b, c);

        float[,] product = c.GetAsArray2D();
        using (Assert.EnterMultipleScope())
        {
            for (int row = 0; row < m; row++)
            {
                for (int column = 0; column < n; column++)
                {
                    float expected = Enumerable.Range(0, k).Sum(i => left[row, i] * right[i, column]);
                    Assert.That(product[row, column], Is.EqualTo(expected), $"[{row}, {column}]");
                }
            }
        }
    }

    private static void Histogram(Index1D index, ArrayView<byte> text, ArrayView1D<int, Stride1D.Dense> counts) =>
        Atomic.Add(ref counts[text[index] % (int)counts.Length], 1);

    [Test]
    public void Histogram_with_the_preferred_device()
    {
        byte[] text = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(i * i % 251))];
        using Context context = Context.CreateDefault();
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: false).CreateAccelerator(context);
        using var source = accelerator.Allocate1D(text);
        using var counts = accelerator.Allocate1D<int>(16);
        counts.MemSetToZero();

        accelerator.LaunchAutoGrouped<Index1D, ArrayView<byte>, ArrayView1D<int, Stride1D.Dense>>(Histogram, source.IntExtent, source.View, counts.View);
        accelerator.Synchronize();

        Assert.That(counts.GetAsArray1D(), Is.EqualTo(Enumerable.Range(0, 16).Select(bin => text.Count(value => value % 16 == bin))));
    }

    private static void Mandelbrot(Index2D index, ArrayView2D<int, Stride2D.DenseY> image, int limit)
    {
        float cx = (index.Y - 40f) / 30f, cy = (index.X - 16f) / 16f;
        float x = 0, y = 0;
        int steps = 0;
        while (steps < limit && x * x + y * y <= 4)
        {
            float next = x * x - y * y + cx;
            y = 2 * x * y + cy;
            x = next;
            steps++;
        }

        image[index] = steps;
    }

    [Test]
    public void Mandelbrot_set_is_the_same_everywhere()
    {
        int[,] Draw(CPUDevice device)
        {
            using var context = Context.Create(builder => builder.CPU(device));
            using Accelerator accelerator = device.CreateAccelerator(context);
            using var image = accelerator.Allocate2DDenseY<int>(new LongIndex2D(33, 61));
            accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView2D<int, Stride2D.DenseY>, int>(Mandelbrot)(image.IntExtent, image.View, 50);
            return image.GetAsArray2D();
        }

        int[,] expected = Draw(CPUDevice.Nvidia);
        Assert.That(Draw(CPUDevice.Default), Is.EqualTo(expected));
        Assert.That(expected.Cast<int>().Distinct().Count(), Is.GreaterThan(10));
    }
}
