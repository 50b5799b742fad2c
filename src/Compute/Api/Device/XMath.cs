namespace ILGPU.Algorithms;

/// <summary>The functions of arithmetic and calculus for kernels.</summary>
public static partial class XMath
{
    /// <summary>The angle whose cosine is <paramref name="value"/>, in radians.</summary>
    public static double Acos(double value) => Math.Acos(value);

    /// <summary>The angle whose cosine is <paramref name="value"/>, in radians.</summary>
    public static float Acos(float value) => MathF.Acos(value);

    /// <summary>The angle whose sine is <paramref name="value"/>, in radians.</summary>
    public static double Asin(double value) => Math.Asin(value);

    /// <summary>The angle whose sine is <paramref name="value"/>, in radians.</summary>
    public static float Asin(float value) => MathF.Asin(value);

    /// <summary>The angle whose tangent is <paramref name="value"/>, in radians.</summary>
    public static double Atan(double value) => Math.Atan(value);

    /// <summary>The angle whose tangent is <paramref name="value"/>, in radians.</summary>
    public static float Atan(float value) => MathF.Atan(value);

    /// <summary>The least whole number that is not less.</summary>
    public static double Ceiling(double value) => Math.Ceiling(value);

    /// <summary>The least whole number that is not less.</summary>
    public static float Ceiling(float value) => MathF.Ceiling(value);

    /// <summary>The cosine of an angle in radians.</summary>
    public static double Cos(double value) => Math.Cos(value);

    /// <summary>The cosine of an angle in radians.</summary>
    public static float Cos(float value) => MathF.Cos(value);

    /// <summary>The hyperbolic cosine.</summary>
    public static double Cosh(double value) => Math.Cosh(value);

    /// <summary>The hyperbolic cosine.</summary>
    public static float Cosh(float value) => MathF.Cosh(value);

    /// <summary>e to the power of <paramref name="value"/>.</summary>
    public static double Exp(double value) => Math.Exp(value);

    /// <summary>e to the power of <paramref name="value"/>.</summary>
    public static float Exp(float value) => MathF.Exp(value);

    /// <summary>The greatest whole number that is not greater.</summary>
    public static double Floor(double value) => Math.Floor(value);

    /// <summary>The greatest whole number that is not greater.</summary>
    public static float Floor(float value) => MathF.Floor(value);

    /// <summary>The natural logarithm.</summary>
    public static double Log(double value) => Math.Log(value);

    /// <summary>The natural logarithm.</summary>
    public static float Log(float value) => MathF.Log(value);

    /// <summary>The logarithm to base 10.</summary>
    public static double Log10(double value) => Math.Log10(value);

    /// <summary>The logarithm to base 10.</summary>
    public static float Log10(float value) => MathF.Log10(value);

    /// <summary>The logarithm to base 2.</summary>
    public static double Log2(double value) => Math.Log2(value);

    /// <summary>The logarithm to base 2.</summary>
    public static float Log2(float value) => MathF.Log2(value);

    /// <summary>The sine of an angle in radians.</summary>
    public static double Sin(double value) => Math.Sin(value);

    /// <summary>The sine of an angle in radians.</summary>
    public static float Sin(float value) => MathF.Sin(value);

    /// <summary>The hyperbolic sine.</summary>
    public static double Sinh(double value) => Math.Sinh(value);

    /// <summary>The hyperbolic sine.</summary>
    public static float Sinh(float value) => MathF.Sinh(value);

    /// <summary>The square root.</summary>
    public static double Sqrt(double value) => Math.Sqrt(value);

    /// <summary>The square root.</summary>
    public static float Sqrt(float value) => MathF.Sqrt(value);

    /// <summary>The tangent of an angle in radians.</summary>
    public static double Tan(double value) => Math.Tan(value);

    /// <summary>The tangent of an angle in radians.</summary>
    public static float Tan(float value) => MathF.Tan(value);

    /// <summary>The hyperbolic tangent.</summary>
    public static double Tanh(double value) => Math.Tanh(value);

    /// <summary>The hyperbolic tangent.</summary>
    public static float Tanh(float value) => MathF.Tanh(value);

    /// <summary>The whole part.</summary>
    public static double Truncate(double value) => Math.Truncate(value);

    /// <summary>The whole part.</summary>
    public static float Truncate(float value) => MathF.Truncate(value);

    /// <summary>The angle of the point (<paramref name="x"/>, <paramref name="y"/>), in radians.</summary>
    public static double Atan2(double y, double x) => Math.Atan2(y, x);

    /// <summary><paramref name="base"/> to the power of <paramref name="exp"/>.</summary>
    public static double Pow(double @base, double exp) => Math.Pow(@base, exp);

    /// <summary>2 to the power of <paramref name="value"/>.</summary>
    public static double Exp2(double value) => Math.Pow(2, value);

    /// <summary>The logarithm to base <paramref name="newBase"/>.</summary>
    public static double Log(double value, double newBase) => Math.Log(value) / Math.Log(newBase);

    /// <summary>One over the square root.</summary>
    public static double Rsqrt(double value) => 1 / Math.Sqrt(value);

    /// <summary>One over the value.</summary>
    public static double Rcp(double value) => 1 / value;

    /// <summary>Sine and cosine of an angle in radians.</summary>
    public static void SinCos(double value, out double sin, out double cos)
    {
        sin = Math.Sin(value);
        cos = Math.Cos(value);
    }

    /// <summary>The remainder with the sign of <paramref name="x"/>.</summary>
    public static double Rem(double x, double y) => x % y;

    /// <summary>The remainder of the quotient rounded to the nearest whole number, ties to even.</summary>
    public static double IEEERemainder(double x, double y)
    {
        double remainder = x % y;
        double half = Math.Abs(y) / 2;
        double size = Math.Abs(remainder);
        bool odd = Math.Abs(Math.Truncate(x / y) % 2) == 1;
        return size > half || (size == half && odd) ? remainder - Math.CopySign(y, x) : remainder;
    }

    /// <summary>Degrees as radians.</summary>
    public static double DegToRad(double degrees) => degrees * (PID / 180);

    /// <summary>Radians as degrees.</summary>
    public static double RadToDeg(double radians) => radians * (180 / PID);

    /// <summary>-1, 0 or 1 as the value is less than, equal to or greater than 0.</summary>
    public static int Sign(double value) => value < 0 ? -1 : value > 0 ? 1 : 0;

    /// <summary>Gets whether this is not a number.</summary>
    public static bool IsNaN(double value) => !(value >= double.NegativeInfinity);

    /// <summary>Gets whether this is an infinity.</summary>
    public static bool IsInfinity(double value) => Math.Abs(value) == double.PositiveInfinity;

    /// <summary>Gets whether this is neither an infinity nor NaN.</summary>
    public static bool IsFinite(double value) => Math.Abs(value) < double.PositiveInfinity;

    /// <summary>The nearest whole number, ties to even.</summary>
    public static double Round(double value) => Math.Round(value);

    /// <summary>The nearest whole number, ties to even.</summary>
    public static double RoundToEven(double value) => Math.Round(value);

    /// <summary>The nearest whole number, ties away from 0.</summary>
    public static double RoundAwayFromZero(double value)
    {
        double whole = Math.Truncate(value);
        return Math.Abs(value - whole) >= 0.5 ? whole + Math.CopySign(1, value) : whole;
    }

    /// <summary>The nearest whole number.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mode">What to do with ties, and which way to go otherwise.</param>
    public static double Round(double value, MidpointRounding mode) =>
        mode == MidpointRounding.ToEven ? Math.Round(value)
        : mode == MidpointRounding.AwayFromZero ? RoundAwayFromZero(value)
        : mode == MidpointRounding.ToZero ? Math.Truncate(value)
        : mode == MidpointRounding.ToNegativeInfinity ? Math.Floor(value)
        : Math.Ceiling(value);

    /// <summary>The nearest number with <paramref name="digits"/> decimal digits, ties to even.</summary>
    public static double Round(double value, int digits) => Round(value, digits, MidpointRounding.ToEven);

    /// <summary>The nearest number with <paramref name="digits"/> decimal digits.</summary>
    public static double Round(double value, int digits, MidpointRounding mode)
    {
        double scale = Math.Pow(10, digits);
        return Round(value * scale, mode) / scale;
    }

    /// <summary>The angle of the point (<paramref name="x"/>, <paramref name="y"/>), in radians.</summary>
    public static float Atan2(float y, float x) => MathF.Atan2(y, x);

    /// <summary><paramref name="base"/> to the power of <paramref name="exp"/>.</summary>
    public static float Pow(float @base, float exp) => MathF.Pow(@base, exp);

    /// <summary>2 to the power of <paramref name="value"/>.</summary>
    public static float Exp2(float value) => MathF.Pow(2, value);

    /// <summary>The logarithm to base <paramref name="newBase"/>.</summary>
    public static float Log(float value, float newBase) => MathF.Log(value) / MathF.Log(newBase);

    /// <summary>One over the square root.</summary>
    public static float Rsqrt(float value) => 1 / MathF.Sqrt(value);

    /// <summary>One over the value.</summary>
    public static float Rcp(float value) => 1 / value;

    /// <summary>Sine and cosine of an angle in radians.</summary>
    public static void SinCos(float value, out float sin, out float cos)
    {
        sin = MathF.Sin(value);
        cos = MathF.Cos(value);
    }

    /// <summary>The remainder with the sign of <paramref name="x"/>.</summary>
    public static float Rem(float x, float y) => x % y;

    /// <summary>The remainder of the quotient rounded to the nearest whole number, ties to even.</summary>
    public static float IEEERemainder(float x, float y)
    {
        float remainder = x % y;
        float half = MathF.Abs(y) / 2;
        float size = MathF.Abs(remainder);
        bool odd = MathF.Abs(MathF.Truncate(x / y) % 2) == 1;
        return size > half || (size == half && odd) ? remainder - MathF.CopySign(y, x) : remainder;
    }

    /// <summary>Degrees as radians.</summary>
    public static float DegToRad(float degrees) => degrees * (PI / 180);

    /// <summary>Radians as degrees.</summary>
    public static float RadToDeg(float radians) => radians * (180 / PI);

    /// <summary>-1, 0 or 1 as the value is less than, equal to or greater than 0.</summary>
    public static int Sign(float value) => value < 0 ? -1 : value > 0 ? 1 : 0;

    /// <summary>Gets whether this is not a number.</summary>
    public static bool IsNaN(float value) => !(value >= float.NegativeInfinity);

    /// <summary>Gets whether this is an infinity.</summary>
    public static bool IsInfinity(float value) => MathF.Abs(value) == float.PositiveInfinity;

    /// <summary>Gets whether this is neither an infinity nor NaN.</summary>
    public static bool IsFinite(float value) => MathF.Abs(value) < float.PositiveInfinity;

    /// <summary>The nearest whole number, ties to even.</summary>
    public static float Round(float value) => MathF.Round(value);

    /// <summary>The nearest whole number, ties to even.</summary>
    public static float RoundToEven(float value) => MathF.Round(value);

    /// <summary>The nearest whole number, ties away from 0.</summary>
    public static float RoundAwayFromZero(float value)
    {
        float whole = MathF.Truncate(value);
        return MathF.Abs(value - whole) >= 0.5f ? whole + MathF.CopySign(1, value) : whole;
    }

    /// <summary>The nearest whole number.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mode">What to do with ties, and which way to go otherwise.</param>
    public static float Round(float value, MidpointRounding mode) =>
        mode == MidpointRounding.ToEven ? MathF.Round(value)
        : mode == MidpointRounding.AwayFromZero ? RoundAwayFromZero(value)
        : mode == MidpointRounding.ToZero ? MathF.Truncate(value)
        : mode == MidpointRounding.ToNegativeInfinity ? MathF.Floor(value)
        : MathF.Ceiling(value);

    /// <summary>The nearest number with <paramref name="digits"/> decimal digits, ties to even.</summary>
    public static float Round(float value, int digits) => Round(value, digits, MidpointRounding.ToEven);

    /// <summary>The nearest number with <paramref name="digits"/> decimal digits.</summary>
    public static float Round(float value, int digits, MidpointRounding mode)
    {
        float scale = MathF.Pow(10, digits);
        return Round(value * scale, mode) / scale;
    }
}
