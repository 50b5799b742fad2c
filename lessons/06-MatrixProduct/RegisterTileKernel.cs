using ILGPU;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>C[M, N] = A[M, K] · B[K, N] with 4 × 4 elements of C in the registers of each thread.</summary>
public static class RegisterTileKernel
{
    private const int Tile = MatrixProductKernels.Tile;
    private const int Block = MatrixProductKernels.Block;

    /// <summary>Sixteen elements for each thread: eight loads from shared memory for sixteen products.</summary>
    public static void SixteenPerThread(View a, View b, View c, int m, int n, int k)
    {
        var tileA = SharedMemory.Allocate<float>(Block * Tile);     // 64 rows of 16
        var tileB = SharedMemory.Allocate<float>(Tile * Block);     // 16 rows of 64
        int x = Group.IdxX, y = Group.IdxY;
        int firstRow = Grid.IdxY * Block, firstColumn = Grid.IdxX * Block;
        Row row0 = default, row1 = default, row2 = default, row3 = default;
        for (int first = 0; first < k; first += Tile)
        {
            for (int i = 0; i < Block; i += Tile)
            {
                int row = firstRow + y + i, column = firstColumn + x + i;
                tileA[((y + i) * Tile) + x] = row < m && first + x < k ? a[((long)row * k) + first + x] : 0f;
                tileB[(y * Block) + x + i] = first + y < k && column < n ? b[((long)(first + y) * n) + column] : 0f;
            }

            Group.Barrier();            // both tiles are complete
            for (int i = 0; i < Tile; i++)
            {
                // Neighbouring threads read neighbouring columns: 16 apart within a thread, 1 apart between threads.
                Row right = new(tileB[(i * Block) + x], tileB[(i * Block) + x + 16], tileB[(i * Block) + x + 32], tileB[(i * Block) + x + 48]);
                row0 = Row.MultiplyAdd(tileA[(y * Tile) + i], right, row0);
                row1 = Row.MultiplyAdd(tileA[((y + 16) * Tile) + i], right, row1);
                row2 = Row.MultiplyAdd(tileA[((y + 32) * Tile) + i], right, row2);
                row3 = Row.MultiplyAdd(tileA[((y + 48) * Tile) + i], right, row3);
            }

            Group.Barrier();            // all have used them: the next tiles may overwrite
        }

        Store(c, firstRow + y, firstColumn + x, m, n, row0);
        Store(c, firstRow + y + 16, firstColumn + x, m, n, row1);
        Store(c, firstRow + y + 32, firstColumn + x, m, n, row2);
        Store(c, firstRow + y + 48, firstColumn + x, m, n, row3);
    }

    private static void Store(View c, int row, int column, int m, int n, Row sums)
    {
        if (row >= m)
            return;
        long at = (long)row * n;
        if (column < n)
            c[at + column] = sums.A;
        if (column + 16 < n)
            c[at + column + 16] = sums.B;
        if (column + 32 < n)
            c[at + column + 32] = sums.C;
        if (column + 48 < n)
            c[at + column + 48] = sums.D;
    }

    /// <summary>Four sums of a row. A struct of plain fields stays in registers; an array with computed indices would not.</summary>
    private readonly struct Row(float a, float b, float c, float d)
    {
        public readonly float A = a;
        public readonly float B = b;
        public readonly float C = c;
        public readonly float D = d;

        public static Row MultiplyAdd(float left, Row right, Row sum) =>
            new(sum.A + (left * right.A), sum.B + (left * right.B), sum.C + (left * right.C), sum.D + (left * right.D));
    }
}
