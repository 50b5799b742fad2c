using static GemmaIlgpu.Engine.Weights.BlockPacking;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>Packs blocks of the K types: 256 weights in groups of 16 or 32, whose scales are whole numbers times the block's.</summary>
/// <remarks>
/// Each group's own best scale and minimum are rounded to what the block can store; since the nearest whole numbers need
/// not be the best pair, their neighbours are tried as well.
/// </remarks>
internal static class KBlockPacking
{
    public static void PackQ2K(ReadOnlySpan<float> x, Span<byte> block)
    {
        Span<int> scales = stackalloc int[16], minima = stackalloc int[16];
        (float d, float dmin) = FitAffine(x, highest: 3, limit: 15, block, offset: 80, scales, minima);
        for (int i = 0; i < 256; i++)
        {
            int group = i / 16;
            block[group] = (byte)(scales[group] | minima[group] << 4);
            int level = Level((x[i] + dmin * minima[group]) * Inverse(d * scales[group]), 0, 3);
            block[16 + i / 128 * 32 + i % 32] |= (byte)(level << (i % 128 / 32 * 2));
        }
    }

    public static void PackQ3K(ReadOnlySpan<float> x, Span<byte> block)
    {
        Span<int> scales = stackalloc int[16];
        float d = FitSymmetric(x, lowest: -4, highest: 3, limit: 32, block, offset: 108, scales);
        for (int group = 0; group < 16; group++)
        {
            // Six bits, counted from −32: the low four of two groups share a byte, the high two of four groups.
            int stored = scales[group] + 32;
            block[96 + group % 8] |= (byte)((stored & 15) << (group / 8 * 4));
            block[104 + group % 4] |= (byte)((stored >> 4) << (group / 4 * 2));
            float step = Inverse(d * scales[group]);
            for (int i = group * 16; i < group * 16 + 16; i++)
            {
                int level = Level(x[i] * step, -4, 3) + 4;
                block[32 + i / 128 * 32 + i % 32] |= (byte)((level & 3) << (i % 128 / 32 * 2));
                block[i % 32] |= (byte)((level >> 2) << (i / 32));
            }
        }
    }

    public static void PackQ4K(ReadOnlySpan<float> x, Span<byte> block)
    {
        Span<int> scales = stackalloc int[8], minima = stackalloc int[8];
        (float d, float dmin) = FitAffine(x, highest: 15, limit: 63, block, offset: 0, scales, minima);
        for (int group = 0; group < 8; group++)
        {
            WritePair(block.Slice(4, 12), group, scales[group], minima[group]);
            float step = Inverse(d * scales[group]), offset = dmin * minima[group];
            for (int i = 0; i < 32; i++)
                block[16 + group / 2 * 32 + i] |= (byte)(Level((x[group * 32 + i] + offset) * step, 0, 15) << (group % 2 * 4));
        }
    }

    public static void PackQ5K(ReadOnlySpan<float> x, Span<byte> block)
    {
        Span<int> scales = stackalloc int[8], minima = stackalloc int[8];
        (float d, float dmin) = FitAffine(x, highest: 31, limit: 63, block, offset: 0, scales, minima);
        for (int group = 0; group < 8; group++)
        {
            WritePair(block.Slice(4, 12), group, scales[group], minima[group]);
            float step = Inverse(d * scales[group]), offset = dmin * minima[group];
            for (int i = 0; i < 32; i++)
            {
                int level = Level((x[group * 32 + i] + offset) * step, 0, 31);
                block[48 + group / 2 * 32 + i] |= (byte)((level & 15) << (group % 2 * 4));
                block[16 + i] |= (byte)((level >> 4) << group);
            }
        }
    }

    public static void PackQ6K(ReadOnlySpan<float> x, Span<byte> block)
    {
        Span<int> scales = stackalloc int[16];
        float d = FitSymmetric(x, lowest: -32, highest: 31, limit: 128, block, offset: 208, scales);
        for (int group = 0; group < 16; group++)
        {
            block[192 + group] = (byte)(sbyte)scales[group];
            float step = Inverse(d * scales[group]);
            for (int i = group * 16; i < group * 16 + 16; i++)
            {
                int level = Level(x[i] * step, -32, 31) + 32;
                int half = i / 128, inHalf = i % 128;
                block[half * 64 + inHalf % 64] |= (byte)((level & 15) << (inHalf / 64 * 4));
                block[128 + half * 32 + inHalf % 32] |= (byte)((level >> 4) << (inHalf / 32 * 2));
            }
        }
    }

    // Writes d at the offset and gives it, with a whole number from −limit to limit − 1 for each group of 16.
    private static float FitSymmetric(ReadOnlySpan<float> x, int lowest, int highest, int limit, Span<byte> block, int offset, Span<int> scales)
    {
        Span<float> best = stackalloc float[scales.Length];
        float extreme = 0;
        for (int group = 0; group < scales.Length; group++)
        {
            best[group] = ScaleSearch.Symmetric(x.Slice(group * 16, 16), lowest, highest);
            if (Math.Abs(best[group]) > Math.Abs(extreme))
                extreme = best[group];
        }

        // The largest scale becomes −limit, the end that reaches further.
        float d = WriteScale(block, offset, extreme / -limit), inverse = Inverse(d);
        for (int group = 0; group < scales.Length; group++)
        {
            int near = Level(best[group] * inverse, -limit, limit - 1);
            float least = float.PositiveInfinity;
            for (int scale = Math.Max(-limit, near - 1); scale <= Math.Min(limit - 1, near + 1); scale++)
            {
                float error = ScaleSearch.Error(x.Slice(group * 16, 16), d * scale, 0, lowest, highest);
                if (error < least)
                    (scales[group], least) = (scale, error);
            }
        }

        return d;
    }

    // Writes d and dmin at the offset and gives them, with whole numbers from 0 to the limit for each group.
    private static (float D, float DMin) FitAffine(
        ReadOnlySpan<float> x, int highest, int limit, Span<byte> block, int offset, Span<int> scales, Span<int> minima)
    {
        int length = x.Length / scales.Length;
        Span<float> bestScales = stackalloc float[scales.Length], bestMinima = stackalloc float[scales.Length];
        float largestScale = 0, largestMinimum = 0;
        for (int group = 0; group < scales.Length; group++)
        {
            (bestScales[group], bestMinima[group]) = ScaleSearch.Affine(x.Slice(group * length, length), highest, anyMinimum: false);
            largestScale = Math.Max(largestScale, bestScales[group]);
            largestMinimum = Math.Max(largestMinimum, bestMinima[group]);
        }

        float d = WriteScale(block, offset, largestScale / limit), dmin = WriteScale(block, offset + 2, largestMinimum / limit);
        float inverse = Inverse(d), inverseMinimum = Inverse(dmin);
        for (int group = 0; group < scales.Length; group++)
        {
            int nearScale = Level(bestScales[group] * inverse, 0, limit), nearMinimum = Level(bestMinima[group] * inverseMinimum, 0, limit);
            float least = float.PositiveInfinity;
            for (int scale = Math.Max(0, nearScale - 1); scale <= Math.Min(limit, nearScale + 1); scale++)
            {
                for (int minimum = Math.Max(0, nearMinimum - 1); minimum <= Math.Min(limit, nearMinimum + 1); minimum++)
                {
                    float error = ScaleSearch.Error(x.Slice(group * length, length), d * scale, dmin * minimum, 0, highest);
                    if (error < least)
                        (scales[group], minima[group], least) = (scale, minimum, error);
                }
            }
        }

        return (d, dmin);
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
}
