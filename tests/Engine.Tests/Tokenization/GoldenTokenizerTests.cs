using System.Text.Json;
using GemmaIlgpu.Engine.Tokenization;

namespace GemmaIlgpu.Engine.Tests.Tokenization;

/// <summary>All records of other implementations, exactly.</summary>
public class GoldenTokenizerTests
{
    private static readonly Dictionary<int, int[]> HuggingFaceIds = TokenizerData.Records("hf_differences.jsonl")
        .Where(record => record.Text("set") == "encode").ToDictionary(record => record.GetProperty("n").GetInt32(), record => record.Ids("hf_ids"));

    private static readonly Dictionary<int, string> HuggingFaceTexts = TokenizerData.Records("hf_differences.jsonl")
        .Where(record => record.Text("set") == "decode-of-decode").ToDictionary(record => record.GetProperty("n").GetInt32(), record => record.Text("hf_text"));

    private static IEnumerable<TestCaseData> Encodings() => TokenizerData.Records("encode.jsonl")
        .Select(record => new TestCaseData(record).SetArgDisplayNames($"{record.GetProperty("n")} {record.Text("category")}"));

    private static IEnumerable<TestCaseData> Decodings() => TokenizerData.Records("decode.jsonl")
        .Select(record => new TestCaseData(record).SetArgDisplayNames($"{record.GetProperty("n")}"));

    [TestCaseSource(nameof(Encodings))]
    public void Encodes_as_SentencePiece(JsonElement record)
    {
        var tokenizer = TokenizerData.Gemma;
        int[] ids = tokenizer.Encode(record.Text("text"));
        Assert.That(ids, Is.EqualTo(record.Ids()));
        Assert.That(ids.Select(tokenizer.IdToPiece), Is.EqualTo(record.GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString())));
        Assert.That(tokenizer.Decode(ids), Is.EqualTo(record.Text("decoded")));
        Assert.That(tokenizer.Decode(ids) == record.Text("text"), Is.EqualTo(record.GetProperty("round_trip").GetBoolean()));
    }

    [TestCaseSource(nameof(Encodings))]
    public void Encodes_as_Hugging_Face(JsonElement record)
    {
        int[] expected = HuggingFaceIds.GetValueOrDefault(record.GetProperty("n").GetInt32()) ?? record.Ids();
        Assert.That(TokenizerData.Gemma.Encode(record.Text("text"), special: SpecialTokens.HuggingFace), Is.EqualTo(expected));
    }

    [TestCaseSource(nameof(Decodings))]
    public void Decodes_as_SentencePiece(JsonElement record) =>
        Assert.That(TokenizerData.Gemma.Decode(record.Ids()), Is.EqualTo(record.Text("decoded")));

    [TestCaseSource(nameof(Decodings))]
    public void Decodes_as_Hugging_Face(JsonElement record)
    {
        string expected = HuggingFaceTexts.GetValueOrDefault(record.GetProperty("n").GetInt32()) ?? record.Text("decoded");
        Assert.That(TokenizerData.Gemma.Decode(record.Ids(), SpecialTokens.HuggingFace), Is.EqualTo(expected));
    }

    [Test]
    public void Knows_the_published_facts()
    {
        var tokenizer = TokenizerData.Gemma;
        using var facts = JsonDocument.Parse(File.ReadAllText(TokenizerData.PathOf("facts.json")));
        var expected = facts.RootElement.GetProperty("sentencepiece");

        Assert.That(tokenizer.VocabularySize, Is.EqualTo(expected.GetProperty("vocab_size").GetInt32()));
        Assert.That(new[] { tokenizer.PadId, tokenizer.EosId, tokenizer.BosId, tokenizer.UnkId }, Is.EqualTo(new[] { 0, 1, 2, 3 }));
        Assert.That(tokenizer.EndOfTurnId, Is.EqualTo(107));
        int[] userDefined = [.. Enumerable.Range(0, tokenizer.VocabularySize).Where(id => tokenizer.TypeOf(id) == PieceType.UserDefined)];
        Assert.That(userDefined, Is.EqualTo(expected.Ids("user_defined_ids")));
        foreach (var (name, type) in new[] { ("normal", PieceType.Normal), ("byte", PieceType.Byte), ("control", PieceType.Control), ("unused", PieceType.Unused) })
        {
            int count = Enumerable.Range(0, tokenizer.VocabularySize).Count(id => tokenizer.TypeOf(id) == type);
            Assert.That(count, Is.EqualTo(expected.GetProperty("piece_type_counts").GetProperty(name).GetInt32()), name);
        }
        Assert.That(tokenizer.PieceToId("<0x41>"), Is.EqualTo(282));
        Assert.That(tokenizer.PieceToId("no such piece"), Is.EqualTo(-1));
    }

    [Test]
    public void Encodes_the_demo_models_prompts()
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(TokenizerData.Root, "models", "demo", "expected.json")));
        foreach (var prompt in expected.RootElement.GetProperty("prompts").EnumerateArray())
        {
            Assert.That(TokenizerData.Demo.Encode(prompt.Text("prompt"), addBos: true), Is.EqualTo(prompt.Ids()), prompt.Text("prompt"));
            Assert.That(TokenizerData.Demo.Decode(prompt.Ids("greedy_ids")), Is.EqualTo(prompt.Text("greedy_text")));
        }
    }

    [Test]
    public void Puts_bos_first_when_asked() =>
        Assert.That(TokenizerData.Gemma.Encode("Hello", addBos: true), Is.EqualTo(new[] { 2, 4521 }));
}
