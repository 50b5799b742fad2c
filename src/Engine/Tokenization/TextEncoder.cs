using System.Buffers;

namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>Encodes whole texts: normalises, cuts out the pieces that are never merged, cuts the rest into runs, merges.</summary>
/// <remarks>
/// Works with buffers and a cache of its own, so one instance serves one call at a time; <see cref="Tokenizer"/> keeps a
/// few. The cache holds the ids of short runs (words, mostly), which makes ordinary text many times faster: a run's ids
/// depend on nothing but the run.
/// </remarks>
internal sealed class TextEncoder
{
    private const int CacheSlots = 1 << 13;     // 8192 words of up to 16 units and 6 ids: 0.6 MiB, which stays in an L2 cache
    private const int CachedUnits = 16, CachedIds = 6;

    private readonly SentencePieceModel _model;
    private readonly MergeRules _rules;
    private readonly PrefixMatcher _cut;
    private readonly Merger _merger;
    private readonly IdBuffer _ids;
    private readonly bool _runsAreIndependent;
    private readonly CacheEntry[] _cache;
    private readonly char[] _cachedText;
    private readonly int[] _cachedIds;

    private struct CacheEntry
    {
        public ulong Hash;
        public byte Units, Ids;     // 0 units: free
    }

    /// <param name="model">Vocabulary.</param>
    /// <param name="rules">SentencePiece's or Hugging Face's.</param>
    /// <param name="cut">Pieces cut out of the text before merging.</param>
    public TextEncoder(SentencePieceModel model, MergeRules rules, PrefixMatcher cut)
    {
        _model = model;
        _rules = rules;
        _cut = cut;
        _ids = new IdBuffer(model);
        _merger = new Merger(model, rules, cut);
        // Where unused pieces are, how one is taken apart depends on the last place in the whole text where its parts
        // met; where bytes are off, neighbouring unknowns become one.
        _runsAreIndependent = rules.IsHuggingFace || !model.HasUnused;
        bool cached = _runsAreIndependent && model.ByteFallback;
        _cache = new CacheEntry[cached ? CacheSlots : 0];
        _cachedText = new char[_cache.Length * CachedUnits];
        _cachedIds = new int[_cache.Length * CachedIds];
    }

    /// <summary>Ids of a text.</summary>
    public int[] Encode(ReadOnlySpan<char> text, int? first)
    {
        _ids.Clear();
        if (first is int id)
            _ids.Append(id);
        char[] buffer = ArrayPool<char>.Shared.Rent(text.Length + 1);
        try
        {
            if (_rules.IsHuggingFace)
            {
                // Special tokens are looked for in the text as it came, everything else in the escaped one.
                var escaped = buffer.AsSpan(0, text.Length);
                Normalizer.Escape(text, escaped, escapeSpaces: true);
                EncodeRuns(text, escaped);
            }
            else
            {
                var normalised = buffer.AsSpan(0, Normalizer.Normalize(text, buffer, _model, _cut));
                if (_runsAreIndependent)
                    EncodeRuns(normalised, normalised);
                else
                    _merger.Encode(normalised, cutUserDefined: true, _ids);
            }
            return _ids.Ids.ToArray();
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
            _ids.Trim();
        }
    }

    /// <summary>Cuts the text at pieces that are not merged and at places that no merge can span.</summary>
    /// <param name="raw">Where pieces to cut out are looked for.</param>
    /// <param name="text">What is merged; as long as <paramref name="raw"/>.</param>
    private void EncodeRuns(ReadOnlySpan<char> raw, ReadOnlySpan<char> text)
    {
        int start = 0;
        for (int i = 0; i < text.Length;)
        {
            int cut = _cut.MayStartWith(raw[i]) ? _cut.Match(raw[i..], out int id) : Never(out id);
            if (cut > 0)
            {
                EncodeRun(text[start..i]);
                _ids.Append(id);
                if (_rules.IsHuggingFace)
                    _ids.Separate();
                start = i += cut;
                continue;
            }
            if (i > start && !_rules.Joins.MayJoin(text[i - 1], text[i]))
            {
                EncodeRun(text[start..i]);
                start = i;
            }
            i++;
        }
        EncodeRun(text[start..]);

        static int Never(out int id)
        {
            id = -1;
            return 0;
        }
    }

    private void EncodeRun(ReadOnlySpan<char> run)
    {
        if (run.IsEmpty)
            return;
        if (run.Length > CachedUnits || _cache.Length == 0)
        {
            _merger.Encode(run, cutUserDefined: false, _ids);
            return;
        }

        ulong hash = PieceTable.Hash(run);
        int slot = (int)((hash ^ hash >> 32) * 0x9E37_79B9_7F4A_7C15 >> 32) & (CacheSlots - 1);
        ref var entry = ref _cache[slot];
        if (entry.Hash == hash && entry.Units == run.Length && run.SequenceEqual(_cachedText.AsSpan(slot * CachedUnits, run.Length)))
        {
            _ids.Append(_cachedIds.AsSpan(slot * CachedIds, entry.Ids));
            return;
        }

        int before = _ids.Count;
        _merger.Encode(run, cutUserDefined: false, _ids);
        var made = _ids.Ids[before..];
        if (made.Length > CachedIds)
            return;
        entry = new CacheEntry { Hash = hash, Units = (byte)run.Length, Ids = (byte)made.Length };
        run.CopyTo(_cachedText.AsSpan(slot * CachedUnits));
        made.CopyTo(_cachedIds.AsSpan(slot * CachedIds));
    }
}
