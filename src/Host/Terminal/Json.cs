using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GemmaIlgpu.Host.Terminal;

/// <summary>JSON for other programs: indented, with letters as they are.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write<T>(T document) => JsonSerializer.Serialize(document, s_options);

    /// <summary>As above, with more members at the end; those that are null are left out.</summary>
    public static string Write<T>(T document, params ReadOnlySpan<(string Name, object? Value)> more)
    {
        JsonObject all = JsonSerializer.SerializeToNode(document, s_options)!.AsObject();
        foreach ((string name, object? value) in more)
            if (value is not null)
                all.Add(name, JsonSerializer.SerializeToNode(value, s_options));
        return all.ToJsonString(s_options);
    }
}
