using ILGPU;
using ILGPU.Algorithms;

namespace GemmaIlgpu.Compute.Tests.Conformance;

// The functions under test: XMath where ILGPU has it, MathF and Math otherwise.
public sealed partial class MathTests
{
    private readonly record struct Rounded(float Floor, float Ceiling, float Truncate, float Even, float Away, float Abs, float Library, int Sign);

    private readonly record struct RoundedD(double Floor, double Ceiling, double Truncate, double Even, double Away, double Abs, double Library, int Sign);

    private readonly record struct MinMax(float Min, float Max, float Clamped, float CopySign, float Remainder, float Ieee, float LibraryMin, float LibraryMax);

    private readonly record struct MinMaxD(double Min, double Max, double Clamped, double CopySign, double Remainder, double Ieee);

    private struct FSqrt : IFunction<float, float>
    {
        public static float Apply(float value) => XMath.Sqrt(value);
    }

    private struct FExp : IFunction<float, float>
    {
        public static float Apply(float value) => XMath.Exp(value);
    }

    private struct FExp2 : IFunction<float, float>
    {
        public static float Apply(float value) => XMath.Exp2(value);
    }

    private struct FLog : IFunction<float, float>
    {
        public static float Apply(float value) => XMath.Log(value);
    }

    private struct FLog2 : IFunction<float, float>
    {
        public static float Apply(float value) => XMath.Log2(value);
    }

    private struct FLog10 : IFunction<float, float>
    {
        public static float Apply(float value) => XMath.Log10(value);
    }

    private struct FSin : IFunction<float, float>
    {
        public static float Apply(float value) => XMath.Sin(value);
    }

    private struct FCos : IFunction<float, float>
    {
        public static float Apply(float value) => MathF.Cos(value);
    }

    private struct FTan : IFunction<float, float>
    {
        public static float Apply(float value) => XMath.Tan(value);
    }

    private struct FAsin : IFunction<float, float>
    {
        public static float Apply(float value) => XMath.Asin(value);
    }

    private struct FAcos : IFunction<float, float>
    {
        public static float Apply(float value) => MathF.Acos(value);
    }

    private struct FAtan : IFunction<float, float>
    {
        public static float Apply(float value) => XMath.Atan(value);
    }

    private struct FSinh : IFunction<float, float>
    {
        public static float Apply(float value) => XMath.Sinh(value);
    }

    private struct FCosh : IFunction<float, float>
    {
        public static float Apply(float value) => XMath.Cosh(value);
    }

    private struct FTanh : IFunction<float, float>
    {
        public static float Apply(float value) => XMath.Tanh(value);
    }

    private struct FRcp : IFunction<float, float>
    {
        public static float Apply(float value) => XMath.Rcp(value);
    }

    private struct FRsqrt : IFunction<float, float>
    {
        public static float Apply(float value) => XMath.Rsqrt(value);
    }

    private struct FPow : IFunction<float, float, float>
    {
        public static float Apply(float first, float second) => XMath.Pow(first, second);
    }

    private struct FAtan2 : IFunction<float, float, float>
    {
        public static float Apply(float first, float second) => XMath.Atan2(first, second);
    }

    private struct FFma : IFunction<float, float, float>
    {
        public static float Apply(float first, float second) => MathF.FusedMultiplyAdd(first, second, first);
    }

    private struct DExp : IFunction<double, double>
    {
        public static double Apply(double value) => Math.Exp(value);
    }

    private struct DLog : IFunction<double, double>
    {
        public static double Apply(double value) => XMath.Log(value);
    }

    private struct DSin : IFunction<double, double>
    {
        public static double Apply(double value) => XMath.Sin(value);
    }

    private struct DCos : IFunction<double, double>
    {
        public static double Apply(double value) => Math.Cos(value);
    }

    private struct DTan : IFunction<double, double>
    {
        public static double Apply(double value) => XMath.Tan(value);
    }

    private struct DTanh : IFunction<double, double>
    {
        public static double Apply(double value) => XMath.Tanh(value);
    }

    private struct DAtan : IFunction<double, double>
    {
        public static double Apply(double value) => Math.Atan(value);
    }

    private struct DSqrt : IFunction<double, double>
    {
        public static double Apply(double value) => XMath.Sqrt(value);
    }

    private struct DPow : IFunction<double, double>
    {
        public static double Apply(double value) => Math.Pow(value, 1.5);
    }

    private struct DLog10 : IFunction<double, double>
    {
        public static double Apply(double value) => XMath.Log10(value);
    }

    private struct DRsqrt : IFunction<double, double>
    {
        public static double Apply(double value) => XMath.Rsqrt(value);
    }

    private struct FRounding : IFunction<float, Rounded>
    {
        public static Rounded Apply(float value) => new(
            XMath.Floor(value), XMath.Ceiling(value), XMath.Truncate(value), XMath.RoundToEven(value), XMath.RoundAwayFromZero(value), XMath.Abs(value), MathF.Round(value),
            float.IsNaN(value) ? 9 : XMath.Sign(value));
    }

    private struct FClass : IFunction<float, int>
    {
        public static int Apply(float value) =>
            (XMath.IsNaN(value) ? 1 : 0) | (XMath.IsInfinity(value) ? 2 : 0) | (XMath.IsFinite(value) ? 4 : 0) | (float.IsNaN(value) ? 8 : 0)
            | (float.IsPositiveInfinity(value) ? 16 : 0) | (float.IsNegativeInfinity(value) ? 32 : 0) | (float.IsNegative(value) ? 64 : 0);
    }

    private struct DRounding : IFunction<double, RoundedD>
    {
        public static RoundedD Apply(double value) => new(
            XMath.Floor(value), XMath.Ceiling(value), XMath.Truncate(value), XMath.RoundToEven(value), XMath.RoundAwayFromZero(value), XMath.Abs(value), Math.Round(value),
            double.IsNaN(value) ? 9 : XMath.Sign(value));
    }

    private struct DClass : IFunction<double, int>
    {
        public static int Apply(double value) =>
            (XMath.IsNaN(value) ? 1 : 0) | (XMath.IsInfinity(value) ? 2 : 0) | (XMath.IsFinite(value) ? 4 : 0) | (double.IsNaN(value) ? 8 : 0)
            | (double.IsPositiveInfinity(value) ? 16 : 0) | (double.IsNegativeInfinity(value) ? 32 : 0) | (double.IsNegative(value) ? 64 : 0);
    }

    private struct FMinMax : IFunction<float, float, MinMax>
    {
        public static MinMax Apply(float first, float second) => new(
            MathF.Min(first, second), MathF.Max(first, second), XMath.Clamp(first, -2f, 30f), MathF.CopySign(first, second), XMath.Rem(first, second),
            MathF.IEEERemainder(first, second), Math.Min(first, second), Math.Max(first, second));
    }

    private struct DMinMax : IFunction<double, double, MinMaxD>
    {
        public static MinMaxD Apply(double first, double second) => new(
            Math.Min(first, second), Math.Max(first, second), XMath.Clamp(first, -2.0, 30.0), IntrinsicMath.CopySign(first, second), XMath.Rem(first, second), Math.IEEERemainder(first, second));
    }
}
