using ILGPU.Runtime;

namespace ILGPU.Algorithms.Random;

/// <summary>Random generators of an accelerator.</summary>
public static class RandomExtensions
{
    /// <summary>As <see cref="RNG.Create{T}(Accelerator, System.Random)"/>.</summary>
    public static RNG<TRandomProvider> CreateRNG<TRandomProvider>(this Accelerator accelerator, System.Random random)
        where TRandomProvider : unmanaged, IRandomProvider<TRandomProvider> =>
        RNG.Create<TRandomProvider>(accelerator, random);

    /// <summary>As <see cref="RNG.Create{T}(Accelerator, System.Random, int)"/>.</summary>
    public static RNG<TRandomProvider> CreateRNG<TRandomProvider>(this Accelerator accelerator, System.Random random, int maxNumParallelWarps)
        where TRandomProvider : unmanaged, IRandomProvider<TRandomProvider> =>
        RNG.Create<TRandomProvider>(accelerator, random, maxNumParallelWarps);
}
