namespace GemmaIlgpu.PtxInterpreter.Operations;

internal enum RoundingMode { Nearest, Zero, Down, Up, NearestAway }

/// <summary>A binary float format: significant bits, and the exponents of its smallest and largest normal numbers.</summary>
internal readonly record struct FloatFormat(int Precision, int MinimumExponent, int MaximumExponent, uint NaN)
{
    public static FloatFormat Single { get; } = new(24, -126, 127, 0x7FFF_FFFF);

    public static FloatFormat Half { get; } = new(11, -14, 15, 0x7FFF);

    public static FloatFormat Brain { get; } = new(8, -126, 127, 0x7FFF);

    /// <summary>tf32 lies in 32 bits with its lower 13 bits unused.</summary>
    public static FloatFormat Tensor { get; } = new(11, -126, 127, 0x7FFF_FFFF >> 13);

    public int SignBit => Precision - 1 + (MaximumExponent == 127 ? 8 : 5);
}

/// <summary>Roundings that C# has no operator for. Exact values come as a double and what that double misses.</summary>
internal static class Rounding
{
    /// <summary>The double whose last bit remembers that something was cut off, so that a second rounding is right.</summary>
    public static double Odd(double value, double rest)
    {
        if (rest == 0 || !double.IsFinite(value) || !double.IsFinite(rest))
            return value;
        long bits = BitConverter.DoubleToInt64Bits(value);
        if ((bits & 1) != 0)
            return value;
        return rest > 0 ? Math.BitIncrement(value) : Math.BitDecrement(value);
    }

    /// <summary>a + b and what the sum misses.</summary>
    public static (double Total, double Missing) Sum(double a, double b)
    {
        double sum = a + b, part = sum - a;
        return (sum, (a - (sum - part)) + (b - part));
    }

    /// <summary>Bits of a value in a format.</summary>
    public static uint Bits(double value, FloatFormat format, RoundingMode mode)
    {
        if (double.IsNaN(value))
            return format.NaN;
        uint sign = double.IsNegative(value) ? 1u << format.SignBit : 0;
        uint infinity = (uint)(format.MaximumExponent - format.MinimumExponent + 2) << (format.Precision - 1);
        double size = Math.Abs(value);
        if (double.IsInfinity(size))
            return sign | infinity;
        if (size == 0)
            return sign;
        int exponent = Math.Max(Math.ILogB(size), format.MinimumExponent);
        double scaled = Math.ScaleB(size, format.Precision - 1 - exponent);
        double whole = Math.Floor(scaled), part = scaled - whole;
        bool up = mode switch
        {
            RoundingMode.Nearest => part > 0.5 || (part == 0.5 && whole % 2 == 1),
            RoundingMode.NearestAway => part >= 0.5,
            RoundingMode.Down => part > 0 && sign != 0,
            RoundingMode.Up => part > 0 && sign == 0,
            _ => false,
        };
        if (exponent > format.MaximumExponent)
            return sign | Overflow(infinity, sign != 0, mode);
        uint bits = ((uint)(exponent - format.MinimumExponent) << (format.Precision - 1)) + (uint)whole + (up ? 1u : 0);
        return sign | (bits >= infinity ? Overflow(infinity, sign != 0, mode) : bits);
    }

    public static float Single(double value, double rest, RoundingMode mode) =>
        BitConverter.UInt32BitsToSingle(Bits(Odd(value, rest), FloatFormat.Single, mode));

    /// <summary>A double rounded to nearest, moved by one step where the direction asks for it.</summary>
    public static double Double(double nearest, double rest, RoundingMode mode)
    {
        if (rest == 0 || !double.IsFinite(nearest) || mode == RoundingMode.Nearest)
            return nearest;
        bool tooLow = rest > 0;
        return mode switch
        {
            RoundingMode.Down => tooLow ? nearest : Math.BitDecrement(nearest),
            RoundingMode.Up => tooLow ? Math.BitIncrement(nearest) : nearest,
            _ when nearest > 0 => tooLow ? nearest : Math.BitDecrement(nearest),
            _ => tooLow ? Math.BitIncrement(nearest) : nearest,
        };
    }

    /// <summary>A value of a 16-bit format as a float.</summary>
    public static float FromBrain(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    public static ushort ToBrain(double value, RoundingMode mode = RoundingMode.Nearest) => (ushort)Bits(value, FloatFormat.Brain, mode);

    public static ushort ToHalf(double value, RoundingMode mode = RoundingMode.Nearest) => (ushort)Bits(value, FloatFormat.Half, mode);

    public static float FromHalf(ushort bits) => (float)BitConverter.UInt16BitsToHalf(bits);

    private static uint Overflow(uint infinity, bool negative, RoundingMode mode) => mode switch
    {
        RoundingMode.Zero => infinity - 1,
        RoundingMode.Down when !negative => infinity - 1,
        RoundingMode.Up when negative => infinity - 1,
        _ => infinity,
    };
}
