using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>From floats to the bytes of a weight type: F32, F16, BF16, Q8_0, Q4_0, Q4_K, Q6_K.</summary>
/// <remarks>
/// Weights are rounded to the nearest level. Scales come from a few candidates around the one that spans the range, each
/// improved to the least squares fit of its levels; the candidate with the smallest squared error wins. Layouts are
/// those of <see cref="BlockFormats"/>.
/// </remarks>
public static class BlockPacking
{
    /// <summary>Whether <see cref="Pack"/> makes this type.</summary>
    public static bool CanPack(TensorType type) => type is TensorType.F32 or TensorType.F16 or TensorType.BF16
        or TensorType.Q8_0 or TensorType.Q4_0 or TensorType.Q4K or TensorType.Q6K;

    /// <summary>Stores weights.</summary>
    /// <param name="type">How.</param>
    /// <param name="values">Whole blocks of finite values.</param>
    /// <param name="target">As many bytes as that takes.</param>
    public static void Pack(TensorType type, ReadOnlySpan<float> values, Span<byte> target)
    {
        if (!CanPack(type) || type.Bytes(values.Length) != target.Length)
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
                case TensorType.Q4K: PackQ4K(from, to); break;
                default: PackQ6K(from, to); break;
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
        float inverse = Inverse(WriteScale(block, 0, SymmetricScale(x, -8, 7)));
        for (int j = 0; j < 16; j++)
            block[2 + j] = (byte)((Level(x[j] * inverse, -8, 7) + 8) | (Level(x[j + 16] * inverse, -8, 7) + 8) << 4);
    }

    private static void PackQ4K(ReadOnlySpan<float> x, Span<byte> block)
    {
        Span<float> scales = stackalloc float[8], minima = stackalloc float[8];
        float largestScale = 0, largestMinimum = 0;
        for (int group = 0; group < 8; group++)
        {
            (scales[group], minima[group]) = AffineScale(x.Slice(group * 32, 32), 15);
            largestScale = Math.Max(largestScale, scales[group]);
            largestMinimum = Math.Max(largestMinimum, minima[group]);
        }

        float d = WriteScale(block, 0, largestScale / 63), dmin = WriteScale(block, 2, largestMinimum / 63);
        float inverse = Inverse(d), inverseMinimum = Inverse(dmin);
        for (int group = 0; group < 8; group++)
        {
            int scale = Level(scales[group] * inverse, 0, 63), minimum = Level(minima[group] * inverseMinimum, 0, 63);
            WritePair(block.Slice(4, 12), group, scale, minimum);
            float step = Inverse(d * scale), offset = dmin * minimum;
            for (int i = 0; i < 32; i++)
                block[16 + group / 2 * 32 + i] |= (byte)(Level((x[group * 32 + i] + offset) * step, 0, 15) << (group % 2 * 4));
        }
    }

    private static void PackQ6K(ReadOnlySpan<float> x, Span<byte> block)
    {
        Span<float> scales = stackalloc float[16];
        float extreme = 0;
        for (int group = 0; group < 16; group++)
        {
            scales[group] = SymmetricScale(x.Slice(group * 16, 16), -32, 31);
            if (Math.Abs(scales[group]) > Math.Abs(extreme))
                extreme = scales[group];
        }

        // The largest scale becomes −128, the end of a signed byte that reaches further.
        float d = WriteScale(block, 208, extreme / -128), inverse = Inverse(d);
        for (int group = 0; group < 16; group++)
        {
            int scale = Level(scales[group] * inverse, -128, 127);
            block[192 + group] = (byte)(sbyte)scale;
            float step = Inverse(d * scale);
            for (int i = group * 16; i < group * 16 + 16; i++)
            {
                int level = Level(x[i] * step, -32, 31) + 32;
                int half = i / 128, inHalf = i % 128;
                block[half * 64 + inHalf % 64] |= (byte)((level & 15) << (inHalf / 64 * 4));
                block[128 + half * 32 + inHalf % 32] |= (byte)((level >> 4) << (inHalf / 32 * 2));
            }
        }
    }

    /// <summary>The inverse of <see cref="BlockFormats.ReadPair"/>.</summary>
    private static void WritePair(Span<byte> scales, int number, int scale, int minimum)
    {
        if (number < 4)
        {
            scales[number] |= (byte)scale;
            scales[number + 4] |= (byte)minimum;
            return;
        }

        scales[number + 4] |= (byte)((scale & 15) | (minimum & 15) << 4);
        scales[number - 4] |= (byte)(scale >> 4 << 6);
        scales[number] |= (byte)(minimum >> 4 << 6);
    }

    // x ≈ scale · level with levels from lowest to highest. The extreme value takes the lowest level, as there is one
    // more below zero than above; a scale that clips it a little often serves the others better.
    private static float SymmetricScale(ReadOnlySpan<float> x, int lowest, int highest)
    {
        float extreme = 0;
        foreach (float value in x)
        {
            if (Math.Abs(value) > Math.Abs(extreme))
                extreme = value;
        }

        if (extreme == 0)
            return 0;
        float best = 0, bestGain = -1;
        for (int candidate = -6; candidate <= 6; candidate++)
        {
            (float xq, float qq) = Correlate(x, (lowest + 0.15f * candidate) / extreme, lowest, highest);

            // The least squares scale of these levels is xq/qq; it takes xq²/qq off the squared error.
            float gain = qq > 0 ? xq * (xq / qq) : 0;
            if (gain > bestGain)
                (best, bestGain) = (qq > 0 ? xq / qq : 0, gain);
        }

        return best;
    }

    // Σ value · level and Σ level² for the levels that an inverse scale gives; the groups are whole vectors.
    private static (float ValueLevel, float LevelLevel) Correlate(ReadOnlySpan<float> x, float inverse, float lowest, float highest)
    {
        Vector<float> xq = Vector<float>.Zero, qq = Vector<float>.Zero, low = new(lowest), high = new(highest);
        foreach (Vector<float> value in MemoryMarshal.Cast<float, Vector<float>>(x))
        {
            Vector<float> level = Vector.Min(Vector.Max(Vector.Round(value * inverse), low), high);
            xq += value * level;
            qq += level * level;
        }

        return (Vector.Sum(xq), Vector.Sum(qq));
    }

    // x ≈ scale · level − minimum with levels from 0 and a minimum from 0 on.
    private static (float Scale, float Minimum) AffineScale(ReadOnlySpan<float> x, int highest)
    {
        float low = 0, high = 0;
        foreach (float value in x)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        if (high == low)
            return (0, 0);
        float bestScale = (high - low) / highest, bestMinimum = -low, bestError = float.PositiveInfinity;
        for (int candidate = 0; candidate <= 8; candidate++)
        {
            float inverse = (highest - 1.2f + 0.3f * candidate) / (high - low);
            float sq = 0, sqq = 0, sx = 0, sxq = 0;
            foreach (float value in x)
            {
                float level = Math.Clamp(MathF.Round((value - low) * inverse), 0, highest);
                sq += level;
                sqq += level * level;
                sx += value;
                sxq += value * level;
            }

            // Least squares of a line through (level, value).
            float determinant = x.Length * sqq - sq * sq;
            if (determinant <= 0)
                continue;
            float scale = (x.Length * sxq - sx * sq) / determinant, minimum = (scale * sq - sx) / x.Length;
            if (minimum < 0)
                (scale, minimum) = (sxq / sqq, 0);
            float error = AffineError(x, scale, minimum, highest);
            if (scale > 0 && error < bestError)
                (bestScale, bestMinimum, bestError) = (scale, minimum, error);
        }

        return (bestScale, bestMinimum);
    }

    private static float AffineError(ReadOnlySpan<float> x, float scale, float minimum, int highest)
    {
        float error = 0, inverse = Inverse(scale);
        foreach (float value in x)
        {
            float level = Math.Clamp(MathF.Round((value + minimum) * inverse), 0, highest);
            float difference = scale * level - minimum - value;
            error += difference * difference;
        }

        return error;
    }

    // Stores a scale as binary16 and returns what is stored.
    private static float WriteScale(Span<byte> block, int offset, float scale)
    {
        var stored = (Half)scale;
        BinaryPrimitives.WriteHalfLittleEndian(block[offset..], stored);
        return (float)stored;
    }

    private static float Inverse(float value) => value == 0 ? 0 : 1 / value;

    private static int Level(float value, int lowest, int highest) => (int)Math.Clamp(MathF.Round(value), lowest, highest);
}
