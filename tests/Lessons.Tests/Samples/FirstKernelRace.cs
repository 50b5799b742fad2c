using GemmaIlgpu.Compute;
using ILGPU;
using ILGPU.Runtime;

namespace FirstKernelRace;

internal static class Program
{
    // Each group turns its 64 values around, through memory that the group shares.
    private static void Mirror(ArrayView<int> values)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(64);
        shared[Group.IdxX] = values[Grid.GlobalIndex.X];
        values[Grid.GlobalIndex.X] = shared[63 - Group.IdxX];
    }

    private static void Main()
    {
        using Context context = Context.Create(builder => builder.CheckedCpu());
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: false).CreateAccelerator(context);
        using var values = accelerator.Allocate1D(Enumerable.Range(0, 128).ToArray());
        var kernel = accelerator.LoadStreamKernel<ArrayView<int>>(Mirror);
        kernel((2, 64), values.View);
        Console.WriteLine($"{accelerator.Name}: {string.Join(" ", values.GetAsArray1D())}");
    }
}
