using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>
/// Rotary positions: in every head the elements i and i + H/2 are the coordinates of a point, which is turned by
/// position · frequency[i]. x is [T tokens, N heads, H].
/// </summary>
public static class RopeKernels
{
    /// <summary>A table of cosines and sines, [T, H/2] each.</summary>
    public static void Table(View frequencies, View cosines, View sines)
    {
        int i = Grid.GlobalIndex.X, half = frequencies.IntLength;
        if (i >= cosines.Length)
            return;
        float angle = i / half * frequencies[i % half];
        cosines[i] = XMath.Cos(angle);
        sines[i] = XMath.Sin(angle);
    }

    /// <summary>One thread for each element: both elements of a pair are read twice, once by either thread.</summary>
    public static void PerElement(View x, View cosines, View sines, View y, int heads, int half)
    {
        int i = Grid.GlobalIndex.X;
        if (i >= x.Length)
            return;
        int width = 2 * half, d = i % width, token = i / (heads * width), pair = d % half;
        float cosine = cosines[(token * half) + pair], sine = sines[(token * half) + pair];
        y[i] = d < half
            ? (x[i] * cosine) - (x[i + half] * sine)
            : (x[i] * cosine) + (x[i - half] * sine);
    }

    /// <summary>One thread for each pair: two elements in, two out, and the angle without a table.</summary>
    public static void PerPair(View x, View frequencies, View y, int heads)
    {
        int i = Grid.GlobalIndex.X, half = frequencies.IntLength;
        if (i >= x.Length / 2)
            return;
        int pair = i % half, head = i / half, token = head / heads;
        float angle = token * frequencies[pair], cosine = XMath.Cos(angle), sine = XMath.Sin(angle);
        int at = (head * 2 * half) + pair;
        float first = x[at], second = x[at + half];
        y[at] = (first * cosine) - (second * sine);
        y[at + half] = (second * cosine) + (first * sine);
    }

    /// <summary>One thread for the same pair of all heads of a token: sine and cosine are computed once for all of them.</summary>
    public static void PerAngle(View x, View frequencies, View y, int heads)
    {
        int i = Grid.GlobalIndex.X, half = frequencies.IntLength;
        if (i >= x.Length / (2 * heads))
            return;
        int pair = i % half, token = i / half;
        float angle = token * frequencies[pair], cosine = XMath.Cos(angle), sine = XMath.Sin(angle);
        int at = (token * heads * 2 * half) + pair;
        for (int head = 0; head < heads; head++)
        {
            float first = x[at], second = x[at + half];
            y[at] = (first * cosine) - (second * sine);
            y[at + half] = (second * cosine) + (first * sine);
            at += 2 * half;
        }
    }
}
