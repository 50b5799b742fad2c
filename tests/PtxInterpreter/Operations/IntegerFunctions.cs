using System.Numerics;
using System.Runtime.CompilerServices;
using GemmaIlgpu.PtxInterpreter.Execution;

namespace GemmaIlgpu.PtxInterpreter.Operations;

internal readonly struct Move<T> : IUnary<T, T>
{
    public static T Apply(T a) => a;
}

internal readonly struct Add<T> : IBinary<T, T, T> where T : INumber<T>
{
    public static T Apply(T a, T b) => unchecked(a + b);
}

internal readonly struct Subtract<T> : IBinary<T, T, T> where T : INumber<T>
{
    public static T Apply(T a, T b) => unchecked(a - b);
}

internal readonly struct AddSaturated : IBinary<int, int, int>
{
    public static int Apply(int a, int b) => int.CreateSaturating((long)a + b);
}

internal readonly struct SubtractSaturated : IBinary<int, int, int>
{
    public static int Apply(int a, int b) => int.CreateSaturating((long)a - b);
}

internal readonly struct Multiply<T> : IBinary<T, T, T> where T : INumber<T>
{
    public static T Apply(T a, T b) => unchecked(a * b);
}

internal readonly struct MultiplyHigh<T> : IBinary<T, T, T> where T : IBinaryInteger<T>, IMinMaxValue<T>
{
    public static T Apply(T a, T b)
    {
        if (Unsafe.SizeOf<T>() <= 4)
            return T.CreateTruncating((long.CreateTruncating(a) * long.CreateTruncating(b)) >> (8 * Unsafe.SizeOf<T>()));
        return T.IsNegative(T.MinValue)
            ? T.CreateTruncating(Math.BigMul(long.CreateTruncating(a), long.CreateTruncating(b), out _))
            : T.CreateTruncating(Math.BigMul(ulong.CreateTruncating(a), ulong.CreateTruncating(b), out _));
    }
}

internal readonly struct MultiplyWide<T, TWide> : IBinary<T, T, TWide> where T : IBinaryInteger<T> where TWide : IBinaryInteger<TWide>
{
    public static TWide Apply(T a, T b) => unchecked(TWide.CreateTruncating(a) * TWide.CreateTruncating(b));
}

internal readonly struct MultiplyAdd<T> : ITernary<T, T, T, T> where T : INumber<T>
{
    public static T Apply(T a, T b, T c) => unchecked((a * b) + c);
}

internal readonly struct MultiplyHighAdd<T> : ITernary<T, T, T, T> where T : IBinaryInteger<T>, IMinMaxValue<T>
{
    public static T Apply(T a, T b, T c) => unchecked(MultiplyHigh<T>.Apply(a, b) + c);
}

internal readonly struct MultiplyWideAdd<T, TWide> : ITernary<T, T, TWide, TWide> where T : IBinaryInteger<T> where TWide : IBinaryInteger<TWide>
{
    public static TWide Apply(T a, T b, TWide c) => unchecked(MultiplyWide<T, TWide>.Apply(a, b) + c);
}

/// <summary>Low 24 bits of each, low 32 bits of the product.</summary>
internal readonly struct Multiply24<T> : IBinary<T, T, T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b) => unchecked(((a << 8) >> 8) * ((b << 8) >> 8));
}

/// <summary>Low 24 bits of each, bits 16 to 47 of the product.</summary>
internal readonly struct Multiply24High<T> : IBinary<T, T, T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b) => T.CreateTruncating((long.CreateTruncating((a << 8) >> 8) * long.CreateTruncating((b << 8) >> 8)) >> 16);
}

internal readonly struct MultiplyAdd24<T> : ITernary<T, T, T, T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b, T c) => unchecked(Multiply24<T>.Apply(a, b) + c);
}

/// <summary>Division by zero is unspecified; all ones is what the hardware gives.</summary>
internal readonly struct Divide<T> : IBinary<T, T, T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b)
    {
        if (T.IsZero(b))
            return ~T.Zero;
        return b == ~T.Zero && T.IsNegative(b) ? unchecked(T.Zero - a) : a / b;
    }
}

internal readonly struct Remainder<T> : IBinary<T, T, T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b)
    {
        if (T.IsZero(b))
            return a;
        return b == ~T.Zero && T.IsNegative(b) ? T.Zero : a % b;
    }
}

internal readonly struct Absolute<T> : IUnary<T, T> where T : INumber<T>
{
    public static T Apply(T a) => a < T.Zero ? unchecked(T.Zero - a) : a;
}

internal readonly struct Negate<T> : IUnary<T, T> where T : IBinaryInteger<T>
{
    public static T Apply(T a) => unchecked(T.Zero - a);
}

internal readonly struct Minimum<T> : IBinary<T, T, T> where T : INumber<T>
{
    public static T Apply(T a, T b) => a < b ? a : b;
}

internal readonly struct Maximum<T> : IBinary<T, T, T> where T : INumber<T>
{
    public static T Apply(T a, T b) => a > b ? a : b;
}

internal readonly struct And<T> : IBinary<T, T, T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b) => a & b;
}

internal readonly struct Or<T> : IBinary<T, T, T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b) => a | b;
}

internal readonly struct Xor<T> : IBinary<T, T, T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b) => a ^ b;
}

internal readonly struct Not<T> : IUnary<T, T> where T : IBinaryInteger<T>
{
    public static T Apply(T a) => ~a;
}

internal readonly struct LogicalNot<T> : IUnary<T, T> where T : IBinaryInteger<T>
{
    public static T Apply(T a) => T.IsZero(a) ? T.One : T.Zero;
}

/// <summary>Shift amounts above the width clamp to it.</summary>
internal readonly struct ShiftLeft<T> : IBinary<T, uint, T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, uint b) => b >= 8 * Unsafe.SizeOf<T>() ? T.Zero : a << (int)b;
}

/// <summary>Arithmetic for signed types.</summary>
internal readonly struct ShiftRight<T> : IBinary<T, uint, T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, uint b)
    {
        if (b < 8 * Unsafe.SizeOf<T>())
            return a >> (int)b;
        return T.IsNegative(a) ? ~T.Zero : T.Zero;
    }
}

internal readonly struct PopulationCount<T> : IUnary<T, uint> where T : IBinaryInteger<T>
{
    public static uint Apply(T a) => uint.CreateTruncating(T.PopCount(a));
}

internal readonly struct LeadingZeros<T> : IUnary<T, uint> where T : IBinaryInteger<T>
{
    public static uint Apply(T a) => uint.CreateTruncating(T.LeadingZeroCount(a));
}

internal readonly struct ReverseBits32 : IUnary<uint, uint>
{
    public static uint Apply(uint a)
    {
        a = ((a >> 1) & 0x5555_5555) | ((a & 0x5555_5555) << 1);
        a = ((a >> 2) & 0x3333_3333) | ((a & 0x3333_3333) << 2);
        a = ((a >> 4) & 0x0F0F_0F0F) | ((a & 0x0F0F_0F0F) << 4);
        return System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(a);
    }
}

internal readonly struct ReverseBits64 : IUnary<ulong, ulong>
{
    public static ulong Apply(ulong a) => ((ulong)ReverseBits32.Apply((uint)a) << 32) | ReverseBits32.Apply((uint)(a >> 32));
}

/// <summary>bfind: the highest bit that differs from the sign, or all ones.</summary>
internal readonly struct FindBit<T> : IUnary<T, uint> where T : IBinaryInteger<T>
{
    public static uint Apply(T a)
    {
        T bits = T.IsNegative(a) ? ~a : a;
        return (uint)((8 * Unsafe.SizeOf<T>()) - 1) - uint.CreateTruncating(T.LeadingZeroCount(bits));
    }
}

/// <summary>bfind.shiftamt: how far to shift that bit to the top.</summary>
internal readonly struct FindBitShift<T> : IUnary<T, uint> where T : IBinaryInteger<T>
{
    public static uint Apply(T a)
    {
        uint found = FindBit<T>.Apply(a);
        return found == uint.MaxValue ? found : (uint)((8 * Unsafe.SizeOf<T>()) - 1) - found;
    }
}

/// <summary>bfe: position and length count modulo 256; the sign is the field's top bit, or the value's where the field reaches past it.</summary>
internal readonly struct ExtractField<T> : ITernary<T, uint, uint, T> where T : IBinaryInteger<T>, IMinMaxValue<T>
{
    public static T Apply(T a, uint position, uint length)
    {
        int top = (8 * Unsafe.SizeOf<T>()) - 1, start = (int)(position & 255), count = (int)(length & 255);
        ulong bits = ulong.CreateTruncating(a);
        bool signed = T.IsNegative(T.MinValue);
        bool sign = signed && count != 0 && (bits >> Math.Min(start + count - 1, top) & 1) != 0;
        ulong result = 0;
        for (int i = 0; i <= top; i++)
        {
            bool bit = i < count && start + i <= top ? (bits >> (start + i) & 1) != 0 : sign;
            if (bit)
                result |= 1UL << i;
        }
        return T.CreateTruncating(result);
    }
}
