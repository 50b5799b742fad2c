namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>What a vocabulary entry is for. Numbers as in sentencepiece_model.proto.</summary>
public enum PieceType : byte
{
    /// <summary>Made by merging; the ordinary kind.</summary>
    Normal = 1,

    /// <summary>Stands for text that has no piece.</summary>
    Unknown = 2,

    /// <summary>A signal such as &lt;bos&gt;; never comes from plain text and decodes to nothing.</summary>
    Control = 3,

    /// <summary>Cut out of the text before merging, and never merged.</summary>
    UserDefined = 4,

    /// <summary>May be passed through while merging, but is taken apart again at the end.</summary>
    Unused = 5,

    /// <summary>One byte of a character that has no piece.</summary>
    Byte = 6,
}

/// <summary>How the text of special tokens is treated when it occurs in the input.</summary>
public enum SpecialTokens
{
    /// <summary>As SentencePiece does: control pieces are ordinary text, so a user who types &lt;bos&gt; injects nothing.</summary>
    Plain,

    /// <summary>As Hugging Face's tokenizers does with Gemma's tokenizer.json: &lt;bos&gt; and the like become their ids.</summary>
    HuggingFace,
}
