using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>The tokenizer in the metadata of a GGUF file: pieces, scores and types as in a `tokenizer.model`.</summary>
/// <remarks>Keys: docs/gguf.md of ggml-org/ggml. Only the kind "llama" is taken, SentencePiece's byte-pair encoding; all Gemmas have it.</remarks>
internal static class GgufVocabulary
{
    private const string Prefix = "tokenizer.ggml.";

    /// <summary>Reads the tokenizer; null when the file has none.</summary>
    /// <exception cref="ModelFileException">It is damaged or of another kind.</exception>
    public static Tokenizer? Read(GgufReader file)
    {
        GgufMetadata metadata = file.Metadata;
        string? kind = metadata.Text($"{Prefix}model");
        if (kind is null or "none" or "no_vocab")
            return null;
        if (kind != "llama")
            throw metadata.Wrong($"{Prefix}model", kind, "llama, the tokenizer of Gemma");

        string[] pieces = metadata.Texts($"{Prefix}tokens") ?? throw new ModelFileException($"{file.FilePath} has a tokenizer but no {Prefix}tokens.");
        float[] scores = OfLength(metadata.Floats($"{Prefix}scores"), "scores");
        int[] types = OfLength(metadata.Ints($"{Prefix}token_type"), "token_type");
        int? Id(string name) => metadata.Has($"{Prefix}{name}_token_id") ? metadata.Int($"{Prefix}{name}_token_id", 0, pieces.Length - 1) : null;
        return Tokenizer.From(SentencePieceModel.From(
            new SentencePieceParts
            {
                Pieces = pieces,
                Scores = scores,
                Types = types,
                AddDummyPrefix = metadata.Flag($"{Prefix}add_space_prefix", true),
                RemoveExtraWhitespaces = metadata.Flag($"{Prefix}remove_extra_whitespaces", false),
                BosId = Id("bos"),
                EosId = Id("eos"),
                PadId = Id("padding"),
                UnkId = Id("unknown"),
            },
            file.FilePath));

        T[] OfLength<T>(T[]? array, string name) => array?.Length == pieces.Length
            ? array
            : throw new ModelFileException($"{file.FilePath} has {pieces.Length} pieces and {array?.Length ?? 0} {Prefix}{name}; the numbers must be the same.");
    }
}
