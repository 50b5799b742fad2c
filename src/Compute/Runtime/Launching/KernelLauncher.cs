using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Runtime;

/// <summary>What a launcher delegate is bound to.</summary>
/// <param name="kernel">The kernel.</param>
internal abstract class KernelLauncher(Kernel kernel)
{
    /// <summary>Gets the kernel that the delegate launches.</summary>
    public Kernel Kernel { get; } = kernel;
}
