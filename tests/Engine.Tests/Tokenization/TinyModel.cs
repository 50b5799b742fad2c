using System.Text;
using GemmaIlgpu.Engine.Tokenization;

namespace GemmaIlgpu.Engine.Tests.Tokenization;

/// <summary>Writes small `tokenizer.model` files: pieces in the order given, after pad, eos, bos and unk.</summary>
internal sealed class TinyModel
{
    private readonly List<(string Text, float Score, PieceType Type)> _pieces = [];

    public TinyModel(bool standardPieces = true)
    {
        if (!standardPieces)
            return;
        foreach (string control in new[] { "<pad>", "<eos>", "<bos>" })
            Add(control, 0, PieceType.Control);
        Add("<unk>", 0, PieceType.Unknown);
    }

    public int ModelType { get; init; } = 2;
    public bool? ByteFallback { get; init; }
    public bool AddDummyPrefix { get; init; }
    public bool RemoveExtraWhitespaces { get; init; }
    public bool EscapeWhitespaces { get; init; } = true;
    public bool WhitespaceAsSuffix { get; init; }
    public string CharacterMap { get; init; } = "";

    public IReadOnlyList<(string Text, float Score, PieceType Type)> Pieces => _pieces;

    public TinyModel Add(string text, float score, PieceType type = PieceType.Normal)
    {
        _pieces.Add((text, score, type));
        return this;
    }

    /// <summary>Adds normal pieces, each with a score one lower than the one before, from -1 on.</summary>
    public TinyModel AddRanked(params string[] texts)
    {
        for (int i = 0; i < texts.Length; i++)
            Add(texts[i], -1 - i);
        return this;
    }

    public TinyModel AddBytes()
    {
        for (int value = 0; value < 256; value++)
            Add($"<0x{value:X2}>", 0, PieceType.Byte);
        return this;
    }

    public Tokenizer Load() => Tokenizer.Parse(ToBytes());

    public byte[] ToBytes()
    {
        using var file = new MemoryStream();
        foreach (var (text, score, type) in _pieces)
            WriteMessage(file, 1, piece =>
            {
                WriteText(piece, 1, text);
                WriteFloat(piece, 2, score);
                if (type != PieceType.Normal)
                    WriteInteger(piece, 3, (ulong)type);
            });
        WriteMessage(file, 2, trainer =>
        {
            WriteInteger(trainer, 3, (ulong)ModelType);
            WriteInteger(trainer, 24, WhitespaceAsSuffix ? 1UL : 0);
            WriteInteger(trainer, 35, ByteFallback ?? _pieces.Any(piece => piece.Type == PieceType.Byte) ? 1UL : 0);
            WriteText(trainer, 46, "<bos>");
            WriteText(trainer, 47, "<eos>");
        });
        WriteMessage(file, 3, normalizer =>
        {
            WriteText(normalizer, 2, CharacterMap);
            WriteInteger(normalizer, 3, AddDummyPrefix ? 1UL : 0);
            WriteInteger(normalizer, 4, RemoveExtraWhitespaces ? 1UL : 0);
            WriteInteger(normalizer, 5, EscapeWhitespaces ? 1UL : 0);
        });
        return file.ToArray();
    }

    public static void WriteMessage(Stream output, int field, Action<Stream> content)
    {
        using var body = new MemoryStream();
        content(body);
        WriteBytes(output, field, body.ToArray());
    }

    public static void WriteText(Stream output, int field, string text) => WriteBytes(output, field, Encoding.UTF8.GetBytes(text));

    public static void WriteBytes(Stream output, int field, ReadOnlySpan<byte> bytes)
    {
        WriteVarint(output, (ulong)field << 3 | 2);
        WriteVarint(output, (ulong)bytes.Length);
        output.Write(bytes);
    }

    public static void WriteInteger(Stream output, int field, ulong value)
    {
        WriteVarint(output, (ulong)field << 3);
        WriteVarint(output, value);
    }

    public static void WriteFloat(Stream output, int field, float value)
    {
        WriteVarint(output, (ulong)field << 3 | 5);
        output.Write(BitConverter.GetBytes(value));
    }

    public static void WriteVarint(Stream output, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            output.WriteByte((byte)(value | 0x80));
        output.WriteByte((byte)value);
    }
}
