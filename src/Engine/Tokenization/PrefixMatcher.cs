namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>Finds the longest of a set of pieces that a text begins with.</summary>
/// <remarks>A trie over UTF-16 units whose edges live in one hash table; a bitmap of first units makes the usual "none" cheap.</remarks>
internal sealed class PrefixMatcher
{
    private readonly Dictionary<(int Node, char Unit), int> _edges = [];
    private readonly List<int> _idAt = [-1];            // piece that ends at a node, or -1
    private readonly ulong[] _firstUnits = new ulong[65536 / 64];
    private readonly HashSet<int> _firstPairs = [];     // first two units of pieces of two units and more
    private readonly HashSet<char> _singles = [];       // pieces of one unit

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
        if (piece.Length == 1)
            _singles.Add(piece[0]);
        else
            _firstPairs.Add(piece[0] << 16 | piece[1]);
    }

    /// <summary>Whether a piece can begin with this unit.</summary>
    public bool MayStartWith(char unit) => (_firstUnits[unit >> 6] >> (unit & 63) & 1) != 0;

    /// <summary>Length of the longest piece that <paramref name="text"/> begins with, 0 if none; its id.</summary>
    public int Match(ReadOnlySpan<char> text, out int id)
    {
        id = -1;
        if (text.IsEmpty || !MayStartWith(text[0]))
            return 0;
        if (!_singles.Contains(text[0]) && (text.Length < 2 || !_firstPairs.Contains(text[0] << 16 | text[1])))
            return 0;       // the space before an ordinary word: by far the most frequent case

        int node = 0, length = 0;
        for (int i = 0; i < text.Length && _edges.TryGetValue((node, text[i]), out node); i++)
        {
            if (_idAt[node] >= 0)
                (id, length) = (_idAt[node], i + 1);
        }
        return length;
    }
}
