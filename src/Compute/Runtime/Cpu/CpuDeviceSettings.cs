namespace GemmaIlgpu.Compute
{
    /// <summary>How a processor accelerator runs kernels.</summary>
    public enum CpuAcceleratorKind
    {
        /// <summary>Compiled: the threads of a warp are the lanes of vectors.</summary>
        Simd,

        /// <summary>The original method, one thread at a time in a fixed order, with checks.</summary>
        Debug,
    }
}

namespace GemmaIlgpu.Compute.Runtime.Cpu
{
    /// <summary>What distinguishes one processor device from another.</summary>
    /// <param name="Kind">How kernels run.</param>
    /// <param name="WarpSize">Lanes of a warp; on Simd, 32-bit lanes of a vector.</param>
    /// <param name="Threads">Operating-system threads that run groups.</param>
    internal sealed record CpuDeviceSettings(CpuAcceleratorKind Kind, int WarpSize, int Threads)
    {
        public string Name { get; init; } = "";

        public int MaxNumThreadsPerGroup { get; init; } = 1024;

        public int NumMultiprocessors { get; init; } = Threads;

        /// <summary>Bits of a vector register on Simd.</summary>
        public int VectorBits => WarpSize * 32;
    }
}
