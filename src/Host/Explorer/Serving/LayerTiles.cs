using GemmaIlgpu.Kernels;
using GemmaIlgpu.Kernels.Device;

namespace GemmaIlgpu.Host.Explorer.Serving;

/// <summary>Which tiles of an attention layer a kernel visits, as the kernels' own arithmetic says.</summary>
internal static class LayerTiles
{
    public const int MostTokens = 8192, MostKeys = 65536, MostTiles = 60_000;

    /// <summary>The visits of one KV head.</summary>
    /// <param name="tokens">New tokens.</param>
    /// <param name="cached">Tokens before them.</param>
    /// <param name="window">Keys that a query sees; 0 for all.</param>
    /// <param name="heads">Query heads that share the KV head.</param>
    /// <param name="rows">Rows of a tile.</param>
    /// <param name="keys">Keys of a tile.</param>
    /// <param name="inBlocks">Whether key tiles begin at multiples of their size, as in AttentionPrefill, or at the first key, as in FlashKernels.</param>
    public static object Of(int tokens, int cached, int window, int heads, int rows, int keys, bool inBlocks)
    {
        long rowTiles = ((long)tokens * heads + rows - 1) / rows, keyTiles = ((long)cached + tokens + keys - 1) / keys;
        if (rowTiles * keyTiles > MostTiles)
            throw new BadQueryException($"These are {rowTiles} tiles of rows by {keyTiles} of keys; up to {MostTiles} together can be drawn. Take fewer tokens or larger tiles.");
        AttentionVisit[] visits = Visits(window), global = window == 0 ? visits : Visits(0);
        return new
        {
            Rows = (long)tokens * heads,
            Keys = cached + tokens,
            All = rowTiles * keyTiles,
            Causal = global.Length,
            Visited = visits.Length,
            Masked = visits.Count(visit => !IsWhole(visit)),
            Scores = visits.Sum(visit => visit.Visible),
            Computed = visits.Sum(visit => visit.Computed),
            Tiles = visits.GroupBy(visit => visit.RowStart).Select(tile => new
            {
                From = tile.Key,
                To = tile.First().RowEnd,
                FirstToken = cached + (tile.Key / heads),
                LastToken = cached + ((tile.First().RowEnd - 1) / heads),
                Visits = tile.Select(visit => new long[] { visit.FirstKey, visit.LastKey, IsWhole(visit) ? 1 : 0 }),
            }),
        };

        AttentionVisit[] Visits(int size)
        {
            var parameters = new AttentionParameters(new AttentionShape(heads, 1, 1, 1f, 0f, size), cached, tokens, cached + tokens);
            return [.. inBlocks ? AttentionTiles.InBlocks(parameters, rows, keys) : AttentionTiles.FromFirstKey(parameters, rows, keys)];
        }
    }

    private static bool IsWhole(AttentionVisit visit) => visit.Visible == (long)(visit.RowEnd - visit.RowStart) * (visit.LastKey - visit.FirstKey + 1);
}
