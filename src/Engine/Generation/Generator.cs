using System.Runtime.InteropServices;
using GemmaIlgpu.Engine.Cache;
using GemmaIlgpu.Engine.Model;
using GemmaIlgpu.Engine.Tokenization;
using ILGPU.Runtime;

namespace GemmaIlgpu.Engine.Generation;

/// <summary>Receives rows of a traced tensor: "hidden.embed", "hidden.0" …, "hidden.final", "logits".</summary>
/// <param name="tensor">Name of the tensor.</param>
/// <param name="firstRow">Position of the first row.</param>
/// <param name="rows">Whole rows, valid only during the call.</param>
public delegate void TraceSink(string tensor, int firstRow, ReadOnlySpan<float> rows);

/// <summary>One text: its KV cache, its tokens so far, and how it goes on. Not for use by several threads at once.</summary>
public sealed class Generator : IDisposable
{
    private readonly GemmaModel _model;
    private readonly KvCache _cache;
    private readonly IReadOnlySet<int> _endIds;
    private readonly Tokenizer? _tokenizer;
    private readonly List<int> _ids = [];
    private readonly float[] _logits;
    private readonly CandidateReader _candidates;

    internal Generator(GemmaModel model, KvCache cache, IReadOnlySet<int> endIds, Tokenizer? tokenizer)
    {
        _model = model;
        _cache = cache;
        _endIds = endIds;
        _tokenizer = tokenizer;
        _logits = new float[model.Config.VocabularySize];
        _candidates = new CandidateReader(model.LogitsDevice);
    }

    /// <summary>
    /// Tokens of this text, prompt and answers alike, without the end ids that ended an answer. The last one may not be
    /// in the cache yet; it is computed together with what follows.
    /// </summary>
    public IReadOnlyList<int> TokenIds => _ids;

    /// <summary>Tokens whose keys and values are in the cache.</summary>
    public int Position => _cache.Position;

    /// <summary>Tokens that the text may still grow by.</summary>
    public int Remaining => _cache.ContextLength - _ids.Count;

    /// <summary>Recorded steps that were replayed, on all devices together.</summary>
    internal int Replays => _cache.Replays;

    /// <summary>Bytes of the KV cache now.</summary>
    public long CacheBytes => _cache.Bytes;

    /// <summary>Forgets the text; the memory is kept.</summary>
    public void Reset() => Rewind(0);

    /// <summary>
    /// Keeps the part of the text that a new text begins with and forgets the rest, so that only what is new need be
    /// computed. At least one token of the new text is left over.
    /// </summary>
    /// <returns>How many of the ids are kept; the caller goes on with the others.</returns>
    public int KeepPrefix(IReadOnlyList<int> ids)
    {
        int common = 0;
        while (common < Math.Min(ids.Count - 1, _cache.Position) && ids[common] == _ids[common])
            common++;
        return Rewind(common);
    }

    /// <summary>Appends tokens and returns the logits [V] after the last one, valid until the next call.</summary>
    /// <exception cref="InputException">There are no tokens, one is outside the vocabulary, or they do not fit the context.</exception>
    public ReadOnlySpan<float> Prefill(scoped ReadOnlySpan<int> ids, CancellationToken cancellation = default)
    {
        Append(ids);
        Compute((operations, logits) => logits.CopyToCPU(operations.Stream, _logits), cancellation);
        return _logits;
    }

    /// <summary>
    /// Appends new prompt tokens to the text (the cache keeps what came before) and generates, one item for each
    /// token. The last item carries the reason for the end.
    /// </summary>
    /// <exception cref="InputException">There are no tokens, one is outside the vocabulary, or they do not fit the context.</exception>
    public IEnumerable<GeneratedToken> Generate(IReadOnlyList<int> promptIds, SamplingOptions options, CancellationToken cancellation = default)
    {
        Append([.. promptIds]);
        return Continue(options, cancellation);
    }

    /// <summary>Appends tokens and hands out the logits at every position, and the hidden states if wanted.</summary>
    /// <exception cref="InputException">There are no tokens, one is outside the vocabulary, or they do not fit the context.</exception>
    public void Evaluate(ReadOnlySpan<int> ids, bool withHidden, TraceSink sink, CancellationToken cancellation = default)
    {
        Append(ids);
        while (_cache.Position < _ids.Count)
        {
            cancellation.ThrowIfCancellationRequested();
            _model.Trace(NextChunk(), _cache, withHidden, sink);
        }
    }

    private IEnumerable<GeneratedToken> Continue(SamplingOptions options, CancellationToken cancellation)
    {
        var sampler = new Sampler(options);
        foreach (int id in _ids)
            sampler.SeePrompt(id);
        var stops = new StopStrings(options.StopStrings);
        var text = new TextStream(_tokenizer);
        if (Remaining == 0)
        {
            yield return new GeneratedToken(-1, "", StopReason.ContextFull);
            yield break;
        }

        for (int count = 1; ; count++)
        {
            if (!TryCompute((operations, logits) => _candidates.Read(operations, logits, sampler), cancellation))
            {
                yield return new GeneratedToken(-1, stops.Flush() + text.Flush(), StopReason.Cancelled);
                yield break;
            }

            int id = _candidates.Choose(sampler);
            if (options.StopAtEndOfText && _endIds.Contains(id))
            {
                string rest = stops.Push(text.Flush(), out bool stopped);
                yield return new GeneratedToken(id, stopped ? rest : rest + stops.Flush(), StopReason.EndOfText);
                yield break;
            }

            _ids.Add(id);
            string piece = stops.Push(text.Push(id), out bool stopString);
            StopReason? stop = stopString ? StopReason.StopString
                : count == options.MaxTokens ? StopReason.MaxTokens
                : Remaining == 0 ? StopReason.ContextFull
                : null;
            if (stop is StopReason.MaxTokens or StopReason.ContextFull)
            {
                piece += stops.Push(text.Flush(), out bool atTheEnd);
                stop = atTheEnd ? StopReason.StopString : stop;
                piece += atTheEnd ? "" : stops.Flush();
            }

            yield return new GeneratedToken(id, piece, stop);
            if (stop is not null)
                yield break;
        }
    }

    /// <summary>Checks that tokens, and that many generated ones after them, may be appended.</summary>
    internal void Check(ReadOnlySpan<int> ids, int generated = 0)
    {
        if (ids.IsEmpty)
            throw new InputException("The prompt has no tokens; it must have at least one.");
        int vocabulary = _model.Config.VocabularySize;
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)vocabulary)
                throw new InputException($"The token id {id} is outside the vocabulary; ids of this model are 0 to {vocabulary - 1}.");
        }

        // The last generated token is never computed, so it needs no slot.
        if (ids.Length + Math.Max(0, generated - 1L) > Remaining)
        {
            string more = generated == 0 ? "" : $" and {generated} are to follow";
            string used = _ids.Count == 0 ? "" : $", of which {_ids.Count} are used";
            throw new InputException($"The prompt has {ids.Length} tokens{more}, but the context holds {_cache.ContextLength}{used}. Shorten the prompt or load the model with a longer context.");
        }
    }

    private void Append(ReadOnlySpan<int> ids)
    {
        Check(ids);
        _ids.AddRange(ids);
    }

    private bool TryCompute(LogitsReader reader, CancellationToken cancellation)
    {
        try
        {
            Compute(reader, cancellation);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // Brings the cache up to the end of the text; the reader gets the logits after its last token.
    private void Compute(LogitsReader reader, CancellationToken cancellation)
    {
        while (_cache.Position < _ids.Count)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<int> chunk = NextChunk();
            bool last = _cache.Position + chunk.Length == _ids.Count;
            _model.Forward(chunk, _cache, last ? reader : null);
        }

        cancellation.ThrowIfCancellationRequested();
    }

    private ReadOnlySpan<int> NextChunk()
    {
        int length = Math.Min(_model.Chunk, _ids.Count - _cache.Position);
        return CollectionsMarshal.AsSpan(_ids).Slice(_cache.Position, length);
    }

    private int Rewind(int position)
    {
        int reached = _cache.Rewind(position);
        _ids.RemoveRange(reached, _ids.Count - reached);
        return reached;
    }

    public void Dispose()
    {
        _candidates.Dispose();
        _cache.Dispose();
    }
}
