using System.Diagnostics.CodeAnalysis;

namespace ILGPU.Runtime;

/// <summary>What the compiler may assume about launches of a kernel.</summary>
/// <param name="maxNumThreadsPerGroup">The most threads a group will have; null if any.</param>
/// <param name="minNumGroupsPerMultiprocessor">The fewest groups a multiprocessor should hold; null if any.</param>
public readonly struct KernelSpecialization(int? maxNumThreadsPerGroup, int? minNumGroupsPerMultiprocessor)
    : IEquatable<KernelSpecialization>
{
    /// <summary>No assumptions.</summary>
    public static readonly KernelSpecialization Empty;

    /// <summary>Gets the most threads a group will have; null if any.</summary>
    public int? MaxNumThreadsPerGroup { get; } = maxNumThreadsPerGroup;

    /// <summary>Gets the fewest groups a multiprocessor should hold; null if any.</summary>
    public int? MinNumGroupsPerMultiprocessor { get; } = minNumGroupsPerMultiprocessor;

    /// <summary>Gets whether an accelerator can keep the assumptions.</summary>
    public bool IsCompatibleWith(Accelerator accelerator)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        return MaxNumThreadsPerGroup is not int threads || threads <= accelerator.MaxNumThreadsPerGroup;
    }

    /// <summary>Compares the assumptions.</summary>
    public static bool operator ==(KernelSpecialization first, KernelSpecialization second) => first.Equals(second);

    /// <summary>Compares the assumptions.</summary>
    public static bool operator !=(KernelSpecialization first, KernelSpecialization second) => !first.Equals(second);

    /// <inheritdoc/>
    public bool Equals(KernelSpecialization other) =>
        MaxNumThreadsPerGroup == other.MaxNumThreadsPerGroup && MinNumGroupsPerMultiprocessor == other.MinNumGroupsPerMultiprocessor;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is KernelSpecialization other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(MaxNumThreadsPerGroup, MinNumGroupsPerMultiprocessor);

    /// <inheritdoc/>
    public override string ToString() =>
        $"at most {MaxNumThreadsPerGroup?.ToString() ?? "any"} threads, at least {MinNumGroupsPerMultiprocessor?.ToString() ?? "any"} groups";
}

/// <summary>What is known about a loaded kernel.</summary>
/// <param name="minGroupSize">The group size that the accelerator would choose; null if it does not choose.</param>
/// <param name="minGridSize">The fewest groups that fill the accelerator; null if unknown.</param>
public sealed class KernelInfo(int? minGroupSize, int? minGridSize)
{
    /// <summary>Gets the group size that the accelerator would choose; null if it does not choose.</summary>
    public int? MinGroupSize { get; } = minGroupSize;

    /// <summary>Gets the fewest groups that fill the accelerator; null if unknown.</summary>
    public int? MinGridSize { get; } = minGridSize;
}
