using ILGPU;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>Q8_0: the scale in binary16, 32 signed bytes.</summary>
public readonly struct Q8_0Format : IBlockFormat
{
    private const int BlockHalves = 17;

    public static int SpanHalves => 8 * BlockHalves;
    public static bool HasShortSpans => true;
    public static int GroupLength => 32;
    public static bool HasMinimum => false;

    public static int Levels(BlockData data, long span, int block, int first, int lane) =>
        IntegerPairs.FromSignedBytes(data.Halves[span + ((block * BlockHalves) + 1 + first) + lane]);

    public static float Scale(BlockData data, long span, int group) => BlockReads.Half(data, span + (group * BlockHalves));

    public static float Minimum(BlockData data, long span, int group) => 0f;
}

/// <summary>Q4_0: the scale, 16 bytes of halves, each 8 more than the level stands for.</summary>
public readonly struct Q4_0Format : IBlockFormat
{
    private const int BlockHalves = 9;

    public static int SpanHalves => 8 * BlockHalves;
    public static bool HasShortSpans => true;
    public static int GroupLength => 32;
    public static bool HasMinimum => true;

    public static int Levels(BlockData data, long span, int block, int first, int lane) =>
        BlockReads.SplitNibbles(data, span + ((block * BlockHalves) + 1), first, lane);

    public static float Scale(BlockData data, long span, int group) => BlockReads.Half(data, span + (group * BlockHalves));

    public static float Minimum(BlockData data, long span, int group) => 8f * Scale(data, span, group);
}

/// <summary>Q4_1: scale, negated minimum, 16 bytes of halves.</summary>
public readonly struct Q4_1Format : IBlockFormat
{
    private const int BlockHalves = 10;

    public static int SpanHalves => 8 * BlockHalves;
    public static bool HasShortSpans => true;
    public static int GroupLength => 32;
    public static bool HasMinimum => true;

    public static int Levels(BlockData data, long span, int block, int first, int lane) =>
        BlockReads.SplitNibbles(data, span + ((block * BlockHalves) + 2), first, lane);

    public static float Scale(BlockData data, long span, int group) => BlockReads.Half(data, span + (group * BlockHalves));

    public static float Minimum(BlockData data, long span, int group) => -BlockReads.Half(data, span + (group * BlockHalves) + 1);
}

/// <summary>Q5_0: the scale, 32 fifth bits, 16 bytes of halves; 16 more than the level stands for.</summary>
public readonly struct Q5_0Format : IBlockFormat
{
    private const int BlockHalves = 11;

    public static int SpanHalves => 8 * BlockHalves;
    public static bool HasShortSpans => true;
    public static int GroupLength => 32;
    public static bool HasMinimum => true;

    public static int Levels(BlockData data, long span, int block, int first, int lane)
    {
        long at = span + (block * BlockHalves);
        return BlockReads.SplitNibbles(data, at + 3, first, lane) | BlockReads.FifthBits(BlockData.Word(data, at + 1), first + lane);
    }

    public static float Scale(BlockData data, long span, int group) => BlockReads.Half(data, span + (group * BlockHalves));

    public static float Minimum(BlockData data, long span, int group) => 16f * Scale(data, span, group);
}

/// <summary>Q5_1: scale, negated minimum, 32 fifth bits, 16 bytes of halves.</summary>
public readonly struct Q5_1Format : IBlockFormat
{
    private const int BlockHalves = 12;

    public static int SpanHalves => 8 * BlockHalves;
    public static bool HasShortSpans => true;
    public static int GroupLength => 32;
    public static bool HasMinimum => true;

    public static int Levels(BlockData data, long span, int block, int first, int lane)
    {
        long at = span + (block * BlockHalves);
        return BlockReads.SplitNibbles(data, at + 4, first, lane) | BlockReads.FifthBits(BlockData.Word(data, at + 2), first + lane);
    }

    public static float Scale(BlockData data, long span, int group) => BlockReads.Half(data, span + (group * BlockHalves));

    public static float Minimum(BlockData data, long span, int group) => -BlockReads.Half(data, span + (group * BlockHalves) + 1);
}
