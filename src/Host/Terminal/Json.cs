using System.Text.Encodings.Web;
using System.Text.Json;

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
}
