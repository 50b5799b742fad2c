using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>Attention in tiles: sixteen queries of a group share every key and value it loads.</summary>
/// <remarks>Groups of 16 × 16 threads: y says which query, x which key of a tile and, later, which columns of y.</remarks>
public static class FlashKernel
{
    public const int Tile = 16;
    public const int MostColumns = 64;

    // One more than the width: threads of different rows then read different banks.
    private const int Pitch = MostColumns + 1;

    /// <summary>Starts at the first key, like the mask knew nothing of windows.</summary>
    public static void AllTiles(View q, View k, View v, View y, AttentionShape shape) => Attend(q, k, v, y, shape, firstTile: 0);

    /// <summary>Starts at the tile with the first key that the group's first query sees.</summary>
    public static void VisibleTiles(View q, View k, View v, View y, AttentionShape shape) =>
        Attend(q, k, v, y, shape, XMath.Max(0, (Grid.IdxX * Tile) - shape.Window + 1) / Tile);

    private static void Attend(View q, View k, View v, View y, AttentionShape shape, int firstTile)
    {
        var queries = SharedMemory.Allocate<float>(Tile * Pitch);
        var keys = SharedMemory.Allocate<float>(Tile * Pitch);
        var values = SharedMemory.Allocate<float>(Tile * Pitch);
        var weights = SharedMemory.Allocate<float>(Tile * Tile);
        int x = Group.IdxX, ty = Group.IdxY, query = (Grid.IdxX * Tile) + ty;
        long head = (long)Grid.IdxY * shape.Tokens;
        Load(queries, q, head, Grid.IdxX * Tile, shape);
        float max = AttentionKernels.Unseen, sum = 0f;
        float y0 = 0f, y1 = 0f, y2 = 0f, y3 = 0f;           // columns x, x + 16, x + 32, x + 48 of this query
        for (int tile = firstTile; tile <= Grid.IdxX; tile++)
        {
            Load(keys, k, head, tile * Tile, shape);
            Load(values, v, head, tile * Tile, shape);
            Group.Barrier();                                // the tiles are complete

            // 1. One score for each thread.
            int key = (tile * Tile) + x;
            float dot = 0f;
            for (int d = 0; d < shape.Width; d++)
                dot += queries[(ty * Pitch) + d] * keys[(x * Pitch) + d];
            bool seen = key <= query && key > query - shape.Window;
            weights[(ty * Tile) + x] = seen ? AttentionKernels.Score(dot, shape) : AttentionKernels.Unseen;
            Group.Barrier();                                // all scores are in place

            // 2. Online softmax. Every thread of a query does the same arithmetic, so nobody has to wait for its result.
            float larger = max;
            for (int i = 0; i < Tile; i++)
                larger = XMath.Max(larger, weights[(ty * Tile) + i]);
            float shrink = XMath.Exp(max - larger);
            max = larger;
            sum *= shrink;
            y0 *= shrink;
            y1 *= shrink;
            y2 *= shrink;
            y3 *= shrink;

            // 3. Four columns for each thread. A masked key weighs 0, also in a tile of which this query sees nothing.
            for (int i = 0; i < Tile; i++)
            {
                float score = weights[(ty * Tile) + i];
                float weight = score == AttentionKernels.Unseen ? 0f : XMath.Exp(score - max);
                sum += weight;
                y0 += weight * values[(i * Pitch) + x];
                y1 += weight * values[(i * Pitch) + x + 16];
                y2 += weight * values[(i * Pitch) + x + 32];
                y3 += weight * values[(i * Pitch) + x + 48];
            }

            Group.Barrier();                                // all have used the tiles
        }

        Store(y, head, query, x, shape, y0 / sum);
        Store(y, head, query, x + 16, shape, y1 / sum);
        Store(y, head, query, x + 32, shape, y2 / sum);
        Store(y, head, query, x + 48, shape, y3 / sum);
    }

    /// <summary>Sixteen rows to shared memory; what is behind the last row or column is zero.</summary>
    private static void Load(View tile, View rows, long head, int first, AttentionShape shape)
    {
        int row = first + Group.IdxY;
        for (int d = Group.IdxX; d < MostColumns; d += Tile)
        {
            bool inside = row < shape.Tokens && d < shape.Width;
            tile[(Group.IdxY * Pitch) + d] = inside ? rows[((head + row) * shape.Width) + d] : 0f;
        }
    }

    private static void Store(View y, long head, int query, int column, AttentionShape shape, float value)
    {
        if (query < shape.Tokens && column < shape.Width)
            y[((head + query) * shape.Width) + column] = value;
    }
}
