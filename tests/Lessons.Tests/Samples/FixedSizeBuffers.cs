using ILGPU;
using ILGPU.Runtime;

namespace FixedSizeBuffers;

/// <summary>An array within a struct.</summary>
internal unsafe struct Histogram
{
    public fixed int Bins[4];
    public int Total;

    public override string ToString() => $"{Bins[0]} {Bins[1]} {Bins[2]} {Bins[3]} of {Total}";
}

internal static class Program
{
    // Each thread counts a row of its own, into a variable of its own.
    private static unsafe void Count(Index1D row, ArrayView2D<byte, Stride2D.DenseY> values, ArrayView1D<Histogram, Stride1D.Dense> results)
    {
        Histogram own = default;
        for (int column = 0; column < values.IntExtent.Y; column++)
        {
            own.Bins[values[row, column] % 4]++;
            own.Total++;
        }

        results[row] = own;
        results[row].Bins[3] += 100;
    }

    // An array that a thread makes itself.
    private static void Median(Index1D row, ArrayView2D<byte, Stride2D.DenseY> values, ArrayView<int> results)
    {
        var sorted = new int[5];
        for (int i = 0; i < sorted.Length; i++)
        {
            int k = i;
            for (; k > 0 && sorted[k - 1] > values[row, i]; k--)
                sorted[k] = sorted[k - 1];
            sorted[k] = values[row, i];
        }

        results[row] = sorted[2];
    }

    private static void Main()
    {
        using Context context = Context.CreateDefault();
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        using var values = accelerator.Allocate2DDenseY(new byte[,] { { 0, 1, 2, 3, 4 }, { 9, 5, 7, 1, 1 } });
        using var results = accelerator.Allocate1D<Histogram>(2);
        accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView2D<byte, Stride2D.DenseY>, ArrayView1D<Histogram, Stride1D.Dense>>(Count)(2, values.View, results.View);
        foreach (Histogram result in results.GetAsArray1D())
            Console.WriteLine(result);

        using var medians = accelerator.Allocate1D<int>(2);
        accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView2D<byte, Stride2D.DenseY>, ArrayView<int>>(Median)(2, values.View, medians.View);
        Console.WriteLine(string.Join(" ", medians.GetAsArray1D()));
    }
}
