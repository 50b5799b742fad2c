using System.Text;

namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>One message of a chat.</summary>
/// <param name="Role">"user", "assistant" (or "model"), "system"; other names are passed through in an assistant's place.</param>
/// <param name="Content">What was said; white space at both ends is dropped.</param>
public sealed record ChatMessage(string Role, string Content);

/// <summary>A chat that the model's template refuses; the message is the template's own where it has one.</summary>
public sealed class ChatTemplateException(string message) : Exception(message);

/// <summary>Renders chats into prompts as the chat templates published with the Gemma models do.</summary>
/// <remarks>
/// Source: `chat_template` in tokenizer_config.json of google/gemma-2-2b-it (Gemma 1's is the same) and
/// google/gemma-3-1b-it (text only).
/// </remarks>
public sealed class ChatTemplate
{
    /// <summary>Begins every prompt; written out so that a rendered prompt is the whole input.</summary>
    public const string Bos = "<bos>";

    /// <summary>Gemma 1 and 2: no system role.</summary>
    public static ChatTemplate Gemma2 { get; } = new(systemAllowed: false);

    /// <summary>Gemma 3: a system message is put before the first message's content, untrimmed and with an empty line.</summary>
    public static ChatTemplate Gemma3 { get; } = new(systemAllowed: true);

    private readonly bool _systemAllowed;

    private ChatTemplate(bool systemAllowed) => _systemAllowed = systemAllowed;

    /// <summary>The template for a `model_type` of config.json.</summary>
    public static ChatTemplate For(string modelType) =>
        modelType.StartsWith("gemma3", StringComparison.Ordinal) ? Gemma3 : Gemma2;

    /// <summary>The prompt text, from <see cref="Bos"/> on.</summary>
    /// <param name="messages">The chat so far, a user's message first, then alternating.</param>
    /// <param name="addGenerationPrompt">Ends with the header of the model's next turn.</param>
    /// <exception cref="ChatTemplateException">The template refuses the chat.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages.Count == 0)
            throw new ChatTemplateException("A chat needs at least one message.");

        string prefix = "";
        int first = 0;
        if (messages[0].Role == "system")
        {
            if (!_systemAllowed)
                throw new ChatTemplateException("System role not supported");
            prefix = messages[0].Content + "\n\n";
            first = 1;
        }

        var prompt = new StringBuilder(Bos);
        for (int i = first; i < messages.Count; i++)
        {
            var message = messages[i];
            bool usersPlace = (i - first) % 2 == 0;
            if (message.Role == "user" != usersPlace)
                throw new ChatTemplateException("Conversation roles must alternate user/assistant/user/assistant/...");
            prompt.Append("<start_of_turn>").Append(message.Role == "assistant" ? "model" : message.Role).Append('\n')
                .Append(i == first ? prefix : "").Append(Trim(message.Content)).Append("<end_of_turn>\n");
        }
        if (addGenerationPrompt)
            prompt.Append("<start_of_turn>model\n");
        return prompt.ToString();
    }

    /// <summary>Ids of a rendered prompt: <see cref="Tokenizer.BosId"/>, then the rest encoded.</summary>
    /// <remarks>Turn markers are user-defined pieces, so those inside a message's content become their ids as well.</remarks>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="prompt">What <see cref="Render"/> gave.</param>
    /// <param name="special">What becomes of other special tokens written out in the messages.</param>
    public static int[] Encode(Tokenizer tokenizer, string prompt, SpecialTokens special = SpecialTokens.Plain)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (!prompt.StartsWith(Bos, StringComparison.Ordinal))
            throw new ArgumentException($"A rendered prompt begins with {Bos}.", nameof(prompt));
        return tokenizer.Encode(prompt.AsSpan(Bos.Length), addBos: true, special);
    }

    /// <summary>Drops what Python's str.strip drops: .NET's white space and the separators U+001C to U+001F.</summary>
    private static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text)
    {
        int start = 0, end = text.Length;
        while (start < end && IsSpace(text[start]))
            start++;
        while (end > start && IsSpace(text[end - 1]))
            end--;
        return text[start..end];

        static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';
    }
}
