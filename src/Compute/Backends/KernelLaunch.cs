using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends;

/// <summary>Dimensions and arguments of one launch.</summary>
public unsafe struct KernelLaunch
{
    /// <summary>Groups in each dimension.</summary>
    public (int X, int Y, int Z) Grid;

    /// <summary>Threads of a group in each dimension.</summary>
    public (int X, int Y, int Z) Group;

    /// <summary>Implicit kernels: the index space; threads whose index lies outside do nothing.</summary>
    public (long X, long Y, long Z) Extent;

    /// <summary>Bytes of dynamic shared memory that the caller asked for.</summary>
    public int DynamicSharedBytes;

    /// <summary>One 8-byte slot per <see cref="IrKernel.Parameters"/>.</summary>
    public byte* Slots;
}
