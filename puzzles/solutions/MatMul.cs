namespace Puzzles;

/// <summary>A tile of each matrix at a time; elements outside are 0 and add nothing.</summary>
public static class MatMul
{
    private const int Tile = 16;

    public static void Kernel(ArrayView<float> a, ArrayView<float> b, ArrayView<float> result, int m, int n, int k)
    {
        var tileA = SharedMemory.Allocate<float>(Tile * Tile);
        var tileB = SharedMemory.Allocate<float>(Tile * Tile);
        int tx = Group.IdxX, ty = Group.IdxY;
        int column = Grid.GlobalIndex.X, row = Grid.GlobalIndex.Y;
        float sum = 0f;
        for (int first = 0; first < k; first += Tile)
        {
            tileA[(ty * Tile) + tx] = row < m && first + tx < k ? a[(row * k) + first + tx] : 0f;
            tileB[(ty * Tile) + tx] = first + ty < k && column < n ? b[((first + ty) * n) + column] : 0f;
            Group.Barrier();        // both tiles are complete
            for (int i = 0; i < Tile; i++)
                sum += tileA[(ty * Tile) + i] * tileB[(i * Tile) + tx];
            Group.Barrier();        // all have used them
        }
        if (row < m && column < n)
            result[(row * n) + column] = sum;
    }
}
