using ILGPU;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>The bytes of quantised weights, seen as bytes and as halfwords.</summary>
public readonly struct BlockData
{
    public readonly ArrayView<byte> Bytes;
    public readonly ArrayView<ushort> Halves;

    /// <param name="bytes">Aligned to two bytes.</param>
    public BlockData(ArrayView<byte> bytes)
    {
        Bytes = bytes;
        Halves = bytes.Cast<ushort>();
    }

    /// <summary>Two halfwords as one number.</summary>
    public static uint Word(BlockData data, long half) => data.Halves[half] | ((uint)data.Halves[half + 1] << 16);
}

/// <summary>
/// How quantised weights are stored. Kernels take the format as a type parameter, so one source serves every type and the
/// decoding is inlined.
/// </summary>
/// <remarks>
/// <para>A weight is scale · level − minimum. Scale and minimum belong to a group of <see cref="GroupLength"/> weights in
/// sequence; levels are small whole numbers, by which integer arithmetic can multiply.</para>
/// <para>Kernels walk a row in spans of <see cref="Span"/> weights, blocks of <see cref="Block"/> and pairs of
/// neighbours. A span begins at a halfword number of the data; what follows it are the bytes of one block of a K type or
/// of eight blocks of a simple type, of which the last span of a row may have fewer.</para>
/// </remarks>
public interface IBlockFormat
{
    /// <summary>Weights of a span.</summary>
    const int Span = 256;

    /// <summary>Weights of a block.</summary>
    const int Block = 32;

    /// <summary>Pairs of a block.</summary>
    const int Pairs = Block / 2;

    /// <summary>Halfwords of a span.</summary>
    static abstract int SpanHalves { get; }

    /// <summary>Whether a row may end within a span, as blocks of 32 allow.</summary>
    static abstract bool HasShortSpans { get; }

    /// <summary>Weights with a common scale: 16 or 32.</summary>
    static abstract int GroupLength { get; }

    /// <summary>Whether anything is subtracted.</summary>
    static abstract bool HasMinimum { get; }

    /// <summary>
    /// The levels of pair first + lane of a block, 0 to 15, as two 16-bit numbers. Neighbouring lanes read neighbouring
    /// bytes; <paramref name="first"/> is the same for all lanes and a multiple of the warp, or 0 on warps wider than a block.
    /// </summary>
    static abstract int Levels(BlockData data, long span, int block, int first, int lane);

    /// <summary>What the levels of a group of the span are multiplied by. The group may differ from lane to lane.</summary>
    static abstract float Scale(BlockData data, long span, int group);

    /// <summary>What is subtracted from the weights of a group of the span.</summary>
    static abstract float Minimum(BlockData data, long span, int group);
}

/// <summary>Places in the blocks that several formats share.</summary>
internal static class BlockReads
{
    /// <summary>binary16 at a halfword; infinities and NaNs become infinities.</summary>
    /// <remarks>
    /// Shorter than <see cref="Float16Format"/>: the arithmetic shift puts sign, exponent and fraction in place and the
    /// multiplications correct the exponent's bias. The detour by 2¹¹² overflows for what was no finite number, and only then.
    /// </remarks>
    public static float Half(BlockData data, long half) => ToFloat(data.Halves[half]);

    /// <inheritdoc cref="Half"/>
    public static float ToFloat(ushort half)
    {
        int bits = ((short)half << 13) & unchecked((int)0x8FFF_E000);
        return Interop.IntAsFloat((uint)bits) * TwoToThe112 * TwoToThe112 * (1 / TwoToThe112);
    }

    private const float TwoToThe112 = 5.192296858534828e33f;

    /// <summary>A pair of bytes.</summary>
    public static int Bytes(BlockData data, long half) => IntegerPairs.FromBytes(data.Halves[half]);

    /// <summary>Levels from 16 bytes whose low halves are weights 0 to 15 of a block and whose high halves are 16 to 31.</summary>
    public static int SplitNibbles(BlockData data, long half, int first, int lane)
    {
        // Up to 8 lanes stay within one kind of half, so that shift and place are the same for all.
        if (Warp.WarpSize <= 8)
            return (Bytes(data, half + (first & 7) + lane) >> (first >> 3 << 2)) & IntegerPairs.LowFour;
        return (Bytes(data, half + (lane & 7)) >> (lane >> 3 << 2)) & IntegerPairs.LowFour;
    }

    /// <summary>The bits of pair number <paramref name="pair"/> of 32 bits, at the place of the fifth bit of its levels.</summary>
    public static int FifthBits(uint bits, int pair)
    {
        uint two = bits >> (2 * pair);
        return (int)(((two & 1) << 4) | ((two & 2) << 19));
    }
}
