using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>A function of one value, run both as a kernel and as ordinary C#.</summary>
public interface IFunction<T, TResult>
{
    static abstract TResult Apply(T value);
}

/// <summary>A function of two values, run both as a kernel and as ordinary C#.</summary>
public interface IFunction<T1, T2, TResult>
{
    static abstract TResult Apply(T1 first, T2 second);
}

/// <summary>A function of three values, run both as a kernel and as ordinary C#.</summary>
public interface IFunction<T1, T2, T3, TResult>
{
    static abstract TResult Apply(T1 first, T2 second, T3 third);
}

/// <summary>One test body for every device.</summary>
[TestFixtureSource(typeof(TestDevices), nameof(TestDevices.Names))]
public abstract class ConformanceTests(string device)
{
    protected string DeviceName { get; } = device;

    protected Accelerator Accelerator => TestDevices.Get(DeviceName);

    protected bool IsDebug => DeviceName.StartsWith("Debug", StringComparison.Ordinal);

    /// <summary>Runs a function per element on the device and in C#; the results must have the same bits.</summary>
    protected void Check<TFunction, T, TResult>(T[] values)
        where TFunction : struct, IFunction<T, TResult>
        where T : unmanaged
        where TResult : unmanaged
    {
        TResult[] actual = Map<TFunction, T, TResult>(values);
        Expect.Same([.. values.Select(TFunction.Apply)], actual, i => $"f({values[i]}) of {typeof(TFunction).Name}", DeviceName);
    }

    /// <inheritdoc cref="Check{TFunction, T, TResult}"/>
    protected void Check<TFunction, T1, T2, TResult>(T1[] first, T2[] second)
        where TFunction : struct, IFunction<T1, T2, TResult>
        where T1 : unmanaged
        where T2 : unmanaged
        where TResult : unmanaged
    {
        TResult[] actual = Map<TFunction, T1, T2, TResult>(first, second);
        Expect.Same([.. first.Zip(second, TFunction.Apply)], actual, i => $"f({first[i]}, {second[i]}) of {typeof(TFunction).Name}", DeviceName);
    }

    /// <inheritdoc cref="Check{TFunction, T, TResult}"/>
    protected void Check<TFunction, T1, T2, T3, TResult>(T1[] first, T2[] second, T3[] third)
        where TFunction : struct, IFunction<T1, T2, T3, TResult>
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where TResult : unmanaged
    {
        using var a = Accelerator.Allocate1D(first);
        using var b = Accelerator.Allocate1D(second);
        using var c = Accelerator.Allocate1D(third);
        using var result = Accelerator.Allocate1D<TResult>(first.Length);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<T1>, ArrayView<T2>, ArrayView<T3>, ArrayView<TResult>>(Kernel<TFunction, T1, T2, T3, TResult>)(
            first.Length, a.View, b.View, c.View, result.View);
        TResult[] expected = [.. Enumerable.Range(0, first.Length).Select(i => TFunction.Apply(first[i], second[i], third[i]))];
        Expect.Same(expected, result.GetAsArray1D(), i => $"f({first[i]}, {second[i]}, {third[i]}) of {typeof(TFunction).Name}", DeviceName);
    }

    protected TResult[] Map<TFunction, T, TResult>(T[] values)
        where TFunction : struct, IFunction<T, TResult>
        where T : unmanaged
        where TResult : unmanaged
    {
        using var input = Accelerator.Allocate1D(values);
        using var result = Accelerator.Allocate1D<TResult>(values.Length);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<T>, ArrayView<TResult>>(Kernel<TFunction, T, TResult>)(values.Length, input.View, result.View);
        Accelerator.Synchronize();
        return result.GetAsArray1D();
    }

    protected TResult[] Map<TFunction, T1, T2, TResult>(T1[] first, T2[] second)
        where TFunction : struct, IFunction<T1, T2, TResult>
        where T1 : unmanaged
        where T2 : unmanaged
        where TResult : unmanaged
    {
        using var a = Accelerator.Allocate1D(first);
        using var b = Accelerator.Allocate1D(second);
        using var result = Accelerator.Allocate1D<TResult>(first.Length);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<T1>, ArrayView<T2>, ArrayView<TResult>>(Kernel<TFunction, T1, T2, TResult>)(
            first.Length, a.View, b.View, result.View);
        Accelerator.Synchronize();
        return result.GetAsArray1D();
    }

    /// <summary>Copies data in, lets a kernel work on it, and gives back what it left.</summary>
    protected T[] Run<T>(T[] data, Action<ArrayView<T>> launch)
        where T : unmanaged
    {
        using var buffer = Accelerator.Allocate1D(data);
        launch(buffer.View);
        Accelerator.Synchronize();
        return buffer.GetAsArray1D();
    }

    protected void Same<T>(T[] expected, T[] actual)
        where T : unmanaged => Expect.Same(expected, actual, i => $"[{i}]", DeviceName);

    private static void Kernel<TFunction, T, TResult>(Index1D i, ArrayView<T> values, ArrayView<TResult> results)
        where TFunction : struct, IFunction<T, TResult>
        where T : unmanaged
        where TResult : unmanaged => results[i] = TFunction.Apply(values[i]);

    private static void Kernel<TFunction, T1, T2, TResult>(Index1D i, ArrayView<T1> first, ArrayView<T2> second, ArrayView<TResult> results)
        where TFunction : struct, IFunction<T1, T2, TResult>
        where T1 : unmanaged
        where T2 : unmanaged
        where TResult : unmanaged => results[i] = TFunction.Apply(first[i], second[i]);

    private static void Kernel<TFunction, T1, T2, T3, TResult>(Index1D i, ArrayView<T1> first, ArrayView<T2> second, ArrayView<T3> third, ArrayView<TResult> results)
        where TFunction : struct, IFunction<T1, T2, T3, TResult>
        where T1 : unmanaged
        where T2 : unmanaged
        where T3 : unmanaged
        where TResult : unmanaged => results[i] = TFunction.Apply(first[i], second[i], third[i]);
}
