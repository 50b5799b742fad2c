namespace Puzzles;

/// <summary>The number of a thread in the whole launch is the number of its element.</summary>
public static class Zip
{
    public static void Kernel(ArrayView<float> a, ArrayView<float> b, ArrayView<float> result)
    {
        int i = (Grid.IdxX * Group.DimX) + Group.IdxX;  // Grid.GlobalIndex.X says the same
        result[i] = a[i] * b[i];
    }
}
