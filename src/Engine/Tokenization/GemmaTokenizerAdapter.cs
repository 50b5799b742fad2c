#if UPSTREAM_PACKAGES
using System.Buffers;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>Offers our tokenizer to libraries that expect a Microsoft.ML.Tokenizers one (package 2.0.0).</summary>
/// <remarks>
/// Offsets refer to the original text. The two overrides here are all that is abstract in the base class; counting and
/// cutting to a number of tokens follow from them there.
/// </remarks>
public sealed class GemmaTokenizerAdapter : Microsoft.ML.Tokenizers.Tokenizer
{
    private readonly Tokenizer _tokenizer;
    private readonly SpecialTokens _special;

    /// <param name="tokenizer">A tokenizer that leaves white space as it is, as Gemma's do: only then pieces and text line up.</param>
    /// <param name="special">What becomes of special tokens written out in the text.</param>
    public GemmaTokenizerAdapter(Tokenizer tokenizer, SpecialTokens special = SpecialTokens.Plain)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var model = tokenizer.Model;
        if (model.AddDummyPrefix || model.RemoveExtraWhitespaces || !model.ByteFallback)
            throw new ArgumentException("The offsets of this vocabulary's tokens are unknown: it changes white space or has no byte pieces.", nameof(tokenizer));
        _tokenizer = tokenizer;
        _special = special;
    }

    /// <inheritdoc/>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var source = text is null ? textSpan : text.AsSpan();
        var tokens = new List<EncodedToken>();
        int position = 0, bytesOfCharacter = 0;
        foreach (int id in _tokenizer.Encode(source, special: _special))
        {
            if (tokens.Count == settings.MaxTokenCount)
                break;
            int start = position;
            if (_tokenizer.TypeOf(id) != PieceType.Byte)
                position += _tokenizer.IdToPiece(id).Length;
            else
            {
                // The last byte of a character carries it, as in SentencePiece. A lone surrogate counts as U+FFFD.
                Rune.DecodeFromUtf16(source[position..], out var character, out int length);
                if (++bytesOfCharacter == character.Utf8SequenceLength)
                {
                    position += length;
                    bytesOfCharacter = 0;
                }
            }
            tokens.Add(new EncodedToken(id, _tokenizer.IdToPiece(id), new Range(start, position)));
        }
        return new EncodeResults<EncodedToken> { Tokens = tokens, NormalizedText = null, CharsConsumed = position };
    }

    /// <inheritdoc/>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        ArgumentNullException.ThrowIfNull(ids);
        idsConsumed = charsWritten = 0;
        var decoder = new StreamingDecoder(_tokenizer, _special);
        int taken = 0;
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)_tokenizer.VocabularySize)
                return OperationStatus.InvalidData;
            string text = decoder.Append(id);
            taken++;
            if (!text.TryCopyTo(destination[charsWritten..]))
                return OperationStatus.DestinationTooSmall;
            charsWritten += text.Length;
            idsConsumed = taken - decoder.HeldBytes;    // a byte that is held back has not been written
        }
        string rest = decoder.Flush();
        if (!rest.TryCopyTo(destination[charsWritten..]))
            return OperationStatus.DestinationTooSmall;
        charsWritten += rest.Length;
        idsConsumed = taken;
        return OperationStatus.Done;
    }
}
#endif
