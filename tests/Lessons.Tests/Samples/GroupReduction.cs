using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Algorithms.ScanReduceOperations;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GroupReduction;

internal static class Program
{
    private static void SumsAndMaxima(ArrayView<int> data, ArrayView<int> sums, ArrayView<int> maxima)
    {
        int value = data[Grid.GlobalIndex.X];
        int sum = GroupExtensions.Reduce<int, AddInt32>(value);         // in the first thread
        int max = GroupExtensions.AllReduce<int, MaxInt32>(value);      // in every thread
        if (Group.IsFirstThread)
            sums[Grid.IdxX] = sum;
        if (Group.IsLastThread)
            maxima[Grid.IdxX] = max;
    }

    private static void Main()
    {
        using Context context = Context.Create(builder => builder.CPU().EnableAlgorithms());
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        using var data = accelerator.Allocate1D(Enumerable.Range(1, 192).ToArray());
        using var sums = accelerator.Allocate1D<int>(3);
        using var maxima = accelerator.Allocate1D<int>(3);
        var kernel = accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>, ArrayView<int>>(SumsAndMaxima);
        kernel((3, 64), data.View, sums.View, maxima.View);
        Console.WriteLine(string.Join(" ", sums.GetAsArray1D()));
        Console.WriteLine(string.Join(" ", maxima.GetAsArray1D()));
    }
}
