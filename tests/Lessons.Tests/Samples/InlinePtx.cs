using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace InlinePtx;

internal static class Program
{
    private static void Multiply(Index1D index, ArrayView<long> products, int factor)
    {
        if (CudaAsm.IsSupported)
        {
            CudaAsm.Emit("mul.wide.s32 %0, %1, %2;", out long product, index.X, factor);
            products[index] = product;
        }
        else
        {
            products[index] = (long)index.X * factor;
        }
    }

    private static void Main()
    {
        using Context context = Context.CreateDefault();
        foreach (Device device in context)
        {
            using Accelerator accelerator = device.CreateAccelerator(context);
            using var products = accelerator.Allocate1D<long>(5);
            var kernel = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<long>, int>(Multiply);
            kernel((int)products.Length, products.View, 2_000_000_000);
            Console.WriteLine(string.Join(" ", products.GetAsArray1D()));
        }
    }
}
