namespace Puzzles;

/// <summary>A row of the tile is one word longer than it has to be, so that a column has its words in 32 banks.</summary>
public static class Transpose
{
    private const int Tile = 32;
    private const int Pitch = Tile + 1;

    public static void Kernel(ArrayView<float> x, ArrayView<float> result, int rows, int columns)
    {
        var tile = SharedMemory.Allocate<float>(Tile * Pitch);
        int tx = Group.IdxX, ty = Group.IdxY;
        int firstRow = Grid.IdxY * Tile, firstColumn = Grid.IdxX * Tile;
        if (firstRow + ty < rows && firstColumn + tx < columns)
            tile[(ty * Pitch) + tx] = x[((firstRow + ty) * columns) + firstColumn + tx];
        Group.Barrier();            // the tile is complete

        // The group's place in the result: its first row there is its first column here.
        if (firstColumn + ty < columns && firstRow + tx < rows)
            result[((firstColumn + ty) * rows) + firstRow + tx] = tile[(tx * Pitch) + ty];
    }
}
