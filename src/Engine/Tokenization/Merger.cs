namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>Byte-pair encoding of one run of normalised text: characters are joined in the order of the rules.</summary>
/// <remarks>
/// <para>Symbols form a linked list, each with the merge it could make with its right neighbour. The next merge is found
/// by walking over a short list, and with a heap in a long one: there an entry counts only if it still is its symbol's
/// merge. n symbols take O(n log n).</para>
/// <para>Source: Sennrich, Haddow and Birch 2016, arXiv:1508.07909; order of merging, see <see cref="MergeRules"/>.</para>
/// </remarks>
internal sealed class Merger(SentencePieceModel model, MergeRules rules, PrefixMatcher userDefined)
{
    private const int WalkedSymbols = 24;       // up to here walking is faster
    private const int KeptSymbols = 1 << 14;    // memory of longer texts is given back
    private const ulong Never = ulong.MaxValue;

    private readonly PriorityQueue<int, ulong> _heap = new();
    private readonly Dictionary<int, int> _unusedSplit = [];    // unused piece → length of the left part it was last seen made of
    private readonly Stack<(int Start, int Length)> _parts = [];
    private readonly ulong[] _powers = Powers(rules.MaxLength);
    private Symbol[] _symbols = new Symbol[64];
    private ulong[] _prefixHashes = new ulong[64];
    private int _count;

    private struct Symbol
    {
        public int Start, Length;       // in UTF-16 units; length 0 once swallowed by the symbol to the left
        public int Characters;          // in code points
        public int Id;                  // -1: no piece has this text
        public int Previous, Next;      // -1 at the ends
        public ulong Merge;             // order of the merge with the next symbol, above this one's index; Never if there is none
        public int MergedId;            // what the two become
        public bool Frozen;             // never merges
    }

    /// <summary>Encodes a run and appends its ids.</summary>
    /// <param name="text">Normalised text.</param>
    /// <param name="cutUserDefined">Whether user-defined pieces may occur in the run; callers usually cut them out before.</param>
    /// <param name="output">Receives the ids.</param>
    public void Encode(ReadOnlySpan<char> text, bool cutUserDefined, IdBuffer output)
    {
        Split(text, cutUserDefined);
        for (int i = 0; i + 1 < _count; i++)
            Propose(text, i);
        if (_count <= WalkedSymbols)
            MergeByWalking(text);
        else
            MergeByHeap(text);
        for (int i = 0; i >= 0 && i < _count; i = _symbols[i].Next)
            Emit(text, _symbols[i], output);
        Forget();
    }

    /// <summary>Makes the first symbols: user-defined pieces, frozen, and single characters.</summary>
    private void Split(ReadOnlySpan<char> text, bool cutUserDefined)
    {
        if (_prefixHashes.Length <= text.Length)
        {
            int capacity = Math.Max(text.Length + 1, 2 * _prefixHashes.Length);
            _prefixHashes = new ulong[capacity];
            _symbols = new Symbol[capacity];
        }
        _count = 0;
        for (int start = 0, length; start < text.Length; start += length)
        {
            int id = -1;
            length = cutUserDefined ? userDefined.Match(text[start..], out id) : 0;
            bool frozen = length > 0;
            if (!frozen)
                length = char.IsHighSurrogate(text[start]) ? 2 : 1;
            for (int i = start; i < start + length; i++)
                _prefixHashes[i + 1] = PieceTable.Append(_prefixHashes[i], text[i]);
            if (!frozen)
            {
                id = rules.Find(Hash(start, length), text.Slice(start, length));
                // Hugging Face turns an unknown character into bytes before it merges; SentencePiece after.
                frozen = id < 0 && rules.IsHuggingFace;
            }
            _symbols[_count] = new Symbol
            {
                Start = start, Length = length, Characters = 1, Id = id, Frozen = frozen, Merge = Never,
                Previous = _count - 1, Next = start + length < text.Length ? _count + 1 : -1,
            };
            _count++;
        }
    }

    /// <summary>Looks up what a symbol and its right neighbour become, and when.</summary>
    private ulong Propose(ReadOnlySpan<char> text, int index)
    {
        ref var left = ref _symbols[index];
        left.Merge = Never;
        if (left.Next < 0 || left.Frozen || _symbols[left.Next].Frozen)
            return Never;
        int length = left.Length + _symbols[left.Next].Length;
        if (length > rules.MaxLength)
            return Never;
        int id = rules.Find(Hash(left.Start, length), text.Slice(left.Start, length));
        if (id < 0)
            return Never;
        if (model.HasUnused && model.Types[id] == PieceType.Unused)
            _unusedSplit[id] = left.Length;
        left.MergedId = id;
        return left.Merge = (ulong)rules.Order(id, left.Characters) << 32 | (uint)index;
    }

    private void MergeByWalking(ReadOnlySpan<char> text)
    {
        for (;;)
        {
            ulong best = Never;
            for (int i = 0; i >= 0 && i < _count; i = _symbols[i].Next)
                best = Math.Min(best, _symbols[i].Merge);
            if (best == Never)
                return;
            Join((int)(uint)best);
            if (_symbols[(uint)best].Previous is int previous and >= 0)
                Propose(text, previous);
            Propose(text, (int)(uint)best);
        }
    }

    private void MergeByHeap(ReadOnlySpan<char> text)
    {
        _heap.EnqueueRange(Enumerable.Range(0, _count).Where(i => _symbols[i].Merge != Never).Select(i => (i, _symbols[i].Merge)));
        while (_heap.TryDequeue(out int index, out ulong merge))
        {
            if (_symbols[index].Length == 0 || _symbols[index].Merge != merge)
                continue;       // one of the two has merged with another neighbour since
            Join(index);
            if (_symbols[index].Previous is int previous and >= 0 && Propose(text, previous) is ulong before and < Never)
                _heap.Enqueue(previous, before);
            if (Propose(text, index) is ulong after and < Never)
                _heap.Enqueue(index, after);
        }
    }

    /// <summary>Merges a symbol with its right neighbour.</summary>
    private void Join(int index)
    {
        ref var left = ref _symbols[index];
        ref var right = ref _symbols[left.Next];
        left.Id = left.MergedId;
        left.Length += right.Length;
        left.Characters += right.Characters;
        left.Next = right.Next;
        right.Length = 0;
        if (left.Next >= 0)
            _symbols[left.Next].Previous = index;
    }

    private void Emit(ReadOnlySpan<char> text, in Symbol symbol, IdBuffer output)
    {
        if (symbol.Id < 0)
            output.AppendUnknown(text.Slice(symbol.Start, symbol.Length));
        else if (!model.HasUnused || rules.IsHuggingFace)
            output.Append(symbol.Id);
        else
            TakeApart(text, symbol.Start, symbol.Length, output);
    }

    /// <summary>Replaces an unused piece by the two parts it was last seen made of, and those likewise.</summary>
    private void TakeApart(ReadOnlySpan<char> text, int start, int length, IdBuffer output)
    {
        _parts.Push((start, length));
        while (_parts.TryPop(out var part))
        {
            var piece = text.Slice(part.Start, part.Length);
            int id = rules.Find(PieceTable.Hash(piece), piece);
            if (id < 0)
                output.AppendUnknown(piece);
            else if (model.Types[id] != PieceType.Unused || !_unusedSplit.TryGetValue(id, out int leftLength))
                output.Append(id);
            else
            {
                _parts.Push((part.Start + leftLength, part.Length - leftLength));
                _parts.Push((part.Start, leftLength));
            }
        }
    }

    private void Forget()
    {
        _unusedSplit.Clear();
        if (_symbols.Length <= KeptSymbols)
            return;
        _heap.TrimExcess();
        _symbols = new Symbol[64];
        _prefixHashes = new ulong[64];
    }

    private ulong Hash(int start, int length) => _prefixHashes[start + length] - _prefixHashes[start] * _powers[length];

    private static ulong[] Powers(int max)
    {
        ulong[] powers = new ulong[Math.Max(max, 2) + 1];
        powers[0] = 1;
        for (int i = 1; i < powers.Length; i++)
            powers[i] = powers[i - 1] * PieceTable.Multiplier;
        return powers;
    }
}
