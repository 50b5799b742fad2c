namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>Place of a possible merge in the order of merging: smaller is sooner; the left symbol is in the low half.</summary>
internal readonly record struct MergeKey(ulong High, ulong Low)
{
    /// <summary>No merge: later than any other.</summary>
    public static readonly MergeKey None = new(ulong.MaxValue, ulong.MaxValue);

    /// <summary>Index of the left one of the two symbols.</summary>
    public int Left => (int)(uint)Low;

    public bool IsBefore(in MergeKey other) => High != other.High ? High < other.High : Low < other.Low;
}

/// <summary>Which pieces merging may produce, and in what order.</summary>
/// <remarks>
/// <para>SentencePiece: the best score first, the leftmost on equal scores. Every piece that is normal, user-defined or
/// unused can be produced, out of any two neighbours whose joined text it is.</para>
/// <para>Hugging Face: a fixed list of pairs, generated from the same vocabulary by sorting on (score, characters of
/// the left part, characters of the right part), all descending, in vocabulary order among equals; the first pair of
/// the list goes first, the leftmost place on equal pairs. Source: transformers, convert_slow_tokenizer.py. For Gemma 2
/// this makes exactly the 580,604 merges of the published tokenizer.json.</para>
/// </remarks>
internal sealed class MergeRules
{
    private readonly SentencePieceModel _model;
    private readonly int[] _rank;       // by id: 0 for the best score, equal for equal scores
    private readonly int[]? _order;     // by id, Hugging Face only: longer pieces first, then by id

    public MergeRules(SentencePieceModel model, SpecialTokens flavour)
    {
        _model = model;
        _rank = RankByScore(model.Scores);
        IsHuggingFace = flavour == SpecialTokens.HuggingFace;
        if (IsHuggingFace)
            _order = OrderByLength(model.Pieces);
        for (int id = 0; id < model.Pieces.Count; id++)
        {
            if (CanProduce(id))
            {
                Joins.Add(model.Pieces[id]);
                MaxLength = Math.Max(MaxLength, model.Pieces[id].Length);
            }
        }
    }

    public bool IsHuggingFace { get; }

    /// <summary>Length in UTF-16 units of the longest piece that merging can produce.</summary>
    public int MaxLength { get; }

    /// <summary>Where text can be cut.</summary>
    public JoinTable Joins { get; } = new();

    /// <summary>Id of the piece that a text without user-defined pieces in it may become, or -1.</summary>
    public int Find(ulong hash, ReadOnlySpan<char> text)
    {
        int id = _model.Table.Find(hash, text);
        return id >= 0 && CanProduce(id) ? id : -1;
    }

    /// <summary>When the merge into <paramref name="id"/> takes place.</summary>
    /// <param name="id">Piece that the two symbols become.</param>
    /// <param name="left">Index of the left symbol.</param>
    /// <param name="leftCharacters">Characters (code points) of the left symbol.</param>
    public MergeKey Key(int id, int left, int leftCharacters) => IsHuggingFace
        // The right part's length is the piece's minus the left's, so ordering by the piece's length stands for it.
        ? new((ulong)_rank[id] << 32 | uint.MaxValue - (uint)leftCharacters, (ulong)_order![id] << 32 | (uint)left)
        : new((ulong)_rank[id], (uint)left);

    // Hugging Face's conversion takes pairs from all pieces, whatever their type.
    private bool CanProduce(int id) =>
        IsHuggingFace || _model.Types[id] is PieceType.Normal or PieceType.UserDefined or PieceType.Unused;

    private static int[] RankByScore(List<float> scores)
    {
        int[] ids = [.. Enumerable.Range(0, scores.Count)];
        float[] keys = [.. scores.Select(score => -score)];
        Array.Sort(keys, ids);
        int[] rank = new int[ids.Length];
        for (int i = 1; i < ids.Length; i++)
            rank[ids[i]] = rank[ids[i - 1]] + (keys[i] > keys[i - 1] ? 1 : 0);
        return rank;
    }

    private static int[] OrderByLength(List<string> pieces)
    {
        int[] ids = [.. Enumerable.Range(0, pieces.Count)];
        long[] keys = [.. pieces.Select((piece, id) => (long)-Characters(piece) << 32 | (uint)id)];
        Array.Sort(keys, ids);
        int[] order = new int[ids.Length];
        for (int i = 0; i < ids.Length; i++)
            order[ids[i]] = i;
        return order;
    }

    private static int Characters(string piece) => piece.Length - piece.Count(char.IsLowSurrogate);
}
