using System.Numerics;
using System.Runtime.InteropServices;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>Looks for the scale, and the minimum, with which whole-number levels come nearest to a group of weights.</summary>
/// <remarks>
/// A few scales around the one that spans the range are tried, each improved to the least squares fit of the levels that it
/// gives; the smallest squared error wins. Groups are 16 or 32 weights, so whole vectors of 4, 8 or 16.
/// </remarks>
internal static class ScaleSearch
{
    /// <summary>x ≈ scale · level, levels from lowest to highest.</summary>
    /// <remarks>
    /// The extreme weight takes the lowest level, as there is one more below zero than above; a scale that clips it a
    /// little often serves the others better.
    /// </remarks>
    public static float Symmetric(ReadOnlySpan<float> x, int lowest, int highest)
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

    /// <summary>x ≈ scale · level − minimum, levels from 0 to highest.</summary>
    /// <param name="x">The weights.</param>
    /// <param name="highest">The highest level.</param>
    /// <param name="anyMinimum">Whether the minimum may be negative, which the K types cannot store.</param>
    public static (float Scale, float Minimum) Affine(ReadOnlySpan<float> x, int highest, bool anyMinimum)
    {
        float low = x[0], high = x[0], sx = 0;
        foreach (float value in x)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
            sx += value;
        }

        if (!anyMinimum)
            (low, high) = (Math.Min(low, 0), Math.Max(high, 0));
        if (high == low)
            return (0, -low);
        float bestScale = (high - low) / highest, bestMinimum = -low, bestError = Error(x, bestScale, bestMinimum, 0, highest);
        for (int candidate = 0; candidate <= 8; candidate++)
        {
            float inverse = (highest - 1.2f + 0.3f * candidate) / (high - low);
            (float sq, float sqq, float sxq) = Sums(x, low, inverse, highest);

            // Least squares of a line through (level, value).
            float determinant = x.Length * sqq - sq * sq;
            if (determinant <= 0)
                continue;
            float scale = (x.Length * sxq - sx * sq) / determinant, minimum = (scale * sq - sx) / x.Length;
            if (minimum < 0 && !anyMinimum)
                (scale, minimum) = (sxq / sqq, 0);
            if (scale <= 0)
                continue;
            float error = Error(x, scale, minimum, 0, highest);
            if (error < bestError)
                (bestScale, bestMinimum, bestError) = (scale, minimum, error);
        }

        return (bestScale, bestMinimum);
    }

    /// <summary>Σ (x − (scale · level − minimum))² with the nearest levels from lowest to highest.</summary>
    public static float Error(ReadOnlySpan<float> x, float scale, float minimum, float lowest, float highest)
    {
        Vector<float> sum = Vector<float>.Zero, low = new(lowest), high = new(highest), least = new(minimum);
        float inverse = scale == 0 ? 0 : 1 / scale;
        foreach (Vector<float> value in MemoryMarshal.Cast<float, Vector<float>>(x))
        {
            Vector<float> level = Vector.Min(Vector.Max(Vector.Round((value + least) * inverse), low), high);
            Vector<float> difference = level * scale - least - value;
            sum += difference * difference;
        }

        return Vector.Sum(sum);
    }

    // Σ value · level and Σ level² for the levels that an inverse scale gives.
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

    // Σ level, Σ level² and Σ value · level for the levels counted from the lowest weight.
    private static (float Level, float LevelLevel, float ValueLevel) Sums(ReadOnlySpan<float> x, float lowestValue, float inverse, float highest)
    {
        Vector<float> q = Vector<float>.Zero, qq = Vector<float>.Zero, xq = Vector<float>.Zero, high = new(highest), lowest = new(lowestValue);
        foreach (Vector<float> value in MemoryMarshal.Cast<float, Vector<float>>(x))
        {
            Vector<float> level = Vector.Min(Vector.Max(Vector.Round((value - lowest) * inverse), Vector<float>.Zero), high);
            q += level;
            qq += level * level;
            xq += value * level;
        }

        return (Vector.Sum(q), Vector.Sum(qq), Vector.Sum(xq));
    }
}
