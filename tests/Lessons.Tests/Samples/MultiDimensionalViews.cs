using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace MultiDimensionalViews;

internal static class Program
{
    private static void Transpose(Index2D index, ArrayView2D<int, Stride2D.DenseX> source, ArrayView2D<int, Stride2D.DenseX> target) =>
        target[index.Y, index.X] = source[index];

    private static void Fill(Index3D index, ArrayView3D<int, Stride3D.DenseXY> volume) =>
        volume[index] = (100 * index.Z) + (10 * index.Y) + index.X;

    private static void Main()
    {
        using Context context = Context.Create(builder => builder.CPU());
        using Accelerator accelerator = context.CreateCPUAccelerator(0);

        using var source = accelerator.Allocate2DDenseX(new int[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        using var target = accelerator.Allocate2DDenseX<int>(new LongIndex2D(3, 2));
        accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView2D<int, Stride2D.DenseX>, ArrayView2D<int, Stride2D.DenseX>>(Transpose)(
            source.IntExtent, source.View, target.View);
        int[,] transposed = target.GetAsArray2D();
        for (int row = 0; row < 3; row++)
            Console.WriteLine($"{transposed[row, 0]} {transposed[row, 1]}");

        using var volume = accelerator.Allocate3DDenseXY<int>(new LongIndex3D(4, 3, 2));
        accelerator.LoadAutoGroupedStreamKernel<Index3D, ArrayView3D<int, Stride3D.DenseXY>>(Fill)(volume.IntExtent, volume.View);
        int[,,] cube = volume.GetAsArray3D();
        Console.WriteLine($"{cube[3, 2, 1]} {cube[0, 1, 1]} {cube[2, 0, 0]}");
    }
}
