using System.Text.Json;

namespace GemmaIlgpu.Host.Tests;

public class TokenizeVerbTests
{
    private static string TokenizerFile => Path.Combine(Gemma.DemoModel, "tokenizer.model");

    // The ids are those of models/demo/expected.json, less <bos>.
    [Test]
    public void A_text_is_shown_piece_by_piece() =>
        Assert.That(Gemma.Output("tokenize", "Once upon a time"), Is.EqualTo("   3806  Once\n    735  ▁upon\n    266  ▁a\n    554  ▁time\n"));

    [Test]
    public void A_text_may_come_through_a_pipe() =>
        Assert.That(Gemma.RunWith("Once upon a time\n", "tokenize").Output, Is.EqualTo(Gemma.Output("tokenize", "Once upon a time")));

    [Test]
    public void Each_line_of_json_is_answered_by_one()
    {
        JsonElement[] answers = Answer("plain",
            """{"text": "Once upon a time"}""",
            """{"ids": [3806, 735, 266, 554]}""",
            """{"messages": [{"role": "user", "content": "Hi"}], "add_generation_prompt": true}""",
            """{"messages": [{"role": "assistant", "content": "Hi"}], "add_generation_prompt": true}""",
            """{"text": """);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Ids(answers[0]), Is.EqualTo([3806, 735, 266, 554]));
            Assert.That(answers[0].GetProperty("decoded").GetString(), Is.EqualTo("Once upon a time"));
            Assert.That(answers[1].GetProperty("text").GetString(), Is.EqualTo("Once upon a time"));
            Assert.That(answers[2].GetProperty("prompt").GetString(), Is.EqualTo("<bos><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n"));
            Assert.That(Ids(answers[2])[0], Is.EqualTo(2));
            Assert.That(answers[3].GetProperty("error").GetString(), Is.Not.Empty);
            Assert.That(answers[4].GetProperty("error").GetString(), Is.Not.Empty);
        }
    }

    [Test]
    public void Bos_in_a_text_is_text_unless_hugging_face_treatment_is_asked_for()
    {
        const string Line = """{"text": "<bos>Once"}""";
        Assert.That(Ids(Answer("plain", Line)[0]), Does.Not.Contain(2));
        Assert.That(Ids(Answer("hf", Line)[0])[0], Is.EqualTo(2));
    }

    [Test]
    public void Missing_files_get_one_sentence_and_leave_nothing_behind()
    {
        using TemporaryFolder folder = new();
        string output = folder.File("out.jsonl");
        Gemma.AssertComplains(Gemma.Run("tokenize", "--jsonl", folder.File("none.jsonl"), "--out", output), ExitCodes.Failure, "none.jsonl");
        Gemma.AssertComplains(Gemma.Run("tokenize", "--tokenizer", folder.File("none.model"), "x"), ExitCodes.Failure, "none.model");
        File.WriteAllText(folder.File("in.jsonl"), """{"text": "x"}""");
        Gemma.AssertComplains(Gemma.Run("tokenize", "--jsonl", folder.File("in.jsonl"), "--out", folder.File("no/folder/out.jsonl")), ExitCodes.Failure, "no/folder");
        Gemma.AssertComplains(Gemma.Run("tokenize", "--jsonl", folder.File("in.jsonl"), "--out", folder.Path), ExitCodes.Failure, "it is a folder");
        Assert.That(Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName), Is.EquivalentTo(new[] { "in.jsonl" }));
    }

    private static JsonElement[] Answer(string special, params string[] lines)
    {
        using TemporaryFolder folder = new();
        File.WriteAllLines(folder.File("in.jsonl"), lines);
        Gemma.Output("tokenize", "--tokenizer", TokenizerFile, "--jsonl", folder.File("in.jsonl"), "--out", folder.File("out.jsonl"), "--special", special);
        string[] answers = File.ReadAllLines(folder.File("out.jsonl"));
        Assert.That(answers, Has.Length.EqualTo(lines.Length));
        return [.. answers.Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static int[] Ids(JsonElement answer) => [.. answer.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
}
