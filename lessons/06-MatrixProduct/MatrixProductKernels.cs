using ILGPU;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>C[M, N] = A[M, K] · B[K, N], all stored row after row, in groups of 16 × 16 threads.</summary>
public static class MatrixProductKernels
{
    public const int Tile = 16;
    public const int Block = 4 * Tile;      // rows (and columns) of C that a group of the last kernels computes

    /// <summary>One thread for each element of C: a row of A times a column of B, all from global memory.</summary>
    public static void Naive(View a, View b, View c, int m, int n, int k)
    {
        int row = Grid.GlobalIndex.Y, column = Grid.GlobalIndex.X;
        if (row >= m || column >= n)
            return;
        float sum = 0f;
        for (int i = 0; i < k; i++)
            sum += a[((long)row * k) + i] * b[((long)i * n) + column];
        c[((long)row * n) + column] = sum;
    }

    /// <summary>A tile of A and a tile of B at a time: what a thread loads, sixteen threads use.</summary>
    public static void Tiled(View a, View b, View c, int m, int n, int k)
    {
        var tileA = SharedMemory.Allocate<float>(Tile * Tile);
        var tileB = SharedMemory.Allocate<float>(Tile * Tile);
        int x = Group.IdxX, y = Group.IdxY;
        int row = Grid.GlobalIndex.Y, column = Grid.GlobalIndex.X;
        float sum = 0f;
        for (int first = 0; first < k; first += Tile)
        {
            // What lies outside the matrices counts as zero, and so adds nothing.
            tileA[(y * Tile) + x] = row < m && first + x < k ? a[((long)row * k) + first + x] : 0f;
            tileB[(y * Tile) + x] = first + y < k && column < n ? b[((long)(first + y) * n) + column] : 0f;
            Group.Barrier();            // both tiles are complete
            for (int i = 0; i < Tile; i++)
                sum += tileA[(y * Tile) + i] * tileB[(i * Tile) + x];
            Group.Barrier();            // all have used them: the next tiles may overwrite
        }

        if (row < m && column < n)
            c[((long)row * n) + column] = sum;
    }

    /// <summary>Four elements of a column for each thread: five loads from shared memory for four products, not eight.</summary>
    public static void FourPerThread(View a, View b, View c, int m, int n, int k)
    {
        var tileA = SharedMemory.Allocate<float>(Block * Tile);     // 64 rows
        var tileB = SharedMemory.Allocate<float>(Tile * Tile);
        int x = Group.IdxX, y = Group.IdxY;
        int firstRow = Grid.IdxY * Block, column = Grid.GlobalIndex.X;
        float sum0 = 0f, sum1 = 0f, sum2 = 0f, sum3 = 0f;
        for (int first = 0; first < k; first += Tile)
        {
            for (int i = y; i < Block; i += Tile)
                tileA[(i * Tile) + x] = firstRow + i < m && first + x < k ? a[((long)(firstRow + i) * k) + first + x] : 0f;
            tileB[(y * Tile) + x] = first + y < k && column < n ? b[((long)(first + y) * n) + column] : 0f;
            Group.Barrier();            // both tiles are complete
            for (int i = 0; i < Tile; i++)
            {
                float right = tileB[(i * Tile) + x];
                sum0 += tileA[(y * Tile) + i] * right;
                sum1 += tileA[((y + 16) * Tile) + i] * right;
                sum2 += tileA[((y + 32) * Tile) + i] * right;
                sum3 += tileA[((y + 48) * Tile) + i] * right;
            }

            Group.Barrier();            // all have used them: the next tiles may overwrite
        }

        Store(c, firstRow + y, column, m, n, sum0);
        Store(c, firstRow + y + 16, column, m, n, sum1);
        Store(c, firstRow + y + 32, column, m, n, sum2);
        Store(c, firstRow + y + 48, column, m, n, sum3);
    }

    private static void Store(View c, int row, int column, int m, int n, float sum)
    {
        if (row < m && column < n)
            c[((long)row * n) + column] = sum;
    }
}
