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

    /// <summary>Only vectors compile a function in several ways: for lanes that differ, that are alike, that are masked.</summary>
    private bool IsSimd => DeviceName.StartsWith("Simd", StringComparison.Ordinal);

    /// <summary>Runs a function per element on the device and in C#; the results must have the same bits.</summary>
    protected void Check<TFunction, T, TResult>(T[] values)
        where TFunction : struct, IFunction<T, TResult>
        where T : unmanaged
        where TResult : unmanaged
    {
        TResult[] expected = [.. values.Select(TFunction.Apply)];
        string Describe(int i) => $"f({values[i]}) of {typeof(TFunction).Name}";
        Expect.Same(expected, Map<TFunction, T, TResult>(values), Describe, DeviceName);
        if (!IsSimd)
            return;
        using var input = Accelerator.Allocate1D(values);
        Expect.Same(expected, Run(new TResult[values.Length], view => Accelerator.LoadStreamKernel<ArrayView<T>, ArrayView<TResult>>(UniformKernel<TFunction, T, TResult>)(
            (1, Accelerator.WarpSize), input.View, view)), Describe, $"{DeviceName}, all lanes alike");
        Expect.Same(expected, Run(new TResult[values.Length], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<T>, ArrayView<TResult>>(MaskedKernel<TFunction, T, TResult>)(
            values.Length, input.View, view)), Describe, $"{DeviceName}, some lanes at a time");
    }

    /// <inheritdoc cref="Check{TFunction, T, TResult}"/>
    protected void Check<TFunction, T1, T2, TResult>(T1[] first, T2[] second)
        where TFunction : struct, IFunction<T1, T2, TResult>
        where T1 : unmanaged
        where T2 : unmanaged
        where TResult : unmanaged
    {
        TResult[] expected = [.. first.Zip(second, TFunction.Apply)];
        string Describe(int i) => $"f({first[i]}, {second[i]}) of {typeof(TFunction).Name}";
        Expect.Same(expected, Map<TFunction, T1, T2, TResult>(first, second), Describe, DeviceName);
        if (!IsSimd)
            return;
        using var a = Accelerator.Allocate1D(first);
        using var b = Accelerator.Allocate1D(second);
        Expect.Same(expected, Run(new TResult[first.Length], view => Accelerator.LoadStreamKernel<ArrayView<T1>, ArrayView<T2>, ArrayView<TResult>>(UniformKernel<TFunction, T1, T2, TResult>)(
            (1, Accelerator.WarpSize), a.View, b.View, view)), Describe, $"{DeviceName}, all lanes alike");
        Expect.Same(expected, Run(new TResult[first.Length], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<T1>, ArrayView<T2>, ArrayView<TResult>>(MaskedKernel<TFunction, T1, T2, TResult>)(
            first.Length, a.View, b.View, view)), Describe, $"{DeviceName}, some lanes at a time");
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

    // Every lane works on the same element, so that everything is computed once for the warp.
    private static void UniformKernel<TFunction, T, TResult>(ArrayView<T> values, ArrayView<TResult> results)
        where TFunction : struct, IFunction<T, TResult>
        where T : unmanaged
        where TResult : unmanaged
    {
        for (int i = 0; i < values.IntLength; i++)
            results[i] = TFunction.Apply(values[i]);
    }

    private static void UniformKernel<TFunction, T1, T2, TResult>(ArrayView<T1> first, ArrayView<T2> second, ArrayView<TResult> results)
        where TFunction : struct, IFunction<T1, T2, TResult>
        where T1 : unmanaged
        where T2 : unmanaged
        where TResult : unmanaged
    {
        for (int i = 0; i < first.IntLength; i++)
            results[i] = TFunction.Apply(first[i], second[i]);
    }

    // Every third lane, then every third but one, then the rest.
    private static void MaskedKernel<TFunction, T, TResult>(Index1D i, ArrayView<T> values, ArrayView<TResult> results)
        where TFunction : struct, IFunction<T, TResult>
        where T : unmanaged
        where TResult : unmanaged
    {
        int parts = values.IntLength > 1_000_000 ? 1 : 3;     // not a constant, so that the loop stays one
        for (int part = 0; part < parts; part++)
            if (i % 3 == part)
                results[i] = TFunction.Apply(values[i]);
    }

    private static void MaskedKernel<TFunction, T1, T2, TResult>(Index1D i, ArrayView<T1> first, ArrayView<T2> second, ArrayView<TResult> results)
        where TFunction : struct, IFunction<T1, T2, TResult>
        where T1 : unmanaged
        where T2 : unmanaged
        where TResult : unmanaged
    {
        int parts = first.IntLength > 1_000_000 ? 1 : 3;
        for (int part = 0; part < parts; part++)
            if (i % 3 == part)
                results[i] = TFunction.Apply(first[i], second[i]);
    }
}
