using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;

namespace MathFunctions;

internal static class Program
{
    private static void Evaluate(Index1D index, ArrayView<float> x, ArrayView<float> results, ArrayView<double> doubles, ArrayView<int> integers)
    {
        float value = x[index];
        results[index] = XMath.Sqrt(XMath.Abs(value)) + XMath.Floor(value) + MathF.Sin(value) + XMath.Pow(value, 2f);
        doubles[index] = Math.Exp(-(double)value) + XMath.Clamp(value, -1.0, 1.0) + Math.Cos(value);
        integers[index] = IntrinsicMath.PopCount(index.X) + IntrinsicMath.Max(index, 2) + XMath.DivRoundUp(index + 5, 4);
    }

    private static void Main()
    {
        using Context context = Context.Create(builder => builder.Default().EnableAlgorithms().Math(MathMode.Default));
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        float[] data = [-2.5f, 0.25f, 4f];
        using var x = accelerator.Allocate1D(data);
        using var results = accelerator.Allocate1D<float>(data.Length);
        using var doubles = accelerator.Allocate1D<double>(data.Length);
        using var integers = accelerator.Allocate1D<int>(data.Length);
        var kernel = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<double>, ArrayView<int>>(Evaluate);
        kernel(data.Length, x.View, results.View, doubles.View, integers.View);
        Console.WriteLine(string.Join(" ", results.GetAsArray1D().Select(value => value.ToString("F3", System.Globalization.CultureInfo.InvariantCulture))));
        Console.WriteLine(string.Join(" ", doubles.GetAsArray1D().Select(value => value.ToString("F3", System.Globalization.CultureInfo.InvariantCulture))));
        Console.WriteLine(string.Join(" ", integers.GetAsArray1D()));
    }
}
