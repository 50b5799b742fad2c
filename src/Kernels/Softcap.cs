using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Bounds values smoothly: x ← cap · tanh(x / cap).</summary>
/// <remarks>
/// <para>Shapes: x of any shape, in place.</para>
/// <para>Launch: one warp per run of 32 · warp values.</para>
/// <para>Shared memory: none.</para>
/// <para>Traffic: 8 bytes and about 20 operations per value: memory-bound on a GPU, the tanh counts on a CPU.</para>
/// <para>Numerics: float32. Relative error of the quotient 2⁻²⁴, of tanh a few units in the last place (tanh does not
/// amplify relative errors), of the product 2⁻²⁴: about 4 · 2⁻²⁴ in all.</para>
/// <para>Source: Gemma 2, arXiv:2408.00118, section 2: attention scores with cap 50, logits with cap 30.</para>
/// </remarks>
public sealed class Softcap(Accelerator accelerator, Tuning? tuning = null)
{
    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);

    private readonly Action<AcceleratorStream, KernelConfig, View, float> _launch =
        accelerator.LoadKernel<View, float>(Kernel);

    public void Run(AcceleratorStream stream, View x, float cap)
    {
        if (!(cap > 0f) || !float.IsFinite(cap))
            throw new ArgumentException($"Softcap: the cap must be positive and finite; got {cap}.");
        if (x.Length > 0)
            _launch(stream, Elementwise.Config(_tuning, x.Length), x, cap);
    }

    /// <summary>cap · tanh(x / cap); attention applies it to scores.</summary>
    public static float Apply(float x, float cap) => cap * XMath.Tanh(x / cap);

    public static void Kernel(View x, float cap)
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        long start = Elementwise.Start();
        int count = Elementwise.Count(start, x.Length);
        int steps = count / warp;

        for (int step = 0; step < steps; step++)
        {
            long i = start + ((step * warp) + lane);
            x[i] = Apply(x[i], cap);
        }

        int rest = (steps * warp) + lane;
        if (rest < count)
            x[start + rest] = Apply(x[start + rest], cap);
    }
}
