using GemmaIlgpu.Kernels.Device;
using ILGPU.Algorithms;

namespace GemmaIlgpu.Kernels;

/// <summary>
/// Softmax over scores that arrive in blocks: a running maximum, a running sum of e^(score − maximum), and a factor by
/// which everything summed so far shrinks when the maximum grows.
/// </summary>
/// <remarks>
/// <para>Lanes hold one key each; the maximum is the same in every lane, the sum is this lane's part of it and is added
/// over the warp once, at the end. A masked score is −∞ and weighs 0, and while everything is masked the sum stays 0.</para>
/// <para>Source: Milakov and Gimelshein 2018, arXiv:1805.02867; Dao et al. 2022, arXiv:2205.14135.</para>
/// </remarks>
public static class OnlineSoftmax
{
    /// <summary>Maximum over what was seen before and this block; every lane of the warp must call.</summary>
    public static float NewMaximum(float oldMaximum, float score) => XMath.Max(oldMaximum, WarpReduce.Max(score));

    /// <summary>e^(score − maximum); 0 for a masked score, also while the maximum is still −∞.</summary>
    public static float Weight(float score, float maximum) =>
        XMath.Exp(score - (maximum == float.NegativeInfinity ? 0f : maximum));
}
