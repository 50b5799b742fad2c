using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Algorithms.ScanReduceOperations;
using ILGPU.Algorithms.Sequencers;
using ILGPU.Runtime;

namespace AlgorithmsReduceAndScan;

internal static class Program
{
    private static void Main()
    {
        using Context context = Context.Create(builder => builder.Default().EnableAlgorithms());
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        AcceleratorStream stream = accelerator.DefaultStream;
        using var values = accelerator.Allocate1D<int>(100);
        using var result = accelerator.Allocate1D<int>(1);
        accelerator.Sequence(stream, values.View, new Int32Sequencer());

        accelerator.Reduce<int, AddInt32>(stream, values.View, result.View);
        stream.Synchronize();
        Console.WriteLine($"sum {result.GetAsArray1D()[0]}, greatest {accelerator.Reduce<int, MaxInt32>(stream, values.View)}");
        var reduction = accelerator.CreateReduction<int, Stride1D.Dense, MinInt32>();
        reduction(stream, values.View.SubView(40, 20), result.View);
        Console.WriteLine($"least of a part {result.GetAsArray1D()[0]}");

        using var prefixes = accelerator.Allocate1D<int>(values.Length);
        var scan = accelerator.CreateScan<int, Stride1D.Dense, Stride1D.Dense, AddInt32>(ScanKind.Inclusive);
        var tempSize = accelerator.ComputeScanTempStorageSize<int>(values.Length);
        using (var temp = accelerator.Allocate1D<int>(tempSize))
            scan(stream, values.View, prefixes.View, temp.View);
        Console.WriteLine(string.Join(" ", prefixes.GetAsArray1D().Take(8)) + " … " + prefixes.GetAsArray1D()[^1]);

        using var provider = accelerator.CreateScanProvider<int>(values.Length);
        var exclusive = provider.CreateScan<int, Stride1D.Dense, Stride1D.Dense, AddInt32>(ScanKind.Exclusive);
        exclusive(stream, values.View, prefixes.View);
        Console.WriteLine(string.Join(" ", prefixes.GetAsArray1D().Take(8)) + " … " + prefixes.GetAsArray1D()[^1]);
    }
}
