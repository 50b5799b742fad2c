using ILGPU.Runtime;

namespace ILGPU.Algorithms.Random;

/// <summary>Random generators of one kind on an accelerator: one for each lane of so many warps.</summary>
/// <typeparam name="TRandomProvider">The kind.</typeparam>
public sealed class RNG<TRandomProvider> : RNG
    where TRandomProvider : unmanaged, IRandomProvider<TRandomProvider>
{
    private readonly MemoryBuffer1D<TRandomProvider, Stride1D.Dense> _providers;
    private readonly MemoryBuffer1D<int, Stride1D.Dense> _counts;
    private readonly Action<AcceleratorStream, Index1D, RNGView<TRandomProvider>, ArrayView<int>, int> _ints;
    private readonly Action<AcceleratorStream, Index1D, RNGView<TRandomProvider>, ArrayView<long>, int> _longs;
    private readonly Action<AcceleratorStream, Index1D, RNGView<TRandomProvider>, ArrayView<float>, int> _floats;
    private readonly Action<AcceleratorStream, Index1D, RNGView<TRandomProvider>, ArrayView<double>, int> _doubles;

    internal RNG(Accelerator accelerator, System.Random random, int warps)
        : base(accelerator)
    {
        MaxNumParallelWarps = warps;
        TRandomProvider[] providers = new TRandomProvider[checked(warps * accelerator.WarpSize)];
        for (int i = 0; i < providers.Length; i++)
            providers[i] = default(TRandomProvider).CreateProvider(random);
        _providers = accelerator.Allocate1D(providers);
        _counts = accelerator.Allocate1D<int>(providers.Length);
        _counts.MemSetToZero();
        _ints = accelerator.LoadAutoGroupedKernel<Index1D, RNGView<TRandomProvider>, ArrayView<int>, int>(FillKernel);
        _longs = accelerator.LoadAutoGroupedKernel<Index1D, RNGView<TRandomProvider>, ArrayView<long>, int>(FillKernel);
        _floats = accelerator.LoadAutoGroupedKernel<Index1D, RNGView<TRandomProvider>, ArrayView<float>, int>(FillKernel);
        _doubles = accelerator.LoadAutoGroupedKernel<Index1D, RNGView<TRandomProvider>, ArrayView<double>, int>(FillKernel);
        accelerator.Synchronize();
    }

    /// <summary>Gets for how many warps there are generators.</summary>
    public int MaxNumParallelWarps { get; }

    /// <summary>The generators for a kernel.</summary>
    /// <param name="numParallelWarps">How many warps have generators of their own; more of them share. At most <see cref="MaxNumParallelWarps"/>.</param>
    public RNGView<TRandomProvider> GetView(int numParallelWarps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numParallelWarps, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(numParallelWarps, MaxNumParallelWarps);
        return new(_providers.View, _counts.View, numParallelWarps);
    }

    /// <inheritdoc/>
    public override void FillUniform(AcceleratorStream stream, ArrayView<int> view) => Fill(_ints, stream, view);

    /// <inheritdoc/>
    public override void FillUniform(AcceleratorStream stream, ArrayView<long> view) => Fill(_longs, stream, view);

    /// <inheritdoc/>
    public override void FillUniform(AcceleratorStream stream, ArrayView<float> view) => Fill(_floats, stream, view);

    /// <inheritdoc/>
    public override void FillUniform(AcceleratorStream stream, ArrayView<double> view) => Fill(_doubles, stream, view);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _providers.Dispose();
            _counts.Dispose();
        }
        base.Dispose(disposing);
    }

    // As many threads as there are generators: each has one of its own, so that a seed fills views alike in every run.
    private void Fill<T>(Action<AcceleratorStream, Index1D, RNGView<TRandomProvider>, ArrayView<T>, int> kernel, AcceleratorStream stream, ArrayView<T> view)
        where T : unmanaged
    {
        int threads = (int)Math.Min(view.Length, _counts.Length);
        if (threads > 0)
            kernel(stream, threads, GetView(MaxNumParallelWarps), view, threads);
    }

    private static void FillKernel(Index1D index, RNGView<TRandomProvider> random, ArrayView<int> view, int threads)
    {
        for (long i = index; i < view.Length; i += threads)
            view[i] = random.Next();
    }

    private static void FillKernel(Index1D index, RNGView<TRandomProvider> random, ArrayView<long> view, int threads)
    {
        for (long i = index; i < view.Length; i += threads)
            view[i] = random.NextLong();
    }

    private static void FillKernel(Index1D index, RNGView<TRandomProvider> random, ArrayView<float> view, int threads)
    {
        for (long i = index; i < view.Length; i += threads)
            view[i] = random.NextFloat();
    }

    private static void FillKernel(Index1D index, RNGView<TRandomProvider> random, ArrayView<double> view, int threads)
    {
        for (long i = index; i < view.Length; i += threads)
            view[i] = random.NextDouble();
    }
}
