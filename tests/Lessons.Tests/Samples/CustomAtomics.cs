using ILGPU;
using ILGPU.AtomicOperations;
using ILGPU.Runtime;

namespace CustomAtomics;

/// <summary>A product, which no device has as an atomic operation.</summary>
internal readonly struct Multiply : IAtomicOperation<int>
{
    public int Operation(int current, int value) => current * value;
}

internal readonly struct Exchange : ICompareExchangeOperation<int>
{
    public int CompareExchange(ref int target, int compare, int value) => Atomic.CompareExchange(ref target, compare, value);

    public bool IsSame(int left, int right) => left == right;
}

internal static class Program
{
    private static void Kernel(Index1D index, ArrayView<int> product, ArrayView<int> histogram)
    {
        Atomic.MakeAtomic(ref product[0], 1 + (index % 2), default(Multiply), default(Exchange));
        Atomic.Add(ref histogram[index % 3], 1);
    }

    private static void Main()
    {
        using Context context = Context.CreateDefault();
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        using var product = accelerator.Allocate1D([1]);
        using var histogram = accelerator.Allocate1D<int>(3);
        histogram.MemSetToZero();
        accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, ArrayView<int>>(Kernel)(20, product.View, histogram.View);
        Console.WriteLine($"{product.GetAsArray1D()[0]}: {string.Join(" ", histogram.GetAsArray1D())}");
    }
}
