namespace Puzzles;

/// <summary>Pairs of largest value and sum, joined by a tree; a very negative number stands for "no element yet".</summary>
public static class OnlineSoftmax
{
    private const int GroupSize = 64;

    public static void Kernel(ArrayView<float> x, ArrayView<float> result, int columns)
    {
        var largest = SharedMemory.Allocate<float>(GroupSize);
        var sums = SharedMemory.Allocate<float>(GroupSize);
        int t = Group.IdxX, row = Grid.IdxX * columns;

        // Finite, because infinity minus infinity is no number.
        float m = float.MinValue, s = 0f;
        for (int c = t; c < columns; c += GroupSize)
        {
            float value = x[row + c], next = MathF.Max(m, value);
            s = (s * MathF.Exp(m - next)) + MathF.Exp(value - next);
            m = next;
        }
        largest[t] = m;
        sums[t] = s;
        Group.Barrier();
        for (int stride = GroupSize / 2; stride > 0; stride /= 2)
        {
            if (t < stride)
            {
                float next = MathF.Max(largest[t], largest[t + stride]);
                sums[t] = (sums[t] * MathF.Exp(largest[t] - next)) + (sums[t + stride] * MathF.Exp(largest[t + stride] - next));
                largest[t] = next;
            }
            Group.Barrier();
        }
        for (int c = t; c < columns; c += GroupSize)
            result[row + c] = MathF.Exp(x[row + c] - largest[0]) / sums[0];
    }
}
