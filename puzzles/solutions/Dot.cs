namespace Puzzles;

/// <summary>Each thread adds up in a variable of its own, and to the result once.</summary>
public static class Dot
{
    public static void Kernel(ArrayView<float> a, ArrayView<float> b, ArrayView<float> result)
    {
        int i = Grid.GlobalIndex.X, all = Grid.DimX * Group.DimX;
        float sum = 0f;
        for (int j = i; j < a.Length; j += all)
            sum += a[j] * b[j];
        Atomic.Add(ref result[0], sum);
    }
}
