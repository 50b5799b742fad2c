namespace Puzzles;

/// <summary>Each thread adds 10 to its own element.</summary>
public static class Map
{
    public static void Kernel(ArrayView<float> x, ArrayView<float> result)
    {
        int i = Group.IdxX;
        result[i] = x[i] + 10;
    }
}
