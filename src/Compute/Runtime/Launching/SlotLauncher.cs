using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Runtime;

/// <summary>
/// What a launcher delegate of a compiled kernel is bound to: it gets the arguments flattened into slots of 8 bytes, one
/// for each of the kernel's IR parameters.
/// </summary>
/// <param name="kernel">The kernel.</param>
internal abstract unsafe class SlotLauncher(Kernel kernel) : KernelLauncher(kernel)
{
    /// <summary>Launches an explicitly grouped kernel.</summary>
    /// <param name="stream">The stream; null for the default one.</param>
    /// <param name="config">Grid, group and dynamic shared memory.</param>
    /// <param name="slots">The arguments.</param>
    public abstract void Launch(AcceleratorStream? stream, KernelConfig config, byte* slots);

    /// <summary>Launches an implicitly grouped kernel.</summary>
    /// <param name="stream">The stream; null for the default one.</param>
    /// <param name="x">Indices in X.</param>
    /// <param name="y">Indices in Y.</param>
    /// <param name="z">Indices in Z.</param>
    /// <param name="slots">The arguments.</param>
    public abstract void Launch(AcceleratorStream? stream, long x, long y, long z, byte* slots);
}
