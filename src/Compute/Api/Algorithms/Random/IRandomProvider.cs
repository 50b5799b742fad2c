namespace ILGPU.Algorithms.Random;

/// <summary>Draws random numbers, in kernels and outside.</summary>
public interface IRandomProvider
{
    /// <summary>A whole number in [0, <see cref="int.MaxValue"/>].</summary>
    int Next();

    /// <summary>A whole number in [0, <see cref="long.MaxValue"/>].</summary>
    long NextLong();

    /// <summary>A multiple of 2^-24 in [0, 1).</summary>
    float NextFloat();

    /// <summary>A number in [0, 1): a multiple of 2^-53, or of 2^-32 from generators with 32 bits of output.</summary>
    double NextDouble();
}

/// <summary>A random generator whose state is a value.</summary>
/// <typeparam name="TProvider">The generator itself.</typeparam>
public interface IRandomProvider<TProvider> : IRandomProvider
    where TProvider : unmanaged, IRandomProvider<TProvider>
{
    /// <summary>Goes to another place of the sequence; each shift leads to another one.</summary>
    /// <param name="shift">Which.</param>
    void ShiftPeriod(int shift);

    /// <summary>A generator that this one seeds.</summary>
    TProvider NextProvider();

    /// <summary>A generator that .NET's seeds.</summary>
    /// <param name="random">.NET's generator.</param>
    TProvider CreateProvider(System.Random random);

    /// <summary>A generator that another one seeds.</summary>
    /// <param name="random">The other one.</param>
    TProvider CreateProvider<TRandomProvider>(ref TRandomProvider random)
        where TRandomProvider : unmanaged, IRandomProvider<TRandomProvider>;
}
