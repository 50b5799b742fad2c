using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>From floats to the bytes of any weight type.</summary>
/// <remarks>
/// Weights are rounded to the nearest level of the scale that <see cref="ScaleSearch"/> finds. Layouts are those of
/// <see cref="BlockFormats"/>; the K types are in <see cref="KBlockPacking"/>.
/// </remarks>
public static class BlockPacking
{
    /// <summary>Stores weights.</summary>
    /// <param name="type">How.</param>
    /// <param name="values">Whole blocks of finite values.</param>
    /// <param name="target">As many bytes as that takes.</param>
    public static void Pack(TensorType type, ReadOnlySpan<float> values, Span<byte> target)
    {
        if (!BlockFormats.IsWeight(type) || type.Bytes(values.Length) != target.Length)
            throw new ArgumentException($"{values.Length} weights do not make {target.Length} bytes of {type.FileName()}.", nameof(target));
        switch (type)
        {
            case TensorType.F32:
                MemoryMarshal.AsBytes(values).CopyTo(target);
                return;
            case TensorType.F16:
                for (int i = 0; i < values.Length; i++)
                    BinaryPrimitives.WriteHalfLittleEndian(target[(2 * i)..], (Half)values[i]);
                return;
            case TensorType.BF16:
                for (int i = 0; i < values.Length; i++)
                    BinaryPrimitives.WriteUInt16LittleEndian(target[(2 * i)..], ToBFloat16(values[i]));
                return;
        }

        int bytes = type.BlockBytes(), length = type.BlockLength();
        for (int block = 0; block < values.Length / length; block++)
        {
            ReadOnlySpan<float> from = values.Slice(block * length, length);
            Span<byte> to = target.Slice(block * bytes, bytes);
            to.Clear();
            switch (type)
            {
                case TensorType.Q8_0: PackQ8(from, to); break;
                case TensorType.Q4_0: PackQ4(from, to); break;
                case TensorType.Q4_1: PackQ4Affine(from, to); break;
                case TensorType.Q5_0: PackQ5(from, to); break;
                case TensorType.Q5_1: PackQ5Affine(from, to); break;
                case TensorType.Q2K: KBlockPacking.PackQ2K(from, to); break;
                case TensorType.Q3K: KBlockPacking.PackQ3K(from, to); break;
                case TensorType.Q4K: KBlockPacking.PackQ4K(from, to); break;
                case TensorType.Q5K: KBlockPacking.PackQ5K(from, to); break;
                default: KBlockPacking.PackQ6K(from, to); break;
            }
        }
    }

    // To nearest, ties to even; NaN keeps a bit of its payload.
    private static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)(bits >> 16 | 0x40) : (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }

    private static void PackQ8(ReadOnlySpan<float> x, Span<byte> block)
    {
        float largest = 0;
        foreach (float value in x)
            largest = Math.Max(largest, Math.Abs(value));
        float inverse = Inverse(WriteScale(block, 0, largest / 127));
        for (int i = 0; i < x.Length; i++)
            block[2 + i] = (byte)(sbyte)Level(x[i] * inverse, -127, 127);
    }

    private static void PackQ4(ReadOnlySpan<float> x, Span<byte> block)
    {
        float inverse = Inverse(WriteScale(block, 0, ScaleSearch.Symmetric(x, -8, 7)));
        for (int j = 0; j < 16; j++)
            block[2 + j] = (byte)((Level(x[j] * inverse, -8, 7) + 8) | (Level(x[j + 16] * inverse, -8, 7) + 8) << 4);
    }

    // d, m: weights from m upwards.
    private static void PackQ4Affine(ReadOnlySpan<float> x, Span<byte> block)
    {
        (float inverse, float m) = WriteAffine(x, highest: 15, block);
        for (int j = 0; j < 16; j++)
            block[4 + j] = (byte)(Level((x[j] - m) * inverse, 0, 15) | Level((x[j + 16] - m) * inverse, 0, 15) << 4);
    }

    private static void PackQ5(ReadOnlySpan<float> x, Span<byte> block)
    {
        float inverse = Inverse(WriteScale(block, 0, ScaleSearch.Symmetric(x, -16, 15)));
        Span<int> levels = stackalloc int[32];
        for (int i = 0; i < 32; i++)
            levels[i] = Level(x[i] * inverse, -16, 15) + 16;
        WriteFives(levels, block[2..]);
    }

    private static void PackQ5Affine(ReadOnlySpan<float> x, Span<byte> block)
    {
        (float inverse, float m) = WriteAffine(x, highest: 31, block);
        Span<int> levels = stackalloc int[32];
        for (int i = 0; i < 32; i++)
            levels[i] = Level((x[i] - m) * inverse, 0, 31);
        WriteFives(levels, block[4..]);
    }

    // Stores d and m; gives 1 / d and m as they are stored.
    private static (float Inverse, float M) WriteAffine(ReadOnlySpan<float> x, int highest, Span<byte> block)
    {
        (float scale, float minimum) = ScaleSearch.Affine(x, highest, anyMinimum: true);
        return (Inverse(WriteScale(block, 0, scale)), WriteScale(block, 2, -minimum));
    }

    // 32 fifth bits, then the low halves: weight j beside weight j + 16.
    private static void WriteFives(ReadOnlySpan<int> levels, Span<byte> to)
    {
        uint fifth = 0;
        for (int i = 0; i < 32; i++)
            fifth |= (uint)(levels[i] >> 4) << i;
        BinaryPrimitives.WriteUInt32LittleEndian(to, fifth);
        for (int j = 0; j < 16; j++)
            to[4 + j] = (byte)((levels[j] & 15) | (levels[j + 16] & 15) << 4);
    }

    /// <summary>Stores a scale as binary16 and returns what is stored.</summary>
    internal static float WriteScale(Span<byte> block, int offset, float scale)
    {
        var stored = (Half)scale;
        BinaryPrimitives.WriteHalfLittleEndian(block[offset..], stored);
        return (float)stored;
    }

    internal static float Inverse(float value) => value == 0 ? 0 : 1 / value;

    internal static int Level(float value, int lowest, int highest) => (int)Math.Clamp(MathF.Round(value), lowest, highest);
}
