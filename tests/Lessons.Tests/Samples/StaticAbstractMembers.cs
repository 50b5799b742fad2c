using ILGPU;
using ILGPU.Runtime;

namespace StaticAbstractMembers;

/// <summary>What a kernel is written against; a struct without fields says how.</summary>
internal interface IOperation<T>
    where T : unmanaged
{
    static abstract T Start { get; }

    static abstract T Apply(T accumulated, T value);
}

internal readonly struct Sum : IOperation<int>
{
    public static int Start => 0;

    public static int Apply(int accumulated, int value) => accumulated + value;
}

internal readonly struct Largest : IOperation<float>
{
    public static float Start => float.MinValue;

    public static float Apply(float accumulated, float value) => Math.Max(accumulated, value);
}

/// <summary>A class will do as well: only its static members are asked for.</summary>
internal abstract class Smallest : IOperation<int>
{
    public static int Start => int.MaxValue;

    public static int Apply(int accumulated, int value) => Math.Min(accumulated, value);
}

internal static class Program
{
    // One thread for each row.
    private static void Rows<T, TOperation>(Index1D row, ArrayView2D<T, Stride2D.DenseX> values, ArrayView<T> results)
        where T : unmanaged
        where TOperation : IOperation<T>
    {
        T accumulated = TOperation.Start;
        for (int column = 0; column < values.IntExtent.X; column++)
            accumulated = TOperation.Apply(accumulated, values[column, row]);
        results[row] = accumulated;
    }

    private static T[] Run<T, TOperation>(Accelerator accelerator, T[,] values)
        where T : unmanaged
        where TOperation : IOperation<T>
    {
        using var buffer = accelerator.Allocate2DDenseX(values);
        using var results = accelerator.Allocate1D<T>(values.GetLength(1));
        var kernel = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView2D<T, Stride2D.DenseX>, ArrayView<T>>(Rows<T, TOperation>);
        kernel(values.GetLength(1), buffer.View, results.View);
        return results.GetAsArray1D();
    }

    private static void Main()
    {
        using Context context = Context.CreateDefault();
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        Console.WriteLine(string.Join(" ", Run<int, Sum>(accelerator, new int[,] { { 1, 10 }, { 2, 20 }, { 3, 30 } })));
        Console.WriteLine(string.Join(" ", Run<float, Largest>(accelerator, new float[,] { { -3, 5 }, { -1, 7 } })));
        Console.WriteLine(string.Join(" ", Run<int, Smallest>(accelerator, new int[,] { { 1, 10 }, { -2, 20 }, { 3, 30 } })));
    }
}
