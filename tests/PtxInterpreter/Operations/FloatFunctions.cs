using System.Numerics;
using GemmaIlgpu.PtxInterpreter.Execution;

namespace GemmaIlgpu.PtxInterpreter.Operations;

internal static class Flush
{
    /// <summary>Subnormal numbers become zero of the same sign.</summary>
    public static float Apply(float a) => float.IsSubnormal(a) ? float.CopySign(0, a) : a;
}

/// <summary>.ftz around a function.</summary>
internal readonly struct FlushUnary<TF> : IUnary<float, float> where TF : struct, IUnary<float, float>
{
    public static float Apply(float a) => Flush.Apply(TF.Apply(Flush.Apply(a)));
}

internal readonly struct FlushBinary<TF> : IBinary<float, float, float> where TF : struct, IBinary<float, float, float>
{
    public static float Apply(float a, float b) => Flush.Apply(TF.Apply(Flush.Apply(a), Flush.Apply(b)));
}

internal readonly struct FlushTernary<TF> : ITernary<float, float, float, float> where TF : struct, ITernary<float, float, float, float>
{
    public static float Apply(float a, float b, float c) => Flush.Apply(TF.Apply(Flush.Apply(a), Flush.Apply(b), Flush.Apply(c)));
}

/// <summary>.sat around a function: into [0, 1], NaN to 0.</summary>
internal readonly struct ClampUnary<TF> : IUnary<float, float> where TF : struct, IUnary<float, float>
{
    public static float Apply(float a) => Clamp(TF.Apply(a));

    public static float Clamp(float value) => value > 0 ? Math.Min(value, 1) : 0;
}

internal readonly struct ClampBinary<TF> : IBinary<float, float, float> where TF : struct, IBinary<float, float, float>
{
    public static float Apply(float a, float b) => ClampUnary<Move<float>>.Clamp(TF.Apply(a, b));
}

internal readonly struct ClampTernary<TF> : ITernary<float, float, float, float> where TF : struct, ITernary<float, float, float, float>
{
    public static float Apply(float a, float b, float c) => ClampUnary<Move<float>>.Clamp(TF.Apply(a, b, c));
}

internal readonly struct Fused<T> : ITernary<T, T, T, T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a, T b, T c) => T.FusedMultiplyAdd(a, b, c);
}

internal readonly struct DivideFloat<T> : IBinary<T, T, T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a, T b) => a / b;
}

internal readonly struct Root<T> : IUnary<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Sqrt(a);
}

internal readonly struct Reciprocal<T> : IUnary<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.One / a;
}

internal readonly struct AbsoluteFloat<T> : IUnary<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Abs(a);
}

internal readonly struct NegateFloat<T> : IUnary<T, T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => -a;
}

/// <summary>min: the number where one is NaN; -0 lies below +0.</summary>
internal readonly struct MinimumNumber<T> : IBinary<T, T, T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a, T b) => T.IsNaN(a) && T.IsNaN(b) ? T.NaN : T.MinNumber(a, b);
}

internal readonly struct MaximumNumber<T> : IBinary<T, T, T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a, T b) => T.IsNaN(a) && T.IsNaN(b) ? T.NaN : T.MaxNumber(a, b);
}

/// <summary>min.NaN: NaN where one is.</summary>
internal readonly struct MinimumNaN<T> : IBinary<T, T, T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a, T b) => T.Min(a, b);
}

internal readonly struct MaximumNaN<T> : IBinary<T, T, T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a, T b) => T.Max(a, b);
}

internal readonly struct CopySign<T> : IBinary<T, T, T> where T : IFloatingPointIeee754<T>
{
    // copysign d, a, b: b with the sign of a.
    public static T Apply(T a, T b) => T.CopySign(b, a);
}

/// <summary>Rounding of each operation in a direction, for f32 through exact doubles.</summary>
internal static class Directed
{
    public static float Add(float a, float b, RoundingMode mode)
    {
        (double sum, double rest) = Rounding.Sum(a, b);
        // An exact zero of two opposite numbers is negative only when rounding down.
        if (sum == 0 && rest == 0 && a != 0)
            return mode == RoundingMode.Down ? -0f : 0f;
        if (sum == 0 && a == 0 && b == 0 && float.IsNegative(a) != float.IsNegative(b))
            return mode == RoundingMode.Down ? -0f : 0f;
        return Rounding.Single(sum, double.IsNaN(rest) ? 0 : rest, mode);
    }

    public static float Multiply(float a, float b, RoundingMode mode) => Rounding.Single((double)a * b, 0, mode);

    public static float Fused(float a, float b, float c, RoundingMode mode)
    {
        double product = (double)a * b;
        (double sum, double rest) = Rounding.Sum(product, c);
        if (sum == 0 && rest == 0 && (product != 0 || double.IsNegative(product) != float.IsNegative(c)))
            return mode == RoundingMode.Down ? -0f : 0f;
        return Rounding.Single(sum, double.IsNaN(rest) ? 0 : rest, mode);
    }

    public static float Divide(float a, float b, RoundingMode mode)
    {
        double quotient = (double)a / b;
        double rest = double.IsFinite(quotient) && float.IsFinite(b) ? Math.FusedMultiplyAdd(-quotient, b, a) * Math.Sign(b) : 0;
        return Rounding.Single(quotient, rest, mode);
    }

    public static float Root(float a, RoundingMode mode)
    {
        double root = Math.Sqrt(a);
        double rest = double.IsFinite(root) ? Math.FusedMultiplyAdd(-root, root, a) : 0;
        return Rounding.Single(root, rest, mode);
    }

    public static double Add(double a, double b, RoundingMode mode)
    {
        (double sum, double rest) = Rounding.Sum(a, b);
        if (sum == 0 && (a != 0 || double.IsNegative(a) != double.IsNegative(b)))
            return mode == RoundingMode.Down ? -0.0 : 0.0;
        return Rounding.Double(sum, rest, mode);
    }

    public static double Multiply(double a, double b, RoundingMode mode)
    {
        double product = a * b;
        return Rounding.Double(product, double.IsFinite(product) ? Math.FusedMultiplyAdd(a, b, -product) : 0, mode);
    }

    public static double Divide(double a, double b, RoundingMode mode)
    {
        double quotient = a / b;
        double rest = double.IsFinite(quotient) && double.IsFinite(b) ? Math.FusedMultiplyAdd(-quotient, b, a) * Math.Sign(b) : 0;
        return Rounding.Double(quotient, rest, mode);
    }

    public static double Root(double a, RoundingMode mode)
    {
        double root = Math.Sqrt(a);
        return Rounding.Double(root, double.IsFinite(root) ? Math.FusedMultiplyAdd(-root, root, a) : 0, mode);
    }
}
