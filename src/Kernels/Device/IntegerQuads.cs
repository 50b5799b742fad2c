#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Compute;
#endif

namespace GemmaIlgpu.Kernels.Device;

/// <summary>Products of four 8-bit numbers in an int with four others, for weights of four bits.</summary>
/// <remarks>Our own runtime has instructions for these; ILGPU 1.5.3 has not, so they are spelled out there.</remarks>
public static class IntegerQuads
{
    /// <summary>Mask of the lower half of each byte.</summary>
    public const int LowHalves = 0x0F0F_0F0F;

    /// <summary>
    /// Adds levels (four bytes, 0 to 15) times x (four signed bytes) to a pair of 16-bit sums: the first two products to
    /// the low one, the others to the high one. Eight times is safe: 8 · 2 · 15 · 128 &lt; 2¹⁵.
    /// </summary>
    public static int MultiplyAdd(int levels, int x, int sums)
    {
#if UPSTREAM_PACKAGES
        int low = ((levels & 15) * (sbyte)x) + ((levels >> 8 & 15) * (sbyte)(x >> 8)) + (short)sums;
        int high = ((levels >> 16 & 15) * (sbyte)(x >> 16)) + ((levels >> 24 & 15) * (x >> 24)) + (sums >> 16);
        return (low & 0xFFFF) | (high << 16);
#else
        return Packed.AddPairs(Packed.MultiplyQuads(levels, x), sums);
#endif
    }
}
