using System.Numerics;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

// Operations of one lane at a time. Shifts mask their counts and conversions saturate, as C# and the IR say.
internal struct ShiftLeft<T> : ILaneBinary<T, int, T>
    where T : IBinaryInteger<T>
{
    public static T Apply(T a, int b) => a << b;
}

internal struct ShiftRight<T> : ILaneBinary<T, int, T>
    where T : IBinaryInteger<T>
{
    public static T Apply(T a, int b) => a >> b;
}

internal struct ShiftRightUnsigned<T> : ILaneBinary<T, int, T>
    where T : IBinaryInteger<T>
{
    public static T Apply(T a, int b) => a >>> b;
}

internal struct Quotient<T> : ILaneBinary<T, T, T>
    where T : IBinaryInteger<T>
{
    // The most negative number divided by -1 wraps on a device.
    public static T Apply(T a, T b) => b == -T.One ? T.Zero - a : a / b;
}

internal struct RemainderOf<T> : ILaneBinary<T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b) => b == -T.One ? T.Zero : a % b;
}

/// <summary>The unsigned quotient; the type is unsigned.</summary>
internal struct UnsignedQuotient<T> : ILaneBinary<T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b) => a / b;
}

internal struct UnsignedRemainder<T> : ILaneBinary<T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b) => a % b;
}

internal struct FloatRemainder<T> : ILaneBinary<T, T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a, T b) => a % b;
}

internal struct PopCount<T> : ILaneUnary<T, int>
    where T : IBinaryInteger<T>
{
    public static int Apply(T a) => int.CreateTruncating(T.PopCount(a));
}

internal struct LeadingZeros<T> : ILaneUnary<T, int>
    where T : IBinaryInteger<T>
{
    public static int Apply(T a) => int.CreateTruncating(T.LeadingZeroCount(a));
}

internal struct TrailingZeros<T> : ILaneUnary<T, int>
    where T : IBinaryInteger<T>
{
    public static int Apply(T a) => int.CreateTruncating(T.TrailingZeroCount(a));
}

internal struct Exp<T> : ILaneUnary<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Exp(a);
}

internal struct Exp2<T> : ILaneUnary<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Exp2(a);
}

internal struct Log<T> : ILaneUnary<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Log(a);
}

internal struct Log2<T> : ILaneUnary<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Log2(a);
}

internal struct Log10<T> : ILaneUnary<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Log10(a);
}

internal struct Sin<T> : ILaneUnary<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Sin(a);
}

internal struct Cos<T> : ILaneUnary<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Cos(a);
}

internal struct Tan<T> : ILaneUnary<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Tan(a);
}

internal struct Asin<T> : ILaneUnary<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Asin(a);
}

internal struct Acos<T> : ILaneUnary<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Acos(a);
}

internal struct Atan<T> : ILaneUnary<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Atan(a);
}

internal struct Sinh<T> : ILaneUnary<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Sinh(a);
}

internal struct Cosh<T> : ILaneUnary<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Cosh(a);
}

internal struct Tanh<T> : ILaneUnary<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Tanh(a);
}

internal struct Floor<T> : ILaneUnary<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Floor(a);
}

internal struct Ceiling<T> : ILaneUnary<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Ceiling(a);
}

internal struct Truncate<T> : ILaneUnary<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Truncate(a);
}

internal struct RoundEven<T> : ILaneUnary<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Round(a);
}

internal struct RoundAway<T> : ILaneUnary<T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Round(a, MidpointRounding.AwayFromZero);
}

internal struct Power<T> : ILaneBinary<T, T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a, T b) => T.Pow(a, b);
}

internal struct Atan2<T> : ILaneBinary<T, T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a, T b) => T.Atan2(a, b);
}

internal struct CopySign<T> : ILaneBinary<T, T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a, T b) => T.CopySign(a, b);
}

internal struct IeeeRemainder<T> : ILaneBinary<T, T, T>
    where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a, T b) => T.Ieee754Remainder(a, b);
}

/// <summary>A conversion that cuts off bits or goes to the nearest value of the other type.</summary>
internal struct Convert<TIn, TOut> : ILaneUnary<TIn, TOut>
    where TIn : INumberBase<TIn>
    where TOut : INumberBase<TOut>
{
    public static TOut Apply(TIn a) => TOut.CreateTruncating(a);
}

/// <summary>A conversion from a float that stops at the ends of the other type's range; NaN becomes 0.</summary>
internal struct Saturate<TIn, TOut> : ILaneUnary<TIn, TOut>
    where TIn : IFloatingPointIeee754<TIn>
    where TOut : IBinaryInteger<TOut>
{
    public static TOut Apply(TIn a) => TIn.IsNaN(a) ? TOut.Zero : TOut.CreateSaturating(a);
}

internal struct HalfToFloat : ILaneUnary<int, float>
{
    public static float Apply(int a) => (float)BitConverter.UInt16BitsToHalf((ushort)a);
}

internal struct FloatToHalf : ILaneUnary<float, int>
{
    public static int Apply(float a) => BitConverter.HalfToUInt16Bits((Half)a);
}
