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

    /// <summary>Gets the type and method of the kernel.</summary>
    public string Kernel { get; }

    /// <summary>Gets the index of the thread's group in the grid.</summary>
    public Index3D GroupIndex { get; }

    /// <summary>Gets the index of the thread in its group.</summary>
    public Index3D ThreadIndex { get; }
}
