using System.Numerics;

namespace GemmaIlgpu.Compute.Backends.Simd;

/// <summary>Scalar forms of IR operations that are not one IL instruction, named as the operations are
/// (with "ToTarget" where the result type decides). Also what lane-by-lane helpers call.</summary>
internal static class ScalarOps
{
    public static int Min(int a, int b) => Math.Min(a, b);
    public static long Min(long a, long b) => Math.Min(a, b);
    public static int Max(int a, int b) => Math.Max(a, b);
    public static long Max(long a, long b) => Math.Max(a, b);
    public static int MinU(int a, int b) => (int)Math.Min((uint)a, (uint)b);
    public static long MinU(long a, long b) => (long)Math.Min((ulong)a, (ulong)b);
    public static int MaxU(int a, int b) => (int)Math.Max((uint)a, (uint)b);
    public static long MaxU(long a, long b) => (long)Math.Max((ulong)a, (ulong)b);

    // A device wraps where Math.Abs would throw.
    public static int Abs(int a) => a < 0 ? unchecked(-a) : a;
    public static long Abs(long a) => a < 0 ? unchecked(-a) : a;

    public static int WidenBytes(int a) => Packed.WidenBytes(a);
    public static int WidenSignedBytes(int a) => Packed.WidenSignedBytes(a);
    public static int DotPairs(int a, int b, int c) => Packed.DotPairs(a, b, c);
    public static int AddPairs(int a, int b) => Packed.AddPairs(a, b);
    public static int MultiplyQuads(int a, int b) => Packed.MultiplyQuads(a, b);

    public static int PopCount(int a) => BitOperations.PopCount((uint)a);
    public static int PopCount(long a) => BitOperations.PopCount((ulong)a);
    public static int LeadingZeros(int a) => BitOperations.LeadingZeroCount((uint)a);
    public static int LeadingZeros(long a) => BitOperations.LeadingZeroCount((ulong)a);
    public static int TrailingZeros(int a) => BitOperations.TrailingZeroCount(a);
    public static int TrailingZeros(long a) => BitOperations.TrailingZeroCount(a);

    public static int IsNaN(float a) => float.IsNaN(a) ? 1 : 0;
    public static int IsNaN(double a) => double.IsNaN(a) ? 1 : 0;
    public static int IsInfinity(float a) => float.IsInfinity(a) ? 1 : 0;
    public static int IsInfinity(double a) => double.IsInfinity(a) ? 1 : 0;
    public static int IsFinite(float a) => float.IsFinite(a) ? 1 : 0;
    public static int IsFinite(double a) => double.IsFinite(a) ? 1 : 0;

    public static float UnsignedToFloatToSingle(int a) => (uint)a;
    public static float UnsignedToFloatToSingle(long a) => (ulong)a;
    public static double UnsignedToFloatToDouble(int a) => (uint)a;
    public static double UnsignedToFloatToDouble(long a) => (ulong)a;
    public static float SignedToFloatToSingle(long a) => a;

    // The casts saturate and turn NaN into 0 (.NET 9 and later).
    public static int FloatToSignedToInt32(float a) => (int)a;
    public static int FloatToSignedToInt32(double a) => (int)a;
    public static long FloatToSignedToInt64(float a) => (long)a;
    public static long FloatToSignedToInt64(double a) => (long)a;
    public static int FloatToUnsignedToInt32(float a) => (int)(uint)a;
    public static int FloatToUnsignedToInt32(double a) => (int)(uint)a;
    public static long FloatToUnsignedToInt64(float a) => (long)(ulong)a;
    public static long FloatToUnsignedToInt64(double a) => (long)(ulong)a;

    public static float BitcastToSingle(int a) => BitConverter.Int32BitsToSingle(a);
    public static int BitcastToInt32(float a) => BitConverter.SingleToInt32Bits(a);
    public static double BitcastToDouble(long a) => BitConverter.Int64BitsToDouble(a);
    public static long BitcastToInt64(double a) => BitConverter.DoubleToInt64Bits(a);

    public static float HalfToFloat(int a) => (float)BitConverter.UInt16BitsToHalf((ushort)a);
    public static int FloatToHalf(float a) => BitConverter.HalfToUInt16Bits((Half)a);

    public static float Sqrt(float a) => MathF.Sqrt(a);
    public static double Sqrt(double a) => Math.Sqrt(a);
    public static float Rsqrt(float a) => 1 / MathF.Sqrt(a);
    public static double Rsqrt(double a) => 1 / Math.Sqrt(a);
    public static float Rcp(float a) => 1 / a;
    public static double Rcp(double a) => 1 / a;
    public static float Exp(float a) => MathF.Exp(a);
    public static double Exp(double a) => Math.Exp(a);
    public static float Exp2(float a) => float.Exp2(a);
    public static double Exp2(double a) => double.Exp2(a);
    public static float Log(float a) => MathF.Log(a);
    public static double Log(double a) => Math.Log(a);
    public static float Log2(float a) => MathF.Log2(a);
    public static double Log2(double a) => Math.Log2(a);
    public static float Log10(float a) => MathF.Log10(a);
    public static double Log10(double a) => Math.Log10(a);
    public static float Sin(float a) => MathF.Sin(a);
    public static double Sin(double a) => Math.Sin(a);
    public static float Cos(float a) => MathF.Cos(a);
    public static double Cos(double a) => Math.Cos(a);
    public static float Tan(float a) => MathF.Tan(a);
    public static double Tan(double a) => Math.Tan(a);
    public static float Asin(float a) => MathF.Asin(a);
    public static double Asin(double a) => Math.Asin(a);
    public static float Acos(float a) => MathF.Acos(a);
    public static double Acos(double a) => Math.Acos(a);
    public static float Atan(float a) => MathF.Atan(a);
    public static double Atan(double a) => Math.Atan(a);
    public static float Sinh(float a) => MathF.Sinh(a);
    public static double Sinh(double a) => Math.Sinh(a);
    public static float Cosh(float a) => MathF.Cosh(a);
    public static double Cosh(double a) => Math.Cosh(a);
    public static float Tanh(float a) => MathF.Tanh(a);
    public static double Tanh(double a) => Math.Tanh(a);
    public static float Floor(float a) => MathF.Floor(a);
    public static double Floor(double a) => Math.Floor(a);
    public static float Ceiling(float a) => MathF.Ceiling(a);
    public static double Ceiling(double a) => Math.Ceiling(a);
    public static float Truncate(float a) => MathF.Truncate(a);
    public static double Truncate(double a) => Math.Truncate(a);
    public static float RoundEven(float a) => MathF.Round(a);
    public static double RoundEven(double a) => Math.Round(a);
    public static float RoundAway(float a) => MathF.Round(a, MidpointRounding.AwayFromZero);
    public static double RoundAway(double a) => Math.Round(a, MidpointRounding.AwayFromZero);
    public static float Pow(float a, float b) => MathF.Pow(a, b);
    public static double Pow(double a, double b) => Math.Pow(a, b);
    public static float Atan2(float a, float b) => MathF.Atan2(a, b);
    public static double Atan2(double a, double b) => Math.Atan2(a, b);
    public static float CopySign(float a, float b) => MathF.CopySign(a, b);
    public static double CopySign(double a, double b) => Math.CopySign(a, b);
    public static float IeeeRemainder(float a, float b) => MathF.IEEERemainder(a, b);
    public static double IeeeRemainder(double a, double b) => Math.IEEERemainder(a, b);
    public static float Rem(float a, float b) => a % b;
    public static double Rem(double a, double b) => a % b;
    public static int Div(int a, int b) => b == -1 ? unchecked(-a) : a / b;
    public static long Div(long a, long b) => b == -1 ? unchecked(-a) : a / b;
    public static int DivU(int a, int b) => (int)((uint)a / (uint)b);
    public static long DivU(long a, long b) => (long)((ulong)a / (ulong)b);
    public static int Rem(int a, int b) => b == -1 ? 0 : a % b;
    public static long Rem(long a, long b) => b == -1 ? 0 : a % b;
    public static int RemU(int a, int b) => (int)((uint)a % (uint)b);
    public static long RemU(long a, long b) => (long)((ulong)a % (ulong)b);
    public static int Shl(int a, int b) => a << b;
    public static long Shl(long a, int b) => a << b;
    public static int Shr(int a, int b) => a >> b;
    public static long Shr(long a, int b) => a >> b;
    public static int ShrU(int a, int b) => a >>> b;
    public static long ShrU(long a, int b) => a >>> b;
}
