namespace GemmaIlgpu.Compute.Backends.Ptx;

// Remainders, which are exact.
internal static partial class Functions64
{
    // x - y · trunc(x / y): long division of the fractions, some bits at a time.
    public static double Rem(double x, double y)
    {
        double a = Math.Abs(x), b = Math.Abs(y);
        if (!(a < double.PositiveInfinity) || !(b > 0) || double.IsNaN(y))
            return double.NaN;
        if (a < b)
            return x;
        int exponent = Parts(a, out ulong rest), divisorExponent = Parts(b, out ulong divisor);
        rest %= divisor;
        for (int left = exponent - divisorExponent; left > 0; left -= 11)
            rest = (rest << (left < 11 ? left : 11)) % divisor;
        return Math.CopySign(Scale((double)rest, divisorExponent), x);
    }

    public static double IeeeRemainder(double x, double y)
    {
        double rest = Rem(x, y), size = Math.Abs(y), other = rest - Math.CopySign(size, x);
        double near = Math.Abs(rest), far = Math.Abs(other);
        if (near == far)
        {
            // Half way: the even multiple wins. The quotient's parity is that of the larger remainder by 2y.
            double twice = size + size;
            bool isOdd = twice < double.PositiveInfinity && Math.Abs(Rem(x, twice)) >= size;
            return isOdd ? other : rest;
        }
        return far < near ? other : rest;
    }

    // x = fraction · 2^result, the fraction a whole number.
    private static int Parts(double x, out ulong fraction)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(x);
        int exponent = (int)(bits >> 52);
        fraction = bits & 0xFFFFFFFFFFFFF;
        if (exponent == 0)
            return -1074;
        fraction |= 0x10000000000000;
        return exponent - 1075;
    }
}
