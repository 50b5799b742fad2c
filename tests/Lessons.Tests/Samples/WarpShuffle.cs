using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace WarpShuffle;

internal static class Program
{
    private static void Neighbours(ArrayView<int> down, ArrayView<int> broadcast, ArrayView<int> sums)
    {
        int index = Grid.GlobalIndex.X, lane = Warp.LaneIdx;
        int next = Warp.ShuffleDown(lane, 1);       // all lanes take part; the last one has no neighbour
        down[index] = lane + 1 < Warp.WarpSize ? next : -1;
        broadcast[index] = Warp.Broadcast(lane + 100, 0);
        int sum = lane;
        for (int mask = Warp.WarpSize / 2; mask > 0; mask /= 2)
            sum += Warp.ShuffleXor(sum, mask);
        sums[index] = sum;
    }

    private static void Main()
    {
        // Warps of 16, whatever the machine has.
        using Context context = Context.Create(builder => builder.CPU(CPUDeviceKind.Intel));
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        int warp = accelerator.WarpSize;
        using var down = accelerator.Allocate1D<int>(warp);
        using var broadcast = accelerator.Allocate1D<int>(warp);
        using var sums = accelerator.Allocate1D<int>(warp);
        var kernel = accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>, ArrayView<int>>(Neighbours);
        kernel((1, warp), down.View, broadcast.View, sums.View);
        Console.WriteLine(string.Join(" ", down.GetAsArray1D()));
        Console.WriteLine(string.Join(" ", broadcast.GetAsArray1D().Distinct()));
        Console.WriteLine(string.Join(" ", sums.GetAsArray1D().Distinct()));
    }
}
