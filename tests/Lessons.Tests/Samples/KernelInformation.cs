using ILGPU;
using ILGPU.Runtime;

namespace KernelInformation;

internal static class Program
{
    private static void Implicit(Index1D index, ArrayView<int> values) => values[index] = index;

    private static void Explicit(ArrayView<int> values) => values[Grid.GlobalIndex.X] = Group.IdxX;

    private static void Main()
    {
        using Context context = Context.CreateDefault();
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        using var values = accelerator.Allocate1D<int>(32);

        // Bounds on what a launch will be, for a compiler that divides registers.
        var explicitKernel = accelerator.LoadStreamKernel<ArrayView<int>>(Explicit, new KernelSpecialization(16, 2));
        explicitKernel((2, 16), values.View);
        Console.WriteLine(string.Join(" ", values.GetAsArray1D().Take(18)));

        var implicitKernel = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Implicit, out KernelInfo? information);
        implicitKernel(32, values.View);
        Console.WriteLine($"{values.GetAsArray1D().Sum()} {information is not null}");
    }
}
