using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Scales each row to unit root mean square: y = x / √(mean(x²) + ε) · (offset + w).</summary>
/// <remarks>
/// <para>Shapes: x, y [T, D]; weight [D]. y may be x. QK-norm passes [T·N, H].</para>
/// <para>Launch: grid T, one group per row; thread t owns columns t, t + group, …, so neighbouring threads read
/// neighbouring addresses.</para>
/// <para>Shared memory: 32 floats for the sum over warps; untouched when the group is one warp.</para>
/// <para>Traffic: reads x twice (second time from cache), writes y, ≥ 8·T·D bytes; <see cref="RunAdd"/> also reads y.
/// Work: ~5·T·D operations, 0.6 per byte: memory-bound; at T = 1, one group, latency-bound.</para>
/// <para>Numerics: float32; fixed summation order, so repeat runs agree bit for bit. The sum of squares has
/// ⌈D/group⌉ serial and log₂(group) tree additions, halved by the root, then five more roundings:
/// relative error ≤ ((⌈D/group⌉ + log₂ group + 2) / 2 + 5) · 2⁻²⁴.</para>
/// <para>Source: Zhang and Sennrich 2019, arXiv:1910.07467. Gemma 1 to 3 store w − 1 (offset 1).</para>
/// </remarks>
public sealed class RmsNorm(Accelerator accelerator, Tuning? tuning = null)
{
    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);

    private readonly Action<AcceleratorStream, KernelConfig, View, View, View, int, float, float> _launch =
        accelerator.LoadKernel<View, View, View, int, float, float>(Kernel);

    private readonly Action<AcceleratorStream, KernelConfig, View, View, View, int, float, float> _launchAdd =
        accelerator.LoadKernel<View, View, View, int, float, float>(AddKernel);

    /// <summary>y = norm(x).</summary>
    public void Run(AcceleratorStream stream, View x_TD, View weight_D, View y_TD, float epsilon, float weightOffset)
    {
        int rows = Rows(x_TD, weight_D, y_TD);
        if (rows > 0)
            _launch(stream, new KernelConfig(rows, _tuning.GroupSize), x_TD, weight_D, y_TD, weight_D.IntLength, epsilon, weightOffset);
    }

    /// <summary>residual += norm(x): the norm after a block together with the residual connection.</summary>
    public void RunAdd(AcceleratorStream stream, View x_TD, View weight_D, View residual_TD, float epsilon, float weightOffset)
    {
        int rows = Rows(x_TD, weight_D, residual_TD);
        if (rows > 0)
            _launchAdd(stream, new KernelConfig(rows, _tuning.GroupSize), x_TD, weight_D, residual_TD, weight_D.IntLength, epsilon, weightOffset);
    }

    private static int Rows(View x_TD, View weight_D, View y_TD)
    {
        long width = weight_D.Length;
        if (width == 0 || x_TD.Length % width != 0 || y_TD.Length != x_TD.Length)
            throw new ArgumentException($"RmsNorm: x has {x_TD.Length} values, y {y_TD.Length}; both must be rows × {width}.");
        return checked((int)(x_TD.Length / width));
    }

    public static void Kernel(View x_TD, View weight_D, View y_TD, int width, float epsilon, float weightOffset)
    {
        int thread = Group.IdxX;
        int threads = Group.DimX;
        long row = (long)Grid.IdxX * width;
        float inverseRms = InverseRms(x_TD, row, width, epsilon);

        int steps = width / threads;
        for (int step = 0; step < steps; step++)
        {
            int d = (step * threads) + thread;
            y_TD[row + d] = x_TD[row + d] * inverseRms * (weightOffset + weight_D[d]);
        }

        int rest = (steps * threads) + thread;
        if (rest < width)
            y_TD[row + rest] = x_TD[row + rest] * inverseRms * (weightOffset + weight_D[rest]);
    }

    public static void AddKernel(View x_TD, View weight_D, View residual_TD, int width, float epsilon, float weightOffset)
    {
        int thread = Group.IdxX;
        int threads = Group.DimX;
        long row = (long)Grid.IdxX * width;
        float inverseRms = InverseRms(x_TD, row, width, epsilon);

        int steps = width / threads;
        for (int step = 0; step < steps; step++)
        {
            int d = (step * threads) + thread;
            residual_TD[row + d] += x_TD[row + d] * inverseRms * (weightOffset + weight_D[d]);
        }

        int rest = (steps * threads) + thread;
        if (rest < width)
            residual_TD[row + rest] += x_TD[row + rest] * inverseRms * (weightOffset + weight_D[rest]);
    }

    /// <summary>1 / √(mean of the row's squares + ε), the same for every thread of the group.</summary>
    private static float InverseRms(View x_TD, long row, int width, float epsilon)
    {
        int thread = Group.IdxX;
        int threads = Group.DimX;
        int steps = width / threads;
        float sum = 0f;
        for (int step = 0; step < steps; step++)
        {
            float x = x_TD[row + ((step * threads) + thread)];
            sum = Fma.MultiplyAdd(x, x, sum);
        }

        int rest = (steps * threads) + thread;
        if (rest < width)
            sum = Fma.MultiplyAdd(x_TD[row + rest], x_TD[row + rest], sum);

        return 1f / MathF.Sqrt((GroupReduce.Sum(sum) / width) + epsilon);
    }
}
