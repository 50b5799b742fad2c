namespace GemmaIlgpu.Compute.Backends.Ptx;

/// <summary>Elementary functions of 32-bit numbers in C#, which the front end compiles into kernels. Within 4 units in the last
/// place; the tests measure each. Argument reductions after Cody and Waite 1980, polynomials after Moshier (Cephes) 1989 or
/// Taylor's, long enough for their interval.</summary>
internal static partial class Functions32
{
    private const float Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;
    private const float LastPlaceIsOne = 12582912f;     // 1.5 · 2²³: adding it rounds to a whole number, held in the lowest bits

    public static float Exp(float x) => ExpScaled(x, 0);

    public static float Exp2(float x)
    {
        x = x > 129f ? 129f : x;
        x = x < -151f ? -151f : x;
        float shifted = x + LastPlaceIsOne;
        float rest = x - (shifted - LastPlaceIsOne);
        return Scale(ExpNearZero(rest * 0.693147180f), Whole(shifted));
    }

    public static float Log(float x)
    {
        float logarithm = LogOfFraction(x, out float exponent);
        float result = Fma(exponent, Ln2High, Fma(exponent, Ln2Low, logarithm));
        return LogSpecial(x, result);
    }

    public static float Log2(float x)
    {
        float logarithm = LogOfFraction(x, out float exponent);
        // log2(e) in two parts: 1.4426950216 + 1.9259629e-8
        float result = exponent + Fma(logarithm, 1.44269502f, logarithm * 1.92596299e-8f);
        return LogSpecial(x, result);
    }

    public static float Log10(float x)
    {
        float logarithm = LogOfFraction(x, out float exponent);
        float low = Fma(exponent, 4.60503906e-6f, Fma(logarithm, 0.434294492f, logarithm * -1.01030882e-8f));
        return LogSpecial(x, Fma(exponent, 0.301025391f, low));
    }

    // tanh: a polynomial near zero, where 1 - 2/(exp(2x) + 1) would cancel, and that formula beyond.
    public static float Tanh(float x)
    {
        float magnitude = MathF.Abs(x), square = x * x;
        float p = Fma(-5.70498872745e-3f, square, 2.06390887954e-2f);
        p = Fma(p, square, -5.37397155531e-2f);
        p = Fma(p, square, 1.33314422036e-1f);
        p = Fma(p, square, -3.33332819422e-1f);
        float near = Fma(p * square, x, x);
        float far = MathF.CopySign(1f - (2f / (ExpScaled(magnitude + magnitude, 0) + 1f)), x);
        return magnitude < 0.625f ? near : far;
    }

    public static float Sinh(float x)
    {
        float magnitude = MathF.Abs(x), square = x * x;
        float p = Fma(2.50521084e-8f, square, 2.75573192e-6f);
        p = Fma(p, square, 1.98412698e-4f);
        p = Fma(p, square, 8.33333333e-3f);
        p = Fma(p, square, 1.66666667e-1f);
        float near = Fma(p * square, x, x);
        float far = MathF.CopySign(ExpScaled(magnitude, -1) - ExpScaled(-magnitude, -1), x);
        return magnitude < 1f ? near : far;
    }

    public static float Cosh(float x)
    {
        float magnitude = MathF.Abs(x);
        return ExpScaled(magnitude, -1) + ExpScaled(-magnitude, -1);
    }

    // The product y · log x needs more than 32 bits; powers are rare enough for 64.
    public static float Pow(float x, float y) => (float)Functions64.PowOf(x, y, isExact: false);

    public static float RoundAway(float x)
    {
        float whole = MathF.Truncate(x), rest = MathF.Abs(x - whole);
        return MathF.CopySign(rest >= 0.5f ? MathF.Abs(whole) + 1f : MathF.Abs(whole), x);
    }

    // x · 2^scale under exp: x = n · ln 2 + r, a polynomial for e^r, and 2ⁿ in two factors so that results may be subnormal or infinite.
    private static float ExpScaled(float x, int scale)
    {
        x = x > 90f ? 90f : x;
        x = x < -105f ? -105f : x;
        float shifted = Fma(x, 1.44269504f, LastPlaceIsOne);
        float whole = shifted - LastPlaceIsOne;
        float rest = Fma(whole, -Ln2Low, Fma(whole, -Ln2High, x));
        return Scale(ExpNearZero(rest), Whole(shifted) + scale);
    }

    private static float ExpNearZero(float rest)
    {
        float p = Fma(1.9875691500e-4f, rest, 1.3981999507e-3f);
        p = Fma(p, rest, 8.3334519073e-3f);
        p = Fma(p, rest, 4.1665795894e-2f);
        p = Fma(p, rest, 1.6666665459e-1f);
        p = Fma(p, rest, 5.0000001201e-1f);
        return Fma(rest * rest, p, rest) + 1f;
    }

    private static int Whole(float shifted) => BitConverter.SingleToInt32Bits(shifted) - BitConverter.SingleToInt32Bits(LastPlaceIsOne);

    // x · 2ⁿ for |n| up to 250.
    private static float Scale(float x, int exponent)
    {
        int half = exponent >> 1;
        float first = BitConverter.Int32BitsToSingle((half + 127) << 23), second = BitConverter.Int32BitsToSingle((exponent - half + 127) << 23);
        return x * first * second;
    }

    // log m where x = m · 2^exponent and m lies between √½ and √2: with s = f / (2 + f) and f = m - 1 it is 2·artanh s,
    // summed so that f is added last.
    private static float LogOfFraction(float x, out float exponent)
    {
        bool isTiny = x < 1.17549435e-38f;
        int bits = BitConverter.SingleToInt32Bits(isTiny ? x * 8388608f : x);
        int above = bits - 0x3F3504F3;          // √½
        int power = above >> 23;
        float m = BitConverter.Int32BitsToSingle(bits - (power << 23));
        exponent = power - (isTiny ? 23 : 0);
        float f = m - 1f, s = f / (2f + f), z = s * s;
        float p = Fma(0.181818182f, z, 0.222222222f);
        p = Fma(p, z, 0.285714286f);
        p = Fma(p, z, 0.4f);
        p = Fma(p, z, 0.666666667f) * z;
        float half = 0.5f * f * f;
        return f - (half - (s * (half + p)));
    }

    private static float LogSpecial(float x, float result)
    {
        result = x == float.PositiveInfinity ? x : result;
        result = x == 0f ? float.NegativeInfinity : result;
        return x >= 0f ? result : float.NaN;
    }

    private static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);
}
