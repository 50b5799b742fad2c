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

    /// <summary>As above, with one more member at the end.</summary>
    public static string Write<T, TMore>(T document, (string Name, TMore Value) more)
    {
        JsonObject all = JsonSerializer.SerializeToNode(document, s_options)!.AsObject();
        all.Add(more.Name, JsonSerializer.SerializeToNode(more.Value, s_options));
        return all.ToJsonString(s_options);
    }
}
