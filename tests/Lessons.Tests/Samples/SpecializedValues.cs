using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace SpecializedValues;

/// <summary>Specialised values may be structs that can be compared.</summary>
internal readonly record struct Line(int Slope, int Start);

internal static class Program
{
    // The exponent is a constant of the compiled kernel, so the loop can be unrolled; each value compiles a variant.
    private static void Power(Index1D index, ArrayView<long> results, SpecializedValue<int> exponent)
    {
        long result = 1;
        for (int i = 0; i < exponent; i++)
            result *= index;
        results[index] = result;
    }

    private static void Follow(Index1D index, ArrayView<long> results, SpecializedValue<Line> line)
    {
        Line value = line;
        results[index] = value.Slope * index + value.Start;
    }

    private static void Main()
    {
        using Context context = Context.Create(builder => builder.CPU());
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        using var results = accelerator.Allocate1D<long>(6);
        var kernel = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<long>, SpecializedValue<int>>(Power);
        foreach (int exponent in new[] { 0, 2, 5 })
        {
            kernel((int)results.Length, results.View, SpecializedValue.New(exponent));
            Console.WriteLine(string.Join(" ", results.GetAsArray1D()));
        }

        accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<long>, SpecializedValue<Line>>(Follow)(6, results.View, SpecializedValue.New(new Line(-2, 7)));
        Console.WriteLine(string.Join(" ", results.GetAsArray1D()));
    }
}
