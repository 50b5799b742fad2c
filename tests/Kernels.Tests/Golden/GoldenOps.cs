using System.Text.Json;

namespace GemmaIlgpu.Kernels.Tests.Golden;

/// <summary>The operator vectors in Data, with their parameters.</summary>
public static class GoldenOps
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Data");

    public static SafetensorsFile File { get; } = new(Path.Combine(Folder, "ops.safetensors"));

    private static readonly JsonElement Cases =
        JsonDocument.Parse(System.IO.File.ReadAllText(Path.Combine(Folder, "manifest.json"))).RootElement.GetProperty("cases");

    /// <summary>Names of the cases of one operator.</summary>
    public static IEnumerable<string> Of(string op) =>
        Cases.EnumerateArray().Where(c => c.GetProperty("op").GetString() == op).Select(c => c.GetProperty("name").GetString()!);

    /// <summary>A number among the parameters of a case; null counts as 0.</summary>
    public static double Number(string name, string parameter)
    {
        JsonElement value = Cases.EnumerateArray().First(c => c.GetProperty("name").GetString() == name)
            .GetProperty("params").GetProperty(parameter);
        return value.ValueKind == JsonValueKind.Null ? 0 : value.GetDouble();
    }
}
