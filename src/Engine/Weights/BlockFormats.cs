using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>From the bytes of any weight type to floats.</summary>
/// <remarks>
/// <para>
/// A block of the simple types holds 32 weights of which number j shares a byte with number j + 16; a block of the K
/// types holds 256 in groups of 16 or 32 that have scales of their own, small whole numbers times the block's scale.
/// Integers are little endian; d and m are binary16.
/// </para>
/// <para>
/// Exact: every weight is computed in double and rounded once. Source: the type descriptions of ggml's GGUF
/// specification and the published descriptions of the K types (llama.cpp pull request 1684).
/// </para>
/// </remarks>
public static class BlockFormats
{
    /// <summary>Whether a type holds weights that <see cref="Unpack"/> takes.</summary>
    public static bool IsWeight(TensorType type) => type is TensorType.F32 or TensorType.F16 or TensorType.BF16 || type.IsQuantised();

    /// <summary>Widens weights to float.</summary>
    /// <param name="type">How they are stored.</param>
    /// <param name="source">Whole blocks.</param>
    /// <param name="values">As many values as the blocks hold.</param>
    public static void Unpack(TensorType type, ReadOnlySpan<byte> source, Span<float> values)
    {
        if (!IsWeight(type) || type.Bytes(values.Length) != source.Length)
            throw new ArgumentException($"{source.Length} bytes of {type.FileName()} do not make {values.Length} weights.", nameof(source));
        switch (type)
        {
            case TensorType.F32:
                source.CopyTo(MemoryMarshal.AsBytes(values));
                return;
            case TensorType.F16:
                for (int i = 0; i < values.Length; i++)
                    values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(source[(2 * i)..]);
                return;
            case TensorType.BF16:
                for (int i = 0; i < values.Length; i++)
                    values[i] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(source[(2 * i)..]) << 16);
                return;
        }

        int bytes = type.BlockBytes(), length = type.BlockLength();
        for (int block = 0; block < values.Length / length; block++)
        {
            ReadOnlySpan<byte> from = source.Slice(block * bytes, bytes);
            Span<float> to = values.Slice(block * length, length);
            switch (type)
            {
                case TensorType.Q8_0: UnpackQ8(from, to); break;
                case TensorType.Q4_0: UnpackNibbles(from[2..], Scale(from, 0), 0, offset: 8, to); break;
                case TensorType.Q4_1: UnpackNibbles(from[4..], Scale(from, 0), Scale(from, 2), offset: 0, to); break;
                case TensorType.Q5_0: UnpackFives(from[2..], Scale(from, 0), 0, offset: 16, to); break;
                case TensorType.Q5_1: UnpackFives(from[4..], Scale(from, 0), Scale(from, 2), offset: 0, to); break;
                case TensorType.Q2K: UnpackQ2K(from, to); break;
                case TensorType.Q3K: UnpackQ3K(from, to); break;
                case TensorType.Q4K: UnpackQ4K(from, to); break;
                case TensorType.Q5K: UnpackQ5K(from, to); break;
                default: UnpackQ6K(from, to); break;
            }
        }
    }

    /// <summary>Scale and minimum number 0 to 7 of the 12 bytes that Q4_K and Q5_K share: six bits each.</summary>
    /// <remarks>The first four pairs are the low six bits of bytes 0–3 and 4–7; the others have their low four bits in bytes 8–11 and the rest above the first.</remarks>
    internal static (int Scale, int Minimum) ReadPair(ReadOnlySpan<byte> scales, int number) => number < 4
        ? (scales[number] & 63, scales[number + 4] & 63)
        : ((scales[number + 4] & 15) | (scales[number - 4] >> 6 << 4), (scales[number + 4] >> 4) | (scales[number] >> 6 << 4));

    private static double Scale(ReadOnlySpan<byte> block, int offset) => (double)BinaryPrimitives.ReadHalfLittleEndian(block[offset..]);

    // d, 32 signed bytes.
    private static void UnpackQ8(ReadOnlySpan<byte> block, Span<float> to)
    {
        double d = Scale(block, 0);
        for (int i = 0; i < 32; i++)
            to[i] = (float)(d * (sbyte)block[2 + i]);
    }

    // 16 bytes: weight j in the low half of byte j, weight j + 16 in the high half.
    private static void UnpackNibbles(ReadOnlySpan<byte> halves, double d, double m, int offset, Span<float> to)
    {
        for (int j = 0; j < 16; j++)
        {
            to[j] = (float)(d * ((halves[j] & 15) - offset) + m);
            to[j + 16] = (float)(d * ((halves[j] >> 4) - offset) + m);
        }
    }

    // 32 fifth bits, one for each weight in order, then the halves.
    private static void UnpackFives(ReadOnlySpan<byte> block, double d, double m, int offset, Span<float> to)
    {
        uint fifth = BinaryPrimitives.ReadUInt32LittleEndian(block);
        for (int j = 0; j < 16; j++)
        {
            int low = (block[4 + j] & 15) | (int)((fifth >> j & 1) << 4);
            int high = (block[4 + j] >> 4) | (int)((fifth >> (j + 16) & 1) << 4);
            to[j] = (float)(d * (low - offset) + m);
            to[j + 16] = (float)(d * (high - offset) + m);
        }
    }

    // 16 bytes of scale (low half) and minimum (high half), 64 bytes of weights, d, dmin. A run of 32 bytes holds 128
    // weights: bit pair p of byte b is weight 32·p + b.
    private static void UnpackQ2K(ReadOnlySpan<byte> block, Span<float> to)
    {
        double d = Scale(block, 80), dmin = Scale(block, 82);
        for (int i = 0; i < 256; i++)
        {
            int weight = block[16 + i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2) & 3;
            byte group = block[i / 16];
            to[i] = (float)(d * (group & 15) * weight - dmin * (group >> 4));
        }
    }

    // 32 bytes of third bits (bit i / 32 of byte i % 32), 64 bytes as in Q2_K, 12 bytes of scales, d. A clear third bit
    // stands for −4.
    private static void UnpackQ3K(ReadOnlySpan<byte> block, Span<float> to)
    {
        double d = Scale(block, 108);
        ReadOnlySpan<byte> scales = block.Slice(96, 12);
        for (int i = 0; i < 256; i++)
        {
            int weight = block[32 + i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2) & 3;
            if ((block[i % 32] >> (i / 32) & 1) == 0)
                weight -= 4;
            int group = i / 16;
            int low = group < 8 ? scales[group] & 15 : scales[group - 8] >> 4;
            int scale = low | ((scales[8 + group % 4] >> (group / 4 * 2) & 3) << 4);
            to[i] = (float)(d * (scale - 32) * weight);
        }
    }

    // d, dmin, 12 bytes of pairs, 128 bytes: 32 bytes hold 64 weights, the first 32 in their low halves.
    private static void UnpackQ4K(ReadOnlySpan<byte> block, Span<float> to)
    {
        double d = Scale(block, 0), dmin = Scale(block, 2);
        for (int group = 0; group < 8; group++)
        {
            (int scale, int minimum) = ReadPair(block.Slice(4, 12), group);
            for (int i = 0; i < 32; i++)
            {
                int weight = block[16 + group / 2 * 32 + i] >> (group % 2 * 4) & 15;
                to[group * 32 + i] = (float)(d * scale * weight - dmin * minimum);
            }
        }
    }

    // d, dmin, 12 bytes of pairs, 32 bytes of fifth bits (bit `group` of byte i), 128 bytes as in Q4_K.
    private static void UnpackQ5K(ReadOnlySpan<byte> block, Span<float> to)
    {
        double d = Scale(block, 0), dmin = Scale(block, 2);
        for (int group = 0; group < 8; group++)
        {
            (int scale, int minimum) = ReadPair(block.Slice(4, 12), group);
            for (int i = 0; i < 32; i++)
            {
                int weight = (block[48 + group / 2 * 32 + i] >> (group % 2 * 4) & 15) | (block[16 + i] >> group & 1) << 4;
                to[group * 32 + i] = (float)(d * scale * weight - dmin * minimum);
            }
        }
    }

    // 128 bytes of low halves, 64 bytes of high pairs, 16 signed scales, d. Half a block (128 weights) is 64 bytes of low
    // halves, whose byte i holds weights i and i + 64, and 32 bytes of pairs: pair p of byte b belongs to weight 32·p + b.
    private static void UnpackQ6K(ReadOnlySpan<byte> block, Span<float> to)
    {
        double d = Scale(block, 208);
        for (int i = 0; i < 256; i++)
        {
            int half = i / 128, inHalf = i % 128;
            int low = block[half * 64 + inHalf % 64] >> (inHalf / 64 * 4) & 15;
            int high = block[128 + half * 32 + inHalf % 32] >> (inHalf / 32 * 2) & 3;
            to[i] = (float)(d * (sbyte)block[192 + i / 16] * ((low | high << 4) - 32));
        }
    }
}
