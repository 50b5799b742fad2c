using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Algorithms.ScanReduceOperations;
using ILGPU.Runtime;

namespace GroupScan;

internal static class Program
{
    // Stream compaction, the inner step of a radix sort: even numbers to the front, each group on its own.
    private static void EvenFirst(ArrayView<int> values, ArrayView<int> sorted)
    {
        int value = values[Grid.GlobalIndex.X], even = (value & 1) == 0 ? 1 : 0;
        int before = GroupExtensions.ExclusiveScan<int, AddInt32>(even);
        int all = GroupExtensions.AllReduce<int, AddInt32>(even);
        int place = even != 0 ? before : all + Group.IdxX - before;
        sorted[(Grid.IdxX * Group.DimX) + place] = value;
    }

    private static void Prefixes(ArrayView<int> values, ArrayView<int> prefixes, ArrayView<int> maxima)
    {
        int i = Grid.GlobalIndex.X;
        prefixes[i] = GroupExtensions.InclusiveScan<int, AddInt32>(values[i]);
        int max = GroupExtensions.Reduce<int, MaxInt32>(values[i]);
        if (Group.IsFirstThread)
            maxima[Grid.IdxX] = max;
    }

    private static void Main()
    {
        using Context context = Context.Create(builder => builder.Default().EnableAlgorithms());
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        int[] data = [5, 2, 8, 1, 9, 4, 7, 6, 3, 10, 12, 11, 14, 13, 16, 15];
        using var values = accelerator.Allocate1D(data);
        using var sorted = accelerator.Allocate1D<int>(data.Length);
        accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(EvenFirst)((2, 8), values.View, sorted.View);
        Console.WriteLine(string.Join(" ", sorted.GetAsArray1D()));

        using var prefixes = accelerator.Allocate1D<int>(data.Length);
        using var maxima = accelerator.Allocate1D<int>(2);
        accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>, ArrayView<int>>(Prefixes)((2, 8), values.View, prefixes.View, maxima.View);
        Console.WriteLine(string.Join(" ", prefixes.GetAsArray1D()));
        Console.WriteLine(string.Join(" ", maxima.GetAsArray1D()));
    }
}
