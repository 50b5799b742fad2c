using ILGPU;
using ILGPU.Runtime;

namespace SimpleKernel;

internal static class Program
{
    private static void AddConstant(Index1D index, ArrayView<int> data, int constant) => data[index] = index + constant;

    private static void Main()
    {
        using Context context = Context.CreateDefault();
        foreach (Device device in context)
        {
            using Accelerator accelerator = device.CreateAccelerator(context);
            using var buffer = accelerator.Allocate1D<int>(1000);
            var kernel = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, int>(AddConstant);
            kernel((int)buffer.Length, buffer.View, 42);
            accelerator.Synchronize();

            int[] data = buffer.GetAsArray1D();
            int wrong = 0;
            for (int i = 0; i < data.Length; i++)
                wrong += data[i] == 42 + i ? 0 : 1;
            Console.WriteLine($"{data.Length} elements, {wrong} wrong");
        }
    }
}
