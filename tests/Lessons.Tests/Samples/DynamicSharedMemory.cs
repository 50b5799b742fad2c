using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace DynamicSharedMemory;

internal static class Program
{
    // The length of the shared memory is chosen at the launch, not in the kernel.
    private static void SumOfGroup(ArrayView<int> sums)
    {
        ArrayView<int> shared = SharedMemory.GetDynamic<int>();
        shared[Group.IdxX] = Group.IdxX + 1;
        Group.Barrier();
        if (Group.IsFirstThread)
        {
            int sum = 0;
            for (int i = 0; i < shared.Length; i++)
                sum += shared[i];
            sums[Grid.IdxX] = sum;
        }
    }

    private static void Main()
    {
        using Context context = Context.Create(builder => builder.CPU());
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        using var sums = accelerator.Allocate1D<int>(2);
        var kernel = accelerator.LoadStreamKernel<ArrayView<int>>(SumOfGroup);
        foreach (int groupSize in new[] { 8, 32, 64 })
        {
            SharedMemoryConfig shared = SharedMemoryConfig.RequestDynamic<int>(groupSize);
            kernel(new KernelConfig(2, groupSize, shared), sums.View);
            Console.WriteLine($"{groupSize}: {string.Join(" ", sums.GetAsArray1D())}");
        }
    }
}
