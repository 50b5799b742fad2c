using System.Numerics;
using ILGPU;
using ILGPU.Algorithms;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Integer functions: counts of bits, extremes, rounded divisions, halves of longs, bits of floats.</summary>
public sealed class IntegerFunctionTests(string device) : ConformanceTests(device)
{
    [Test] public void Bit_counts_of_int() => Check<IntCounts, int, Counts>(Inputs.Integers<int>());

    [Test] public void Bit_counts_of_uint() => Check<UintCounts, uint, Counts>(Inputs.Integers<uint>());

    [Test] public void Bit_counts_of_long() => Check<LongCounts, long, Counts>(Inputs.Integers<long>());

    [Test] public void Bit_counts_of_ulong() => Check<UlongCounts, ulong, Counts>(Inputs.Integers<ulong>());

    [Test] public void Rotations() => Check<Rotations32, uint, int, ulong>(Inputs.Pairs(Inputs.Integers<uint>(), Inputs.Range(66)));

    [Test] public void Extremes_of_every_type()
    {
        Check<Extreme<sbyte>, sbyte, sbyte, Extremes<sbyte>>(Inputs.Pairs(Inputs.Integers<sbyte>(), Inputs.Integers<sbyte>()));
        Check<Extreme<byte>, byte, byte, Extremes<byte>>(Inputs.Pairs(Inputs.Integers<byte>(), Inputs.Integers<byte>()));
        Check<Extreme<short>, short, short, Extremes<short>>(Inputs.Pairs(Inputs.Integers<short>(), Inputs.Integers<short>()));
        Check<Extreme<ushort>, ushort, ushort, Extremes<ushort>>(Inputs.Pairs(Inputs.Integers<ushort>(), Inputs.Integers<ushort>()));
        Check<Extreme<int>, int, int, Extremes<int>>(Inputs.Pairs(Inputs.Integers<int>(), Inputs.Integers<int>()));
        Check<Extreme<uint>, uint, uint, Extremes<uint>>(Inputs.Pairs(Inputs.Integers<uint>(), Inputs.Integers<uint>()));
        Check<Extreme<long>, long, long, Extremes<long>>(Inputs.Pairs(Inputs.Integers<long>(), Inputs.Integers<long>()));
        Check<Extreme<ulong>, ulong, ulong, Extremes<ulong>>(Inputs.Pairs(Inputs.Integers<ulong>(), Inputs.Integers<ulong>()));
    }

    [Test] public void XMath_extremes() => Check<XMathExtremes, int, int, long>(Inputs.Pairs(Inputs.Integers<int>(), Inputs.Integers<int>()));

    [Test] public void XMath_extremes_of_unsigned() => Check<XMathUnsigned, uint, uint, ulong>(Inputs.Pairs(Inputs.Integers<uint>(), Inputs.Integers<uint>()));

    [Test] public void Rounded_divisions() => Check<Divisions, int, int, long>(Inputs.Pairs([0, 1, 5, 7, 8, 9, 100, 1000001], [1, 2, 3, 7, 8, 1000]));

    [Test] public void Clamped() => Check<Clamps, int, int>(Inputs.Integers<int>());

    [Test] public void Halves_of_longs() => Check<Halves, long, long>(Inputs.Integers<long>());

    [Test] public void Bits_of_floats() => Check<FloatBits, float, uint>([.. Inputs.Floats<float>().Where(x => !float.IsNaN(x))]);

    [Test] public void Bits_of_doubles() => Check<DoubleBits, double, ulong>([.. Inputs.Floats<double>().Where(x => !double.IsNaN(x))]);

    [Test] public void Floats_of_bits() => Check<BitsToFloat, uint, float>(Inputs.Integers<uint>());

    [Test] public void Multiply_high() => Check<HighProduct, uint, uint, uint>(Inputs.Pairs(Inputs.Integers<uint>(), Inputs.Integers<uint>()));

    private void Check<TFunction, T1, T2, TResult>((T1[] First, T2[] Second) pairs)
        where TFunction : struct, IFunction<T1, T2, TResult>
        where T1 : unmanaged
        where T2 : unmanaged
        where TResult : unmanaged => Check<TFunction, T1, T2, TResult>(pairs.First, pairs.Second);

    private readonly record struct Counts(int Population, int Leading, int Trailing, int Library);

    private struct IntCounts : IFunction<int, Counts>
    {
        public static Counts Apply(int value) => new(XMath.PopCount(value), XMath.LeadingZeroCount(value), XMath.TrailingZeroCount(value), BitOperations.PopCount((uint)value));
    }

    private struct UintCounts : IFunction<uint, Counts>
    {
        public static Counts Apply(uint value) => new(IntrinsicMath.PopCount(value), IntrinsicMath.LeadingZeroCount(value), XMath.TrailingZeroCount(value), BitOperations.Log2(value));
    }

    private struct LongCounts : IFunction<long, Counts>
    {
        public static Counts Apply(long value) => new(XMath.PopCount(value), XMath.LeadingZeroCount(value), XMath.TrailingZeroCount(value), BitOperations.TrailingZeroCount(value));
    }

    private struct UlongCounts : IFunction<ulong, Counts>
    {
        public static Counts Apply(ulong value) => new(IntrinsicMath.PopCount(value), XMath.LeadingZeroCount(value), IntrinsicMath.TrailingZeroCount(value), BitOperations.LeadingZeroCount(value));
    }

    private struct Rotations32 : IFunction<uint, int, ulong>
    {
        public static ulong Apply(uint first, int second) => BitOperations.RotateLeft(first, second) + BitOperations.RotateRight(first * 0x9E3779B97F4A7C15ul, second);
    }

    private readonly record struct Extremes<T>(T Min, T Max);

    private struct Extreme<T> : IFunction<T, T, Extremes<T>>
        where T : INumber<T>
    {
        public static Extremes<T> Apply(T first, T second) => new(T.Min(first, second), T.Max(first, second));
    }

    private struct XMathExtremes : IFunction<int, int, long>
    {
        public static long Apply(int first, int second) =>
            XMath.Min(first, second) * 3L + XMath.Max(first, second) + XMath.Max((long)first << 20, second) + Math.Min((short)first, (short)second) + IntrinsicMath.Max((sbyte)first, (sbyte)second);
    }

    private struct XMathUnsigned : IFunction<uint, uint, ulong>
    {
        public static ulong Apply(uint first, uint second) =>
            XMath.Min(first, second) * 3ul + XMath.Max(first, second) + XMath.Max((ulong)first << 32, second) + Math.Min((ushort)first, (ushort)second) + IntrinsicMath.Max((byte)first, (byte)second);
    }

    private struct Divisions : IFunction<int, int, long>
    {
        public static long Apply(int first, int second) =>
            XMath.DivRoundUp(first, second) * 1000003L + XMath.DivRoundDown(first, second) + XMath.DivRoundUp((long)first * 5, second) * 31;
    }

    private struct Clamps : IFunction<int, int>
    {
        public static int Apply(int value) => XMath.Clamp(value, -100, 1000) + Math.Clamp((sbyte)value, (sbyte)-5, (sbyte)7) + IntrinsicMath.Clamp((byte)value, (byte)10, (byte)200) + (int)Math.Clamp((uint)value, 5u, 3_000_000_000u);
    }

    private struct Halves : IFunction<long, long>
    {
        public static long Apply(long value) => (int)value * 31L + (int)(value >> 32) + (uint)(value >>> 32);
    }

    private struct FloatBits : IFunction<float, uint>
    {
        public static uint Apply(float value) => Interop.FloatAsInt(value) ^ (uint)BitConverter.SingleToInt32Bits(value * 0.5f);
    }

    private struct DoubleBits : IFunction<double, ulong>
    {
        public static ulong Apply(double value) => Interop.FloatAsInt(value) + 1;
    }

    private struct BitsToFloat : IFunction<uint, float>
    {
        public static float Apply(uint value) => Interop.IntAsFloat(value);
    }

    private struct HighProduct : IFunction<uint, uint, uint>
    {
        public static uint Apply(uint first, uint second) => (uint)(((ulong)first * second) >> 32);
    }
}
