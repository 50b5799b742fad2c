using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace ExplicitGrouping;

internal static class Program
{
    private static void WhoAmI(ArrayView<int> groups, ArrayView<int> threads)
    {
        int index = Grid.GlobalIndex.X;
        if (index < groups.Length)
        {
            groups[index] = Grid.IdxX;
            threads[index] = Group.IdxX;
        }
    }

    private static void Main()
    {
        using Context context = Context.Create(builder => builder.CPU());
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        using var groups = accelerator.Allocate1D<int>(10);
        using var threads = accelerator.Allocate1D<int>(10);
        var kernel = accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(WhoAmI);

        int groupSize = 4;
        int groupCount = ((int)groups.Length + groupSize - 1) / groupSize;
        kernel((groupCount, groupSize), groups.View, threads.View);
        accelerator.Synchronize();
        Console.WriteLine(string.Join(" ", groups.GetAsArray1D()));
        Console.WriteLine(string.Join(" ", threads.GetAsArray1D()));
    }
}
