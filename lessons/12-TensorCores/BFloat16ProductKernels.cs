using ILGPU;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>
/// y[T, O] = x[T, D] · W[O, D]ᵀ with x and W in bfloat16, each row a row of memory: both are read along D, as the layers of
/// a language model store them.
/// </summary>
public static class BFloat16ProductKernels
{
    /// <summary>A bfloat16 is the upper half of a float32.</summary>
    public static float ToFloat(ushort stored) => Interop.IntAsFloat((uint)stored << 16);

    /// <summary>One thread for each element of y.</summary>
    public static void Naive(ArrayView<ushort> x, ArrayView<ushort> weights, View y, int tokens, int outputs, int depth)
    {
        int token = Grid.GlobalIndex.Y, output = Grid.GlobalIndex.X;
        if (token >= tokens || output >= outputs)
            return;
        float sum = 0f;
        for (int d = 0; d < depth; d++)
            sum += ToFloat(x[((long)token * depth) + d]) * ToFloat(weights[((long)output * depth) + d]);
        y[((long)token * outputs) + output] = sum;
    }

    /// <summary>Two bfloat16 for each load: an int holds both, and its upper half needs only a mask. The depth is even.</summary>
    public static void Pairs(ArrayView<int> x, ArrayView<int> weights, View y, int tokens, int outputs, int depth)
    {
        int token = Grid.GlobalIndex.Y, output = Grid.GlobalIndex.X, pairs = depth / 2;
        if (token >= tokens || output >= outputs)
            return;
        float sum = 0f;
        for (int i = 0; i < pairs; i++)
        {
            int left = x[((long)token * pairs) + i], right = weights[((long)output * pairs) + i];
            sum += Interop.IntAsFloat((uint)left << 16) * Interop.IntAsFloat((uint)right << 16);
            sum += Interop.IntAsFloat((uint)left & 0xFFFF_0000) * Interop.IntAsFloat((uint)right & 0xFFFF_0000);
        }

        y[((long)token * outputs) + output] = sum;
    }
}
