using System.Text.Json;
using System.Text.Unicode;

namespace GemmaIlgpu.Engine;

/// <summary>JSON from files nobody has checked: every defect becomes a <see cref="ModelFileException"/> that names the file.</summary>
internal static class JsonText
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    /// <summary>Parses a JSON object; duplicate names, invalid UTF-8 and trailing text are refused.</summary>
    public static JsonDocument ParseObject(ReadOnlyMemory<byte> utf8, string file)
    {
        // JsonDocument accepts invalid UTF-8 inside strings until somebody reads them.
        if (!Utf8.IsValid(utf8.Span))
            throw new ModelFileException($"{file} is not valid UTF-8, so it is not JSON. Is the file damaged?");

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(utf8, Strict);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escape such as \ud800 stands for half a character.
            throw new ModelFileException($"{file} is not valid JSON: {OneLine(e.Message).TrimEnd('.')}.", e);
        }

        JsonValueKind kind = document.RootElement.ValueKind;
        if (kind != JsonValueKind.Object)
        {
            document.Dispose();
            throw new ModelFileException($"{file} must hold a JSON object; it holds {Describe(kind)}.");
        }

        return document;
    }

    /// <summary>Reads a whole JSON file, refusing one that is too large to be what it claims.</summary>
    public static byte[] ReadFile(string path, long maxBytes)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > maxBytes)
                throw new ModelFileException($"{path} has {stream.Length:N0} bytes; a file of this kind has at most {maxBytes:N0}.");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            // A byte order mark is no part of JSON, but editors write it.
            return bytes is [0xEF, 0xBB, 0xBF, ..] ? bytes[3..] : bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"{path} cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
    }

    /// <summary>The name of a property.</summary>
    public static string NameOf(JsonProperty property, string file)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException e)
        {
            throw new ModelFileException($"{file} holds a name with a broken \\u escape.", e);
        }
    }

    /// <summary>The text of a string value.</summary>
    public static string TextOf(JsonElement element, string what, string file)
    {
        if (element.ValueKind != JsonValueKind.String)
            throw new ModelFileException($"{file}: {what} is {Describe(element.ValueKind)}; it must be a string.");
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new ModelFileException($"{file}: {what} holds a broken \\u escape.", e);
        }
    }

    /// <summary>What a value is, for a sentence.</summary>
    public static string Describe(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    /// <summary>Text from a file cut and cleaned so that it cannot flood or confuse a terminal.</summary>
    public static string Shorten(string text)
    {
        string clean = OneLine(text.Length > 80 ? text[..80] : text);
        return text.Length > 80 ? clean + "…" : clean;
    }

    private static string OneLine(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
}
