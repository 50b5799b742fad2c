namespace GemmaIlgpu.Engine.Configuration;

/// <summary>Reads `config.json` of a Hugging Face folder and checks every field before it is used.</summary>
public static class ConfigReader
{
    /// <exception cref="ModelFileException">The file is missing or says something this engine cannot run.</exception>
    public static ModelConfig Read(string directory) => throw new NotSupportedException();
}
