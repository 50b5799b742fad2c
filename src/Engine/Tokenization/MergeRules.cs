namespace GemmaIlgpu.Engine.Tokenization;

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
    private readonly (uint First, uint PerCharacter)[] _order;      // by id; see Order
    private readonly int[] _asciiPairs = new int[128 * 128];        // id + 1 of the piece of these two units: most look-ups
    private readonly int[] _asciiSingles = new int[128];

    public MergeRules(SentencePieceModel model, SpecialTokens flavour)
    {
        _model = model;
        IsHuggingFace = flavour == SpecialTokens.HuggingFace;
        _order = OrderOfMerges();
        for (int id = 0; id < model.Pieces.Count; id++)
        {
            string piece = model.Pieces[id];
            if (!CanProduce(model.Types[id]))
                continue;
            Joins.Add(piece);
            MaxLength = Math.Max(MaxLength, piece.Length);
            if (piece.Length == 1 && Row(piece[0]) is int single and < 128)
                _asciiSingles[single] = id + 1;
            if (piece.Length == 2 && Row(piece[0]) is int row and < 128 && Row(piece[1]) is int column and < 128)
                _asciiPairs[row * 128 + column] = id + 1;
        }
    }

    public bool IsHuggingFace { get; }

    /// <summary>Length in UTF-16 units of the longest piece that merging can produce.</summary>
    public int MaxLength { get; }

    /// <summary>Where text can be cut.</summary>
    public JoinTable Joins { get; } = new();

    /// <summary>Id of the piece that a text may become by merging, or -1.</summary>
    public int Find(ulong hash, ReadOnlySpan<char> text)
    {
        if (text.Length == 1 && Row(text[0]) is int single and < 128)
            return _asciiSingles[single] - 1;
        if (text.Length == 2 && Row(text[0]) is int row and < 128 && Row(text[1]) is int column and < 128)
            return _asciiPairs[row * 128 + column] - 1;
        int id = _model.Table.Find(hash, text, out var type);
        return id >= 0 && CanProduce(type) ? id : -1;
    }

    /// <summary>When the merge into a piece takes place: smaller is sooner; places with equal numbers go from left to right.</summary>
    /// <param name="id">Piece that the two symbols become.</param>
    /// <param name="leftCharacters">Characters (code points) of the left symbol.</param>
    public uint Order(int id, int leftCharacters) => _order[id].First - _order[id].PerCharacter * (uint)leftCharacters;

    // Hugging Face's conversion takes pairs from all pieces, whatever their type.
    private bool CanProduce(PieceType type) => IsHuggingFace || type is PieceType.Normal or PieceType.UserDefined or PieceType.Unused;

    /// <summary>
    /// For SentencePiece a number for each score. For Hugging Face numbers for each (score, characters of the left part,
    /// place among the pieces of that score), where longer pieces, whose right parts are longer, come first.
    /// </summary>
    private (uint First, uint PerCharacter)[] OrderOfMerges()
    {
        int[] ids = [.. Enumerable.Range(0, _model.Pieces.Count)];
        Array.Sort(_model.Scores.Select(score => -score).ToArray(), ids);

        var order = new (uint, uint)[ids.Length];
        uint next = 0;
        for (int start = 0, end; start < ids.Length; start = end)
        {
            for (end = start + 1; end < ids.Length && _model.Scores[ids[end]] == _model.Scores[ids[start]];)
                end++;
            var equals = ids.AsSpan(start, end - start);
            if (!IsHuggingFace)
            {
                foreach (int id in equals)
                    order[id] = (next, 0);
                next++;
                continue;
            }
            // At most 2²² pieces of 2⁹ characters: the numbers fit (SentencePieceModel.MaxPieces).
            equals.Sort((a, b) => (-Characters(a), a).CompareTo((-Characters(b), b)));
            uint count = (uint)equals.Length, longest = (uint)Characters(equals[0]);
            for (int place = 0; place < equals.Length; place++)
                order[equals[place]] = (next + longest * count + (uint)place, count);
            next += (longest + 1) * count;
        }
        return order;
    }

    private int Characters(int id)
    {
        int lowSurrogates = 0;
        foreach (char unit in _model.Pieces[id])
            lowSurrogates += char.IsLowSurrogate(unit) ? 1 : 0;
        return _model.Pieces[id].Length - lowSurrogates;
    }

    // The space symbol takes the row of the space, and the space none: it does not occur where spaces are escaped.
    private static int Row(char unit) => unit == Normalizer.SpaceSymbol ? ' ' : unit == ' ' ? 128 : unit;
}
