using System.Collections.Concurrent;

namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>Turns text into token ids and back, as SentencePiece's byte-pair encoding does. Safe to use from several threads.</summary>
/// <remarks>
/// Everything comes from the model's own `tokenizer.model`. Reference: SentencePiece 0.1.97 for
/// <see cref="SpecialTokens.Plain"/>, Hugging Face tokenizers 0.22 with Gemma 2's tokenizer.json for
/// <see cref="SpecialTokens.HuggingFace"/>.
/// </remarks>
public sealed class Tokenizer
{
    /// <summary>Largest file read: Gemma 3's, the largest known, has 4.7 MB.</summary>
    public const long MaxFileBytes = 256L << 20;

    private readonly EncoderPool _plain;
    private readonly Lazy<EncoderPool> _huggingFace;

    private Tokenizer(SentencePieceModel model)
    {
        Model = model;
        BosId = model.BosId;
        EosId = model.EosId;
        PadId = model.PadId;
        EndOfTurnId = PieceToId("<end_of_turn>");
        _plain = new EncoderPool(model, SpecialTokens.Plain);
        _huggingFace = new(() => new EncoderPool(model, SpecialTokens.HuggingFace));
    }

    /// <summary>The file's contents.</summary>
    internal SentencePieceModel Model { get; }

    /// <summary>Number of ids: 0 … VocabularySize - 1.</summary>
    public int VocabularySize => Model.Pieces.Count;

    /// <summary>Begins a text; -1 if the vocabulary has no such piece.</summary>
    public int BosId { get; }

    /// <summary>Ends a text; -1 if the vocabulary has no such piece.</summary>
    public int EosId { get; }

    /// <summary>Fills up batches; -1 if the vocabulary has no such piece.</summary>
    public int PadId { get; }

    /// <summary>Stands for text that has no piece.</summary>
    public int UnkId => Model.UnkId;

    /// <summary>Ends a turn of a chat (&lt;end_of_turn&gt;); -1 if the vocabulary has no such piece.</summary>
    public int EndOfTurnId { get; }

    /// <summary>Reads a `tokenizer.model`.</summary>
    /// <exception cref="ModelFileException">The file is missing, damaged or of an unsupported kind.</exception>
    public static Tokenizer Load(string path)
    {
        byte[] bytes;
        try
        {
            long length = new FileInfo(path).Length;
            if (length > MaxFileBytes)
                throw new ModelFileException($"{path} has {length} bytes; a tokenizer.model has at most {MaxFileBytes}.");
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ModelFileException($"The tokenizer {path} cannot be read: {e.Message}", e);
        }
        return Parse(bytes, path);
    }

    /// <summary>Reads the contents of a `tokenizer.model`.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="source">What to call it in complaints.</param>
    /// <exception cref="ModelFileException">It is damaged or of an unsupported kind.</exception>
    public static Tokenizer Parse(ReadOnlySpan<byte> file, string source = "tokenizer.model") =>
        new(SentencePieceModel.Parse(file, source));

    /// <summary>A tokenizer of a checked vocabulary.</summary>
    internal static Tokenizer From(SentencePieceModel model) => new(model);

    /// <summary>Token ids of a text. Lone surrogates count as U+FFFD.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="addBos">Puts <see cref="BosId"/> first.</param>
    /// <param name="special">What becomes of special tokens written out in the text.</param>
    public int[] Encode(string text, bool addBos = false, SpecialTokens special = SpecialTokens.Plain)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encode(text.AsSpan(), addBos, special);
    }

    /// <inheritdoc cref="Encode(string, bool, SpecialTokens)"/>
    public int[] Encode(ReadOnlySpan<char> text, bool addBos = false, SpecialTokens special = SpecialTokens.Plain)
    {
        if (addBos && BosId < 0)
            throw new InvalidOperationException("This vocabulary has no piece that begins a text.");
        var pool = Pool(special);
        var encoder = pool.Rent();
        int[] ids = encoder.Encode(text, addBos ? BosId : null);
        pool.Return(encoder);
        return ids;
    }

    /// <summary>Text of token ids; bytes that do not make a character give one U+FFFD each.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="special">Plain leaves out control tokens; Hugging Face writes them out.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public string Decode(ReadOnlySpan<int> ids, SpecialTokens special = SpecialTokens.Plain)
    {
        var decoder = new StreamingDecoder(this, special);
        foreach (int id in ids)
            decoder.Feed(id);
        decoder.FeedEnd();
        return decoder.Take();
    }

    /// <summary>The piece as the file has it, with U+2581 for spaces.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public string IdToPiece(int id) => Model.Pieces[Checked(id)];

    /// <summary>Id of a piece written as in the file, or -1 if there is none.</summary>
    public int PieceToId(ReadOnlySpan<char> piece) => Model.Table.Find(piece);

    /// <summary>Kind of a piece.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public PieceType TypeOf(int id) => Model.Types[Checked(id)];

    /// <summary>An encoder with an empty cache, for measuring.</summary>
    internal TextEncoder CreateEncoder(SpecialTokens special) => Pool(special).Create();

    internal int Checked(int id) => (uint)id < (uint)VocabularySize
        ? id
        : throw new ArgumentOutOfRangeException(nameof(id), $"Token id {id} is outside the vocabulary of {VocabularySize}.");

    private EncoderPool Pool(SpecialTokens special) => special == SpecialTokens.HuggingFace ? _huggingFace.Value : _plain;

    /// <summary>Encoders of one flavour: as many as calls have ever run at the same time.</summary>
    private sealed class EncoderPool
    {
        private readonly SentencePieceModel _model;
        private readonly MergeRules _rules;
        private readonly PrefixMatcher _cut = new();
        private readonly ConcurrentBag<TextEncoder> _spare = [];

        public EncoderPool(SentencePieceModel model, SpecialTokens flavour)
        {
            _model = model;
            _rules = new MergeRules(model, flavour);
            for (int id = 0; id < model.Pieces.Count; id++)
            {
                // tokenizer.json lists user-defined and control pieces and the unknown one as added tokens.
                if (model.Types[id] == PieceType.UserDefined ||
                    (flavour == SpecialTokens.HuggingFace && model.Types[id] is PieceType.Control or PieceType.Unknown))
                    _cut.Add(model.Pieces[id], id);
            }
        }

        public TextEncoder Rent() => _spare.TryTake(out var encoder) ? encoder : Create();

        public TextEncoder Create() => new(_model, _rules, _cut);

        public void Return(TextEncoder encoder) => _spare.Add(encoder);
    }
}
