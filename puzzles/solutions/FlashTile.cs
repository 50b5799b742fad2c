namespace Puzzles;

/// <summary>The tiles between the first key that the group's first query sees and the group's last query.</summary>
public static class FlashTile
{
    private const int Head = 16;
    private const int Tile = 32;

    public static void Kernel(
        ArrayView<float> q, ArrayView<float> k, ArrayView<float> v, ArrayView<float> result,
        int tokens, int window, float softcap)
    {
        var keys = SharedMemory.Allocate<float>(Tile * Head);
        var values = SharedMemory.Allocate<float>(Tile * Head);
        var query = LocalMemory.Allocate<float>(Head);
        var sums = LocalMemory.Allocate<float>(Head);
        int t = Group.IdxX, i = Grid.GlobalIndex.X;
        for (int h = 0; h < Head; h++)
        {
            query[h] = i < tokens ? q[(i * Head) + h] / 4f : 0f;
            sums[h] = 0f;
        }
        float m = float.MinValue, s = 0f;
        int firstQuery = Grid.IdxX * Tile, lastQuery = Math.Min(firstQuery + Tile, tokens) - 1;
        int firstTile = Math.Max(0, firstQuery - window + 1) / Tile;
        for (int first = firstTile * Tile; first <= lastQuery; first += Tile)
        {
            // 1. All threads bring the tile; neighbours read neighbours.
            for (int e = t; e < Tile * Head; e += Tile)
            {
                bool exists = first + (e / Head) < tokens;
                keys[e] = exists ? k[(first * Head) + e] : 0f;
                values[e] = exists ? v[(first * Head) + e] : 0f;
            }
            Group.Barrier();        // the tile is complete

            // 2. Each thread goes through the keys that its query sees.
            int from = Math.Max(first, i - window + 1), to = Math.Min(first + Tile - 1, i);
            for (int j = from; i < tokens && j <= to; j++)
            {
                int at = (j - first) * Head;
                float score = 0f;
                for (int h = 0; h < Head; h++)
                    score += query[h] * keys[at + h];
                score = softcap * MathF.Tanh(score / softcap);
                float next = MathF.Max(m, score), keep = MathF.Exp(m - next), p = MathF.Exp(score - next);
                s = (s * keep) + p;
                m = next;
                for (int h = 0; h < Head; h++)
                    sums[h] = (sums[h] * keep) + (p * values[at + h]);
            }
            Group.Barrier();        // all have used the tile
        }
        for (int h = 0; i < tokens && h < Head; h++)
            result[(i * Head) + h] = sums[h] / s;
    }
}
