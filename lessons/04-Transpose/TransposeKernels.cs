using ILGPU;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>target[column, row] = source[row, column], both stored row after row.</summary>
/// <remarks>The tiled kernels run in groups of 32 × 8 threads; each thread moves four elements of a tile of 32 × 32.</remarks>
public static class TransposeKernels
{
    public const int Tile = 32;
    public const int GroupRows = 8;
    public const int RowsPerThread = 8;     // of EightPerThread

    /// <summary>Reads neighbours and writes a whole row of the target apart: one of the two must be far apart.</summary>
    public static void Naive(View source, View target, int rows, int columns)
    {
        int row = Grid.GlobalIndex.Y, column = Grid.GlobalIndex.X;
        if (row < rows && column < columns)
            target[((long)column * rows) + row] = source[((long)row * columns) + column];
    }

    /// <summary>Through a tile in shared memory: neighbours are read, and neighbours are written.</summary>
    public static void Tiled(View source, View target, int rows, int columns)
    {
        var tile = SharedMemory.Allocate<float>(Tile * Tile);
        int x = Group.IdxX, firstRow = Grid.IdxY * Tile, firstColumn = Grid.IdxX * Tile;
        for (int y = Group.IdxY; y < Tile; y += GroupRows)
        {
            int row = firstRow + y, column = firstColumn + x;
            if (row < rows && column < columns)
                tile[(y * Tile) + x] = source[((long)row * columns) + column];
        }

        Group.Barrier();    // the tile is complete

        for (int y = Group.IdxY; y < Tile; y += GroupRows)
        {
            int row = firstRow + x, column = firstColumn + y;
            if (row < rows && column < columns)
                target[((long)column * rows) + row] = tile[(x * Tile) + y];     // 32 threads, one bank
        }
    }

    /// <summary>A tile's rows are 33 long: what lies in a column now lies in 32 different banks.</summary>
    public static void Padded(View source, View target, int rows, int columns)
    {
        const int pitch = Tile + 1;
        var tile = SharedMemory.Allocate<float>(Tile * pitch);
        int x = Group.IdxX, firstRow = Grid.IdxY * Tile, firstColumn = Grid.IdxX * Tile;
        for (int y = Group.IdxY; y < Tile; y += GroupRows)
        {
            int row = firstRow + y, column = firstColumn + x;
            if (row < rows && column < columns)
                tile[(y * pitch) + x] = source[((long)row * columns) + column];
        }

        Group.Barrier();    // the tile is complete

        for (int y = Group.IdxY; y < Tile; y += GroupRows)
        {
            int row = firstRow + x, column = firstColumn + y;
            if (row < rows && column < columns)
                target[((long)column * rows) + row] = tile[(x * pitch) + y];
        }
    }

    /// <summary>Without padding: column x of row y lies at x xor y, so rows and columns both spread over all banks.</summary>
    public static void Swizzled(View source, View target, int rows, int columns)
    {
        var tile = SharedMemory.Allocate<float>(Tile * Tile);
        int x = Group.IdxX, firstRow = Grid.IdxY * Tile, firstColumn = Grid.IdxX * Tile;
        for (int y = Group.IdxY; y < Tile; y += GroupRows)
        {
            int row = firstRow + y, column = firstColumn + x;
            if (row < rows && column < columns)
                tile[(y * Tile) + (x ^ y)] = source[((long)row * columns) + column];
        }

        Group.Barrier();    // the tile is complete

        for (int y = Group.IdxY; y < Tile; y += GroupRows)
        {
            int row = firstRow + x, column = firstColumn + y;
            if (row < rows && column < columns)
                target[((long)column * rows) + row] = tile[(x * Tile) + (y ^ x)];
        }
    }

    /// <summary>
    /// Without shared memory: a thread reads eight elements down its column, beside its neighbours' each time, and writes them side
    /// by side: 32 bytes.
    /// </summary>
    public static void EightPerThread(View source, View target, int rows, int columns)
    {
        int row = RowsPerThread * Grid.GlobalIndex.Y, column = Grid.GlobalIndex.X;
        if (column >= columns)
            return;
        if (row + RowsPerThread > rows)
        {
            for (; row < rows; row++)       // the last rows, fewer than eight
                target[((long)column * rows) + row] = source[((long)row * columns) + column];
            return;
        }

        long from = ((long)row * columns) + column, to = ((long)column * rows) + row;
        float x0 = source[from], x1 = source[from + columns], x2 = source[from + (2 * columns)], x3 = source[from + (3 * columns)];
        from += 4 * columns;
        float x4 = source[from], x5 = source[from + columns], x6 = source[from + (2 * columns)], x7 = source[from + (3 * columns)];
        target[to] = x0;
        target[to + 1] = x1;
        target[to + 2] = x2;
        target[to + 3] = x3;
        target[to + 4] = x4;
        target[to + 5] = x5;
        target[to + 6] = x6;
        target[to + 7] = x7;
    }
}
