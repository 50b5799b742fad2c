using GemmaIlgpu.Kernels.Device;

namespace GemmaIlgpu.Kernels;

/// <summary>A tile of keys that a tile of rows looks at.</summary>
/// <param name="RowStart">First row; a row is a query head of a token.</param>
/// <param name="RowEnd">Row after the last.</param>
/// <param name="FirstKey">First key.</param>
/// <param name="LastKey">Last key.</param>
/// <param name="Computed">Scores that the kernel computes.</param>
/// <param name="Visible">Scores that count; the others are masked.</param>
public readonly record struct AttentionVisit(int RowStart, int RowEnd, int FirstKey, int LastKey, long Computed, long Visible);

/// <summary>Which tiles of scores the attention kernels visit: the same arithmetic as theirs, for those who want to see it.</summary>
public static class AttentionTiles
{
    /// <summary>What <see cref="AttentionPrefill"/> does for one KV head: blocks of keys begin at multiples of their size, and rows
    /// that see none of a block are left out.</summary>
    public static IEnumerable<AttentionVisit> InBlocks(AttentionParameters p, int rowsPerTile = AttentionPrefill.RowsPerTile, int keysPerTile = AttentionTile.KeysPerBlock)
    {
        foreach ((int rowStart, int rowEnd) in Rows(p, rowsPerTile))
        {
            int firstKey = AttentionRange.FirstOfRows(rowStart, p), lastKey = AttentionRange.LastOfRows(rowEnd, p);
            for (int block = AttentionTile.FirstBlock(firstKey, keysPerTile); block <= lastKey; block += keysPerTile)
            {
                int first = Math.Max(block, firstKey), last = Math.Min(block + keysPerTile - 1, lastKey);
                int rows = AttentionRange.EndOfRowsSeeing(last, rowEnd, p) - AttentionRange.FirstRowSeeing(first, rowStart, p);
                yield return new(rowStart, rowEnd, first, last, (long)rows * (last - first + 1), Visible(p, rowStart, rowEnd, first, last));
            }
        }
    }

    /// <summary>What <see cref="Fast.FlashKernels"/> do for one KV head: tiles of keys begin at the first key that the rows see.</summary>
    public static IEnumerable<AttentionVisit> FromFirstKey(AttentionParameters p, int rowsPerTile, int keysPerTile)
    {
        foreach ((int rowStart, int rowEnd) in Rows(p, rowsPerTile))
        {
            int firstKey = AttentionRange.FirstOfRows(rowStart, p), lastKey = AttentionRange.LastOfRows(rowEnd, p);
            for (int start = firstKey; start <= lastKey; start += keysPerTile)
            {
                int last = Math.Min(start + keysPerTile - 1, lastKey);
                yield return new(rowStart, rowEnd, start, last, (long)rowsPerTile * keysPerTile, Visible(p, rowStart, rowEnd, start, last));
            }
        }
    }

    private static IEnumerable<(int Start, int End)> Rows(AttentionParameters p, int rowsPerTile)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rowsPerTile);
        int rows = checked(p.Tokens * p.HeadsPerKv);
        for (int start = 0; start < rows; start += rowsPerTile)
            yield return (start, Math.Min(start + rowsPerTile, rows));
    }

    private static long Visible(AttentionParameters p, int rowStart, int rowEnd, int firstKey, int lastKey)
    {
        long visible = 0;
        for (int row = rowStart; row < rowEnd; row++)
        {
            int position = p.FirstPosition + (row / p.HeadsPerKv);
            visible += Math.Max(0, Math.Min(lastKey, position) - Math.Max(firstKey, AttentionRange.First(position, p.Window)) + 1);
        }
        return visible;
    }
}
