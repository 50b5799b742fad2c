using System.Text.Json;
using GemmaIlgpu.Engine.Tokenization;

namespace GemmaIlgpu.Engine.Tests.Tokenization;

/// <summary>The reference data, read once.</summary>
internal static class TokenizerData
{
    private static readonly Lazy<Tokenizer> LazyGemma = new(() => Tokenizer.Load(PathOf("tokenizer.model")));
    private static readonly Lazy<Tokenizer> LazyDemo = new(() => Tokenizer.Load(Path.Combine(Root!, "models", "demo", "tokenizer.model")));

    public static Tokenizer Gemma => LazyGemma.Value;

    public static Tokenizer Demo => LazyDemo.Value;

    /// <summary>The repository's root: the folder above the tests that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    public static string PathOf(string file) => Path.Combine(Root, "tests", "Engine.Tests", "Data", "tokenizer", file);

    public static IReadOnlyList<JsonElement> Records(string file) =>
        [.. File.ReadLines(PathOf(file)).Select(line => JsonDocument.Parse(line).RootElement)];

    public static int[] Ids(this JsonElement record, string member = "ids") =>
        [.. record.GetProperty(member).EnumerateArray().Select(id => id.GetInt32())];

    public static string Text(this JsonElement record, string member) => record.GetProperty(member).GetString()!;

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "GemmaIlgpu.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException($"No GemmaIlgpu.sln above {AppContext.BaseDirectory}.");
    }
}
