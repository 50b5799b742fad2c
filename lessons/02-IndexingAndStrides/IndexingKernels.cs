using ILGPU;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>y[row, column] = x[row, column] · scale[column] + shift[row], the matrices stored row after row.</summary>
public static class IndexingKernels
{
    /// <summary>Neighbouring threads take neighbouring rows: their addresses are a whole row apart.</summary>
    public static void DownTheColumns(View x, View scale, View shift, View y, int rows, int columns)
    {
        int i = Grid.GlobalIndex.X;
        if (i >= rows * columns)
            return;
        int row = i % rows, column = i / rows;
        long at = ((long)row * columns) + column;
        y[at] = (x[at] * scale[column]) + shift[row];
    }

    /// <summary>Neighbouring threads take neighbouring columns: their addresses are neighbours too.</summary>
    public static void AlongTheRows(View x, View scale, View shift, View y, int rows, int columns)
    {
        int i = Grid.GlobalIndex.X;
        if (i >= rows * columns)
            return;
        int row = i / columns, column = i % columns;
        long at = ((long)row * columns) + column;
        y[at] = (x[at] * scale[column]) + shift[row];
    }

    /// <summary>A grid of two dimensions: row and column come without a division, which costs a GPU some twenty instructions.</summary>
    public static void TwoDimensions(View x, View scale, View shift, View y, int rows, int columns)
    {
        int row = Grid.GlobalIndex.Y, column = Grid.GlobalIndex.X;
        if (row >= rows || column >= columns)
            return;
        long at = ((long)row * columns) + column;
        y[at] = (x[at] * scale[column]) + shift[row];
    }

    /// <summary>Each thread keeps its column and walks down the rows, so it loads its scale once.</summary>
    public static void OneColumnPerThread(View x, View scale, View shift, View y, int rows, int columns)
    {
        int column = Grid.GlobalIndex.X;
        if (column >= columns)
            return;
        float columnScale = scale[column];
        for (int row = Grid.IdxY; row < rows; row += Grid.DimY)
        {
            long at = ((long)row * columns) + column;
            y[at] = (x[at] * columnScale) + shift[row];
        }
    }
}
