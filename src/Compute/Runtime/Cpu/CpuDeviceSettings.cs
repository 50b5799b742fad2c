namespace GemmaIlgpu.Compute
{
    /// <summary>How a processor accelerator runs kernels.</summary>
    public enum CpuAcceleratorKind
    {
        /// <summary>Compiled: the threads of a warp are the lanes of vectors.</summary>
        Simd,

        /// <summary>The original method, one thread at a time in a fixed order, with checks.</summary>
        Debug,

        /// <summary>The IR, the lanes of a warp in lockstep, with every access checked.</summary>
        Checked,

        /// <summary>The IR, the lanes of a warp in lockstep, counting what decides the speed of a GPU.</summary>
        Counted,
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
        private static readonly CheckedOptions s_usual = new();

    public string Name { get; init; } = "";

        /// <summary>Makes an engine in place of the usual one of the kind; null for that.</summary>
        public Func<ILGPU.Runtime.CPU.CPUAccelerator, ICpuEngine>? Engine { get; init; }

        public int MaxNumThreadsPerGroup { get; init; } = 1024;

        /// <summary>What the Checked accelerator looks for.</summary>
    public CheckedOptions Checks { get; init; } = s_usual;

    public int NumMultiprocessors { get; init; } = Threads;

        /// <summary>Gets whether Checked shares the groups of every launch that it can, however small, each thread taking every so manieth.</summary>
        public bool SharesAll { get; init; }

        /// <summary>Bits of a vector register on Simd.</summary>
        public int VectorBits => WarpSize * 32;
    }
}
