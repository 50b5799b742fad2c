namespace ILGPU.Algorithms.RadixSortOperations;

/// <summary>Says how keys are sorted by their bits.</summary>
public interface IRadixSortOperation<T>
    where T : struct
{
    /// <summary>Gets the bits of a key.</summary>
    int NumBits { get; }

    /// <summary>Gets the key that comes last.</summary>
    T DefaultValue { get; }

    /// <summary>Some bits of a key, in an order in which smaller bits come first.</summary>
    int ExtractRadixBits(T value, int shift, int bitMask);
}

/// <summary>Sorts <see cref="sbyte"/> keys, the least first.</summary>
public readonly struct AscendingInt8 : IRadixSortOperation<sbyte>
{
    /// <inheritdoc/>
    public int NumBits => 8;

    /// <inheritdoc/>
    public sbyte DefaultValue => sbyte.MaxValue;

    /// <inheritdoc/>
    public int ExtractRadixBits(sbyte value, int shift, int bitMask)
    {
        uint bits = (uint)(value ^ sbyte.MinValue) & 0xFF;
        return (int)(bits >> shift) & bitMask;
    }
}

/// <summary>Sorts <see cref="sbyte"/> keys, the greatest first.</summary>
public readonly struct DescendingInt8 : IRadixSortOperation<sbyte>
{
    /// <inheritdoc/>
    public int NumBits => 8;

    /// <inheritdoc/>
    public sbyte DefaultValue => sbyte.MinValue;

    /// <inheritdoc/>
    public int ExtractRadixBits(sbyte value, int shift, int bitMask) => ~default(AscendingInt8).ExtractRadixBits(value, shift, bitMask) & bitMask;
}

/// <summary>Sorts <see cref="short"/> keys, the least first.</summary>
public readonly struct AscendingInt16 : IRadixSortOperation<short>
{
    /// <inheritdoc/>
    public int NumBits => 16;

    /// <inheritdoc/>
    public short DefaultValue => short.MaxValue;

    /// <inheritdoc/>
    public int ExtractRadixBits(short value, int shift, int bitMask)
    {
        uint bits = (uint)(value ^ short.MinValue) & 0xFFFF;
        return (int)(bits >> shift) & bitMask;
    }
}

/// <summary>Sorts <see cref="short"/> keys, the greatest first.</summary>
public readonly struct DescendingInt16 : IRadixSortOperation<short>
{
    /// <inheritdoc/>
    public int NumBits => 16;

    /// <inheritdoc/>
    public short DefaultValue => short.MinValue;

    /// <inheritdoc/>
    public int ExtractRadixBits(short value, int shift, int bitMask) => ~default(AscendingInt16).ExtractRadixBits(value, shift, bitMask) & bitMask;
}

/// <summary>Sorts <see cref="int"/> keys, the least first.</summary>
public readonly struct AscendingInt32 : IRadixSortOperation<int>
{
    /// <inheritdoc/>
    public int NumBits => 32;

    /// <inheritdoc/>
    public int DefaultValue => int.MaxValue;

    /// <inheritdoc/>
    public int ExtractRadixBits(int value, int shift, int bitMask)
    {
        uint bits = (uint)value ^ 0x80000000;
        return (int)(bits >> shift) & bitMask;
    }
}

/// <summary>Sorts <see cref="int"/> keys, the greatest first.</summary>
public readonly struct DescendingInt32 : IRadixSortOperation<int>
{
    /// <inheritdoc/>
    public int NumBits => 32;

    /// <inheritdoc/>
    public int DefaultValue => int.MinValue;

    /// <inheritdoc/>
    public int ExtractRadixBits(int value, int shift, int bitMask) => ~default(AscendingInt32).ExtractRadixBits(value, shift, bitMask) & bitMask;
}

/// <summary>Sorts <see cref="long"/> keys, the least first.</summary>
public readonly struct AscendingInt64 : IRadixSortOperation<long>
{
    /// <inheritdoc/>
    public int NumBits => 64;

    /// <inheritdoc/>
    public long DefaultValue => long.MaxValue;

    /// <inheritdoc/>
    public int ExtractRadixBits(long value, int shift, int bitMask)
    {
        ulong bits = (ulong)value ^ 0x8000000000000000;
        return (int)(bits >> shift) & bitMask;
    }
}

/// <summary>Sorts <see cref="long"/> keys, the greatest first.</summary>
public readonly struct DescendingInt64 : IRadixSortOperation<long>
{
    /// <inheritdoc/>
    public int NumBits => 64;

    /// <inheritdoc/>
    public long DefaultValue => long.MinValue;

    /// <inheritdoc/>
    public int ExtractRadixBits(long value, int shift, int bitMask) => ~default(AscendingInt64).ExtractRadixBits(value, shift, bitMask) & bitMask;
}

/// <summary>Sorts <see cref="byte"/> keys, the least first.</summary>
public readonly struct AscendingUInt8 : IRadixSortOperation<byte>
{
    /// <inheritdoc/>
    public int NumBits => 8;

    /// <inheritdoc/>
    public byte DefaultValue => byte.MaxValue;

    /// <inheritdoc/>
    public int ExtractRadixBits(byte value, int shift, int bitMask)
    {
        uint bits = value;
        return (int)(bits >> shift) & bitMask;
    }
}

/// <summary>Sorts <see cref="byte"/> keys, the greatest first.</summary>
public readonly struct DescendingUInt8 : IRadixSortOperation<byte>
{
    /// <inheritdoc/>
    public int NumBits => 8;

    /// <inheritdoc/>
    public byte DefaultValue => byte.MinValue;

    /// <inheritdoc/>
    public int ExtractRadixBits(byte value, int shift, int bitMask) => ~default(AscendingUInt8).ExtractRadixBits(value, shift, bitMask) & bitMask;
}

/// <summary>Sorts <see cref="ushort"/> keys, the least first.</summary>
public readonly struct AscendingUInt16 : IRadixSortOperation<ushort>
{
    /// <inheritdoc/>
    public int NumBits => 16;

    /// <inheritdoc/>
    public ushort DefaultValue => ushort.MaxValue;

    /// <inheritdoc/>
    public int ExtractRadixBits(ushort value, int shift, int bitMask)
    {
        uint bits = value;
        return (int)(bits >> shift) & bitMask;
    }
}

/// <summary>Sorts <see cref="ushort"/> keys, the greatest first.</summary>
public readonly struct DescendingUInt16 : IRadixSortOperation<ushort>
{
    /// <inheritdoc/>
    public int NumBits => 16;

    /// <inheritdoc/>
    public ushort DefaultValue => ushort.MinValue;

    /// <inheritdoc/>
    public int ExtractRadixBits(ushort value, int shift, int bitMask) => ~default(AscendingUInt16).ExtractRadixBits(value, shift, bitMask) & bitMask;
}

/// <summary>Sorts <see cref="uint"/> keys, the least first.</summary>
public readonly struct AscendingUInt32 : IRadixSortOperation<uint>
{
    /// <inheritdoc/>
    public int NumBits => 32;

    /// <inheritdoc/>
    public uint DefaultValue => uint.MaxValue;

    /// <inheritdoc/>
    public int ExtractRadixBits(uint value, int shift, int bitMask)
    {
        uint bits = value;
        return (int)(bits >> shift) & bitMask;
    }
}

/// <summary>Sorts <see cref="uint"/> keys, the greatest first.</summary>
public readonly struct DescendingUInt32 : IRadixSortOperation<uint>
{
    /// <inheritdoc/>
    public int NumBits => 32;

    /// <inheritdoc/>
    public uint DefaultValue => uint.MinValue;

    /// <inheritdoc/>
    public int ExtractRadixBits(uint value, int shift, int bitMask) => ~default(AscendingUInt32).ExtractRadixBits(value, shift, bitMask) & bitMask;
}

/// <summary>Sorts <see cref="ulong"/> keys, the least first.</summary>
public readonly struct AscendingUInt64 : IRadixSortOperation<ulong>
{
    /// <inheritdoc/>
    public int NumBits => 64;

    /// <inheritdoc/>
    public ulong DefaultValue => ulong.MaxValue;

    /// <inheritdoc/>
    public int ExtractRadixBits(ulong value, int shift, int bitMask)
    {
        ulong bits = value;
        return (int)(bits >> shift) & bitMask;
    }
}

/// <summary>Sorts <see cref="ulong"/> keys, the greatest first.</summary>
public readonly struct DescendingUInt64 : IRadixSortOperation<ulong>
{
    /// <inheritdoc/>
    public int NumBits => 64;

    /// <inheritdoc/>
    public ulong DefaultValue => ulong.MinValue;

    /// <inheritdoc/>
    public int ExtractRadixBits(ulong value, int shift, int bitMask) => ~default(AscendingUInt64).ExtractRadixBits(value, shift, bitMask) & bitMask;
}

/// <summary>Sorts <see cref="Half"/> keys, the least first.</summary>
public readonly struct AscendingHalf : IRadixSortOperation<Half>
{
    /// <inheritdoc/>
    public int NumBits => 16;

    /// <inheritdoc/>
    public Half DefaultValue => Half.PositiveInfinity;

    /// <inheritdoc/>
    public int ExtractRadixBits(Half value, int shift, int bitMask)
    {
        uint bits = RadixBits.Of(value);
        return (int)(bits >> shift) & bitMask;
    }
}

/// <summary>Sorts <see cref="Half"/> keys, the greatest first.</summary>
public readonly struct DescendingHalf : IRadixSortOperation<Half>
{
    /// <inheritdoc/>
    public int NumBits => 16;

    /// <inheritdoc/>
    public Half DefaultValue => Half.NegativeInfinity;

    /// <inheritdoc/>
    public int ExtractRadixBits(Half value, int shift, int bitMask) => ~default(AscendingHalf).ExtractRadixBits(value, shift, bitMask) & bitMask;
}

/// <summary>Sorts <see cref="float"/> keys, the least first.</summary>
public readonly struct AscendingFloat : IRadixSortOperation<float>
{
    /// <inheritdoc/>
    public int NumBits => 32;

    /// <inheritdoc/>
    public float DefaultValue => float.PositiveInfinity;

    /// <inheritdoc/>
    public int ExtractRadixBits(float value, int shift, int bitMask)
    {
        uint bits = RadixBits.Of(value);
        return (int)(bits >> shift) & bitMask;
    }
}

/// <summary>Sorts <see cref="float"/> keys, the greatest first.</summary>
public readonly struct DescendingFloat : IRadixSortOperation<float>
{
    /// <inheritdoc/>
    public int NumBits => 32;

    /// <inheritdoc/>
    public float DefaultValue => float.NegativeInfinity;

    /// <inheritdoc/>
    public int ExtractRadixBits(float value, int shift, int bitMask) => ~default(AscendingFloat).ExtractRadixBits(value, shift, bitMask) & bitMask;
}

/// <summary>Sorts <see cref="double"/> keys, the least first.</summary>
public readonly struct AscendingDouble : IRadixSortOperation<double>
{
    /// <inheritdoc/>
    public int NumBits => 64;

    /// <inheritdoc/>
    public double DefaultValue => double.PositiveInfinity;

    /// <inheritdoc/>
    public int ExtractRadixBits(double value, int shift, int bitMask)
    {
        ulong bits = RadixBits.Of(value);
        return (int)(bits >> shift) & bitMask;
    }
}

/// <summary>Sorts <see cref="double"/> keys, the greatest first.</summary>
public readonly struct DescendingDouble : IRadixSortOperation<double>
{
    /// <inheritdoc/>
    public int NumBits => 64;

    /// <inheritdoc/>
    public double DefaultValue => double.NegativeInfinity;

    /// <inheritdoc/>
    public int ExtractRadixBits(double value, int shift, int bitMask) => ~default(AscendingDouble).ExtractRadixBits(value, shift, bitMask) & bitMask;
}

/// <summary>Bits of floats in the order of their values: those of negative ones are turned round.</summary>
internal static class RadixBits
{
    public static uint Of(Half value)
    {
        uint bits = Interop.FloatAsInt(value);
        return (bits & 0x8000) != 0 ? ~bits & 0xFFFF : bits | 0x8000;
    }

    public static uint Of(float value)
    {
        uint bits = Interop.FloatAsInt(value);
        return (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
    }

    public static ulong Of(double value)
    {
        ulong bits = Interop.FloatAsInt(value);
        return (bits & 0x8000000000000000) != 0 ? ~bits : bits | 0x8000000000000000;
    }
}
