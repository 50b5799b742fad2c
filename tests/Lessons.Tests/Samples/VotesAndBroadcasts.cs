using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using Half = ILGPU.Half;

namespace VotesAndBroadcasts;

internal static class Program
{
    private static void Vote(ArrayView<int> values, ArrayView<int> results)
    {
        int value = values[Grid.GlobalIndex.X];
        int positive = Group.BarrierPopCount(value > 0);
        bool all = Group.BarrierAnd(value > -10), any = Group.BarrierOr(value > 100);
        int first = Group.Broadcast(value, 0), lane = Warp.Broadcast(value, 0);
        if (Group.IsFirstThread)
            results[Grid.IdxX] = (positive * 1000) + (first * 10) + (all ? 1 : 0) + (any ? 2 : 0) + (lane == first ? 4 : 0);
    }

    private static void Bits(Index1D index, ArrayView<float> values, ArrayView<uint> bits, ArrayView<Half> halves)
    {
        bits[index] = Interop.FloatAsInt(values[index]);
        halves[index] = (Half)values[index] + (Half)1f;
    }

    private static void Main()
    {
        using Context context = Context.CreateDefault();
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        using var values = accelerator.Allocate1D([7, -1, 2, 3, -4, 5, 6, 8]);
        using var results = accelerator.Allocate1D<int>(2);
        accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(Vote)((2, 4), values.View, results.View);
        Console.WriteLine(string.Join(" ", results.GetAsArray1D()));

        using var floats = accelerator.Allocate1D([1f, -2f, 0.5f]);
        using var bits = accelerator.Allocate1D<uint>(3);
        using var halves = accelerator.Allocate1D<Half>(3);
        accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<uint>, ArrayView<Half>>(Bits)(3, floats.View, bits.View, halves.View);
        Console.WriteLine(string.Join(" ", bits.GetAsArray1D().Select(value => value.ToString("x8"))));
        Console.WriteLine(string.Join(" ", halves.GetAsArray1D().Select(value => (float)value)));
    }
}
