using System.Globalization;
using System.Text;

namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>A checked `tokenizer.model`: the pieces and the few settings that matter for encoding and decoding.</summary>
/// <remarks>
/// Field numbers: github.com/google/sentencepiece, src/sentencepiece_model.proto. The checks are those that
/// SentencePiece makes when it loads a file, plus limits that keep later work proportional to the file.
/// </remarks>
internal sealed class SentencePieceModel
{
    /// <summary>Longest piece accepted, in UTF-16 units. SentencePiece's trainer goes no further than 512 characters.</summary>
    public const int MaxPieceLength = 512;

    /// <summary>Most pieces accepted: 16 times Gemma's.</summary>
    public const int MaxPieces = 1 << 22;

    private const int BytePairEncoding = 2;     // TrainerSpec.ModelType.BPE
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly string _source;
    private ulong _modelType = 1;               // the format's default is unigram
    private string _bosPiece = "<s>", _eosPiece = "</s>", _padPiece = "<pad>";

    private SentencePieceModel(string source) => _source = source;

    public List<string> Pieces { get; } = [];
    public List<float> Scores { get; } = [];
    public List<PieceType> Types { get; } = [];

    public bool ByteFallback { get; private set; }
    public bool WhitespaceAsSuffix { get; private set; }
    public bool AddDummyPrefix { get; private set; } = true;
    public bool RemoveExtraWhitespaces { get; private set; } = true;
    public bool EscapeWhitespaces { get; private set; } = true;
    public string UnknownSurface { get; private set; } = " \u2047 ";

    /// <summary>All pieces by their text, of every type.</summary>
    public PieceTable Table { get; private set; } = null!;

    /// <summary>Id of each byte's piece; empty without byte fallback.</summary>
    public int[] ByteIds { get; private set; } = [];

    public int UnkId { get; private set; } = -1;
    public int BosId => ControlId(_bosPiece);
    public int EosId => ControlId(_eosPiece);
    public int PadId => ControlId(_padPiece);
    public bool HasUnused { get; private set; }

    /// <summary>Reads and checks a whole file.</summary>
    public static SentencePieceModel Parse(ReadOnlySpan<byte> file, string source)
    {
        var model = new SentencePieceModel(source);
        var reader = new ProtobufReader(file, source);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: model.ReadPiece(reader.ReadBytes()); break;
                case 2: model.ReadTrainerSpec(reader.ReadBytes()); break;
                case 3: model.ReadNormalizerSpec(reader.ReadBytes()); break;
                case 5: model.ReadDenormalizerSpec(reader.ReadBytes()); break;
                default: reader.Skip(); break;
            }
        }
        model.Check();
        return model;
    }

    /// <summary>Checks a vocabulary that another kind of file holds.</summary>
    public static SentencePieceModel From(SentencePieceParts parts, string source)
    {
        var model = new SentencePieceModel(source)
        {
            _modelType = BytePairEncoding,
            AddDummyPrefix = parts.AddDummyPrefix,
            RemoveExtraWhitespaces = parts.RemoveExtraWhitespaces,
            ByteFallback = parts.Types.Contains((int)PieceType.Byte),
        };
        for (int id = 0; id < parts.Pieces.Count; id++)
        {
            // Some converters mark the piece for unknown text as a control piece.
            int type = id == parts.UnkId && parts.Types[id] == (int)PieceType.Control ? (int)PieceType.Unknown : parts.Types[id];
            model.AddPiece(parts.Pieces[id], parts.Scores[id], (ulong)type);
        }
        model._bosPiece = parts.BosId is int bos ? parts.Pieces[bos] : model._bosPiece;
        model._eosPiece = parts.EosId is int eos ? parts.Pieces[eos] : model._eosPiece;
        model._padPiece = parts.PadId is int pad ? parts.Pieces[pad] : model._padPiece;
        model.Check();
        return model;
    }

    private void ReadPiece(ReadOnlySpan<byte> message)
    {
        string piece = "";
        float score = 0;
        ulong type = (ulong)PieceType.Normal;
        var reader = new ProtobufReader(message, _source);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: piece = Text(reader.ReadBytes()); break;
                case 2: score = reader.ReadFloat(); break;
                case 3: type = reader.ReadInteger(); break;
                default: reader.Skip(); break;
            }
        }
        AddPiece(piece, score, type);
    }

    private void AddPiece(string piece, float score, ulong type)
    {
        int id = Pieces.Count;
        if (id == MaxPieces)
            throw Bad($"it has more than the {MaxPieces} pieces supported");
        if (piece.Length == 0)
            throw Bad($"piece {id} is empty");
        if (piece.Length > MaxPieceLength)
            throw Bad($"piece {id} has {piece.Length} characters, more than the {MaxPieceLength} supported");
        if (!float.IsFinite(score))
            throw Bad($"the score of piece {id} is not a finite number");
        if (type is < (ulong)PieceType.Normal or > (ulong)PieceType.Byte)
            throw Bad($"piece {id} has the unknown type {type}");
        Pieces.Add(piece);
        Scores.Add(score + 0f);     // makes -0 a plain 0: they must compare equal as keys too
        Types.Add((PieceType)type);
    }

    private void ReadTrainerSpec(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message, _source);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 3: _modelType = reader.ReadInteger(); break;
                case 24: WhitespaceAsSuffix = reader.ReadBool(); break;
                case 35: ByteFallback = reader.ReadBool(); break;
                case 44: UnknownSurface = Text(reader.ReadBytes()); break;
                case 46: _bosPiece = Text(reader.ReadBytes()); break;
                case 47: _eosPiece = Text(reader.ReadBytes()); break;
                case 48: _padPiece = Text(reader.ReadBytes()); break;
                default: reader.Skip(); break;
            }
        }
    }

    private void ReadNormalizerSpec(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message, _source);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2 when reader.ReadBytes() is { IsEmpty: false }:
                    throw Bad("it rewrites characters before encoding (a normalisation table); only the identity is supported");
                case 2: break;
                case 3: AddDummyPrefix = reader.ReadBool(); break;
                case 4: RemoveExtraWhitespaces = reader.ReadBool(); break;
                case 5: EscapeWhitespaces = reader.ReadBool(); break;
                default: reader.Skip(); break;
            }
        }
    }

    private void ReadDenormalizerSpec(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message, _source);
        while (reader.Next())
        {
            if (reader.Field != 2)
                reader.Skip();
            else if (!reader.ReadBytes().IsEmpty)
                throw Bad("it rewrites characters after decoding (a denormalisation table), which is not supported");
        }
    }

    private void Check()
    {
        if (Pieces.Count == 0)
            throw Bad("it has no pieces");
        if (_modelType != BytePairEncoding)
            throw Bad($"it is a {ModelTypeName()} model; only byte-pair encoding (BPE) is supported");

        Table = new PieceTable(Pieces, Types, _source);
        int bytesFound = 0;
        int[] byteIds = ByteFallback ? new int[256] : [];
        for (int id = 0; id < Pieces.Count; id++)
        {
            switch (Types[id])
            {
                case PieceType.Unknown when UnkId >= 0:
                    throw Bad($"pieces {UnkId} and {id} both stand for unknown text");
                case PieceType.Unknown:
                    UnkId = id;
                    break;
                case PieceType.Unused:
                    HasUnused = true;
                    break;
                case PieceType.Byte when !ByteFallback:
                    throw Bad($"piece {id} is a byte although byte fallback is off");
                case PieceType.Byte:
                    // A repeated byte would be a repeated piece, which the table has refused.
                    byteIds[ByteOf(id)] = id;
                    bytesFound++;
                    break;
            }
        }
        if (UnkId < 0)
            throw Bad("no piece stands for unknown text");
        if (ByteFallback && bytesFound != 256)
            throw Bad($"byte fallback is on but only {bytesFound} of the 256 byte pieces are there");
        ByteIds = byteIds;
    }

    /// <summary>The byte that a piece named &lt;0x00&gt; … &lt;0xFF&gt; stands for.</summary>
    public byte ByteOf(int id)
    {
        string piece = Pieces[id];
        if (piece.Length == 6 && piece.StartsWith("<0x", StringComparison.Ordinal) && piece[5] == '>' &&
            byte.TryParse(piece.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value) &&
            piece.AsSpan(3, 2).IndexOfAnyInRange('a', 'f') < 0)
            return value;
        throw Bad($"the byte piece {id} is not named <0x00> to <0xFF>");
    }

    private int ControlId(string piece)
    {
        int id = Table.Find(piece);
        return id >= 0 && Types[id] == PieceType.Control ? id : -1;
    }

    private string ModelTypeName() => _modelType switch { 1 => "unigram", 3 => "word", 4 => "character", _ => $"type-{_modelType}" };

    private string Text(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            throw Bad(Pieces.Count == 0 ? "some text is not valid UTF-8" : $"text after piece {Pieces.Count - 1} is not valid UTF-8");
        }
    }

    private ModelFileException Bad(string what) => new($"{_source} cannot be used as a tokenizer: {what}.");
}
