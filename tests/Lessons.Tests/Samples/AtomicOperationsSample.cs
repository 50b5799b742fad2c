using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace AtomicOperationsSample;

internal static class Program
{
    private static void Collect(Index1D index, ArrayView<int> results)
    {
        Atomic.Add(ref results[0], index);
        Atomic.Max(ref results[1], index);
        Atomic.Min(ref results[2], index);
        Atomic.Or(ref results[3], 1 << (index % 5));
        if (Atomic.CompareExchange(ref results[4], 0, 1) == 0)
            Atomic.Add(ref results[5], 1);      // exactly one thread is the first
    }

    private static void Main()
    {
        using Context context = Context.Create(builder => builder.CPU());
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        using var results = accelerator.Allocate1D(new[] { 0, int.MinValue, int.MaxValue, 0, 0, 0 });
        accelerator.LaunchAutoGrouped<Index1D, ArrayView<int>>(Collect, new Index1D(1000), results.View);
        accelerator.Synchronize();
        Console.WriteLine(string.Join(" ", results.GetAsArray1D()));
    }
}
