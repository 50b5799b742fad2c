using GemmaIlgpu.Compute;
using ILGPU;
using ILGPU.Runtime;

namespace FirstKernel;

internal static class Program
{
    // One thread for each value: the mean of it and its two neighbours.
    private static void Smooth(Index1D i, ArrayView<float> values, ArrayView<float> smooth)
    {
        int left = Math.Max(i - 1, 0), right = Math.Min(i + 1, values.IntLength - 1);
        smooth[i] = (values[left] + values[i] + values[right]) / 3;
    }

    private static void Main()
    {
        using Context context = Context.Create(builder => builder.Simd());
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: false).CreateAccelerator(context);

        float[] measured = [1, 1, 1, 10, 1, 1, 1, 1, 10, 10];
        using var values = accelerator.Allocate1D(measured);
        using var smooth = accelerator.Allocate1D<float>(measured.Length);

        var kernel = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>>(Smooth);
        kernel(measured.Length, values.View, smooth.View);
        Console.WriteLine($"{accelerator.Name}: {string.Join(" ", smooth.GetAsArray1D())}");
    }
}
