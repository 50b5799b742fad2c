using ILGPU;
using ILGPU.Runtime;

namespace TiledProduct;

internal static class Program
{
    private const int Tile = 4;

    private static void Multiply(
        ArrayView2D<float, Stride2D.DenseX> a, ArrayView2D<float, Stride2D.DenseX> b, ArrayView2D<float, Stride2D.DenseX> product)
    {
        Index2D global = Grid.GlobalIndex.XY;
        int x = Group.IdxX, y = Group.IdxY;
        ArrayView2D<float, Stride2D.DenseX> tileA = SharedMemory.Allocate2D<float, Stride2D.DenseX>(new Index2D(Tile, Tile), new Stride2D.DenseX(Tile));
        ArrayView2D<float, Stride2D.DenseX> tileB = SharedMemory.Allocate2D<float, Stride2D.DenseX>(new Index2D(Tile, Tile), new Stride2D.DenseX(Tile));
        float sum = 0f;
        for (int i = 0; i < a.IntExtent.X; i += Tile)
        {
            tileA[x, y] = x + i < a.IntExtent.X && global.Y < a.IntExtent.Y ? a[x + i, global.Y] : 0f;
            tileB[x, y] = global.X < b.IntExtent.X && y + i < b.IntExtent.Y ? b[global.X, y + i] : 0f;
            Group.Barrier();
            for (int k = 0; k < Tile; k++)
                sum += tileA[new Index2D(k, y)] * tileB[new Index2D(x, k)];
            Group.Barrier();
        }

        if (global.X < product.IntExtent.X && global.Y < product.IntExtent.Y)
            product[global] = sum;
    }

    private static void Main()
    {
        using Context context = Context.CreateDefault();
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        const int rows = 7, columns = 9, depth = 5;
        float[,] a = new float[depth, rows], b = new float[columns, depth];
        for (int k = 0; k < depth; k++)
        {
            for (int row = 0; row < rows; row++)
                a[k, row] = k + row;
            for (int column = 0; column < columns; column++)
                b[column, k] = column - k;
        }

        using var bufferA = accelerator.Allocate2DDenseX(a);
        using var bufferB = accelerator.Allocate2DDenseX(b);
        using var product = accelerator.Allocate2DDenseX<float>(new Index2D(columns, rows));
        var kernel = accelerator.LoadStreamKernel<ArrayView2D<float, Stride2D.DenseX>, ArrayView2D<float, Stride2D.DenseX>, ArrayView2D<float, Stride2D.DenseX>>(Multiply);
        KernelConfig config = (new Index2D((columns + Tile - 1) / Tile, (rows + Tile - 1) / Tile), new Index2D(Tile, Tile));
        kernel(config, bufferA.View, bufferB.View, product.View);
        float[,] result = product.GetAsArray2D();
        int wrong = 0;
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                wrong += result[column, row] == Enumerable.Range(0, depth).Sum(k => a[k, row] * b[column, k]) ? 0 : 1;
        }

        Console.WriteLine($"{result.Length} elements, {wrong} wrong");
    }
}
