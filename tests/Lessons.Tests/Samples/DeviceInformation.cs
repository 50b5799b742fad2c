using ILGPU;
using ILGPU.Runtime;

namespace DeviceInformation;

internal static class Program
{
    private static void Kernel(ArrayView<int> values) => values[Grid.GlobalIndex.X] = Group.DimX;

    private static void Main()
    {
        using Context context = Context.Create(builder => builder.AllAccelerators().Optimize(OptimizationLevel.O2));
        foreach (Device device in context)
        {
            using StringWriter information = new();
            device.PrintInformation(information);
            using Accelerator accelerator = device.CreateAccelerator(context);
            accelerator.PrintInformation(information);
            bool said = information.ToString().Contains(device.Name, StringComparison.Ordinal);
            bool sane = accelerator.MaxNumThreadsPerGroup >= accelerator.WarpSize && accelerator.NumMultiprocessors > 0
                && accelerator.MaxSharedMemoryPerGroup >= 16 * 1024 && accelerator.MemorySize > 0 && accelerator.MaxGroupSize.X > 0
                && accelerator.MaxNumThreads >= accelerator.MaxNumThreadsPerMultiprocessor;

            using var values = accelerator.Allocate1D<int>(64);
            var kernel = accelerator.LoadStreamKernel<ArrayView<int>>(Kernel);
            kernel(new KernelConfig(4, 16), values.View);
            int groupSize = accelerator.EstimateGroupSize(kernel.GetKernel());
            Console.WriteLine($"{said} {sane} {groupSize > 0} {values.GetAsArray1D().Sum()}");
        }
    }
}
