#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Compute;
#endif

namespace GemmaIlgpu.Kernels.Device;

/// <summary>Arithmetic on two signed 16-bit numbers in an int, the inner step of products with quantised weights.</summary>
/// <remarks>Our own runtime has instructions for these; ILGPU 1.5.3 has not, so they are spelled out there.</remarks>
public static class IntegerPairs
{
    /// <summary>Mask of the lowest four bits of both numbers.</summary>
    public const int LowFour = 0x000F_000F;

    /// <summary>The lowest two bits of both numbers.</summary>
    public const int LowTwo = 0x0003_0003;

    /// <summary>The lowest bit of both numbers.</summary>
    public const int LowOne = 0x0001_0001;

    /// <summary>Two unsigned bytes as a pair, the low byte first.</summary>
    public static int FromBytes(ushort bytes) =>
#if UPSTREAM_PACKAGES
        (bytes & 0xFF) | ((bytes & 0xFF00) << 8);
#else
        Packed.WidenBytes(bytes);
#endif

    /// <summary>Two signed bytes as a pair, the low byte first.</summary>
    public static int FromSignedBytes(ushort bytes) =>
#if UPSTREAM_PACKAGES
        ((sbyte)bytes & 0xFFFF) | ((sbyte)(bytes >> 8) << 16);
#else
        Packed.WidenSignedBytes(bytes);
#endif

    /// <summary>a₀·b₀ + a₁·b₁ + sum.</summary>
    public static int Dot(int a, int b, int sum) =>
#if UPSTREAM_PACKAGES
        ((short)a * (short)b) + ((a >> 16) * (b >> 16)) + sum;
#else
        Packed.DotPairs(a, b, sum);
#endif
}
