namespace GemmaIlgpu.PtxInterpreter.Operations;

/// <summary>The .approx functions. Their results are off by as much as the ISA allows the hardware to be, in a
/// way that only depends on the operands, so that a caller who needs more accuracy is found out. Results
/// that are representable come exact, as they do on hardware.</summary>
internal static class Approximations
{
    /// <summary>ex2: 2 units in the last place, taken as 2^-22 relative.</summary>
    public static float Exp2(float a)
    {
        // Subnormal numbers count as zero.
        if (Math.Abs(a) < 1.2e-38f)
            return 1;
        return Relative(Math.Pow(2, a), -22, a);
    }

    /// <summary>lg2: 2^-22 absolute between 0.5 and 2, relative elsewhere.</summary>
    public static float Log2(float a)
    {
        double exact = Math.Log2(a);
        return a is > 0.5f and < 2 ? Off(exact, Math.ScaleB(1, -22), a) : Relative(exact, -22, a);
    }

    /// <summary>sin and cos: 2^-20.5 absolute within two turns, 2^-14.7 within a hundred.</summary>
    public static float Sine(float a) => float.IsFinite(a) ? Off(Math.Sin(a), TrigonometricError(a), a) : float.NaN;

    public static float Cosine(float a) => float.IsFinite(a) ? Off(Math.Cos(a), TrigonometricError(a), a) : float.NaN;

    /// <summary>tanh: 2^-11 relative.</summary>
    public static float Tanh(float a) => Relative(Math.Tanh(a), -11, a);

    /// <summary>rcp: one unit in the last place.</summary>
    public static float Reciprocal(float a) => Relative(1.0 / a, -23, a);

    /// <summary>rsqrt: 2^-22.9 relative.</summary>
    public static float ReciprocalRoot(float a)
    {
        if (a == 0)
            return float.CopySign(float.PositiveInfinity, a);
        return Relative(1 / Math.Sqrt(a), -22.9, a);
    }

    public static float Root(float a) => Relative(Math.Sqrt(a), -23, a);

    /// <summary>div.approx: 2 units in the last place; 0 for divisors above 2^126.</summary>
    public static float Divide(float a, float b)
    {
        if (float.IsFinite(b) && Math.Abs(b) > 8.507059e37f)
            return float.IsInfinity(a) ? float.NaN : float.CopySign(0, a * MathF.Sign(b));
        return DivideFull(a, b);
    }

    /// <summary>div.full: 2 units in the last place everywhere.</summary>
    public static float DivideFull(float a, float b) => Relative((double)a / b, -22.2, a + b);

    /// <summary>rcp.approx.ftz.f64 and rsqrt.approx.f64 know the upper 20 bits of the fraction.</summary>
    public static double Upper(double exact) =>
        double.IsFinite(exact) ? BitConverter.UInt64BitsToDouble(BitConverter.DoubleToUInt64Bits(exact) & 0xFFFF_FFFF_0000_0000) : exact;

    private static double TrigonometricError(float a)
    {
        double size = Math.Abs(a);
        if (size <= 2 * Math.PI)
            return Math.Pow(2, -20.5);
        return Math.Pow(2, -14.7) * Math.Max(1, size / (100 * Math.PI));
    }

    private static float Relative(double exact, double logError, float operand) => Off(exact, Math.Abs(exact) * Math.Pow(2, logError), operand);

    /// <summary>Up to nine tenths of the error that rounding leaves room for, either way by a hash of the operand.</summary>
    private static float Off(double exact, double error, float operand)
    {
        float nearest = (float)exact;
        if (!float.IsFinite(nearest) || nearest == exact)
            return nearest;
        double half = (MathF.BitIncrement(Math.Abs(nearest)) - (double)Math.Abs(nearest)) / 2;
        double room = Math.Max(0, error - half) * 0.9;
        uint hash = BitConverter.SingleToUInt32Bits(operand) * 2654435761u;
        hash ^= hash >> 15;
        double share = ((hash * 2246822519u) >> 8) / (double)(1 << 23) - 1;
        return (float)(exact + (room * share));
    }
}
