using GemmaIlgpu.Engine.Tokenization;

namespace GemmaIlgpu.Engine.Generation;

/// <summary>Turns generated tokens into text; without a tokenizer the text stays empty.</summary>
/// <param name="tokenizer">The model's tokenizer, or null.</param>
internal sealed class TextStream(Tokenizer? tokenizer)
{
    private readonly StreamingDecoder? _decoder = tokenizer is null ? null : new StreamingDecoder(tokenizer);

    /// <summary>Takes a token and returns the text that is complete now, never half a character.</summary>
    // A model may have more rows than its tokenizer has pieces, to reach a round number; those rows have no text.
    public string Push(int id) => _decoder is not null && id < tokenizer!.VocabularySize ? _decoder.Append(id) : "";

    /// <summary>Returns what was held back, when no more tokens come.</summary>
    public string Flush() => _decoder?.Flush() ?? "";
}
