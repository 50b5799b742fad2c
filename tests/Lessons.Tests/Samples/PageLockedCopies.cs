using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace PageLockedCopies;

internal static class Program
{
    private static void Square(Index1D index, ArrayView<int> data) => data[index] *= data[index];

    private static void Main()
    {
        using Context context = Context.Create(builder => builder.CPU());
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        using AcceleratorStream stream = accelerator.CreateStream();
        using PageLockedArray1D<int> locked = accelerator.AllocatePageLocked1D<int>(8);
        for (int i = 0; i < 8; i++)
            locked[i] = i;

        using var buffer = accelerator.Allocate1D<int>(8);
        buffer.View.CopyFromPageLockedAsync(stream, locked);
        accelerator.LoadAutoGroupedKernel<Index1D, ArrayView<int>>(Square)(stream, 8, buffer.View);
        buffer.View.CopyToPageLockedAsync(stream, locked);
        stream.Synchronize();
        Console.WriteLine(string.Join(" ", locked.GetArray()));
    }
}
