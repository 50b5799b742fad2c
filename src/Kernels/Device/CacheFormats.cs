using ILGPU;
using ILGPU.Algorithms;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>
/// How one key or value lies in the cache. Kernels take the format as a type parameter, so one source serves every
/// cache type and both directions are inlined.
/// </summary>
/// <typeparam name="TStored">What lies in memory.</typeparam>
public interface ICacheFormat<TStored>
    where TStored : unmanaged
{
    /// <summary>Whether each head vector has a scale of its own that its levels are multiplied by.</summary>
    static abstract bool HasScales { get; }

    /// <summary>The value, or its level where there are scales.</summary>
    static abstract float ToFloat(TStored stored);

    /// <summary>The nearest stored value, ties to even; with scales of a level within ±127.</summary>
    static abstract TStored FromFloat(float value);
}

/// <summary>float32, as it is.</summary>
public readonly struct Float32Cache : ICacheFormat<float>
{
    public static bool HasScales => false;

    public static float ToFloat(float stored) => stored;

    public static float FromFloat(float value) => value;
}

/// <summary>bfloat16: 8 significant bits, the range of float32. |error| ≤ 2⁻⁸ · |value|.</summary>
public readonly struct BFloat16Cache : ICacheFormat<ushort>
{
    private const uint NotANumber = 0x7FC0;

    public static bool HasScales => false;

    public static float ToFloat(ushort stored) => BFloat16Format.ToFloat(stored);

    public static ushort FromFloat(float value)
    {
        uint bits = Interop.FloatAsInt(value);
        uint rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
        return (ushort)(XMath.IsNaN(value) ? NotANumber : rounded);
    }
}

/// <summary>
/// binary16: 11 significant bits down to 2⁻¹⁴, multiples of 2⁻²⁴ below; values beyond ±65504 become ±65504.
/// |error| ≤ 2⁻¹¹ · |value| + 2⁻²⁵ for what is not beyond. NaN is stored as NaN and read as an infinity.
/// </summary>
/// <remarks>
/// Reading takes six instructions to <see cref="Float16Format"/>'s ten, which attention would repeat eightfold: sign,
/// exponent and fraction move to float32's places at once, which leaves the number too small by 2¹¹²; a factor 2²²⁴
/// carries the exponent of infinity and NaN beyond float32's range and no other, and 2⁻¹¹² takes the rest back.
/// </remarks>
public readonly struct Float16Cache : ICacheFormat<ushort>
{
    private const float TwoToThe127 = 1.70141183e38f;
    private const float TwoToThe97 = 1.58456325e29f;
    private const float TwoToTheMinus112 = 1.92592994e-34f;
    private const float Largest = 65504f;
    private const uint SmallestNormal = (127 - 14) << 23;
    private const uint Half = 0x3F00_0000;          // 0.5, whose last place is 2⁻²⁴
    private const uint Bias = (127 - 15) << 23;
    private const uint NotANumber = 0x7E00;

    public static bool HasScales => false;

    public static float ToFloat(ushort stored)
    {
        uint bits = (uint)((short)stored << 13) & 0x8FFF_E000;
        return Interop.IntAsFloat(bits) * TwoToThe127 * TwoToThe97 * TwoToTheMinus112;
    }

    public static ushort FromFloat(float value)
    {
        uint sign = (Interop.FloatAsInt(value) >> 16) & 0x8000;
        float magnitude = XMath.Min(XMath.Abs(value), Largest);
        uint bits = Interop.FloatAsInt(magnitude);
        uint normal = (bits - Bias + 0xFFF + ((bits >> 13) & 1)) >> 13;
        uint subnormal = Interop.FloatAsInt(magnitude + 0.5f) - Half;     // the addition rounds to multiples of 2⁻²⁴
        uint rounded = bits < SmallestNormal ? subnormal : normal;
        return (ushort)(sign | (XMath.IsNaN(value) ? NotANumber : rounded));
    }
}

/// <summary>
/// Signed bytes, levels −127 … 127, times a float32 scale for each head vector: its largest magnitude / 127.
/// |error| ≤ (largest magnitude of the vector) / 254, up to float32 rounding.
/// </summary>
public readonly struct Int8Cache : ICacheFormat<byte>
{
    // Added to a level, its last place is 1: the sum's lowest byte is the rounded level as a signed byte.
    private const float LastPlaceIsOne = 12_582_912f;       // 1.5 · 2²³

    public static bool HasScales => true;

    public static float ToFloat(byte stored) => (sbyte)stored;

    public static byte FromFloat(float value) => (byte)Interop.FloatAsInt(value + LastPlaceIsOne);
}
