using ILGPU.Runtime;

namespace ILGPU.Algorithms;

/// <summary>Fills a view.</summary>
/// <param name="stream">The stream.</param>
/// <param name="view">What is filled.</param>
/// <param name="value">With what.</param>
public delegate void Initializer<T, TStride>(AcceleratorStream stream, ArrayView1D<T, TStride> view, T value)
    where T : unmanaged
    where TStride : struct, IStride1D;

/// <summary>Fills views with one value.</summary>
public static class InitializeExtensions
{
    /// <summary>Loads what fills views.</summary>
    public static Initializer<T, TStride> CreateInitializer<T, TStride>(this Accelerator accelerator)
        where T : unmanaged
        where TStride : struct, IStride1D
    {
        var launch = accelerator.LoadAutoGroupedKernel<LongIndex1D, ArrayView1D<T, TStride>, T>(Kernel);
        return (stream, view, value) => launch(stream, view.Length, view, value);
    }

    /// <summary>Fills a view.</summary>
    public static void Initialize<T>(this Accelerator accelerator, AcceleratorStream stream, ArrayView<T> view, T value)
        where T : unmanaged =>
        accelerator.Initialize<T, Stride1D.Dense>(stream, view, value);

    /// <summary>Fills a view.</summary>
    public static void Initialize<T, TStride>(this Accelerator accelerator, AcceleratorStream stream, ArrayView1D<T, TStride> view, T value)
        where T : unmanaged
        where TStride : struct, IStride1D =>
        accelerator.LaunchAutoGrouped(Kernel, stream, new LongIndex1D(view.Length), view, value);

    private static void Kernel<T, TStride>(LongIndex1D i, ArrayView1D<T, TStride> view, T value)
        where T : unmanaged
        where TStride : struct, IStride1D =>
        view[i] = value;
}
