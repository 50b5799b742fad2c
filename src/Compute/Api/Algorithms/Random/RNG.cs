using ILGPU.Runtime;

namespace ILGPU.Algorithms.Random;

/// <summary>Random generators on an accelerator.</summary>
/// <remarks>The names and ranges are ILGPU's; the numbers that come of a seed are not.</remarks>
public abstract class RNG : AcceleratorObject
{
    internal RNG(Accelerator accelerator)
        : base(accelerator)
    {
    }

    /// <summary>Makes generators for as many warps as the accelerator runs at a time, at least 64.</summary>
    /// <param name="accelerator">The accelerator.</param>
    /// <param name="random">What seeds them; with the same seed the numbers are the same, for the same width of warps.</param>
    public static RNG<TRandomProvider> Create<TRandomProvider>(Accelerator accelerator, System.Random random)
        where TRandomProvider : unmanaged, IRandomProvider<TRandomProvider>
    {
        const int FewestWarps = 64;
        ArgumentNullException.ThrowIfNull(accelerator);
        return Create<TRandomProvider>(accelerator, random, Math.Max(FewestWarps, accelerator.MaxNumThreads / accelerator.WarpSize));
    }

    /// <summary>Makes generators.</summary>
    /// <param name="accelerator">The accelerator.</param>
    /// <param name="random">What seeds them; with the same seed the numbers are the same, for the same width of warps.</param>
    /// <param name="maxNumParallelWarps">For how many warps at most.</param>
    public static RNG<TRandomProvider> Create<TRandomProvider>(Accelerator accelerator, System.Random random, int maxNumParallelWarps)
        where TRandomProvider : unmanaged, IRandomProvider<TRandomProvider>
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxNumParallelWarps, 1);
        return new(accelerator, random, maxNumParallelWarps);
    }

    /// <summary>Fills a view with whole numbers in [0, <see cref="int.MaxValue"/>].</summary>
    public abstract void FillUniform(AcceleratorStream stream, ArrayView<int> view);

    /// <summary>Fills a view with whole numbers in [0, <see cref="long.MaxValue"/>].</summary>
    public abstract void FillUniform(AcceleratorStream stream, ArrayView<long> view);

    /// <summary>Fills a view with numbers in [0, 1).</summary>
    public abstract void FillUniform(AcceleratorStream stream, ArrayView<float> view);

    /// <summary>Fills a view with numbers in [0, 1).</summary>
    public abstract void FillUniform(AcceleratorStream stream, ArrayView<double> view);
}
