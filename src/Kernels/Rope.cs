using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>
/// Rotary positions, half-split: the pair (x[i], x[i + H/2]) turns by the angle position · inverseFrequency[i].
/// </summary>
/// <remarks>
/// <para>Shapes: inverseFrequencies [H/2]; cos, sin [T, H/2]; x [T, N, H], in place.</para>
/// <para>Launch: one warp per token (tables) or per token and head (rotation); lanes run along H/2.</para>
/// <para>Shared memory: none.</para>
/// <para>Traffic: 8·T·N·H bytes for x plus the tables, 3 operations per value: memory-bound.</para>
/// <para>Numerics: float32. The angle is one float32 product, as in Google's code; at position 8191 its rounding alone
/// moves a value by up to 8e-4 from the exact rotation, at 32767 by 1.7e-3. The rotation itself adds at most
/// 2 · 2⁻²⁴ · (|x[i]| + |x[i + H/2]|) to the error of the tables.</para>
/// <para>Source: Su et al. 2021, arXiv:2104.09864. Gemma rotates halves, not neighbours.</para>
/// </remarks>
public sealed class Rope(Accelerator accelerator, Tuning? tuning = null)
{
    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);

    private readonly Action<AcceleratorStream, KernelConfig, View, View, View, int, int, int> _tables =
        accelerator.LoadKernel<View, View, View, int, int, int>(TablesKernel);

    private readonly Action<AcceleratorStream, KernelConfig, View, View, View, int, int, int> _rotate =
        accelerator.LoadKernel<View, View, View, int, int, int>(RotateKernel);

    /// <summary>Cosines and sines for the positions firstPosition … firstPosition + tokens − 1.</summary>
    public void Tables(AcceleratorStream stream, int firstPosition, int tokens, View inverseFrequencies, View cos, View sin)
    {
        int half = inverseFrequencies.IntLength;
        long expected = (long)tokens * half;
        if (firstPosition < 0 || tokens < 0 || cos.Length != expected || sin.Length != expected)
        {
            throw new ArgumentException(
                $"Rope: {tokens} tokens from position {firstPosition} with {half} frequencies need tables of {expected} values; " +
                $"cos has {cos.Length}, sin {sin.Length}.");
        }

        if (expected > 0)
            _tables(stream, new KernelConfig(_tuning.GroupsFor(tokens), _tuning.GroupSize), inverseFrequencies, cos, sin, firstPosition, tokens, half);
    }

    /// <summary>Rotates every head of every token in place.</summary>
    public void Run(AcceleratorStream stream, View x_TNH, int heads, int headDim, View cos, View sin)
    {
        if (heads < 1 || headDim < 2 || headDim % 2 != 0)
            throw new ArgumentException($"Rope: {heads} heads of width {headDim}; there must be heads and the width must be even.");
        int half = headDim / 2;
        long rows = x_TNH.Length / headDim;
        if (x_TNH.Length % ((long)heads * headDim) != 0 || cos.Length != rows / heads * half || sin.Length != cos.Length)
        {
            throw new ArgumentException(
                $"Rope: x has {x_TNH.Length} values, cos {cos.Length}, sin {sin.Length}; they must be " +
                $"tokens × {heads} × {headDim}, tokens × {half} and tokens × {half}.");
        }

        if (rows > 0)
            _rotate(stream, new KernelConfig(_tuning.GroupsFor(rows), _tuning.GroupSize), x_TNH, cos, sin, checked((int)rows), heads, half);
    }

    public static void TablesKernel(View inverseFrequencies, View cos, View sin, int firstPosition, int tokens, int half)
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        int token = Elementwise.GlobalWarp();
        if (token >= tokens)
            return;

        float position = firstPosition + token;
        long row = (long)token * half;
        for (int i = lane; i < half; i += warp)
        {
            float angle = position * inverseFrequencies[i];
            cos[row + i] = XMath.Cos(angle);
            sin[row + i] = XMath.Sin(angle);
        }
    }

    public static void RotateKernel(View x_TNH, View cos, View sin, int rows, int heads, int half)
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        int row = Elementwise.GlobalWarp();
        if (row >= rows)
            return;

        long x = (long)row * (2 * half);
        long table = (long)(row / heads) * half;
        int steps = half / warp;
        for (int step = 0; step < steps; step++)
        {
            int i = (step * warp) + lane;
            float c = cos[table + i], s = sin[table + i];
            float first = x_TNH[x + i], second = x_TNH[x + half + i];
            x_TNH[x + i] = (first * c) - (second * s);
            x_TNH[x + half + i] = (second * c) + (first * s);
        }

        int rest = (steps * warp) + lane;
        if (rest < half)
        {
            float c = cos[table + rest], s = sin[table + rest];
            float first = x_TNH[x + rest], second = x_TNH[x + half + rest];
            x_TNH[x + rest] = (first * c) - (second * s);
            x_TNH[x + half + rest] = (second * c) + (first * s);
        }
    }
}
