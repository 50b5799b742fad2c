using ILGPU;
using ILGPU.Runtime;

namespace Constants;

internal static class Program
{
    private const int Factor = 3;
    private static readonly int Offset = int.Parse("40");
    private static readonly Index2D Size = new(2, 5);

    private static void Fill(Index1D index, ArrayView<int> values) => values[index] = (index * Factor) + Offset + Size.Y;

    private static void Main()
    {
        using Context context = Context.CreateDefault();
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        using var values = accelerator.Allocate1D<int>(4);
        accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Fill)((int)values.Length, values.View);
        Console.WriteLine(string.Join(" ", values.GetAsArray1D()));
    }
}
