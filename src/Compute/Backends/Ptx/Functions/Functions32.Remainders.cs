namespace GemmaIlgpu.Compute.Backends.Ptx;

// Remainders, which are exact.
internal static partial class Functions32
{
    // x - y · trunc(x / y): long division of the fractions, some bits at a time.
    public static float Rem(float x, float y)
    {
        float a = MathF.Abs(x), b = MathF.Abs(y);
        if (!(a < float.PositiveInfinity) || !(b > 0) || float.IsNaN(y))
            return float.NaN;
        if (a < b)
            return x;
        int exponent = Parts(a, out ulong rest), divisorExponent = Parts(b, out ulong divisor);
        rest %= divisor;
        for (int left = exponent - divisorExponent; left > 0; left -= 40)
            rest = (rest << (left < 40 ? left : 40)) % divisor;
        return MathF.CopySign(Scale((float)rest, divisorExponent), x);
    }

    public static float IeeeRemainder(float x, float y)
    {
        float rest = Rem(x, y), size = MathF.Abs(y), other = rest - MathF.CopySign(size, x);
        float near = MathF.Abs(rest), far = MathF.Abs(other);
        if (near == far)
        {
            // Half way: the even multiple wins. The quotient's parity is that of the larger remainder by 2y.
            float twice = size + size;
            bool isOdd = twice < float.PositiveInfinity && MathF.Abs(Rem(x, twice)) >= size;
            return isOdd ? other : rest;
        }
        return far < near ? other : rest;
    }

    // x = fraction · 2^result, the fraction a whole number.
    private static int Parts(float x, out ulong fraction)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x);
        int exponent = (int)(bits >> 23);
        fraction = bits & 0x7FFFFF;
        if (exponent == 0)
            return -149;
        fraction |= 0x800000;
        return exponent - 150;
    }
}
