using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Simd;

/// <summary>Where the static shared allocations of a kernel lie in a group's shared memory.</summary>
internal static class SharedLayout
{
    private const int Alignment = 64;   // a cache line, and the widest vector

    public static long OffsetOf(IrKernel kernel, int allocation)
    {
        long offset = 0;
        for (int i = 0; i < allocation; i++)
            offset += (kernel.SharedAllocations[i].SizeInBytes + Alignment - 1) / Alignment * Alignment;
        return offset;
    }

    /// <summary>Bytes of all static allocations.</summary>
    public static long SizeInBytes(IrKernel kernel) => OffsetOf(kernel, kernel.SharedAllocations.Count);
}
