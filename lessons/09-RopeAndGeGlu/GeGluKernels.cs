using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>y = gelu(gate) · up, the middle of Gemma's feed-forward block.</summary>
public static class GeGluKernels
{
    /// <summary>gelu of each element, on its own.</summary>
    public static void Gelu(View gate, View activated)
    {
        int i = Grid.GlobalIndex.X;
        if (i < gate.Length)
            activated[i] = Gelu(gate[i]);
    }

    /// <summary>The product of two arrays, on its own.</summary>
    public static void Multiply(View activated, View up, View y)
    {
        int i = Grid.GlobalIndex.X;
        if (i < y.Length)
            y[i] = activated[i] * up[i];
    }

    /// <summary>Both at once: what lies between them stays in a register.</summary>
    public static void Fused(View gate, View up, View y)
    {
        int i = Grid.GlobalIndex.X;
        if (i < y.Length)
            y[i] = Gelu(gate[i]) * up[i];
    }

    /// <summary>gelu in the form with tanh, which Gemma was trained with. Kernels call ordinary static methods.</summary>
    private static float Gelu(float x)
    {
        const float sqrtTwoOverPi = 0.79788456f;
        return 0.5f * x * (1f + XMath.Tanh(sqrtTwoOverPi * (x + (0.044715f * x * x * x))));
    }
}
