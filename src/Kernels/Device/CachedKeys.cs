using ILGPU.Algorithms;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>Which rows of a cache [K, S, H] hold a range of keys of one KV head; a ring may wrap between two of them.</summary>
public struct CachedKeys
{
    /// <summary>Positions of the first and the last key; no more of them than the cache has slots.</summary>
    public int First;
    public int Last;

    private int _firstRow;      // of key First
    private int _wrap;          // first key behind the ring's end
    private int _capacity;

    /// <summary>The keys first … last of a KV head.</summary>
    public static CachedKeys Range(int first, int last, int kvHead, int capacity)
    {
        int slot = first % capacity;
        CachedKeys keys;
        keys.First = first;
        keys.Last = last;
        keys._firstRow = (kvHead * capacity) + slot;
        keys._wrap = first + capacity - slot;
        keys._capacity = capacity;
        return keys;
    }

    /// <summary>Row of the key at a position; of the nearest key of the range when the position lies outside.</summary>
    public static int Row(CachedKeys keys, int position)
    {
        int key = XMath.Max(keys.First, XMath.Min(position, keys.Last));
        return keys._firstRow + (key - keys.First) - (key < keys._wrap ? 0 : keys._capacity);
    }
}
