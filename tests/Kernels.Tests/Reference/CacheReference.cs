namespace GemmaIlgpu.Kernels.Tests;

/// <summary>Cache types once more, by .NET's own conversions and in double precision.</summary>
public static class CacheReference
{
    /// <summary>What one head vector is stored as: its elements' bytes, and its scale. Levels of vectors below 1e-30 are 0.</summary>
    public static (byte[] Bytes, float Scale) Store(CacheType type, ReadOnlySpan<float> vector)
    {
        float scale = type == CacheType.Int8 ? Largest(vector) / 127f : 0f;
        var bytes = new List<byte>();
        foreach (float value in vector)
        {
            bytes.AddRange(type switch
            {
                CacheType.Float32 => BitConverter.GetBytes(value),
                CacheType.Float16 => BitConverter.GetBytes((Half)Math.Clamp(value, -65504f, 65504f)),
                CacheType.BFloat16 => BitConverter.GetBytes(BFloat16(value)),
                _ => [Largest(vector) < 1e-30f ? (byte)0 : (byte)(sbyte)Math.Round(value * (127f / Largest(vector)), MidpointRounding.ToEven)],
            });
        }

        return ([.. bytes], scale);
    }

    /// <summary>Values as they come back, head vector by head vector.</summary>
    public static float[] Rounded(CacheType type, float[] values, int headDim) =>
        [.. values.Chunk(headDim).SelectMany(vector => Load(type, Store(type, vector)))];

    private static IEnumerable<float> Load(CacheType type, (byte[] Bytes, float Scale) stored) => type switch
    {
        CacheType.Float32 => stored.Bytes.Chunk(4).Select(b => BitConverter.ToSingle(b)),
        CacheType.Float16 => stored.Bytes.Chunk(2).Select(b => (float)BitConverter.ToHalf(b)),
        CacheType.BFloat16 => stored.Bytes.Chunk(2).Select(b => BitConverter.UInt32BitsToSingle((uint)BitConverter.ToUInt16(b) << 16)),
        _ => stored.Bytes.Select(b => (sbyte)b * stored.Scale),
    };

    // Two candidates, the nearer one; of equally near ones that with an even last bit.
    private static ushort BFloat16(float value)
    {
        if (float.IsNaN(value))
            return 0x7FC0;
        uint bits = BitConverter.SingleToUInt32Bits(value);
        ushort below = (ushort)(bits >> 16), above = (ushort)(below + 1);
        uint rest = bits & 0xFFFF;
        return rest > 0x8000 || (rest == 0x8000 && (below & 1) == 1) ? above : below;
    }

    private static float Largest(ReadOnlySpan<float> vector)
    {
        float largest = 0;
        foreach (float value in vector)
            largest = MathF.Max(largest, MathF.Abs(value));
        return largest;
    }
}
