using System.Text.Json;
using GemmaIlgpu.Engine.Tokenization;

namespace GemmaIlgpu.Engine.Tests.Tokenization;

public class ChatTemplateTests
{
    private static IEnumerable<TestCaseData> Chats() => TokenizerData.Records("chat.jsonl")
        .Select(record => new TestCaseData(record).SetArgDisplayNames(record.Text("name")));

    [TestCaseSource(nameof(Chats))]
    public void Renders_as_the_published_template(JsonElement record)
    {
        ChatMessage[] messages = [.. record.GetProperty("messages").EnumerateArray().Select(message => new ChatMessage(message.Text("role"), message.Text("content")))];
        bool generate = record.GetProperty("add_generation_prompt").GetBoolean();

        if (record.TryGetProperty("error", out var error))
        {
            var refusal = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Gemma2.Render(messages, generate))!;
            if (messages.Length > 0)    // what the template engine says about an empty list is its own affair
                Assert.That(refusal.Message, Is.EqualTo(error.GetString()));
            return;
        }
        string prompt = ChatTemplate.Gemma2.Render(messages, generate);
        Assert.That(prompt, Is.EqualTo(record.Text("prompt")));
        Assert.That(ChatTemplate.Encode(TokenizerData.Gemma, prompt), Is.EqualTo(record.Ids()));
    }

    [Test]
    public void Bos_written_by_a_user_is_text_unless_asked_otherwise()
    {
        string prompt = ChatTemplate.Gemma2.Render([new("user", "<bos>")], addGenerationPrompt: false);
        Assert.That(ChatTemplate.Encode(TokenizerData.Gemma, prompt), Is.EqualTo(new[] { 2, 106, 1645, 108, 235322, 14084, 235313, 107, 108 }));
        Assert.That(ChatTemplate.Encode(TokenizerData.Gemma, prompt, SpecialTokens.HuggingFace), Is.EqualTo(new[] { 2, 106, 1645, 108, 2, 107, 108 }));
    }

    [Test]
    public void Trims_what_Python_strips_and_nothing_else()
    {
        const string stripped = "\t\n\v\f\r\u001C\u001D\u001E\u001F \u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000";
        const string kept = "\u200B\u180E\uFEFF\u2060\0\u001B";
        string prompt = ChatTemplate.Gemma2.Render([new("user", stripped + kept + "x" + stripped)], addGenerationPrompt: false);
        Assert.That(prompt, Is.EqualTo($"<bos><start_of_turn>user\n{kept}x<end_of_turn>\n"));
    }

    [Test]
    public void Gemma_3_folds_the_system_message_into_the_first_turn()
    {
        ChatMessage[] chat = [new("system", "Be brief. "), new("user", " Hi "), new("assistant", "Hello"), new("user", "Go")];
        Assert.That(ChatTemplate.For("gemma3_text").Render(chat, addGenerationPrompt: true), Is.EqualTo(
            "<bos><start_of_turn>user\nBe brief. \n\nHi<end_of_turn>\n<start_of_turn>model\nHello<end_of_turn>\n" +
            "<start_of_turn>user\nGo<end_of_turn>\n<start_of_turn>model\n"));
        Assert.That(() => ChatTemplate.Gemma3.Render([chat[0], chat[2]], false), Throws.TypeOf<ChatTemplateException>());
        Assert.That(() => ChatTemplate.For("gemma2").Render(chat, false), Throws.TypeOf<ChatTemplateException>());
    }
}
