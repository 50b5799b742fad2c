using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace ImplicitGrouping;

internal static class Program
{
    private static void Scale(Index1D index, ArrayView<int> values, int factor) => values[index] = index * factor;

    private static void Main()
    {
        using Context context = Context.CreateDefault();
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        using AcceleratorStream stream = accelerator.CreateStream();
        using var values = accelerator.Allocate1D<int>(10);

        // The group's size is the runtime's choice …
        Action<AcceleratorStream, Index1D, ArrayView<int>, int> chosen = accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<int>, int>(Scale);
        chosen(stream, 10, values.View, 2);
        stream.Synchronize();
        Console.WriteLine(string.Join(" ", values.GetAsArray1D(stream)));

        // … or ours, for the default stream …
        Action<Index1D, ArrayView<int>, int> ours = accelerator.LoadImplicitlyGroupedStreamKernel<Index1D, ArrayView<int>, int>(Scale, 4);
        ours(10, values.View, 3);
        Console.WriteLine(string.Join(" ", values.GetAsArray1D()));

        // … or for any.
        Action<AcceleratorStream, Index1D, ArrayView<int>, int> anywhere = accelerator.LoadImplicitlyGroupedKernel<Index1D, ArrayView<int>, int>(Scale, 8);
        anywhere(stream, 10, values.View, 4);
        stream.Synchronize();
        Console.WriteLine(string.Join(" ", values.GetAsArray1D(stream)));

    }
}
