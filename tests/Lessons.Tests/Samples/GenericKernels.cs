using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GenericKernels;

internal interface IOperation<T>
    where T : unmanaged
{
    T Apply(T first, T second);
}

internal readonly struct Add : IOperation<int>
{
    public int Apply(int first, int second) => first + second;
}

internal readonly struct Scale(double factor) : IOperation<double>
{
    private readonly double _factor = factor;

    public double Apply(double first, double second) => _factor * first * second;
}

internal static class Program
{
    private static void Combine<T, TOperation>(Index1D index, ArrayView<T> a, ArrayView<T> b, TOperation operation)
        where T : unmanaged
        where TOperation : struct, IOperation<T> =>
        a[index] = operation.Apply(a[index], b[index]);

    private static T[] Run<T, TOperation>(Accelerator accelerator, T[] first, T[] second, TOperation operation)
        where T : unmanaged
        where TOperation : struct, IOperation<T>
    {
        using var a = accelerator.Allocate1D(first);
        using var b = accelerator.Allocate1D(second);
        accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<T>, ArrayView<T>, TOperation>(Combine)((int)a.Length, a.View, b.View, operation);
        return a.GetAsArray1D();
    }

    private static void Main()
    {
        using Context context = Context.Create(builder => builder.CPU());
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        Console.WriteLine(string.Join(" ", Run(accelerator, [1, 2, 3], [10, 20, 30], new Add())));
        Console.WriteLine(string.Join(" ", Run(accelerator, [1.0, 2.0, 3.0], [1.0, 2.0, 3.0], new Scale(2))));
    }
}
