using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace StreamsAndProfiling;

internal static class Program
{
    private static void Twice(Index1D index, ArrayView<int> data) => data[index] *= 2;

    private static void Main()
    {
        using Context context = Context.Create(builder => builder.CPU().Profiling());
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        using AcceleratorStream first = accelerator.CreateStream(), second = accelerator.CreateStream();
        using var a = accelerator.Allocate1D<int>(100_000);
        using var b = accelerator.Allocate1D<int>(100_000);
        a.CopyFromCPU(first, Enumerable.Repeat(1, 100_000).ToArray());
        b.CopyFromCPU(second, Enumerable.Repeat(3, 100_000).ToArray());

        var kernel = accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<int>>(Twice);
        using ProfilingMarker start = first.AddProfilingMarker();
        for (int i = 0; i < 4; i++)
        {
            kernel(first, (int)a.Length, a.View);
            kernel(second, (int)b.Length, b.View);
        }

        using ProfilingMarker end = first.AddProfilingMarker();
        first.Synchronize();
        second.Synchronize();
        Console.WriteLine($"{a.GetAsArray1D(first)[^1]} {b.GetAsArray1D(second)[^1]}");
        Console.WriteLine(end.MeasureFrom(start) > TimeSpan.Zero ? "some time has passed" : "no time has passed");
    }
}
