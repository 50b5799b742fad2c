using Half = ILGPU.Half;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Casts between all pairs of number types: narrowing, widening, rounding and saturation as in C#.</summary>
public sealed class ConversionTests(string device) : ConformanceTests(device)
{
    [Test] public void From_sbyte() => Check<FromSbyte, sbyte, Casts>(Inputs.Integers<sbyte>());

    [Test] public void From_byte() => Check<FromByte, byte, Casts>(Inputs.Integers<byte>());

    [Test] public void From_short() => Check<FromShort, short, Casts>(Inputs.Integers<short>());

    [Test] public void From_ushort() => Check<FromUshort, ushort, Casts>(Inputs.Integers<ushort>());

    [Test] public void From_int() => Check<FromInt, int, Casts>(Inputs.Integers<int>());

    [Test] public void From_uint() => Check<FromUint, uint, Casts>(Inputs.Integers<uint>());

    [Test] public void From_long() => Check<FromLong, long, Casts>(Inputs.Integers<long>());

    [Test] public void From_ulong() => Check<FromUlong, ulong, Casts>(Inputs.Integers<ulong>());

    [Test] public void From_float() => Check<FromFloat, float, FloatCasts>(Inputs.Floats<float>());

    [Test] public void From_double() => Check<FromDouble, double, FloatCasts>(Inputs.Floats<double>());

    [Test] public void From_half() => Check<FromHalf, ushort, Casts>([.. Enumerable.Range(0, 65536).Where(i => i % 7 == 0 && (i & 0x7c00) != 0x7c00).Select(i => (ushort)i)]);

    [Test] public void Half_of_float() => Check<HalfOfFloat, float, Half>([.. Inputs.Floats<float>(), .. Enumerable.Range(0, 4000).Select(i => (i - 2000) * 0.0371f), 65519f, 65520f, 5.9e-8f, 2.9e-8f, 6.1e-5f, 6.0e-5f]);

    [Test] public void Half_of_double() => Check<HalfOfDouble, double, Half>([.. Inputs.Floats<double>(), 65519.99999, 65520.0, 1.00048828125, 1.0004882812500002, 1.0014648437499998]);

    [Test] public void Half_arithmetic()
    {
        Half[] values = [.. Inputs.Floats<float>().Select(x => (Half)x)];
        (Half[] a, Half[] b) = Inputs.Pairs(values, values);
        Check<HalfSum, Half, Half, Half>(a, b);
        Check<HalfProduct, Half, Half, Half>(a, b);
        Check<HalfQuotient, Half, Half, Half>(a, b);
        Check<HalfCompare, Half, Half, int>(a, b);
    }

    [Test] public void Int_sum_that_wraps_before_widening() => Check<WrapThenWiden, int, int, long>([int.MaxValue, int.MinValue, int.MaxValue - 3, 5, -1, 0], [1, -1, 4, 6, 1, 0]);

    [Test] public void Index_near_the_wrap_around() => Check<WrappedIndex, int, long>(Inputs.Range(100));

    [Test] public void Unsigned_index_widened() => Check<UnsignedIndex, int, ulong>(Inputs.Range(100));

    [Test] public void Char_arithmetic() => Check<Chars, char, int>([.. "Hello, Wörld! äöü ß € 0123456789"]);

    [Test] public void Enum_values() => Check<Enums, int, int>(Inputs.Range(20));

    [Test] public void Native_integers() => Check<Natives, int, long>(Inputs.Integers<int>());

    private readonly record struct Casts(sbyte I8, byte U8, short I16, ushort U16, int I32, uint U32, long I64, ulong U64, float F32, double F64);

    // A float outside a narrow type's range has no defined value there; 32 and 64 bits saturate.
    private readonly record struct FloatCasts(int I32, uint U32, long I64, ulong U64, float F32, double F64);

    private struct FromSbyte : IFunction<sbyte, Casts>
    {
        public static Casts Apply(sbyte v) => new(v, (byte)v, v, (ushort)v, v, (uint)v, v, (ulong)v, v, v);
    }

    private struct FromByte : IFunction<byte, Casts>
    {
        public static Casts Apply(byte v) => new((sbyte)v, v, v, v, v, v, v, v, v, v);
    }

    private struct FromShort : IFunction<short, Casts>
    {
        public static Casts Apply(short v) => new((sbyte)v, (byte)v, v, (ushort)v, v, (uint)v, v, (ulong)v, v, v);
    }

    private struct FromUshort : IFunction<ushort, Casts>
    {
        public static Casts Apply(ushort v) => new((sbyte)v, (byte)v, (short)v, v, v, v, v, v, v, v);
    }

    private struct FromInt : IFunction<int, Casts>
    {
        public static Casts Apply(int v) => new((sbyte)v, (byte)v, (short)v, (ushort)v, v, (uint)v, v, (ulong)v, v, v);
    }

    private struct FromUint : IFunction<uint, Casts>
    {
        public static Casts Apply(uint v) => new((sbyte)v, (byte)v, (short)v, (ushort)v, (int)v, v, v, v, v, v);
    }

    private struct FromLong : IFunction<long, Casts>
    {
        public static Casts Apply(long v) => new((sbyte)v, (byte)v, (short)v, (ushort)v, (int)v, (uint)v, v, (ulong)v, v, v);
    }

    private struct FromUlong : IFunction<ulong, Casts>
    {
        public static Casts Apply(ulong v) => new((sbyte)v, (byte)v, (short)v, (ushort)v, (int)v, (uint)v, (long)v, v, v, v);
    }

    private struct FromFloat : IFunction<float, FloatCasts>
    {
        public static FloatCasts Apply(float v) => new((int)v, (uint)v, (long)v, (ulong)v, v, v);
    }

    private struct FromDouble : IFunction<double, FloatCasts>
    {
        public static FloatCasts Apply(double v) => new((int)v, (uint)v, (long)v, (ulong)v, (float)v, v);
    }

    private struct FromHalf : IFunction<ushort, Casts>
    {
        public static Casts Apply(ushort bits)
        {
            Half v = ILGPU.Interop.IntAsFloat(bits);
            float f = v;
            return new((sbyte)(int)(f % 100), (byte)(int)ILGPU.Half.Abs(f > 200 ? (Half)3 : v), (short)((int)v / 3), 0, (int)v, (uint)(int)v, (long)v, 0, v, v);
        }
    }

    private struct HalfOfFloat : IFunction<float, Half>
    {
        public static Half Apply(float value) => (Half)value;
    }

    private struct HalfOfDouble : IFunction<double, Half>
    {
        public static Half Apply(double value) => (Half)value;
    }

    private struct HalfSum : IFunction<Half, Half, Half>
    {
        public static Half Apply(Half first, Half second) => first + second;
    }

    private struct HalfProduct : IFunction<Half, Half, Half>
    {
        public static Half Apply(Half first, Half second) => first * second - -first;
    }

    private struct HalfQuotient : IFunction<Half, Half, Half>
    {
        public static Half Apply(Half first, Half second) => first / second;
    }

    private struct HalfCompare : IFunction<Half, Half, int>
    {
        public static int Apply(Half first, Half second) =>
            (first == second ? 1 : 0) | (first != second ? 2 : 0) | (first < second ? 4 : 0) | (first <= second ? 8 : 0) | (first > second ? 16 : 0) | (first >= second ? 32 : 0)
            | (Half.IsNaN(first) ? 64 : 0) | (Half.IsInfinity(second) ? 128 : 0);
    }

    private struct WrapThenWiden : IFunction<int, int, long>
    {
        public static long Apply(int first, int second) => (long)(first + second) * 2 + first;
    }

    private struct WrappedIndex : IFunction<int, long>
    {
        public static long Apply(int value)
        {
            int near = int.MaxValue - 50 + value;
            return near;
        }
    }

    private struct UnsignedIndex : IFunction<int, ulong>
    {
        public static ulong Apply(int value)
        {
            uint near = (uint)value - 50u;
            return near + 1ul;
        }
    }

    private struct Chars : IFunction<char, int>
    {
        public static int Apply(char value)
        {
            char upper = value is >= 'a' and <= 'z' ? (char)(value - 'a' + 'A') : value;
            return upper * 256 + (upper == 'H' ? 1 : 0);
        }
    }

    private enum Colour : byte
    {
        Red = 1,
        Green = 5,
        Blue = 250,
    }

    [Flags]
    private enum Bits : long
    {
        None = 0,
        Low = 1,
        High = 1L << 40,
    }

    private struct Enums : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            Colour colour = (value % 4) switch { 0 => Colour.Red, 1 => Colour.Green, 2 => Colour.Blue, _ => (Colour)(value * 20) };
            Bits bits = (value & 1) != 0 ? Bits.Low | Bits.High : Bits.None;
            if ((bits & Bits.High) != 0 && colour != Colour.Green)
                return (int)colour + 1000;
            return (int)colour;
        }
    }

    private struct Natives : IFunction<int, long>
    {
        public static long Apply(int value)
        {
            nint signed = value;
            nuint unsigned = (uint)value;
            return signed * 3 + (long)(unsigned >> 2);
        }
    }
}
