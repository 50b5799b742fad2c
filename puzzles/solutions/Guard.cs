namespace Puzzles;

/// <summary>A thread without an element does nothing.</summary>
public static class Guard
{
    public static void Kernel(ArrayView<float> x, ArrayView<float> result)
    {
        int i = Grid.GlobalIndex.X;
        if (i < x.Length)
            result[i] = MathF.Max(x[i], 0);
    }
}
