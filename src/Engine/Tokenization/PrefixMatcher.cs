namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>Finds the longest of a set of pieces that a text begins with.</summary>
/// <remarks>A trie over UTF-16 units whose edges live in one hash table; a bitmap of first units makes the usual "none" cheap.</remarks>
internal sealed class PrefixMatcher
{
    private readonly Dictionary<(int Node, char Unit), int> _edges = [];
    private readonly List<int> _idAt = [-1];            // piece that ends at a node, or -1
    private readonly ulong[] _firstUnits = new ulong[65536 / 64];
    private readonly ulong[] _firstPairs = new ulong[65536 / 64];   // of pieces of two units and more, by hash
    private readonly ulong[] _singles = new ulong[65536 / 64];      // pieces of one unit

    public void Add(string piece, int id)
    {
        int node = 0;
        foreach (char unit in piece)
        {
            if (!_edges.TryGetValue((node, unit), out int next))
            {
                next = _idAt.Count;
                _idAt.Add(-1);
                _edges.Add((node, unit), next);
            }
            node = next;
        }
        _idAt[node] = id;
        _firstUnits[piece[0] >> 6] |= 1UL << (piece[0] & 63);
        if (piece.Length > 1)
            _firstPairs[PairBit(piece[0], piece[1]) >> 6] |= 1UL << (PairBit(piece[0], piece[1]) & 63);
        else
            _singles[piece[0] >> 6] |= 1UL << (piece[0] & 63);
    }

    /// <summary>Whether a piece can begin with this unit.</summary>
    public bool MayStartWith(char unit) => (_firstUnits[unit >> 6] >> (unit & 63) & 1) != 0;

    /// <summary>Length of the longest piece that <paramref name="text"/> begins with, 0 if none; its id.</summary>
    public int Match(ReadOnlySpan<char> text, out int id)
    {
        id = -1;
        if (text.IsEmpty || !MayStartWith(text[0]))
            return 0;
        if ((_singles[text[0] >> 6] >> (text[0] & 63) & 1) == 0 &&
            (text.Length < 2 || (_firstPairs[PairBit(text[0], text[1]) >> 6] >> (PairBit(text[0], text[1]) & 63) & 1) == 0))
            return 0;       // the space before an ordinary word: by far the most frequent case

        int node = 0, length = 0;
        for (int i = 0; i < text.Length && _edges.TryGetValue((node, text[i]), out node); i++)
        {
            if (_idAt[node] >= 0)
                (id, length) = (_idAt[node], i + 1);
        }
        return length;
    }

    private static int PairBit(char first, char second) => (first * 31 + second) & 0xFFFF;
}
