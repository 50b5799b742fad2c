namespace GemmaIlgpu.Engine.Generation;

/// <summary>Receives rows of a traced tensor: "logits", "hidden.embed", "hidden.0" … "hidden.final".</summary>
/// <param name="tensor">Name of the tensor.</param>
/// <param name="firstRow">Position of the first row.</param>
/// <param name="rows">Whole rows, valid only during the call.</param>
public delegate void TraceSink(string tensor, int firstRow, ReadOnlySpan<float> rows);

/// <summary>One text: its KV cache, its tokens so far, and how it goes on.</summary>
public sealed class Generator : IDisposable
{
    /// <summary>Tokens of this text, prompt and answers alike.</summary>
    public IReadOnlyList<int> TokenIds => throw new NotSupportedException();

    /// <summary>Tokens whose keys and values are in the cache.</summary>
    public int Position => throw new NotSupportedException();

    /// <summary>Forgets the text; the memory is kept.</summary>
    public void Reset() => throw new NotSupportedException();

    /// <summary>Appends tokens and returns the logits [V] after the last one, valid until the next call.</summary>
    public ReadOnlySpan<float> Prefill(ReadOnlySpan<int> ids, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    /// <summary>
    /// Appends new prompt tokens to the text (the cache keeps what came before) and generates, one item for each
    /// token. The last item carries the reason for the end.
    /// </summary>
    public IEnumerable<GeneratedToken> Generate(IReadOnlyList<int> promptIds, SamplingOptions options, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    /// <summary>Appends tokens and hands out the logits at every position, and the hidden states if wanted.</summary>
    public void Evaluate(ReadOnlySpan<int> ids, bool withHidden, TraceSink sink, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public void Dispose() { }
}
