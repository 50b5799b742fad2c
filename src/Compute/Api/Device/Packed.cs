using GemmaIlgpu.Compute.Api;

namespace GemmaIlgpu.Compute;

/// <summary>Arithmetic on small integers packed into an int, for kernels over quantised weights. Not part of ILGPU.</summary>
/// <remarks>
/// A pair is two signed 16-bit numbers, the first in the low half; a quad is four 8-bit numbers, the first in the lowest
/// byte. Every operation is one or a few instructions on the Simd accelerator: x86's PMADDWD, PMADDUBSW, PMOVZXBW.
/// </remarks>
public static class Packed
{
    /// <summary>The two lowest bytes, unsigned, as a pair. Straight from memory it costs no more than the load.</summary>
    [DeviceIntrinsic("Packed.WidenBytes")]
    public static int WidenBytes(int bytes) => (bytes & 0xFF) | ((bytes & 0xFF00) << 8);

    /// <summary>The two lowest bytes, signed, as a pair.</summary>
    [DeviceIntrinsic("Packed.WidenSignedBytes")]
    public static int WidenSignedBytes(int bytes) => Pair((sbyte)bytes, (sbyte)(bytes >> 8));

    /// <summary>a₀·b₀ + a₁·b₁ + sum of two pairs; wraps at 32 bits.</summary>
    [DeviceIntrinsic("Packed.DotPairs")]
    public static int DotPairs(int a, int b, int sum) => unchecked(((short)a * (short)b) + ((a >> 16) * (b >> 16)) + sum);

    /// <summary>The sums of two pairs; each wraps at 16 bits.</summary>
    [DeviceIntrinsic("Packed.AddPairs")]
    public static int AddPairs(int a, int b) => Pair((short)a + (short)b, (a >> 16) + (b >> 16));

    /// <summary>
    /// The pair u₀·s₀ + u₁·s₁, u₂·s₂ + u₃·s₃ of a quad of unsigned and a quad of signed bytes; each saturates at 16 bits.
    /// </summary>
    [DeviceIntrinsic("Packed.MultiplyQuads")]
    public static int MultiplyQuads(int unsigned, int signed) => Pair(
        Saturate(((unsigned & 0xFF) * (sbyte)signed) + ((unsigned >> 8 & 0xFF) * (sbyte)(signed >> 8))),
        Saturate(((unsigned >> 16 & 0xFF) * (sbyte)(signed >> 16)) + ((unsigned >>> 24) * (signed >> 24))));

    /// <summary>a₀·b₀ + a₁·b₁ + a₂·b₂ + a₃·b₃ + sum of two quads of signed bytes; wraps at 32 bits. One instruction (dp4a) on NVIDIA.</summary>
    [DeviceIntrinsic("Packed.DotQuads")]
    public static int DotQuads(int a, int b, int sum) =>
        DotPairs(WidenSignedBytes(a), WidenSignedBytes(b), DotPairs(WidenSignedBytes(a >> 16), WidenSignedBytes(b >> 16), sum));

    /// <summary>As <see cref="DotQuads"/> of a quad of unsigned and a quad of signed bytes.</summary>
    [DeviceIntrinsic("Packed.DotUnsignedQuads")]
    public static int DotUnsignedQuads(int unsigned, int signed, int sum) =>
        DotPairs(WidenBytes(unsigned), WidenSignedBytes(signed), DotPairs(WidenBytes(unsigned >> 16), WidenSignedBytes(signed >> 16), sum));

    private static int Pair(int first, int second) => (first & 0xFFFF) | (second << 16);

    private static int Saturate(int sum) => Math.Clamp(sum, short.MinValue, short.MaxValue);
}
