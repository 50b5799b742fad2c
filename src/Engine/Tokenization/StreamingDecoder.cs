using System.Buffers;
using System.Text;

namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>Decodes ids one at a time and never hands out half a character; the pieces joined are the whole decoding.</summary>
/// <remarks>
/// Byte tokens are held back while they may still become a character: at most 3 of them. With
/// <see cref="SpecialTokens.HuggingFace"/> a whole run of byte tokens is held back, because there one bad byte turns
/// all bytes of the run into U+FFFD.
/// </remarks>
public sealed class StreamingDecoder
{
    private readonly Tokenizer _tokenizer;
    private readonly SentencePieceModel _model;
    private readonly bool _huggingFace;
    private readonly StringBuilder _ready = new();
    private readonly List<byte> _bytes = [];    // not yet a character
    private bool _wroteText;                    // anything but the empty text so far
    private bool _atStart = true;               // a space that starts the next piece may be the dummy prefix
    private bool _droppedSpace;

    public StreamingDecoder(Tokenizer tokenizer, SpecialTokens special = SpecialTokens.Plain)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _model = tokenizer.Model;
        _huggingFace = special == SpecialTokens.HuggingFace;
    }

    /// <summary>Takes the next id; the text that is certain now, often empty.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public string Append(int id)
    {
        Feed(id);
        return Take();
    }

    /// <summary>Ends the text: what was held back, one U+FFFD for each byte that did not become a character.</summary>
    public string Flush()
    {
        FeedEnd();
        return Take();
    }

    /// <summary>Forgets everything and starts a new text.</summary>
    public void Reset()
    {
        _ready.Clear();
        _bytes.Clear();
        _wroteText = _droppedSpace = false;
        _atStart = true;
    }

    /// <summary>Ids, all of bytes, that have been taken but not decoded yet.</summary>
    internal int HeldBytes => _bytes.Count;

    internal void FeedEnd() => EndBytes();

    internal string Take()
    {
        string text = _ready.ToString();
        _ready.Clear();
        return text;
    }

    internal void Feed(int id)
    {
        _tokenizer.Checked(id);
        if (_model.Types[id] == PieceType.Byte)
        {
            byte value = _model.ByteOf(id);
            // tokenizer.json has a real tab in the place of the byte 9.
            if (!_huggingFace || value != '\t')
            {
                _bytes.Add(value);
                if (!_huggingFace)
                    TakeCharacters();
                return;
            }
            EndBytes();
            Write("\t");
            return;
        }

        EndBytes();
        if (_huggingFace)
            Write(_model.Pieces[id].Replace(Normalizer.SpaceSymbol, ' '));
        else
            WritePiece(id);
    }

    private void WritePiece(int id)
    {
        // The first piece loses the space that encoding put before the text, or all of them lose theirs up to the
        // first text where encoding drops extra spaces (sentencepiece_processor.cc, Decode).
        if (_droppedSpace || _wroteText)
            _atStart = false;
        _droppedSpace = false;
        switch (_model.Types[id])
        {
            case PieceType.Control:
                break;
            case PieceType.Unknown:
                Write(_model.UnknownSurface);
                break;
            default:
                var piece = _model.Pieces[id].AsSpan();
                if (_atStart && (_model.AddDummyPrefix || _model.RemoveExtraWhitespaces) && piece[0] == Normalizer.SpaceSymbol)
                {
                    piece = piece[1..];
                    _droppedSpace = !_model.RemoveExtraWhitespaces;
                }
                int start = _ready.Length;
                Write(piece);
                _ready.Replace(Normalizer.SpaceSymbol, ' ', start, piece.Length);
                break;
        }
    }

    /// <summary>Writes the characters that the held bytes certainly make; a byte that cannot begin one is U+FFFD.</summary>
    private void TakeCharacters()
    {
        Span<char> character = stackalloc char[2];
        while (_bytes.Count > 0)
        {
            var held = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes);
            var status = Rune.DecodeFromUtf8(held, out var rune, out int length);
            if (status == OperationStatus.NeedMoreData)
                return;
            bool good = status == OperationStatus.Done;
            Write(good ? character[..rune.EncodeToUtf16(character)] : "\uFFFD");
            _bytes.RemoveRange(0, good ? length : 1);   // SentencePiece blames one byte at a time
        }
    }

    /// <summary>No more bytes come: what is held is wrong, or in Hugging Face's way is judged as a whole.</summary>
    private void EndBytes()
    {
        if (_bytes.Count == 0)
            return;
        if (_huggingFace)
        {
            var held = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes);
            if (System.Text.Unicode.Utf8.IsValid(held))
            {
                Write(Encoding.UTF8.GetString(held));
                _bytes.Clear();
            }
        }
        for (; _bytes.Count > 0; _bytes.RemoveAt(_bytes.Count - 1))
            Write("\uFFFD");
    }

    private void Write(ReadOnlySpan<char> text)
    {
        _ready.Append(text);
        _wroteText |= !text.IsEmpty;
    }
}
