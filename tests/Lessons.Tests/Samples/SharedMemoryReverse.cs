using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace SharedMemoryReverse;

internal static class Program
{
    private const int GroupSize = 8;

    private static void ReverseGroups(ArrayView<int> data)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(GroupSize);
        shared[Group.IdxX] = data[Grid.GlobalIndex.X];
        Group.Barrier();
        data[Grid.GlobalIndex.X] = shared[GroupSize - 1 - Group.IdxX];
    }

    private static void Main()
    {
        using Context context = Context.Create(builder => builder.CPU());
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        using var buffer = accelerator.Allocate1D(Enumerable.Range(0, 16).ToArray());
        var kernel = accelerator.LoadStreamKernel<ArrayView<int>>(ReverseGroups);
        kernel((2, GroupSize), buffer.View);
        Console.WriteLine(string.Join(" ", buffer.GetAsArray1D()));
    }
}
