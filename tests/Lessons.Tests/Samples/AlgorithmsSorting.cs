using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Algorithms.RadixSortOperations;
using ILGPU.Algorithms.Sequencers;
using ILGPU.Runtime;

namespace AlgorithmsSorting;

internal static class Program
{
    private static void Main()
    {
        using Context context = Context.Create(builder => builder.Default().EnableAlgorithms());
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        AcceleratorStream stream = accelerator.DefaultStream;
        int[] data = [7, -3, 12, 0, 7, -20, 5, 1];

        using var keys = accelerator.Allocate1D(data);
        var sort = accelerator.CreateRadixSort<int, Stride1D.Dense, AscendingInt32>();
        using (var temp = accelerator.Allocate1D<int>(accelerator.ComputeRadixSortTempStorageSize<int, AscendingInt32>((Index1D)keys.Length)))
            sort(stream, keys.View, temp.View);
        Console.WriteLine(string.Join(" ", keys.GetAsArray1D()));

        // Where each key came from.
        using var floats = accelerator.Allocate1D(data.Select(value => value / 4f).ToArray());
        using var places = accelerator.Allocate1D<int>(data.Length);
        accelerator.Sequence(stream, places.View, new Int32Sequencer());
        var pairs = accelerator.CreateRadixSortPairs<float, Stride1D.Dense, int, Stride1D.Dense, DescendingFloat>();
        using (var temp = accelerator.Allocate1D<int>(accelerator.ComputeRadixSortPairsTempStorageSize<float, int, DescendingFloat>((Index1D)floats.Length)))
            pairs(stream, floats.View, places.View, temp.View);
        Console.WriteLine(FormattableString.Invariant($"{floats.GetAsArray1D()[0]} to {floats.GetAsArray1D()[^1]}: {string.Join(" ", places.GetAsArray1D())}"));

        // Sorted values, each once.
        using var digits = accelerator.Allocate1D(data.Select(value => (uint)Math.Abs(value) % 5).ToArray());
        using var provider = accelerator.CreateRadixSortProvider<uint, AscendingUInt32>((Index1D)digits.Length);
        provider.CreateRadixSort<uint, Stride1D.Dense, AscendingUInt32>()(stream, digits.View);
        long count = accelerator.Unique(stream, digits.View);
        Console.WriteLine($"{count}: {string.Join(" ", digits.GetAsArray1D().Take((int)count))}");
    }
}
