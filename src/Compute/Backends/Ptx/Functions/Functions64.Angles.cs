namespace GemmaIlgpu.Compute.Backends.Ptx;

// Trigonometric functions and their inverses.
internal static partial class Functions64
{
    private const double HalfPi = 1.5707963267948966, HalfPiLow = 6.123233995736766e-17, HalfPiLowest = -1.4973849048591698e-33;

    // tan of these angles, and the angles in two parts.
    private static readonly double[] s_arcs = [0.4636476090008061, 0.7853981633974483, 0.982793723247329, HalfPi];
    private static readonly double[] s_arcsLow = [2.2698777452961687e-17, 3.061616997868383e-17, 1.3903311031230998e-17, HalfPiLow];

    private static readonly ulong[] s_twoOverPi =
    [
        0x0000000000000000, 0xA2F9836E4E441529, 0xFC2757D1F534DDC0, 0xDB6295993C439041,
        0xFE5163ABDEBBC561, 0xB7246E3A424DD2E0, 0x06492EEA09D1921C, 0xFE1DEB1CB129A73E,
        0xE88235F52EBB4484, 0xE99C7026B45F7E41, 0x3991D639835339F4, 0x9C845F8BBDF9283B,
        0x1FF897FFDE05980F, 0xEF2F118B5A0A6D1F, 0x6D367ECF27CB09B7, 0x4F463F669E5FEA2D,
        0x7527BAC7EBE5F17B, 0x3D0739F78A5292EA, 0x6BFB5FB11F8D5D08, 0x56033046FC7B6BAB,
    ];

    public static double Sin(double x)
    {
        double angle = Reduce(x, out int quadrant);
        double value = (quadrant & 1) != 0 ? CosNearZero(angle) : SinNearZero(angle);
        return (quadrant & 2) != 0 ? -value : value;
    }

    public static double Cos(double x)
    {
        double angle = Reduce(x, out int quadrant);
        double value = (quadrant & 1) != 0 ? SinNearZero(angle) : CosNearZero(angle);
        return ((quadrant + 1) & 2) != 0 ? -value : value;
    }

    public static double Tan(double x)
    {
        double angle = Reduce(x, out int quadrant);
        double sin = SinNearZero(angle), cos = CosNearZero(angle);
        return (quadrant & 1) != 0 ? -cos / sin : sin / cos;
    }

    // atan x = arc + atan((x - c) / (1 + c·x)) with the nearest of four arcs, so that the series is short.
    public static double Atan(double x)
    {
        double magnitude = Math.Abs(x), t = magnitude;
        int arc = magnitude < 0.4375 ? -1 : magnitude < 0.6875 ? 0 : magnitude < 1.1875 ? 1 : magnitude < 2.4375 ? 2 : 3;
        if (arc >= 0)
        {
            double c = 0.5 * (arc + 1);
            t = arc == 3 ? -1.0 / magnitude : (magnitude - c) / Fma(c, magnitude, 1.0);
        }
        double z = t * t, p = 0.0;
        for (int k = 23; k > 0; k--)
            p = Fma(p, -z, 1.0 / ((2 * k) + 1));
        double near = Fma(p * -z, t, t);
        double result = arc < 0 ? near : s_arcs[arc] + (near + s_arcsLow[arc]);
        return Math.CopySign(result, x);
    }

    public static double Asin(double x) => Atan(x / Math.Sqrt((1.0 - x) * (1.0 + x)));

    public static double Acos(double x) => 2.0 * Atan(Math.Sqrt((1.0 - x) / (1.0 + x)));

    public static double Atan2(double y, double x)
    {
        double up = Math.Abs(y), across = Math.Abs(x);
        double small = up < across ? up : across, large = up < across ? across : up;
        double ratio = small == large ? (large == 0.0 ? 0.0 : 1.0) : small / large;
        double angle = Atan(ratio);
        angle = up > across ? HalfPi - (angle - HalfPiLow) : angle;
        angle = BitConverter.DoubleToInt64Bits(x) < 0 ? (2.0 * HalfPi) - (angle - (2.0 * HalfPiLow)) : angle;
        angle = Math.CopySign(angle, y);
        return double.IsNaN(x) || double.IsNaN(y) ? double.NaN : angle;
    }

    private static double SinNearZero(double x)
    {
        double z = x * x, p = -8.22063524662433e-18;     // -1/19!
        p = Fma(p, z, 2.8114572543455206e-15);
        p = Fma(p, z, -7.647163731819816e-13);
        p = Fma(p, z, 1.6059043836821613e-10);
        p = Fma(p, z, -2.505210838544172e-08);
        p = Fma(p, z, 2.7557319223985893e-06);
        p = Fma(p, z, -0.0001984126984126984);
        p = Fma(p, z, 0.008333333333333333);
        p = Fma(p, z, -0.16666666666666666);
        return Fma(p * z, x, x);
    }

    private static double CosNearZero(double x)
    {
        double z = x * x, p = -1.5619206968586225e-16;     // -1/18!
        p = Fma(p, z, 4.779477332387385e-14);
        p = Fma(p, z, -1.1470745597729725e-11);
        p = Fma(p, z, 2.08767569878681e-09);
        p = Fma(p, z, -2.755731922398589e-07);
        p = Fma(p, z, 2.48015873015873e-05);
        p = Fma(p, z, -0.001388888888888889);
        p = Fma(p, z, 0.041666666666666664);
        return Fma(z, Fma(p, z, -0.5), 1.0);
    }

    // x = quadrant · π/2 + the result.
    private static double Reduce(double x, out int quadrant)
    {
        if (Math.Abs(x) > 1000000.0)
            return ReduceLarge(x, out quadrant);
        double whole = Fma(x, 0.6366197723675814, LastPlaceIsOne) - LastPlaceIsOne;
        quadrant = (int)whole;
        return Fma(whole, -HalfPiLowest, Fma(whole, -HalfPiLow, Fma(whole, -HalfPi, x)));
    }

    // As the 32-bit form, with 128 bits, two of them before the point.
    private static double ReduceLarge(double x, out int quadrant)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)(bits >> 52 & 2047) - 1023;                     // x = mantissa · 2^(exponent - 63)
        ulong mantissa = ((ulong)bits & 0xFFFFFFFFFFFFFUL | 0x10000000000000UL) << 11;
        int start = (exponent - 1) >> 6, shift = (exponent - 1) & 63;
        ulong middle = Window(start + 1, shift), carried = MultiplyHigh(mantissa, Window(start + 2, shift));
        ulong low = (mantissa * middle) + carried;
        ulong high = (mantissa * Window(start, shift)) + MultiplyHigh(mantissa, middle) + (low < carried ? 1UL : 0UL);
        long rest = (long)(high << 2 | low >> 62);
        quadrant = (int)(high >> 62) + (rest < 0 ? 1 : 0);
        double angle = HalfPi * ((rest * (1.0 / 18446744073709551616.0)) + ((low << 2) * (1.0 / 18446744073709551616.0 / 18446744073709551616.0)));
        quadrant = bits < 0 ? -quadrant : quadrant;
        return exponent == 1024 ? double.NaN : bits < 0 ? -angle : angle;
    }

    // 64 bits of 2/π behind as many zeros.
    private static ulong Window(int word, int shift)
    {
        word = word > 17 ? 17 : word;       // infinities
        ulong next = shift == 0 ? 0UL : s_twoOverPi[word + 1] >> (64 - shift);
        return (s_twoOverPi[word] << shift) | next;
    }

    private static ulong MultiplyHigh(ulong a, ulong b)
    {
        ulong aLow = (uint)a, aHigh = a >> 32, bLow = (uint)b, bHigh = b >> 32;
        ulong cross = (aLow * bLow >> 32) + (aHigh * bLow);
        ulong sum = (uint)cross + (aLow * bHigh);
        return (aHigh * bHigh) + (cross >> 32) + (sum >> 32);
    }
}
