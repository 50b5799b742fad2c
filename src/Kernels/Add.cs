using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Adds one vector to another: y += x.</summary>
/// <remarks>
/// <para>Shapes: x, y of the same length, any shape.</para>
/// <para>Launch: one warp per run of 32 · warp values.</para>
/// <para>Shared memory: none.</para>
/// <para>Traffic: 12 bytes and 1 operation per value: memory-bound.</para>
/// <para>Numerics: float32, one rounding.</para>
/// <para>Source: the residual connection, He et al. 2015, arXiv:1512.03385.</para>
/// </remarks>
public sealed class Add(Accelerator accelerator, Tuning? tuning = null)
{
    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);

    private readonly Action<AcceleratorStream, KernelConfig, View, View> _launch = accelerator.LoadKernel<View, View>(Kernel);

    public void Run(AcceleratorStream stream, View x, View y)
    {
        if (x.Length != y.Length)
            throw new ArgumentException($"Add: x has {x.Length} values, y {y.Length}; they must be equal.");
        if (y.Length > 0)
            _launch(stream, Elementwise.Config(_tuning, y.Length), x, y);
    }

    public static void Kernel(View x, View y)
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        long start = Elementwise.Start();
        int count = Elementwise.Count(start, y.Length);
        int steps = count / warp;

        for (int step = 0; step < steps; step++)
        {
            long i = start + ((step * warp) + lane);
            y[i] += x[i];
        }

        int rest = (steps * warp) + lane;
        if (rest < count)
            y[start + rest] += x[start + rest];
    }
}
