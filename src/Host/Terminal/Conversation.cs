using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Tokenization;

namespace GemmaIlgpu.Host.Terminal;

/// <summary>
/// Turns of a chat as ids to append to what the cache holds. The model's own turns stay as the ids it drew: encoding
/// their text again could cut it differently and would make the cache useless.
/// </summary>
internal sealed class Conversation(Generator generator, Tokenizer tokenizer, ModelConfig config)
{
    private const string EndOfTurn = "<end_of_turn>";

    private readonly ChatTemplate _template = config.Family == ModelFamily.Gemma3 ? ChatTemplate.Gemma3 : ChatTemplate.Gemma2;

    public Generator Generator => generator;

    /// <summary>Tokens of the conversation so far.</summary>
    public int Tokens => generator.TokenIds.Count;

    public void Reset() => generator.Reset();

    /// <summary>The ids from the end of what was said so far to where the model begins to answer.</summary>
    public int[] NextTurn(string message)
    {
        string turn = _template.Render([new ChatMessage("user", message)], addGenerationPrompt: true);
        if (Tokens == 0)
            return ChatTemplate.Encode(tokenizer, turn);
        // An answer that was cut short has no end yet.
        bool ended = config.EosIds.Contains(generator.TokenIds[^1]);
        return tokenizer.Encode((ended ? "\n" : EndOfTurn + "\n") + turn[ChatTemplate.Bos.Length..]);
    }
}
