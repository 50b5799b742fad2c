using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>Dimensions and arguments of one launch.</summary>
internal unsafe struct LockstepLaunch
{
    /// <summary>Groups in each dimension.</summary>
    public (int X, int Y, int Z) Grid;

    /// <summary>Threads of a group in each dimension.</summary>
    public (int X, int Y, int Z) Group;

    /// <summary>Implicit kernels: the indices in X; threads beyond do nothing. 0 for explicit kernels.</summary>
    public long ExtentX;

    /// <summary>Bytes of dynamic shared memory.</summary>
    public int DynamicSharedBytes;

    /// <summary>One 8-byte slot per <see cref="IrKernel.Parameters"/>.</summary>
    public byte* Slots;

    /// <summary>Gets the number of groups.</summary>
    public readonly long Groups => (long)Grid.X * Grid.Y * Grid.Z;

    /// <summary>Gets the number of threads of a group.</summary>
    public readonly int Threads => Group.X * Group.Y * Group.Z;
}
