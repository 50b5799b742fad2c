namespace GemmaIlgpu.Engine.Configuration;

/// <summary>Shapes of the published sizes, for models of random weights.</summary>
public static class KnownModels
{
    /// <summary>Names that <see cref="Get"/> takes: "gemma-2-2b" and so on.</summary>
    public static IReadOnlyList<string> Names => throw new NotSupportedException();

    /// <summary>The shape of a named size.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message lists the known ones.</exception>
    public static ModelConfig Get(string name) => throw new NotSupportedException();
}
