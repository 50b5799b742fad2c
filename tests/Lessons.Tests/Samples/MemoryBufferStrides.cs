using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace MemoryBufferStrides;

internal static class Program
{
    // The same kernel for rows that are dense and for columns that are: the stride is part of the type.
    private static void FillDenseX(Index2D index, ArrayView2D<int, Stride2D.DenseX> view) => view[index] = (index.Y * 100) + index.X;

    private static void FillDenseY(Index2D index, ArrayView2D<int, Stride2D.DenseY> view) => view[index] = (index.Y * 100) + index.X;

    private static void FillGeneral(Index1D index, ArrayView1D<int, Stride1D.General> view) => view[index] = index + 1;

    private static void Sum(Index3D index, ArrayView3D<int, Stride3D.DenseXY> view, ArrayView<int> sum) =>
        Atomic.Add(ref sum[0], view[index]);

    private static void Main()
    {
        using Context context = Context.CreateDefault();
        using Accelerator accelerator = context.CreateCPUAccelerator(0);

        using MemoryBuffer2D<int, Stride2D.DenseX> rows = accelerator.Allocate2DDenseX<int>(new Index2D(4, 3));
        accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView2D<int, Stride2D.DenseX>>(FillDenseX)(rows.IntExtent, rows.View);
        int[,] fromRows = rows.GetAsArray2D();
        Console.WriteLine($"{fromRows[3, 2]} {rows.View.Stride.YStride} {string.Join(" ", rows.AsContiguous().GetAsArray())}");

        using MemoryBuffer2D<int, Stride2D.DenseY> columns = accelerator.Allocate2DDenseY<int>(new Index2D(4, 3));
        accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView2D<int, Stride2D.DenseY>>(FillDenseY)(columns.IntExtent, columns.View);
        Console.WriteLine($"{columns.GetAsArray2D()[3, 2]} {columns.View.Stride.XStride} {string.Join(" ", columns.AsContiguous().GetAsArray())}");

        // Every third element of a buffer of ten.
        using MemoryBuffer1D<int, Stride1D.Dense> buffer = accelerator.Allocate1D<int>(10);
        buffer.MemSetToZero();
        ArrayView1D<int, Stride1D.General> thirds = new(buffer.View.BaseView, 4, new Stride1D.General(3));
        accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView1D<int, Stride1D.General>>(FillGeneral)(thirds.IntExtent, thirds);
        accelerator.Synchronize();
        Console.WriteLine(string.Join(" ", buffer.GetAsArray1D()));

        using MemoryBuffer3D<int, Stride3D.DenseXY> cube = accelerator.Allocate3DDenseXY<int>(new Index3D(2, 3, 4));
        cube.CopyFromCPU(new int[2, 3, 4] { { { 1, 1, 1, 1 }, { 1, 1, 1, 1 }, { 1, 1, 1, 1 } }, { { 2, 2, 2, 2 }, { 2, 2, 2, 2 }, { 2, 2, 2, 2 } } });
        using MemoryBuffer1D<int, Stride1D.Dense> sum = accelerator.Allocate1D<int>(1);
        sum.MemSetToZero();
        accelerator.LoadAutoGroupedStreamKernel<Index3D, ArrayView3D<int, Stride3D.DenseXY>, ArrayView<int>>(Sum)(cube.IntExtent, cube.View, sum.View);
        Console.WriteLine(sum.GetAsArray1D()[0]);

        // Rows of three bytes that begin at multiples of four, as in a picture's file.
        using MemoryBuffer2D<byte, Stride2D.DenseX> picture = accelerator.Allocate2D<byte, Stride2D.DenseX>(
            new Index2D(3, 2), extent => extent.X, (extent, leading) => new Stride2D.DenseX((leading + 3) & ~3));
        picture.AsContiguous().CopyFromCPU(new byte[] { 1, 2, 3, 0, 4, 5, 6 });
        byte[,] pixels = picture.GetAsArray2D();
        Console.WriteLine($"{pixels[2, 0]} {pixels[0, 1]} {pixels[2, 1]}");
    }
}
