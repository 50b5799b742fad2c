using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Turns rows of logits into probabilities: y = e^(x − max x) / Σ e^(x − max x).</summary>
/// <remarks>
/// <para>Shapes: x, y [T, V]; y may be x. An entry of −∞ gets probability 0; a row of nothing else gets NaN.</para>
/// <para>Launch: one warp per row.</para>
/// <para>Shared memory: none.</para>
/// <para>Traffic: reads x twice, writes y and reads it once: 16·T·V bytes; about 20 operations per value. Memory-bound on
/// a GPU, the exponential counts on a CPU.</para>
/// <para>Numerics: float32. The difference x − max rounds once, |x − max| · 2⁻²⁴, which is the relative error of the
/// exponential; the sum adds ⌈V/warp⌉ + log₂ warp roundings at most.</para>
/// <para>Source: any statistics text; subtracting the maximum keeps the exponentials from overflowing.</para>
/// </remarks>
public sealed class Softmax(Accelerator accelerator, Tuning? tuning = null)
{
    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);

    private readonly Action<AcceleratorStream, KernelConfig, View, View, int, int> _launch =
        accelerator.LoadKernel<View, View, int, int>(Kernel);

    public void Run(AcceleratorStream stream, View x_TV, View y_TV, int width)
    {
        if (width < 1 || x_TV.Length % width != 0 || y_TV.Length != x_TV.Length)
            throw new ArgumentException($"Softmax: x has {x_TV.Length} values, y {y_TV.Length}; both must be rows × {width}.");
        int rows = checked((int)(x_TV.Length / width));
        if (rows > 0)
            _launch(stream, new KernelConfig(_tuning.GroupsFor(rows), _tuning.GroupSize), x_TV, y_TV, rows, width);
    }

    public static void Kernel(View x_TV, View y_TV, int rows, int width)
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        int row = Elementwise.GlobalWarp();
        if (row >= rows)
            return;

        long start = (long)row * width;
        int steps = width / warp;
        int rest = (steps * warp) + lane;

        // 1. The largest value.
        float maximum = float.NegativeInfinity;
        for (int step = 0; step < steps; step++)
            maximum = XMath.Max(maximum, x_TV[start + ((step * warp) + lane)]);
        if (rest < width)
            maximum = XMath.Max(maximum, x_TV[start + rest]);
        maximum = WarpReduce.Max(maximum);

        // 2. Exponentials and their sum.
        float sum = 0f;
        for (int step = 0; step < steps; step++)
        {
            long i = start + ((step * warp) + lane);
            float weight = XMath.Exp(x_TV[i] - maximum);
            y_TV[i] = weight;
            sum += weight;
        }

        if (rest < width)
        {
            float weight = XMath.Exp(x_TV[start + rest] - maximum);
            y_TV[start + rest] = weight;
            sum += weight;
        }

        // 3. Divide.
        float inverse = 1f / WarpReduce.Sum(sum);
        for (int step = 0; step < steps; step++)
            y_TV[start + ((step * warp) + lane)] *= inverse;
        if (rest < width)
            y_TV[start + rest] *= inverse;
    }
}
