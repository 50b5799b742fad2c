namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>A vocabulary and its settings as a file other than `tokenizer.model` holds them, not checked yet.</summary>
internal sealed class SentencePieceParts
{
    public required IReadOnlyList<string> Pieces { get; init; }

    /// <summary>One for each piece.</summary>
    public required IReadOnlyList<float> Scores { get; init; }

    /// <summary>One for each piece, the numbers of <see cref="PieceType"/>.</summary>
    public required IReadOnlyList<int> Types { get; init; }

    public required bool AddDummyPrefix { get; init; }

    public required bool RemoveExtraWhitespaces { get; init; }

    public int? BosId { get; init; }

    public int? EosId { get; init; }

    public int? PadId { get; init; }

    public int? UnkId { get; init; }
}
