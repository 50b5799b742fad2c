using System.Reflection;
using GemmaIlgpu.Compute.Runtime;

namespace ILGPU.Backends.EntryPoints;

/// <summary>Which method is a kernel, and how its threads find out who they are.</summary>
public readonly struct EntryPointDescription : IEquatable<EntryPointDescription>
{
    private readonly MethodInfo? _method;

    private EntryPointDescription(MethodInfo method, bool isImplicitlyGrouped)
    {
        ArgumentNullException.ThrowIfNull(method);
        KernelMethod.Check(method, isImplicitlyGrouped);
        _method = method;
        IsImplicitlyGrouped = isImplicitlyGrouped;
    }

    /// <summary>Gets the method.</summary>
    /// <exception cref="InvalidOperationException">This is a default value.</exception>
    public MethodInfo MethodSource => _method
        ?? throw new InvalidOperationException("The description names no method; FromImplicitlyGroupedKernel and FromExplicitlyGroupedKernel make one of a method.");

    internal bool IsImplicitlyGrouped { get; }

    /// <summary>Describes a kernel that asks <see cref="Group"/> and <see cref="Grid"/>.</summary>
    /// <param name="methodSource">The method.</param>
    public static EntryPointDescription FromExplicitlyGroupedKernel(MethodInfo methodSource) => new(methodSource, isImplicitlyGrouped: false);

    /// <summary>Describes a kernel whose first parameter is its index.</summary>
    /// <param name="methodSource">The method.</param>
    public static EntryPointDescription FromImplicitlyGroupedKernel(MethodInfo methodSource) => new(methodSource, isImplicitlyGrouped: true);

    /// <summary>Whether both describe the same kernel.</summary>
    public static bool operator ==(EntryPointDescription first, EntryPointDescription second) => first.Equals(second);

    /// <summary>Whether they describe different kernels.</summary>
    public static bool operator !=(EntryPointDescription first, EntryPointDescription second) => !first.Equals(second);

    /// <inheritdoc/>
    public bool Equals(EntryPointDescription other) => _method == other._method && IsImplicitlyGrouped == other.IsImplicitlyGrouped;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EntryPointDescription other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_method, IsImplicitlyGrouped);
}
