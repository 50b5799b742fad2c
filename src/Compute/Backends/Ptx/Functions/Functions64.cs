namespace GemmaIlgpu.Compute.Backends.Ptx;

/// <summary>Elementary functions of 64-bit numbers in C#, which the front end compiles into kernels: right to a few units in the
/// last place, with series as long as it takes. Kernels rarely use them.</summary>
internal static partial class Functions64
{
    private const double Ln2High = 0.6931471803691238, Ln2Low = 1.9082149292705877e-10;
    private const double LastPlaceIsOne = 6755399441055744.0;       // 1.5 · 2⁵²

    public static double Exp(double x) => ExpScaled(x, 0.0, 0);

    public static double Exp2(double x)
    {
        x = x > 1026.0 ? 1026.0 : x;
        x = x < -1077.0 ? -1077.0 : x;
        double whole = (x + LastPlaceIsOne) - LastPlaceIsOne, rest = x - whole;
        return Scale(ExpNearZero(rest * 0.6931471805599453, rest * 2.3190468138462996e-17), (int)whole);
    }

    public static double Log(double x)
    {
        double logarithm = LogOfFraction(x, out double exponent);
        return LogSpecial(x, Fma(exponent, Ln2High, Fma(exponent, Ln2Low, logarithm)));
    }

    public static double Log2(double x)
    {
        double logarithm = LogOfFraction(x, out double exponent);
        return LogSpecial(x, exponent + Fma(logarithm, 1.4426950408889634, logarithm * 2.0355273740931033e-17));
    }

    public static double Log10(double x)
    {
        double logarithm = LogOfFraction(x, out double exponent);
        double low = Fma(exponent, 1.1451100898021838e-10, Fma(logarithm, 0.4342944819032518, logarithm * 1.098319650216765e-17));
        return LogSpecial(x, Fma(exponent, 0.3010299955494702, low));
    }

    public static double Tanh(double x)
    {
        double magnitude = Math.Abs(x);
        return magnitude < 1.0 ? SinhNearZero(x) / CoshNearZero(x)
            : Math.CopySign(1.0 - (2.0 / (ExpScaled(magnitude + magnitude, 0.0, 0) + 1.0)), x);
    }

    public static double Sinh(double x)
    {
        double magnitude = Math.Abs(x);
        return magnitude < 1.0 ? SinhNearZero(x)
            : Math.CopySign(ExpScaled(magnitude, 0.0, -1) - ExpScaled(-magnitude, 0.0, -1), x);
    }

    public static double Cosh(double x)
    {
        double magnitude = Math.Abs(x);
        return ExpScaled(magnitude, 0.0, -1) + ExpScaled(-magnitude, 0.0, -1);
    }

    public static double Pow(double x, double y) => PowOf(x, y, isExact: true);

    /// <summary>x to the y. Where exact, the logarithm has twice as many bits, as results far from 1 need them.</summary>
    public static double PowOf(double x, double y, bool isExact)
    {
        double magnitude = Math.Abs(x);
        double high = LogOfFraction(magnitude, out double exponent), low = 0.0;
        if (isExact)
            high = LogInTwoParts(magnitude, out low);
        // y · log x in two parts.
        double power = y * high;
        double rest = Fma(y, high, -power) + (y * low);
        if (!isExact)
        {
            double logarithm = Fma(exponent, Ln2High, Fma(exponent, Ln2Low, high));
            power = y * logarithm;
            rest = Fma(y, logarithm, -power);
        }
        double result = ExpScaled(power, rest, 0);
        bool isWhole = Math.Truncate(y) == y, isOdd = isWhole && Math.Abs(y) < 9007199254740992.0 && ((long)y & 1) != 0;
        result = double.IsInfinity(y) ? (magnitude == 1.0 ? 1.0 : (magnitude > 1.0) == (y > 0.0) ? double.PositiveInfinity : 0.0) : result;
        if (magnitude == 0.0 || double.IsInfinity(magnitude))
            result = (magnitude == 0.0) == (y < 0.0) ? double.PositiveInfinity : 0.0;
        if (BitConverter.DoubleToInt64Bits(x) < 0)
            result = isOdd ? -result : isWhole || double.IsInfinity(x) || x == 0.0 || double.IsInfinity(y) ? result : double.NaN;
        result = double.IsNaN(x) || double.IsNaN(y) ? double.NaN : result;
        return y == 0.0 || x == 1.0 ? 1.0 : result;
    }

    public static double RoundAway(double x)
    {
        double whole = Math.Truncate(x), rest = Math.Abs(x - whole);
        return Math.CopySign(rest >= 0.5 ? Math.Abs(whole) + 1.0 : Math.Abs(whole), x);
    }

    // e^(x + low) · 2^scale; see the 32-bit form.
    private static double ExpScaled(double x, double low, int scale)
    {
        low = x > 720.0 || x < -760.0 ? 0.0 : low;
        x = x > 720.0 ? 720.0 : x;
        x = x < -760.0 ? -760.0 : x;
        double whole = Fma(x, 1.4426950408889634, LastPlaceIsOne) - LastPlaceIsOne;
        double rest = Fma(whole, -Ln2High, x), correction = Fma(whole, -Ln2Low, low);
        double sum = rest + correction;
        return Scale(ExpNearZero(sum, correction - (sum - rest)), (int)whole + scale);
    }

    // e^(x + low) for |x| up to 0.35 by Taylor's series.
    private static double ExpNearZero(double x, double low)
    {
        double p = 1.6059043836821613e-10;      // 1/13!
        p = Fma(p, x, 2.08767569878681e-9);
        p = Fma(p, x, 2.505210838544172e-8);
        p = Fma(p, x, 2.755731922398589e-7);
        p = Fma(p, x, 2.7557319223985893e-6);
        p = Fma(p, x, 2.48015873015873e-5);
        p = Fma(p, x, 1.984126984126984e-4);
        p = Fma(p, x, 1.388888888888889e-3);
        p = Fma(p, x, 8.333333333333333e-3);
        p = Fma(p, x, 4.1666666666666664e-2);
        p = Fma(p, x, 1.6666666666666666e-1);
        p = Fma(p, x, 0.5);
        return Fma(x * x, p, x + low) + 1.0;
    }

    private static double SinhNearZero(double x)
    {
        double z = x * x, p = 8.22063524662433e-18;     // 1/19!
        p = Fma(p, z, 2.8114572543455206e-15);
        p = Fma(p, z, 7.647163731819816e-13);
        p = Fma(p, z, 1.6059043836821613e-10);
        p = Fma(p, z, 2.505210838544172e-8);
        p = Fma(p, z, 2.7557319223985893e-6);
        p = Fma(p, z, 1.984126984126984e-4);
        p = Fma(p, z, 8.333333333333333e-3);
        p = Fma(p, z, 1.6666666666666666e-1);
        return Fma(p * z, x, x);
    }

    private static double CoshNearZero(double x)
    {
        double z = x * x, p = 1.5619206968586225e-16;   // 1/18!
        p = Fma(p, z, 4.779477332387385e-14);
        p = Fma(p, z, 1.1470745597729725e-11);
        p = Fma(p, z, 2.08767569878681e-9);
        p = Fma(p, z, 2.755731922398589e-7);
        p = Fma(p, z, 2.48015873015873e-5);
        p = Fma(p, z, 1.388888888888889e-3);
        p = Fma(p, z, 4.1666666666666664e-2);
        return Fma(z, Fma(p, z, 0.5), 1.0);
    }

    // x · 2ⁿ for |n| up to 2000.
    private static double Scale(double x, int exponent)
    {
        int half = exponent >> 1;
        double first = BitConverter.Int64BitsToDouble((half + 1023L) << 52), second = BitConverter.Int64BitsToDouble((exponent - half + 1023L) << 52);
        return x * first * second;
    }

    // x = m · 2^exponent with m between √½ and √2.
    private static double Fraction(double x, out double exponent)
    {
        bool isTiny = x < 2.2250738585072014e-308;
        long bits = BitConverter.DoubleToInt64Bits(isTiny ? x * 18014398509481984.0 : x);
        long above = bits - 0x3FE6A09E667F3BCD;         // √½
        long power = above >> 52;
        exponent = power - (isTiny ? 54L : 0L);
        return BitConverter.Int64BitsToDouble(bits - (power << 52));
    }

    private static double LogOfFraction(double x, out double exponent)
    {
        double f = Fraction(x, out exponent) - 1.0, s = f / (2.0 + f), z = s * s, half = 0.5 * f * f;
        return f - (half - (s * (half + (z * Fma(ArtanhTail(z), z, 2.0 / 3.0)))));
    }

    // 2/5 + 2/7 · z + 2/9 · z² + …
    private static double ArtanhTail(double z)
    {
        double p = 2.0 / 25;
        p = Fma(p, z, 2.0 / 23);
        p = Fma(p, z, 2.0 / 21);
        p = Fma(p, z, 2.0 / 19);
        p = Fma(p, z, 2.0 / 17);
        p = Fma(p, z, 2.0 / 15);
        p = Fma(p, z, 2.0 / 13);
        p = Fma(p, z, 2.0 / 11);
        p = Fma(p, z, 2.0 / 9);
        p = Fma(p, z, 2.0 / 7);
        return Fma(p, z, 2.0 / 5);
    }

    // log x = high + low: the first two terms of 2·artanh s = 2s + 2/3·s³ + … are summed with what their roundings lose.
    private static double LogInTwoParts(double x, out double low)
    {
        double f = Fraction(x, out double exponent) - 1.0, denominator = 2.0 + f, denominatorLow = f - (denominator - 2.0);
        double s = f / denominator;
        double sLow = Fma(-s, denominatorLow, Fma(-s, denominator, f)) / denominator;
        double z = s * s, zLow = Fma(2.0 * s, sLow, Fma(s, s, -z));
        double cube = z * s, cubeLow = Fma(z, s, -cube) + Fma(zLow, s, z * sLow);
        double third = cube * 0.6666666666666666, thirdLow = Fma(cube, 0.6666666666666666, -third) + (cubeLow * 0.6666666666666666) + (cube * 3.700743415417188e-17);
        double first = exponent * Ln2High;              // exact: the constant has 32 bits
        double twice = 2.0 * s;
        double sum = first + twice, sumLow = first == 0.0 ? 0.0 : twice - (sum - first);
        double high = sum + third;
        low = (third - (high - sum)) + sumLow + (2.0 * sLow) + thirdLow + (exponent * Ln2Low) + (cube * z * ArtanhTail(z));
        return high;
    }

    private static double LogSpecial(double x, double result)
    {
        result = x == double.PositiveInfinity ? x : result;
        result = x == 0.0 ? double.NegativeInfinity : result;
        return x >= 0.0 ? result : double.NaN;
    }

    private static double Fma(double a, double b, double c) => Math.FusedMultiplyAdd(a, b, c);
}
