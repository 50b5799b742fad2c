namespace GemmaIlgpu.Compute.Backends.Ptx;

// Trigonometric functions and their inverses.
internal static partial class Functions32
{
    private const float HalfPi = 1.57079637f, HalfPiLow = -4.37113883e-8f, HalfPiLowest = -1.71512451e-15f, Pi = 3.14159274f, PiLow = -8.74227766e-8f;

    public static float Sin(float x)
    {
        float angle = Reduce(x, out int quadrant);
        float value = (quadrant & 1) != 0 ? CosNearZero(angle) : SinNearZero(angle);
        return (quadrant & 2) != 0 ? -value : value;
    }

    public static float Cos(float x)
    {
        float angle = Reduce(x, out int quadrant);
        float value = (quadrant & 1) != 0 ? SinNearZero(angle) : CosNearZero(angle);
        return ((quadrant + 1) & 2) != 0 ? -value : value;
    }

    public static float Tan(float x)
    {
        float angle = Reduce(x, out int quadrant);
        float sin = SinNearZero(angle), cos = CosNearZero(angle);
        return (quadrant & 1) != 0 ? -cos / sin : sin / cos;
    }

    public static float Atan(float x)
    {
        float magnitude = MathF.Abs(x);
        bool isFar = magnitude > 2.41421356f, isMiddle = magnitude > 0.414213562f;
        float start = isFar ? HalfPi : isMiddle ? 0.5f * HalfPi : 0f;
        float low = isFar ? HalfPiLow : isMiddle ? 0.5f * HalfPiLow : 0f;
        float t = isFar ? -1f / magnitude : isMiddle ? (magnitude - 1f) / (magnitude + 1f) : magnitude;
        float z = t * t;
        float p = Fma(8.05374449538e-2f, z, -1.38776856032e-1f);
        p = Fma(p, z, 1.99777106478e-1f);
        p = Fma(p, z, -3.33329491539e-1f);
        return MathF.CopySign(start + (Fma(p * z, t, t) + low), x);
    }

    public static float Asin(float x)
    {
        float magnitude = MathF.Abs(x);
        bool isFar = magnitude > 0.5f;
        float z = isFar ? 0.5f * (1f - magnitude) : magnitude * magnitude;
        float t = isFar ? MathF.Sqrt(z) : magnitude;
        float arc = AsinNearZero(t, z);
        return MathF.CopySign(isFar ? HalfPi - ((arc + arc) - HalfPiLow) : arc, x);
    }

    public static float Acos(float x)
    {
        float magnitude = MathF.Abs(x);
        bool isFar = magnitude > 0.5f;
        float z = isFar ? 0.5f * (1f - magnitude) : x * x;
        float arc = AsinNearZero(isFar ? MathF.Sqrt(z) : x, z);
        float twice = arc + arc;
        return !isFar ? HalfPi - (arc - HalfPiLow) : x > 0f ? twice : Pi - (twice - PiLow);
    }

    public static float Atan2(float y, float x)
    {
        float up = MathF.Abs(y), across = MathF.Abs(x);
        float small = up < across ? up : across, large = up < across ? across : up;
        float ratio = small == large ? (large == 0f ? 0f : 1f) : small / large;
        float angle = Atan(ratio);
        angle = up > across ? HalfPi - (angle - HalfPiLow) : angle;
        angle = BitConverter.SingleToInt32Bits(x) < 0 ? Pi - (angle - PiLow) : angle;
        angle = MathF.CopySign(angle, y);
        return float.IsNaN(x) || float.IsNaN(y) ? float.NaN : angle;
    }

    private static float SinNearZero(float x)
    {
        float z = x * x;
        float p = Fma(2.75573192e-6f, z, -1.98412698e-4f);
        p = Fma(p, z, 8.33333333e-3f);
        p = Fma(p, z, -1.66666667e-1f);
        return Fma(p * z, x, x);
    }

    private static float CosNearZero(float x)
    {
        float z = x * x;
        float p = Fma(-2.75573192e-7f, z, 2.48015873e-5f);
        p = Fma(p, z, -1.38888889e-3f);
        p = Fma(p, z, 4.16666667e-2f);
        return Fma(z, Fma(p, z, -0.5f), 1f);
    }

    private static float AsinNearZero(float t, float z)
    {
        float p = Fma(4.2163199048e-2f, z, 2.4181311049e-2f);
        p = Fma(p, z, 4.5470025998e-2f);
        p = Fma(p, z, 7.4953002686e-2f);
        p = Fma(p, z, 1.6666752422e-1f);
        return Fma(p * z, t, t);
    }

    // x = quadrant · π/2 + the result. π/2 in three parts is enough while the quadrant fits 17 bits.
    private static float Reduce(float x, out int quadrant)
    {
        if (MathF.Abs(x) > 100000f)
            return ReduceLarge(x, out quadrant);
        float shifted = Fma(x, 0.636619772f, LastPlaceIsOne);
        float whole = shifted - LastPlaceIsOne;
        quadrant = Whole(shifted);
        return Fma(whole, -HalfPiLowest, Fma(whole, -HalfPiLow, Fma(whole, -HalfPi, x)));
    }

    // Payne and Hanek 1983: of x · 2/π only the bits around the point are computed, as a number of 64 bits, two of them before the point.
    private static float ReduceLarge(float x, out int quadrant)
    {
        int bits = BitConverter.SingleToInt32Bits(x);
        int exponent = (bits >> 23 & 255) - 127;                            // x = mantissa · 2^(exponent - 31)
        ulong mantissa = (uint)((bits & 0x7FFFFF) | 0x800000) << 8;
        int start = (exponent - 1) >> 5, shift = (exponent - 1) & 31;
        ulong product = (mantissa * Window(start, shift) << 32) + (mantissa * Window(start + 1, shift)) + (mantissa * Window(start + 2, shift) >> 32);
        long rest = (long)(product << 2);
        quadrant = (int)(product >> 62) + (rest < 0 ? 1 : 0);
        float angle = (float)(rest * (1.5707963267948966 / 18446744073709551616.0));
        quadrant = bits < 0 ? -quadrant : quadrant;
        return exponent == 128 ? float.NaN : bits < 0 ? -angle : angle;
    }

    // 32 bits of 2/π behind as many zeros.
    private static ulong Window(int word, int shift)
    {
        word = word > 6 ? 6 : word;         // infinities
        ulong pair = ((ulong)s_twoOverPi[word] << 32) | s_twoOverPi[word + 1];
        return pair << shift >> 32;
    }

    private static readonly uint[] s_twoOverPi =
    [
        0x00000000, 0xA2F9836E, 0x4E441529, 0xFC2757D1, 0xF534DDC0, 0xDB629599, 0x3C439041, 0xFE5163AB
    ];
}
