namespace GemmaIlgpu.Engine.Tests.Support;

/// <summary>Where tests find their files, and folders they may write in.</summary>
internal static class TestPaths
{
    public static string Root { get; } = FindRoot();

    public static string Demo => Path.Combine(Root, "models", "demo");

    public static string Golden(string model) => Path.Combine(Root, "tests", "Engine.Tests", "Data", "models", model);

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "GemmaIlgpu.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException($"GemmaIlgpu.sln is in no folder above {AppContext.BaseDirectory}.");
    }
}

/// <summary>A folder that is deleted at the end of a test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gemma-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Copies every file of another folder here.</summary>
    public TemporaryFolder With(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
            System.IO.File.Copy(file, File(System.IO.Path.GetFileName(file)));
        return this;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
