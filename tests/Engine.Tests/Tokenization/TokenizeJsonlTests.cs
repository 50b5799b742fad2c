using System.Text.Json;
using GemmaIlgpu.Engine.Tokenization;

namespace GemmaIlgpu.Engine.Tests.Tokenization;

public class TokenizeJsonlTests
{
    private static readonly TokenizeJsonl Plain = new(TokenizerData.Gemma, ChatTemplate.Gemma2);
    private static readonly TokenizeJsonl HuggingFace = new(TokenizerData.Gemma, ChatTemplate.Gemma2, SpecialTokens.HuggingFace);

    [TestCase("""{"text": "Hello world"}""", """{"ids":[4521,2134],"decoded":"Hello world"}""")]
    [TestCase("""{"text": ""}""", """{"ids":[],"decoded":""}""")]
    [TestCase("""{"ids": [2, 4521, 457, 376]}""", "{\"text\":\"Hello\uFFFD\uFFFD\"}")]
    [TestCase("""{"ids": []}""", """{"text":""}""")]
    [TestCase("""{"messages": [{"role": "user", "content": " Hello! "}], "add_generation_prompt": true}""",
        """{"prompt":"<bos><start_of_turn>user\nHello!<end_of_turn>\n<start_of_turn>model\n","ids":[2,106,1645,108,4521,235341,107,108,106,2516,108]}""")]
    [TestCase("""{"messages": [{"role": "user", "content": "Hello!"}]}""",
        """{"prompt":"<bos><start_of_turn>user\nHello!<end_of_turn>\n","ids":[2,106,1645,108,4521,235341,107,108]}""")]
    [TestCase("""{"messages": [{"role": "system", "content": "x"}], "add_generation_prompt": true}""", """{"error":"System role not supported"}""")]
    public void Answers(string line, string answer) => Assert.That(Plain.ProcessLine(line), Is.EqualTo(answer));

    [Test]
    public void Hugging_Face_treatment_on_request()
    {
        Assert.That(HuggingFace.ProcessLine("""{"text": "a<bos>"}"""), Is.EqualTo("""{"ids":[235250,2],"decoded":"a<bos>"}"""));
        Assert.That(HuggingFace.ProcessLine("""{"ids": [2, 4521]}"""), Is.EqualTo("""{"text":"<bos>Hello"}"""));
    }

    [Test]
    public void Golden_records_can_be_fed_as_they_are()
    {
        foreach (var record in TokenizerData.Records("encode.jsonl"))
        {
            using var answer = JsonDocument.Parse(Plain.ProcessLine(record.GetRawText()));
            Assert.That(answer.RootElement.Ids(), Is.EqualTo(record.Ids()));
            Assert.That(answer.RootElement.Text("decoded"), Is.EqualTo(record.Text("decoded")));
        }
    }

    [TestCase("")] [TestCase("{")] [TestCase("nonsense")] [TestCase("[1]")] [TestCase("{}")] [TestCase("null")] [TestCase("{\"text\": \"a\u0001\"}")]
    [TestCase("""{"text": 5}""")] [TestCase("""{"text": null}""")] [TestCase("""{"text": "\x"}""")] [TestCase("""{"text": "a"} trailing""")]
    [TestCase("""{"ids": 5}""")] [TestCase("""{"ids": [256000]}""")] [TestCase("""{"ids": [-1]}""")] [TestCase("""{"ids": [1.5]}""")]
    [TestCase("""{"ids": ["1"]}""")] [TestCase("""{"ids": [99999999999]}""")] [TestCase("""{"ids": [null]}""")]
    [TestCase("""{"messages": []}""")] [TestCase("""{"messages": {}}""")] [TestCase("""{"messages": [5]}""")] [TestCase("""{"messages": [{"role": "user"}]}""")]
    [TestCase("""{"messages": [{"role": "user", "content": 5}]}""")] [TestCase("""{"messages": [{"role": "user", "content": "x"}], "add_generation_prompt": "yes"}""")]
    public void Anything_else_is_one_sentence(string line)
    {
        string answer = Plain.ProcessLine(line);
        using var parsed = JsonDocument.Parse(answer);
        Assert.That(parsed.RootElement.EnumerateObject().Select(member => member.Name), Is.EqualTo(new[] { "error" }));
        Assert.That(answer, Does.Not.Contain("\\n"));
    }

    [Test]
    public void Deep_nesting_is_an_error_not_a_crash() =>
        Assert.That(Plain.ProcessLine(new string('[', 100_000)), Does.StartWith("{\"error\":"));

    [TestCase("""{"text": "a\ud800b"}""")] [TestCase("""{"text": "a\uDC00b"}""")]
    public void A_lone_surrogate_is_the_replacement_character(string line) =>
        Assert.That(Plain.ProcessLine(line), Is.EqualTo(Plain.ProcessLine("{\"text\": \"a\uFFFDb\"}")));

    [Test]
    public void A_raw_lone_surrogate_is_the_replacement_character() =>
        Assert.That(Plain.ProcessLine("{\"text\": \"a\uD800b\"}"), Is.EqualTo(Plain.ProcessLine("{\"text\": \"a\uFFFDb\"}")));

    [Test]
    public void Escaped_pairs_and_escaped_backslashes_stay()
    {
        Assert.That(Plain.ProcessLine("""{"text": "\ud83d\ude00"}"""), Is.EqualTo(Plain.ProcessLine("{\"text\": \"😀\"}")));
        using var answer = JsonDocument.Parse(Plain.ProcessLine("""{"text": "\\ud800"}"""));
        Assert.That(answer.RootElement.Text("decoded"), Is.EqualTo(@"\ud800"));
    }

    [Test]
    public void Lone_surrogates_in_messages_and_names_do_no_harm()
    {
        Assert.That(Plain.ProcessLine("""{"messages": [{"role": "user", "content": "\ud800"}], "\udfff": 1}"""), Does.Contain("\uFFFD<end_of_turn>"));
        Assert.That(Plain.ProcessLine("""{"\ud800": "x"}"""), Does.StartWith("{\"error\":"));
    }
}
