using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Gated feed-forward activation: y = gelu(gate) · up, with the tanh form of GELU.</summary>
/// <remarks>
/// <para>Shapes: gate, up, y [T, F]. y may be gate or up.</para>
/// <para>Launch: one warp per run of 32 · warp values.</para>
/// <para>Shared memory: none.</para>
/// <para>Traffic: 12 bytes and about 25 operations per value: memory-bound on a GPU, the exponential counts on a CPU.</para>
/// <para>Numerics: float32. ½ · (1 + tanh u) is computed as 1 / (1 + e^(−2u)), the same function without the
/// cancellation for negative u. The exponent's rounding, |2u| · 4 · 2⁻²⁴, becomes the relative error of e^(−2u); with the
/// other roundings the relative error is at most (8·|u| + 8) · 2⁻²⁴ where the result is a normal number.</para>
/// <para>Source: Shazeer 2020, arXiv:2002.05202; Hendrycks and Gimpel 2016, arXiv:1606.08415. Every Gemma uses the tanh
/// form, also where an old config says <c>gelu</c>.</para>
/// </remarks>
public sealed class GeGlu(Accelerator accelerator, Tuning? tuning = null)
{
    private const float SqrtTwoOverPi = 0.797884560802865f;
    private const float CubicCoefficient = 0.044715f;

    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);

    private readonly Action<AcceleratorStream, KernelConfig, View, View, View> _launch =
        accelerator.LoadKernel<View, View, View>(Kernel);

    public void Run(AcceleratorStream stream, View gate_TF, View up_TF, View y_TF)
    {
        if (gate_TF.Length != y_TF.Length || up_TF.Length != y_TF.Length)
        {
            throw new ArgumentException(
                $"GeGlu: gate has {gate_TF.Length} values, up {up_TF.Length}, y {y_TF.Length}; all three must be equal.");
        }

        if (y_TF.Length > 0)
            _launch(stream, Elementwise.Config(_tuning, y_TF.Length), gate_TF, up_TF, y_TF);
    }

    /// <summary>x · ½ · (1 + tanh(√(2/π) · (x + 0.044715·x³))).</summary>
    public static float Gelu(float x)
    {
        float u = SqrtTwoOverPi * (x + (CubicCoefficient * x * x * x));
        return x / (1f + XMath.Exp(-2f * u));
    }

    public static void Kernel(View gate_TF, View up_TF, View y_TF)
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        long start = Elementwise.Start();
        int count = Elementwise.Count(start, y_TF.Length);
        int steps = count / warp;

        for (int step = 0; step < steps; step++)
        {
            long i = start + ((step * warp) + lane);
            y_TF[i] = Gelu(gate_TF[i]) * up_TF[i];
        }

        int rest = (steps * warp) + lane;
        if (rest < count)
            y_TF[start + rest] = Gelu(gate_TF[start + rest]) * up_TF[start + rest];
    }
}
