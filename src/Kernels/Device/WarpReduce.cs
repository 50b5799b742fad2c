using ILGPU;
using ILGPU.Algorithms;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>
/// Reductions over the lanes of one warp, by butterfly: log₂(warp) steps, each with the lane whose index differs in one bit.
/// Every lane gets the same result, bit for bit, because both partners of a step add the same two numbers.
/// </summary>
/// <remarks>Every lane of the warp must call; any power of two works as warp size, 1 included.</remarks>
public static class WarpReduce
{
    public static float Sum(float value)
    {
        for (int mask = Warp.WarpSize / 2; mask > 0; mask /= 2)
            value += Warp.ShuffleXor(value, mask);
        return value;
    }

    public static float Max(float value)
    {
        for (int mask = Warp.WarpSize / 2; mask > 0; mask /= 2)
            value = XMath.Max(value, Warp.ShuffleXor(value, mask));
        return value;
    }

    /// <summary>
    /// Puts the warp's sums of a, b, c, d into the lanes first … first + 3 of <paramref name="target"/>; other lanes keep
    /// theirs. On warps of four lanes and more, <paramref name="first"/> must be a multiple of four.
    /// </summary>
    /// <remarks>
    /// The four reductions share their steps: the first two halve the number of values a lane works on instead of
    /// repeating the same sum in both partners, so a warp of 8 takes 4 shuffles, not 12.
    /// </remarks>
    public static float PutSums(float target, int first, float a, float b, float c, float d)
    {
        int lane = Warp.LaneIdx;
        int number = lane - first;
        if (Warp.WarpSize < 4)
        {
            float sumA = Sum(a), sumB = Sum(b), sumC = Sum(c), sumD = Sum(d);
            return number == 0 ? sumA : number == 1 ? sumB : number == 2 ? sumC : number == 3 ? sumD : target;
        }

        // Even lanes go on with a and c, odd ones with b and d; then of each four lanes every one with its own.
        bool odd = (lane & 1) != 0;
        float ab = (odd ? b : a) + Warp.ShuffleXor(odd ? a : b, 1);
        float cd = (odd ? d : c) + Warp.ShuffleXor(odd ? c : d, 1);
        bool upper = (lane & 2) != 0;
        float sum = (upper ? cd : ab) + Warp.ShuffleXor(upper ? ab : cd, 2);
        for (int mask = 4; mask < Warp.WarpSize; mask *= 2)
            sum += Warp.ShuffleXor(sum, mask);
        return (number & ~3) == 0 ? sum : target;
    }
}
