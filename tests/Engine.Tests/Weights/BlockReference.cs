using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Tests.Weights;

/// <summary>
/// Unpacks blocks in double, from the layouts' descriptions and in another way than the product: every field is first
/// spread into an array of whole numbers, one for each weight, with the loops running over the stored bytes.
/// </summary>
internal static class BlockReference
{
    /// <summary>Where a block holds binary16 numbers.</summary>
    public static int[] ScaleOffsets(TensorType type) => type switch
    {
        TensorType.Q8_0 or TensorType.Q4_0 or TensorType.Q5_0 => [0],
        TensorType.Q4_1 or TensorType.Q5_1 or TensorType.Q4K or TensorType.Q5K => [0, 2],
        TensorType.Q2K => [80, 82],
        TensorType.Q3K => [108],
        TensorType.Q6K => [208],
        _ => [],
    };

    public static double[] Unpack(TensorType type, byte[] block)
    {
        double[] scales = [.. ScaleOffsets(type).Select(offset => (double)BitConverter.ToHalf(block, offset))];
        double d = scales[0], m = scales.Length > 1 ? scales[1] : 0;
        switch (type)
        {
            case TensorType.Q8_0:
                return [.. block[2..].Select(value => d * unchecked((sbyte)value))];
            case TensorType.Q4_0:
                return [.. Halves(block[2..18]).Select(q => d * (q - 8))];
            case TensorType.Q4_1:
                return [.. Halves(block[4..20]).Select(q => d * q + m)];
            case TensorType.Q5_0:
                return [.. Halves(block[6..22]).Zip(Bits(block[2..6]), (low, high) => d * (low + 16 * high - 16))];
            case TensorType.Q5_1:
                return [.. Halves(block[8..24]).Zip(Bits(block[4..8]), (low, high) => d * (low + 16 * high) + m)];
            case TensorType.Q2K:
                return [.. Pairs(block[16..80], 32).Select((q, i) => d * (block[i / 16] % 16) * q - m * (block[i / 16] / 16))];
            case TensorType.Q3K:
                int[] third = Planes(block[0..32]), six = SixBitScales(block[96..108]);
                return [.. Pairs(block[32..96], 32).Select((q, i) => d * (six[i / 16] - 32) * (q + 4 * third[i] - 4))];
            case TensorType.Q4K:
                (int[] s4, int[] m4) = ScalesAndMinima(block[4..16]);
                return [.. HalvesOf32(block[16..144]).Select((q, i) => d * s4[i / 32] * q - m * m4[i / 32])];
            case TensorType.Q5K:
                (int[] s5, int[] m5) = ScalesAndMinima(block[4..16]);
                int[] fifth = Planes(block[16..48]);
                return [.. HalvesOf32(block[48..176]).Select((q, i) => d * s5[i / 32] * (q + 16 * fifth[i]) - m * m5[i / 32])];
            default:
                int[] low4 = [.. block[0..128].Chunk(64).SelectMany(Halves)], high2 = Pairs(block[128..192], 32);
                return [.. low4.Select((q, i) => d * unchecked((sbyte)block[192 + i / 16]) * (q + 16 * high2[i] - 32))];
        }
    }

    // All low halves, then all high halves.
    private static int[] Halves(byte[] bytes) => [.. bytes.Select(value => value % 16), .. bytes.Select(value => value / 16)];

    private static IEnumerable<int> HalvesOf32(byte[] bytes) => bytes.Chunk(32).SelectMany(Halves);

    // The bits of bytes in order, lowest first.
    private static int[] Bits(byte[] bytes) => [.. bytes.SelectMany(value => Enumerable.Range(0, 8).Select(bit => value >> bit & 1))];

    // The lowest bit of all bytes, then the next of all bytes, …
    private static int[] Planes(byte[] bytes) => [.. Enumerable.Range(0, 8).SelectMany(bit => bytes.Select(value => value >> bit & 1))];

    // For every run of bytes: the lowest two bits of all, then the next two of all, …
    private static int[] Pairs(byte[] bytes, int run) =>
        [.. bytes.Chunk(run).SelectMany(part => new[] { 1, 4, 16, 64 }.SelectMany(unit => part.Select(value => value / unit % 4)))];

    // 16 scales: eight bytes of low halves as in Halves, then four bytes of high pairs.
    private static int[] SixBitScales(byte[] bytes) => [.. Halves(bytes[..8]).Zip(Pairs(bytes[8..], 4), (low, high) => low + 16 * high)];

    // Twelve bytes: s0–s3 in the low six bits of the first four, m0–m3 of the second four; s4–s7 and m4–m7 have their
    // low halves in the third four and their upper two bits in the top of the first and second four.
    private static (int[] Scales, int[] Minima) ScalesAndMinima(byte[] bytes) =>
    (
        [.. bytes[..4].Select(b => b % 64), .. bytes[8..].Zip(bytes[..4], (low, top) => low % 16 + top / 64 * 16)],
        [.. bytes[4..8].Select(b => b % 64), .. bytes[8..].Zip(bytes[4..8], (low, top) => low / 16 + top / 64 * 16)]
    );
}
