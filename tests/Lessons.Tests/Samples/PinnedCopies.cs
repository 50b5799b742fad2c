using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;

namespace PinnedCopies;

internal static class Program
{
    private static void Square(Index1D index, ArrayView<int> values) => values[index] *= values[index];

    private static void Main()
    {
        using Context context = Context.CreateDefault();
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        int[] data = GC.AllocateArray<int>(6, pinned: true);
        for (int i = 0; i < data.Length; i++)
            data[i] = i;
        GCHandle handle = GCHandle.Alloc(data, GCHandleType.Pinned);
        try
        {
            using PageLockScope<int> scope = accelerator.CreatePageLockFromPinned(data);
            using var values = accelerator.Allocate1D<int>(data.Length);
            AcceleratorStream stream = accelerator.DefaultStream;
            values.View.CopyFromPageLockedAsync(stream, scope);
            accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Square)(values.IntExtent, values.View);
            values.View.CopyToPageLockedAsync(stream, scope);
            stream.Synchronize();
        }
        finally
        {
            handle.Free();
        }

        Console.WriteLine(string.Join(" ", data));
    }
}
