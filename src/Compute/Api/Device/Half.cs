using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using GemmaIlgpu.Compute.Api;

namespace ILGPU;

/// <summary>A floating-point number of 16 bits: 1 sign, 5 exponent, 10 fraction. Arithmetic is done in <see cref="float"/> and rounded.</summary>
public readonly struct Half : IEquatable<Half>, IComparable<Half>
{
    internal Half(ushort rawValue) => RawValue = rawValue;

    /// <summary>The least number greater than 0.</summary>
    public static readonly Half Epsilon = new(0x0001);

    /// <summary>The greatest finite number, 65504.</summary>
    public static readonly Half MaxValue = new(0x7BFF);

    /// <summary>The least finite number, -65504.</summary>
    public static readonly Half MinValue = new(0xFBFF);

    /// <summary>Not a number.</summary>
    public static readonly Half NaN = new(0xFE00);

    /// <summary>Minus infinity.</summary>
    public static readonly Half NegativeInfinity = new(0xFC00);

    /// <summary>Infinity.</summary>
    public static readonly Half PositiveInfinity = new(0x7C00);

    /// <summary>1.</summary>
    public static readonly Half One = new(0x3C00);

    /// <summary>0.</summary>
    public static readonly Half Zero = new(0x0000);

    internal ushort RawValue { get; }

    /// <summary>The absolute value.</summary>
    public static Half Abs(Half half) => new((ushort)(half.RawValue & 0x7FFF));

    /// <summary>Gets whether this is neither an infinity nor NaN.</summary>
    public static bool IsFinite(Half half) => (half.RawValue & 0x7FFF) < 0x7C00;

    /// <summary>Gets whether this is an infinity.</summary>
    public static bool IsInfinity(Half half) => (half.RawValue & 0x7FFF) == 0x7C00;

    /// <summary>Gets whether this is not a number.</summary>
    public static bool IsNaN(Half half) => (half.RawValue & 0x7FFF) > 0x7C00;

    /// <summary>Gets whether this is minus infinity.</summary>
    public static bool IsNegativeInfinity(Half half) => half.RawValue == 0xFC00;

    /// <summary>Gets whether this is infinity.</summary>
    public static bool IsPositiveInfinity(Half half) => half.RawValue == 0x7C00;

    /// <summary>Gets whether this is 0 or -0.</summary>
    public static bool IsZero(Half half) => (half.RawValue & 0x7FFF) == 0;

    /// <summary>Rounds to 16 bits, ties to even.</summary>
    [DeviceIntrinsic("Half.FromSingle")]
    public static explicit operator Half(float floatValue) => new(BitConverter.HalfToUInt16Bits((System.Half)floatValue));

    /// <summary>Rounds to 16 bits, ties to even.</summary>
    [DeviceIntrinsic("Half.FromDouble")]
    public static explicit operator Half(double doubleValue) => new(BitConverter.HalfToUInt16Bits((System.Half)doubleValue));

    /// <summary>Widens; no bit is lost.</summary>
    [DeviceIntrinsic("Half.ToSingle")]
    public static implicit operator float(Half halfValue) => (float)BitConverter.UInt16BitsToHalf(halfValue.RawValue);

    /// <summary>Widens; no bit is lost.</summary>
    public static implicit operator double(Half halfValue) => (float)halfValue;

    /// <summary>The whole part.</summary>
    public static explicit operator sbyte(Half halfValue) => (sbyte)(float)halfValue;

    /// <summary>Rounds to 16 bits.</summary>
    public static explicit operator Half(sbyte sbyteValue) => (Half)(float)sbyteValue;

    /// <summary>The whole part.</summary>
    public static explicit operator short(Half halfValue) => (short)(float)halfValue;

    /// <summary>Rounds to 16 bits.</summary>
    public static explicit operator Half(short shortValue) => (Half)(float)shortValue;

    /// <summary>The whole part.</summary>
    public static explicit operator int(Half halfValue) => (int)(float)halfValue;

    /// <summary>Rounds to 16 bits.</summary>
    public static explicit operator Half(int intValue) => (Half)(float)intValue;

    /// <summary>The whole part.</summary>
    public static explicit operator long(Half halfValue) => (long)(float)halfValue;

    /// <summary>Rounds to 16 bits.</summary>
    public static explicit operator Half(long longValue) => (Half)(float)longValue;

    /// <summary>The whole part.</summary>
    public static explicit operator byte(Half halfValue) => (byte)(float)halfValue;

    /// <summary>Rounds to 16 bits.</summary>
    public static explicit operator Half(byte byteValue) => (Half)(float)byteValue;

    /// <summary>The whole part.</summary>
    public static explicit operator ushort(Half halfValue) => (ushort)(float)halfValue;

    /// <summary>Rounds to 16 bits.</summary>
    public static explicit operator Half(ushort ushortValue) => (Half)(float)ushortValue;

    /// <summary>The whole part.</summary>
    public static explicit operator uint(Half halfValue) => (uint)(float)halfValue;

    /// <summary>Rounds to 16 bits.</summary>
    public static explicit operator Half(uint uintValue) => (Half)(float)uintValue;

    /// <summary>The whole part.</summary>
    public static explicit operator ulong(Half halfValue) => (ulong)(float)halfValue;

    /// <summary>Rounds to 16 bits.</summary>
    public static explicit operator Half(ulong ulongValue) => (Half)(float)ulongValue;

    /// <summary>Adds.</summary>
    public static Half operator +(Half first, Half second) => (Half)((float)first + (float)second);

    /// <summary>Subtracts.</summary>
    public static Half operator -(Half first, Half second) => (Half)((float)first - (float)second);

    /// <summary>Multiplies.</summary>
    public static Half operator *(Half first, Half second) => (Half)((float)first * (float)second);

    /// <summary>Divides.</summary>
    public static Half operator /(Half first, Half second) => (Half)((float)first / (float)second);

    /// <summary>Changes the sign.</summary>
    public static Half operator -(Half halfValue) => new((ushort)(halfValue.RawValue ^ 0x8000));

    /// <summary>Compares as numbers: NaN is unequal to everything.</summary>
    public static bool operator ==(Half first, Half second) => (float)first == (float)second;

    /// <summary>Compares as numbers: NaN is unequal to everything.</summary>
    public static bool operator !=(Half first, Half second) => (float)first != (float)second;

    /// <summary>Compares as numbers: NaN is unequal to everything.</summary>
    public static bool operator <(Half first, Half second) => (float)first < (float)second;

    /// <summary>Compares as numbers: NaN is unequal to everything.</summary>
    public static bool operator <=(Half first, Half second) => (float)first <= (float)second;

    /// <summary>Compares as numbers: NaN is unequal to everything.</summary>
    public static bool operator >(Half first, Half second) => (float)first > (float)second;

    /// <summary>Compares as numbers: NaN is unequal to everything.</summary>
    public static bool operator >=(Half first, Half second) => (float)first >= (float)second;

    /// <inheritdoc/>
    public int CompareTo(Half other) => ((float)this).CompareTo((float)other);

    /// <inheritdoc/>
    public bool Equals(Half other) => ((float)this).Equals((float)other);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Half other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ((float)this).GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => ((float)this).ToString(CultureInfo.InvariantCulture);
}
