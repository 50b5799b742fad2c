using System.Text.Encodings.Web;
using System.Text.Json;

namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>Answers one line of `gemma tokenize --jsonl` after another.</summary>
/// <remarks>
/// <code>
/// {"text": "…"}                                        → {"ids": […], "decoded": "…"}
/// {"ids": […]}                                         → {"text": "…"}
/// {"messages": […], "add_generation_prompt": true}     → {"prompt": "…", "ids": […]} or {"error": "…"}
/// anything else                                        → {"error": "…"}
/// </code>
/// A line with several of these members is answered by the first of messages, text, ids; others are ignored.
/// `add_generation_prompt` is false where it is missing, as in the published templates.
/// </remarks>
public sealed class TokenizeJsonl(Tokenizer tokenizer, ChatTemplate template, SpecialTokens special = SpecialTokens.Plain)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The answer to a line, without a line break.</summary>
    public string ProcessLine(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        try
        {
            using var request = JsonDocument.Parse(LoneSurrogates.Escape(line));
            return Answer(request.RootElement);
        }
        catch (JsonException e)
        {
            return Error($"The line is not valid JSON: {e.Message}");
        }
        catch (Exception e) when (e is RequestException or ChatTemplateException)
        {
            return Error(e.Message);
        }
    }

    private string Answer(JsonElement request)
    {
        if (request.ValueKind != JsonValueKind.Object)
            throw new RequestException("A line must be a JSON object with text, ids or messages.");
        if (request.TryGetProperty("messages", out var messages))
        {
            string prompt = template.Render(Messages(messages), GenerationPrompt(request));
            int[] ids = ChatTemplate.Encode(tokenizer, prompt, special);
            return Write(json =>
            {
                json.WriteString("prompt", LoneSurrogates.Replace(prompt));
                WriteIds(json, ids);
            });
        }
        if (request.TryGetProperty("text", out var text))
        {
            int[] ids = tokenizer.Encode(Text(text, "text"), special: special);
            return Write(json =>
            {
                WriteIds(json, ids);
                json.WriteString("decoded", tokenizer.Decode(ids, special));
            });
        }
        if (request.TryGetProperty("ids", out var given))
        {
            string decoded = tokenizer.Decode(Ids(given), special);
            return Write(json => json.WriteString("text", decoded));
        }
        throw new RequestException("A line must have one of the members text, ids or messages.");
    }

    private static List<ChatMessage> Messages(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw new RequestException("messages must be a list.");
        var messages = new List<ChatMessage>();
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("role", out var role) || !item.TryGetProperty("content", out var content))
                throw new RequestException($"Message {messages.Count} must be an object with role and content.");
            messages.Add(new ChatMessage(Text(role, "role"), Text(content, "content")));
        }
        return messages;
    }

    private static bool GenerationPrompt(JsonElement request)
    {
        if (!request.TryGetProperty("add_generation_prompt", out var value))
            return false;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new RequestException("add_generation_prompt must be true or false."),
        };
    }

    private int[] Ids(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw new RequestException("ids must be a list of whole numbers.");
        var ids = new List<int>();
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out int id))
                throw new RequestException($"ids must be a list of whole numbers, but item {ids.Count} is not one.");
            if ((uint)id >= (uint)tokenizer.VocabularySize)
                throw new RequestException($"Token id {id} is outside the vocabulary of {tokenizer.VocabularySize}.");
            ids.Add(id);
        }
        return [.. ids];
    }

    private static string Text(JsonElement value, string member) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw new RequestException($"{member} must be a string.");

    private static void WriteIds(Utf8JsonWriter json, int[] ids)
    {
        json.WriteStartArray("ids");
        foreach (int id in ids)
            json.WriteNumberValue(id);
        json.WriteEndArray();
    }

    private static string Error(string message) =>
        Write(json => json.WriteString("error", LoneSurrogates.Replace(message.ReplaceLineEndings(" "))));

    private static string Write(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private sealed class RequestException(string message) : Exception(message);
}
