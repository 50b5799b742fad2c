namespace GemmaIlgpu.Engine;

/// <summary>
/// A model, tokenizer or configuration file cannot be used. The message is one sentence for the user: what came,
/// what was expected and, if known, what to do.
/// </summary>
public sealed class ModelFileException : Exception
{
    public ModelFileException(string message) : base(message) { }

    public ModelFileException(string message, Exception innerException) : base(message, innerException) { }
}
