using System.Numerics;
using ILGPU.Algorithms;

namespace ILGPU.Runtime.Cuda;

/// <summary>The elementary functions under the names that ILGPU gives NVIDIA's library of them.</summary>
/// <remarks>They are those of <see cref="XMath"/> and run on every device, without NVIDIA's library; errors are theirs (see docs/numerics.md).</remarks>
public static class LibDevice
{
    /// <summary>The absolute value.</summary>
    public static int Abs(int x) => Math.Abs(x);

    /// <summary>The absolute value.</summary>
    public static long Abs(long x) => Math.Abs(x);

    /// <summary>The absolute value.</summary>
    public static double Abs(double x) => Math.Abs(x);

    /// <summary>The absolute value.</summary>
    public static float Abs(float x) => MathF.Abs(x);

    /// <summary>The arc cosine, in [0, π].</summary>
    public static double Acos(double x) => Math.Acos(x);

    /// <summary>The arc cosine, in [0, π].</summary>
    public static float Acos(float x) => MathF.Acos(x);

    /// <summary>The arc sine, in [-π/2, π/2].</summary>
    public static double Asin(double x) => Math.Asin(x);

    /// <summary>The arc sine, in [-π/2, π/2].</summary>
    public static float Asin(float x) => MathF.Asin(x);

    /// <summary>The arc tangent, in [-π/2, π/2].</summary>
    public static double Atan(double x) => Math.Atan(x);

    /// <summary>The arc tangent, in [-π/2, π/2].</summary>
    public static float Atan(float x) => MathF.Atan(x);

    /// <summary>The angle of the point (y, x), in [-π, π].</summary>
    public static double Atan(double x, double y) => Math.Atan2(x, y);

    /// <summary>The angle of the point (y, x), in [-π, π].</summary>
    public static float Atan(float x, float y) => MathF.Atan2(x, y);

    /// <summary>The least whole number that is not below.</summary>
    public static double Ceil(double x) => Math.Ceiling(x);

    /// <summary>The least whole number that is not below.</summary>
    public static float Ceil(float x) => MathF.Ceiling(x);

    /// <summary>The first number with the sign of the second.</summary>
    public static double CopySign(double x, double y) => Math.CopySign(x, y);

    /// <summary>The first number with the sign of the second.</summary>
    public static float CopySign(float x, float y) => MathF.CopySign(x, y);

    /// <summary>The cosine.</summary>
    public static double Cos(double x) => Math.Cos(x);

    /// <summary>The cosine.</summary>
    public static float Cos(float x) => MathF.Cos(x);

    /// <summary>The hyperbolic cosine.</summary>
    public static double Cosh(double x) => Math.Cosh(x);

    /// <summary>The hyperbolic cosine.</summary>
    public static float Cosh(float x) => MathF.Cosh(x);

    /// <summary>e to the power of x.</summary>
    public static double Exp(double x) => Math.Exp(x);

    /// <summary>e to the power of x.</summary>
    public static float Exp(float x) => MathF.Exp(x);

    /// <summary>2 to the power of x.</summary>
    public static double Exp2(double x) => XMath.Exp2(x);

    /// <summary>2 to the power of x.</summary>
    public static float Exp2(float x) => XMath.Exp2(x);

    /// <summary>10 to the power of x.</summary>
    public static double Exp10(double x) => Math.Pow(10, x);

    /// <summary>10 to the power of x.</summary>
    public static float Exp10(float x) => MathF.Pow(10, x);

    /// <summary>The greatest whole number that is not above.</summary>
    public static double Floor(double x) => Math.Floor(x);

    /// <summary>The greatest whole number that is not above.</summary>
    public static float Floor(float x) => MathF.Floor(x);

    /// <summary>The remainder of a division that is rounded towards zero.</summary>
    public static double Fmod(double x, double y) => x % y;

    /// <summary>The remainder of a division that is rounded towards zero.</summary>
    public static float Fmod(float x, float y) => x % y;

    /// <summary>x · y + z, rounded once.</summary>
    public static double FusedMultiplyAdd(double x, double y, double z) => Math.FusedMultiplyAdd(x, y, z);

    /// <summary>x · y + z, rounded once.</summary>
    public static float FusedMultiplyAdd(float x, float y, float z) => MathF.FusedMultiplyAdd(x, y, z);

    /// <summary>The natural logarithm.</summary>
    public static double Log(double x) => Math.Log(x);

    /// <summary>The natural logarithm.</summary>
    public static float Log(float x) => MathF.Log(x);

    /// <summary>The logarithm to the base 10.</summary>
    public static double Log10(double x) => Math.Log10(x);

    /// <summary>The logarithm to the base 10.</summary>
    public static float Log10(float x) => MathF.Log10(x);

    /// <summary>The logarithm to the base 2.</summary>
    public static double Log2(double x) => Math.Log2(x);

    /// <summary>The logarithm to the base 2.</summary>
    public static float Log2(float x) => MathF.Log2(x);

    /// <summary>The greater number.</summary>
    public static double Max(double x, double y) => Math.Max(x, y);

    /// <summary>The lesser number.</summary>
    public static double Min(double x, double y) => Math.Min(x, y);

    /// <summary>The greater number.</summary>
    public static float Max(float x, float y) => MathF.Max(x, y);

    /// <summary>The lesser number.</summary>
    public static float Min(float x, float y) => MathF.Min(x, y);

    /// <summary>The greater number.</summary>
    public static long Max(long x, long y) => Math.Max(x, y);

    /// <summary>The lesser number.</summary>
    public static long Min(long x, long y) => Math.Min(x, y);

    /// <summary>The greater number.</summary>
    public static int Max(int x, int y) => Math.Max(x, y);

    /// <summary>The lesser number.</summary>
    public static int Min(int x, int y) => Math.Min(x, y);

    /// <summary>The greater number.</summary>
    public static ulong Max(ulong x, ulong y) => Math.Max(x, y);

    /// <summary>The lesser number.</summary>
    public static ulong Min(ulong x, ulong y) => Math.Min(x, y);

    /// <summary>The greater number.</summary>
    public static uint Max(uint x, uint y) => Math.Max(x, y);

    /// <summary>The lesser number.</summary>
    public static uint Min(uint x, uint y) => Math.Min(x, y);

    /// <summary>x to the power of y.</summary>
    public static double Pow(double x, double y) => Math.Pow(x, y);

    /// <summary>x to the power of y.</summary>
    public static float Pow(float x, float y) => MathF.Pow(x, y);

    /// <summary>The nearest whole number; of two the even one.</summary>
    public static double Rint(double x) => XMath.RoundToEven(x);

    /// <summary>The nearest whole number; of two the even one.</summary>
    public static float Rint(float x) => XMath.RoundToEven(x);

    /// <summary>The nearest whole number; of two the one farther from zero.</summary>
    public static double Round(double x) => XMath.RoundAwayFromZero(x);

    /// <summary>The nearest whole number; of two the one farther from zero.</summary>
    public static float Round(float x) => XMath.RoundAwayFromZero(x);

    /// <summary>1 / √x.</summary>
    public static double Rsqrt(double x) => XMath.Rsqrt(x);

    /// <summary>1 / √x.</summary>
    public static float Rsqrt(float x) => XMath.Rsqrt(x);

    /// <summary>The sine.</summary>
    public static double Sin(double x) => Math.Sin(x);

    /// <summary>The sine.</summary>
    public static float Sin(float x) => MathF.Sin(x);

    /// <summary>The hyperbolic sine.</summary>
    public static double Sinh(double x) => Math.Sinh(x);

    /// <summary>The hyperbolic sine.</summary>
    public static float Sinh(float x) => MathF.Sinh(x);

    /// <summary>The square root.</summary>
    public static double Sqrt(double x) => Math.Sqrt(x);

    /// <summary>The square root.</summary>
    public static float Sqrt(float x) => MathF.Sqrt(x);

    /// <summary>The tangent.</summary>
    public static double Tan(double x) => Math.Tan(x);

    /// <summary>The tangent.</summary>
    public static float Tan(float x) => MathF.Tan(x);

    /// <summary>The hyperbolic tangent.</summary>
    public static double Tanh(double x) => Math.Tanh(x);

    /// <summary>The hyperbolic tangent.</summary>
    public static float Tanh(float x) => MathF.Tanh(x);

    /// <summary>The whole number next to it on the side of zero.</summary>
    public static double Trunc(double x) => Math.Truncate(x);

    /// <summary>The whole number next to it on the side of zero.</summary>
    public static float Trunc(float x) => MathF.Truncate(x);

    /// <summary>The sine and the cosine.</summary>
    public static void SinCos(double x, out double sin, out double cos) => XMath.SinCos(x, out sin, out cos);

    /// <summary>The sine and the cosine.</summary>
    public static void SinCos(float x, out float sin, out float cos) => XMath.SinCos(x, out sin, out cos);

    /// <summary>As <see cref="Cos(float)"/>.</summary>
    public static float FastCos(float x) => MathF.Cos(x);

    /// <summary>As <see cref="Exp(float)"/>.</summary>
    public static float FastExp(float x) => MathF.Exp(x);

    /// <summary>As <see cref="Exp10(float)"/>.</summary>
    public static float FastExp10(float x) => MathF.Pow(10, x);

    /// <summary>As <see cref="Log(float)"/>.</summary>
    public static float FastLog(float x) => MathF.Log(x);

    /// <summary>As <see cref="Log2(float)"/>.</summary>
    public static float FastLog2(float x) => MathF.Log2(x);

    /// <summary>As <see cref="Log10(float)"/>.</summary>
    public static float FastLog10(float x) => MathF.Log10(x);

    /// <summary>As <see cref="Sin(float)"/>.</summary>
    public static float FastSin(float x) => MathF.Sin(x);

    /// <summary>As <see cref="Tan(float)"/>.</summary>
    public static float FastTan(float x) => MathF.Tan(x);

    /// <summary>As <see cref="Pow(float, float)"/>.</summary>
    public static float FastPow(float x, float y) => MathF.Pow(x, y);

    /// <summary>The quotient.</summary>
    public static float FastDivide(float x, float y) => x / y;

    /// <summary>x cut to [0, 1]; NaN gives 0.</summary>
    public static float Saturate(float x) => x > 0 ? MathF.Min(x, 1) : 0;

    /// <summary>The bits of a number.</summary>
    public static int FloatAsInt(float x) => BitConverter.SingleToInt32Bits(x);

    /// <summary>The number with these bits.</summary>
    public static float IntAsFloat(int x) => BitConverter.Int32BitsToSingle(x);

    /// <summary>The bits of a number.</summary>
    public static long DoubleAsLong(double x) => BitConverter.DoubleToInt64Bits(x);

    /// <summary>The number with these bits.</summary>
    public static double LongAsDouble(long x) => BitConverter.Int64BitsToDouble(x);

    /// <summary>How many bits are 1.</summary>
    public static int PopCount(int x) => BitOperations.PopCount((uint)x);

    /// <summary>How many bits are 1.</summary>
    public static int PopCount(long x) => BitOperations.PopCount((ulong)x);

    /// <summary>How many bits above the highest 1 there are.</summary>
    public static int CountLeadingZero(int x) => BitOperations.LeadingZeroCount((uint)x);
}
