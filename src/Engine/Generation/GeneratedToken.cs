namespace GemmaIlgpu.Engine.Generation;

/// <summary>Why a generation ended.</summary>
public enum StopReason
{
    /// <summary>The model ended the text or its turn.</summary>
    EndOfText,

    /// <summary><see cref="SamplingOptions.MaxTokens"/> were generated.</summary>
    MaxTokens,

    /// <summary>One of <see cref="SamplingOptions.StopStrings"/> came up; it and what follows are not printed.</summary>
    StopString,

    /// <summary>There is no slot left for another token.</summary>
    ContextFull,

    /// <summary>The caller cancelled; what was computed so far stays in the cache.</summary>
    Cancelled,
}

/// <summary>One step of a generation.</summary>
/// <param name="Id">The token, or −1 for a closing item that carries no token.</param>
/// <param name="Text">
/// Text to print now. Empty while a character is incomplete, a stop string may be forming, or without a tokenizer.
/// </param>
/// <param name="Stop">Set on the last item only.</param>
public readonly record struct GeneratedToken(int Id, string Text, StopReason? Stop);
