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
    public int WarpSize { get; }

    /// <summary>Gets the C# file of the operation; null if the kernel has no symbols.</summary>
    public string? File { get; }

    /// <summary>Gets the line of the operation, from 1; 0 if the kernel has no symbols.</summary>
    public int Line { get; }
}
