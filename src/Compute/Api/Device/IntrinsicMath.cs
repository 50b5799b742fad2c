using System.Numerics;

namespace ILGPU;

/// <summary>Arithmetic that every kind of accelerator has.</summary>
public static partial class IntrinsicMath
{
    /// <summary>The absolute value.</summary>
    public static double Abs(double value) => Math.Abs(value);

    /// <summary>The absolute value.</summary>
    public static float Abs(float value) => MathF.Abs(value);

    /// <summary>The absolute value.</summary>
    public static sbyte Abs(sbyte value) => value < 0 ? (sbyte)(-value) : value;

    /// <summary>The absolute value.</summary>
    public static short Abs(short value) => value < 0 ? (short)(-value) : value;

    /// <summary>The absolute value.</summary>
    public static int Abs(int value) => value < 0 ? -value : value;

    /// <summary>The absolute value.</summary>
    public static long Abs(long value) => value < 0 ? -value : value;

    /// <summary>The lesser of two values.</summary>
    public static double Min(double first, double second) => Math.Min(first, second);

    /// <summary>The lesser of two values.</summary>
    public static float Min(float first, float second) => MathF.Min(first, second);

    /// <summary>The lesser of two values.</summary>
    public static sbyte Min(sbyte first, sbyte second) => first < second ? first : second;

    /// <summary>The lesser of two values.</summary>
    public static short Min(short first, short second) => first < second ? first : second;

    /// <summary>The lesser of two values.</summary>
    public static int Min(int first, int second) => first < second ? first : second;

    /// <summary>The lesser of two values.</summary>
    public static long Min(long first, long second) => first < second ? first : second;

    /// <summary>The lesser of two values.</summary>
    public static byte Min(byte first, byte second) => first < second ? first : second;

    /// <summary>The lesser of two values.</summary>
    public static ushort Min(ushort first, ushort second) => first < second ? first : second;

    /// <summary>The lesser of two values.</summary>
    public static uint Min(uint first, uint second) => first < second ? first : second;

    /// <summary>The lesser of two values.</summary>
    public static ulong Min(ulong first, ulong second) => first < second ? first : second;

    /// <summary>The greater of two values.</summary>
    public static double Max(double first, double second) => Math.Max(first, second);

    /// <summary>The greater of two values.</summary>
    public static float Max(float first, float second) => MathF.Max(first, second);

    /// <summary>The greater of two values.</summary>
    public static sbyte Max(sbyte first, sbyte second) => first > second ? first : second;

    /// <summary>The greater of two values.</summary>
    public static short Max(short first, short second) => first > second ? first : second;

    /// <summary>The greater of two values.</summary>
    public static int Max(int first, int second) => first > second ? first : second;

    /// <summary>The greater of two values.</summary>
    public static long Max(long first, long second) => first > second ? first : second;

    /// <summary>The greater of two values.</summary>
    public static byte Max(byte first, byte second) => first > second ? first : second;

    /// <summary>The greater of two values.</summary>
    public static ushort Max(ushort first, ushort second) => first > second ? first : second;

    /// <summary>The greater of two values.</summary>
    public static uint Max(uint first, uint second) => first > second ? first : second;

    /// <summary>The greater of two values.</summary>
    public static ulong Max(ulong first, ulong second) => first > second ? first : second;

    /// <summary>The value of [<paramref name="min"/>, <paramref name="max"/>] that is nearest.</summary>
    public static double Clamp(double value, double min, double max) => Max(Min(value, max), min);

    /// <summary>The value of [<paramref name="min"/>, <paramref name="max"/>] that is nearest.</summary>
    public static float Clamp(float value, float min, float max) => Max(Min(value, max), min);

    /// <summary>The value of [<paramref name="min"/>, <paramref name="max"/>] that is nearest.</summary>
    public static sbyte Clamp(sbyte value, sbyte min, sbyte max) => Max(Min(value, max), min);

    /// <summary>The value of [<paramref name="min"/>, <paramref name="max"/>] that is nearest.</summary>
    public static short Clamp(short value, short min, short max) => Max(Min(value, max), min);

    /// <summary>The value of [<paramref name="min"/>, <paramref name="max"/>] that is nearest.</summary>
    public static int Clamp(int value, int min, int max) => Max(Min(value, max), min);

    /// <summary>The value of [<paramref name="min"/>, <paramref name="max"/>] that is nearest.</summary>
    public static long Clamp(long value, long min, long max) => Max(Min(value, max), min);

    /// <summary>The value of [<paramref name="min"/>, <paramref name="max"/>] that is nearest.</summary>
    public static byte Clamp(byte value, byte min, byte max) => Max(Min(value, max), min);

    /// <summary>The value of [<paramref name="min"/>, <paramref name="max"/>] that is nearest.</summary>
    public static ushort Clamp(ushort value, ushort min, ushort max) => Max(Min(value, max), min);

    /// <summary>The value of [<paramref name="min"/>, <paramref name="max"/>] that is nearest.</summary>
    public static uint Clamp(uint value, uint min, uint max) => Max(Min(value, max), min);

    /// <summary>The value of [<paramref name="min"/>, <paramref name="max"/>] that is nearest.</summary>
    public static ulong Clamp(ulong value, ulong min, ulong max) => Max(Min(value, max), min);

    /// <summary>The quotient rounded up; both arguments at least 0.</summary>
    public static int DivRoundUp(int numerator, int denominator) => (numerator + denominator - 1) / denominator;

    /// <summary>The quotient rounded down; both arguments at least 0.</summary>
    public static int DivRoundDown(int numerator, int denominator) => numerator / denominator;

    /// <summary>The quotient rounded up; both arguments at least 0.</summary>
    public static long DivRoundUp(long numerator, long denominator) => (numerator + denominator - 1) / denominator;

    /// <summary>The quotient rounded down; both arguments at least 0.</summary>
    public static long DivRoundDown(long numerator, long denominator) => numerator / denominator;

    /// <summary>The number of bits that are 1.</summary>
    public static int PopCount(int value) => BitOperations.PopCount((uint)value);

    /// <summary>The number of bits that are 1.</summary>
    public static int PopCount(uint value) => BitOperations.PopCount(value);

    /// <summary>The number of bits that are 1.</summary>
    public static int PopCount(long value) => BitOperations.PopCount((ulong)value);

    /// <summary>The number of bits that are 1.</summary>
    public static int PopCount(ulong value) => BitOperations.PopCount(value);

    /// <summary>The number of zeros before the highest 1.</summary>
    public static int LeadingZeroCount(int value) => BitOperations.LeadingZeroCount((uint)value);

    /// <summary>The number of zeros before the highest 1.</summary>
    public static int LeadingZeroCount(uint value) => BitOperations.LeadingZeroCount(value);

    /// <summary>The number of zeros before the highest 1.</summary>
    public static int LeadingZeroCount(long value) => BitOperations.LeadingZeroCount((ulong)value);

    /// <summary>The number of zeros before the highest 1.</summary>
    public static int LeadingZeroCount(ulong value) => BitOperations.LeadingZeroCount(value);

    /// <summary>The number of zeros after the lowest 1.</summary>
    public static int TrailingZeroCount(int value) => BitOperations.TrailingZeroCount(value);

    /// <summary>The number of zeros after the lowest 1.</summary>
    public static int TrailingZeroCount(uint value) => BitOperations.TrailingZeroCount(value);

    /// <summary>The number of zeros after the lowest 1.</summary>
    public static int TrailingZeroCount(long value) => BitOperations.TrailingZeroCount(value);

    /// <summary>The number of zeros after the lowest 1.</summary>
    public static int TrailingZeroCount(ulong value) => BitOperations.TrailingZeroCount(value);

    /// <summary>The absolute value.</summary>
    public static Half Abs(Half value) => Half.Abs(value);

    /// <summary>The size of <paramref name="x"/> with the sign of <paramref name="y"/>.</summary>
    public static double CopySign(double x, double y) => Math.CopySign(x, y);

    /// <summary>The size of <paramref name="x"/> with the sign of <paramref name="y"/>.</summary>
    public static float CopySign(float x, float y) => MathF.CopySign(x, y);
}
