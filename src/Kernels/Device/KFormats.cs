using ILGPU;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>Q2_K: 16 bytes of scale and minimum (4 bits each), 64 bytes of bit pairs, the factors of scales and of minima.</summary>
public readonly struct Q2KFormat : IBlockFormat
{
    public static int SpanHalves => 42;
    public static bool HasShortSpans => false;
    public static int GroupLength => 16;
    public static bool HasMinimum => true;

    public static int Levels(BlockData data, long span, int block, int first, int lane) =>
        (BlockReads.Bytes(data, span + (8 + (block >> 2 << 4) + first) + lane) >> ((block & 3) << 1)) & IntegerPairs.LowTwo;

    public static float Scale(BlockData data, long span, int group) =>
        BlockReads.Half(data, span + 40) * (data.Bytes[(span * 2) + group] & 15);

    public static float Minimum(BlockData data, long span, int group) =>
        BlockReads.Half(data, span + 41) * (data.Bytes[(span * 2) + group] >> 4);
}

/// <summary>Q3_K: 32 bytes of third bits, 64 bytes of bit pairs, 16 scales of 6 bits in 12 bytes, their factor; 4 more than the level stands for.</summary>
public readonly struct Q3KFormat : IBlockFormat
{
    public static int SpanHalves => 55;
    public static bool HasShortSpans => false;
    public static int GroupLength => 16;
    public static bool HasMinimum => true;

    public static int Levels(BlockData data, long span, int block, int first, int lane)
    {
        int low = (BlockReads.Bytes(data, span + (16 + (block >> 2 << 4) + first) + lane) >> ((block & 3) << 1)) & IntegerPairs.LowTwo;
        int third = (BlockReads.Bytes(data, span + first + lane) >> block) & IntegerPairs.LowOne;
        return low | (third << 2);
    }

    // Scale g: its low four bits are half g / 8 of byte g mod 8, its high two bits are pair g / 4 of byte 8 + g mod 4.
    public static float Scale(BlockData data, long span, int group)
    {
        uint lower = (group & 4) == 0 ? BlockData.Word(data, span + 48) : BlockData.Word(data, span + 50);
        int at = (group & 3) << 3;
        uint low = (lower >> (at + (group >> 3 << 2))) & 15;
        uint high = (BlockData.Word(data, span + 52) >> (at + (group >> 2 << 1))) & 3;
        return BlockReads.Half(data, span + 54) * ((int)(low | (high << 4)) - 32);
    }

    public static float Minimum(BlockData data, long span, int group) => 4f * Scale(data, span, group);
}

/// <summary>Q4_K: the factors of scales and of minima, 8 of each in 12 bytes, 128 bytes of halves.</summary>
public readonly struct Q4KFormat : IBlockFormat
{
    public static int SpanHalves => 72;
    public static bool HasShortSpans => false;
    public static int GroupLength => 32;
    public static bool HasMinimum => true;

    public static int Levels(BlockData data, long span, int block, int first, int lane) => KScales.Nibbles(data, span + 8, block, first, lane);

    public static float Scale(BlockData data, long span, int group) => BlockReads.Half(data, span) * KScales.Scale(data, span + 2, group);

    public static float Minimum(BlockData data, long span, int group) => BlockReads.Half(data, span + 1) * KScales.Minimum(data, span + 2, group);
}

/// <summary>Q5_K: as <see cref="Q4KFormat"/>, with 32 bytes of fifth bits before the halves.</summary>
public readonly struct Q5KFormat : IBlockFormat
{
    public static int SpanHalves => 88;
    public static bool HasShortSpans => false;
    public static int GroupLength => 32;
    public static bool HasMinimum => true;

    public static int Levels(BlockData data, long span, int block, int first, int lane)
    {
        int fifth = (BlockReads.Bytes(data, span + (8 + first) + lane) >> block) & IntegerPairs.LowOne;
        return KScales.Nibbles(data, span + 24, block, first, lane) | (fifth << 4);
    }

    public static float Scale(BlockData data, long span, int group) => BlockReads.Half(data, span) * KScales.Scale(data, span + 2, group);

    public static float Minimum(BlockData data, long span, int group) => BlockReads.Half(data, span + 1) * KScales.Minimum(data, span + 2, group);
}

/// <summary>Q6_K: 128 bytes of low halves, 64 bytes of high bit pairs, 16 signed scales, their factor; 32 more than the level stands for.</summary>
public readonly struct Q6KFormat : IBlockFormat
{
    public static int SpanHalves => 105;
    public static bool HasShortSpans => false;
    public static int GroupLength => 16;
    public static bool HasMinimum => true;

    // Half a span is 64 bytes of low halves, whose byte i holds weights i and i + 64, and 32 bytes of high pairs.
    public static int Levels(BlockData data, long span, int block, int first, int lane)
    {
        int low = BlockReads.Bytes(data, span + ((block >> 2 << 5) + ((block & 1) << 4) + first) + lane) >> ((block & 2) << 1);
        int high = BlockReads.Bytes(data, span + (64 + (block >> 2 << 4) + first) + lane) >> ((block & 3) << 1);
        return (low & IntegerPairs.LowFour) | ((high & IntegerPairs.LowTwo) << 4);
    }

    public static float Scale(BlockData data, long span, int group) =>
        BlockReads.Half(data, span + 104) * (sbyte)data.Bytes[(span * 2) + 192 + group];

    public static float Minimum(BlockData data, long span, int group) => 32f * Scale(data, span, group);
}

/// <summary>What Q4_K and Q5_K share: eight scales and minima of six bits in 12 bytes, and halves of which 32 bytes hold 64 weights.</summary>
internal static class KScales
{
    public static int Nibbles(BlockData data, long half, int block, int first, int lane) =>
        (BlockReads.Bytes(data, half + ((block >> 1 << 4) + first) + lane) >> ((block & 1) << 2)) & IntegerPairs.LowFour;

    // The first four scales are the low six bits of bytes 0 to 3, their minima of bytes 4 to 7. The others have their low
    // four bits in bytes 8 to 11, scales below and minima above, and the rest on top of the first.
    public static int Scale(BlockData data, long half, int group)
    {
        int at = (group & 3) << 3;
        uint first = BlockData.Word(data, half) >> at, third = BlockData.Word(data, half + 4) >> at;
        return (int)(group < 4 ? first & 63 : (third & 15) | ((first >> 2) & 48));
    }

    public static int Minimum(BlockData data, long half, int group)
    {
        int at = (group & 3) << 3;
        uint second = BlockData.Word(data, half + 2) >> at, third = BlockData.Word(data, half + 4) >> at;
        return (int)(group < 4 ? second & 63 : ((third >> 4) & 15) | ((second >> 2) & 48));
    }
}
