using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace LocalMemoryMedian;

internal static class Program
{
    private const int Taps = 5;

    // A thread's own array: the middle of five neighbours, after sorting them.
    private static void Median(Index1D index, ArrayView<int> source, ArrayView<int> target)
    {
        ArrayView<int> window = LocalMemory.Allocate<int>(Taps);
        for (int i = 0; i < Taps; i++)
        {
            int at = index + i - (Taps / 2);
            window[i] = source[at < 0 ? 0 : at >= source.IntLength ? source.IntLength - 1 : at];
        }

        for (int i = 1; i < Taps; i++)
        {
            for (int j = i; j > 0 && window[j - 1] > window[j]; j--)
                (window[j - 1], window[j]) = (window[j], window[j - 1]);
        }

        target[index] = window[Taps / 2];
    }

    private static void Main()
    {
        using Context context = Context.Create(builder => builder.CPU());
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        using var source = accelerator.Allocate1D(new[] { 3, 3, 90, 4, 5, 5, -70, 6, 7, 7 });
        using var target = accelerator.Allocate1D<int>(source.Length);
        accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, ArrayView<int>>(Median)((int)source.Length, source.View, target.View);
        Console.WriteLine(string.Join(" ", target.GetAsArray1D()));
    }
}
