using System.Runtime.InteropServices;

namespace GemmaIlgpu.Kernels.Tests;

/// <summary>Seeded test data: the same numbers on every machine and run.</summary>
public static class Inputs
{
    /// <summary>Values spread evenly over −scale … scale.</summary>
    public static float[] Uniform(int length, int seed, float scale = 1f)
    {
        var random = new Random(seed);
        var values = new float[length];
        for (int i = 0; i < length; i++)
            values[i] = ((random.NextSingle() * 2f) - 1f) * scale;
        return values;
    }

    /// <summary>The bytes of a weight matrix of the given type and what they mean, read back exactly.</summary>
    public static (byte[] Bytes, float[] Values) Weights(int length, WeightType type, int seed, float scale = 1f)
    {
        float[] values = Uniform(length, seed, scale);
        switch (type)
        {
            case WeightType.Float32:
                return (MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), values);
            case WeightType.Float16:
                Half[] halves = [.. values.Select(v => (Half)v)];
                return (MemoryMarshal.AsBytes(halves.AsSpan()).ToArray(), [.. halves.Select(v => (float)v)]);
            default:
                ushort[] upper = [.. values.Select(v => (ushort)(BitConverter.SingleToUInt32Bits(v) >> 16))];
                return (MemoryMarshal.AsBytes(upper.AsSpan()).ToArray(), [.. upper.Select(v => BitConverter.UInt32BitsToSingle((uint)v << 16))]);
        }
    }

    /// <summary>bfloat16 bytes as the numbers they stand for.</summary>
    public static float[] FromBFloat16(byte[] bytes) =>
        [.. MemoryMarshal.Cast<byte, ushort>(bytes).ToArray().Select(v => BitConverter.UInt32BitsToSingle((uint)v << 16))];
}
