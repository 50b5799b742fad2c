using GemmaIlgpu.Compute.Ir;
using ILGPU;

namespace GemmaIlgpu.Compute;

/// <summary>A kernel did what no kernel may do. The accelerator can still be used; the memory the kernel wrote to is as it left it.</summary>
public sealed class KernelFaultException : Exception
{
    internal KernelFaultException(string kernel, Index3D groupIndex, Index3D threadIndex, string what, Exception? innerException)
        : base($"Kernel {kernel}, group {groupIndex}, thread {threadIndex}: {what}", innerException)
    {
        Kernel = kernel;
        GroupIndex = groupIndex;
        ThreadIndex = threadIndex;
    }

    internal KernelFaultException(string kernel, Index3D groupIndex, Index3D threadIndex, string what, Exception? innerException, int warpSize, SourceLocation? location)
        : this(kernel, groupIndex, threadIndex, $"{what}{(location is null ? "" : $" ({location})")}; warps of {warpSize}.", innerException)
    {
        WarpSize = warpSize;
        File = location?.File;
        Line = location?.Line ?? 0;
    }

    /// <summary>Gets the type and method of the kernel.</summary>
    public string Kernel { get; }

    /// <summary>Gets the index of the thread's group in the grid.</summary>
    public Index3D GroupIndex { get; }

    /// <summary>Gets the index of the thread in its group.</summary>
    public Index3D ThreadIndex { get; }

    /// <summary>Gets the lanes of a warp as the kernel ran; 0 if unknown.</summary>
    public int WarpSize { get; internal init; }

    /// <summary>Gets the C# file of the operation; null if the kernel has no symbols.</summary>
    public string? File { get; internal init; }

    /// <summary>Gets the line of the operation, from 1; 0 if the kernel has no symbols.</summary>
    public int Line { get; internal init; }

    /// <summary>Gets the kind of fault.</summary>
    public KernelFaultKind Kind { get; internal set; }

    /// <summary>Gets the access that was at fault; null if it was none, or an index of several dimensions.</summary>
    public KernelFaultAccess? Access { get; internal set; }

    /// <summary>Gets the other side of a race; null if it was none.</summary>
    public KernelFaultParty? Other { get; internal set; }

    /// <summary>Gets the operation that not all threads came to, such as Group.Barrier; null if it was another fault.</summary>
    public string? Operation { get; internal set; }

    /// <summary>Gets where the threads were, if not all came to an operation.</summary>
    public IReadOnlyList<KernelFaultPlace> Places { get; internal set; } = [];

    /// <summary>Adds what the message says to the properties.</summary>
    internal KernelFaultException With(KernelFaultKind kind, KernelFaultAccess? access = null, KernelFaultParty? other = null)
    {
        (Kind, Access, Other) = (kind, access, other);
        return this;
    }
}
