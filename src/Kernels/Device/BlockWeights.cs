using ILGPU;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>
/// How the weights of a block are stored. Kernels take the format as a type parameter, so one source serves every block
/// type and the decoding is inlined. A weight is its block's scale times its level.
/// </summary>
public interface IBlockFormat
{
    /// <summary>Bytes of a block, which begins with its scale in binary16.</summary>
    static abstract int Bytes { get; }

    /// <summary>
    /// The level of weight first + lane of a block. Neighbouring lanes read neighbouring bytes; first is the same for
    /// all lanes and a multiple of the lanes that take part, a power of two up to 32.
    /// </summary>
    static abstract float Level(ArrayView<byte> data, long blockStart, int first, int lane);
}

/// <summary>Signed bytes.</summary>
public readonly struct Q8Format : IBlockFormat
{
    public static int Bytes => 34;

    public static float Level(ArrayView<byte> data, long blockStart, int first, int lane) =>
        (sbyte)data[blockStart + (2 + first) + lane];
}

/// <summary>Halves of bytes, each plus 8: the low ones are weights 0 to 15, the high ones 16 to 31.</summary>
public readonly struct Q4Format : IBlockFormat
{
    public static int Bytes => 18;

    public static float Level(ArrayView<byte> data, long blockStart, int first, int lane)
    {
        // Up to 16 lanes stay within one kind of half, so that shift and place are the same for all.
        if (Warp.WarpSize <= 16)
            return ((data[blockStart + (2 + (first & 15)) + lane] >> (first >> 4 << 2)) & 15) - 8;
        return ((data[blockStart + 2 + (lane & 15)] >> (lane >> 4 << 2)) & 15) - 8;
    }
}

/// <summary>What every block format shares.</summary>
public static class BlockWeights
{
    /// <summary>Lanes that work on one block: a wider warp leaves the others idle.</summary>
    public static int Lanes => Warp.WarpSize < QuantisedMatrix.BlockLength ? Warp.WarpSize : QuantisedMatrix.BlockLength;

    /// <summary>Whether this lane works; on warps up to 32 known to be true when the kernel is compiled.</summary>
    public static bool IsActive => Warp.WarpSize <= QuantisedMatrix.BlockLength || Warp.LaneIdx < QuantisedMatrix.BlockLength;

    /// <summary>The scale of the block that begins at a byte, which is even.</summary>
    public static float Scale(ArrayView<ushort> halves, long blockStart) => Float16Format.ToFloat(halves[blockStart >> 1]);
}
