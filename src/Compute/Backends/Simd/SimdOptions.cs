using System.Runtime.Intrinsics;

namespace GemmaIlgpu.Compute.Backends.Simd;

/// <summary>How kernels are turned into vector code.</summary>
/// <param name="VectorBits">128, 256 or 512: the width of one register, and with it the warp size.</param>
public sealed record SimdOptions(int VectorBits)
{
    /// <summary>The widest vectors that this processor has.</summary>
    public static SimdOptions Widest { get; } = new(
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128);

    /// <summary>Lanes of 32 bits in a vector: the warp size.</summary>
    public int Lanes => VectorBits / 32;
}
