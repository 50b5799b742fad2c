using ILGPU;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>A logit and whose it is, ordered by falling value and, among equals, rising id. NaN is in no place of that order.</summary>
public struct Candidate
{
    public float Value;
    public int Id;

    /// <summary>Comes after every logit; stands for "none".</summary>
    public static Candidate None()
    {
        Candidate none;
        none.Value = float.NegativeInfinity;
        none.Id = int.MaxValue;
        return none;
    }

    /// <summary>The first candidate over the warp; every lane gets it.</summary>
    public static Candidate FirstOfWarp(Candidate own)
    {
        float value = own.Value;
        int id = own.Id;
        for (int mask = Warp.WarpSize / 2; mask > 0; mask /= 2)
        {
            float otherValue = Warp.ShuffleXor(value, mask);
            int otherId = Warp.ShuffleXor(id, mask);
            bool earlier = (otherValue > value) | ((otherValue == value) & (otherId < id));
            value = earlier ? otherValue : value;
            id = earlier ? otherId : id;
        }

        Candidate first;
        first.Value = value;
        first.Id = id;
        return first;
    }

    /// <summary>The first of the logits start … start + count − 1 that comes after <paramref name="last"/>; every lane gets it.</summary>
    public static Candidate FirstOfRun(View logits_V, int start, int count, Candidate last)
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        int steps = count / warp;
        float best = float.NegativeInfinity;
        int bestId = int.MaxValue;

        // A lane meets rising ids, so of equal values it keeps the first.
        for (int step = 0; step < steps; step++)
        {
            int id = start + ((step * warp) + lane);
            float value = logits_V[id];
            bool better = (value > best) & ((value < last.Value) | ((value == last.Value) & (id > last.Id)));
            best = better ? value : best;
            bestId = better ? id : bestId;
        }

        int rest = (steps * warp) + lane;
        if (rest < count)
        {
            int id = start + rest;
            float value = logits_V[id];
            bool better = (value > best) & ((value < last.Value) | ((value == last.Value) & (id > last.Id)));
            best = better ? value : best;
            bestId = better ? id : bestId;
        }

        Candidate own;
        own.Value = best;
        own.Id = bestId;
        return FirstOfWarp(own);
    }
}
