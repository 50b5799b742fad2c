using System.Text;
using FsCheck;
using FsCheck.Fluent;
using GemmaIlgpu.Engine.Tokenization;

namespace GemmaIlgpu.Engine.Tests.Tokenization;

public class RoundTripTests
{
    private static readonly Tokenizer Gemma = TokenizerData.Gemma;

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Elements(" ", "  ", "\n", "\t", "\r\n", "the", " quick", "é", "e\u0301", "世界", "😀", "👩‍👩‍👧", "<b>", "</table>", "<start_of_turn>",
            "<bos>", "<eos>", "▁", "▁▁", "<0x41>", "\uFFFD", "\0", "123", "http://x.y/?z=", "مرحبا", "[@BOS@]"),
        Gen.Choose(0, 0x10FFFF).Select(code => Rune.IsValid(code) ? new Rune(code).ToString() : ((char)code).ToString()))
        .ArrayOf().Select(string.Concat);

    /// <summary>Known exceptions: a typed U+2581 becomes a space, a lone surrogate U+FFFD.</summary>
    [TestCase(SpecialTokens.Plain)] [TestCase(SpecialTokens.HuggingFace)]
    public void Decoding_an_encoding_restores_the_text(SpecialTokens special) =>
        Properties.Hold(Text, 2000, text =>
            Gemma.Decode(Gemma.Encode(text, special: special), special) == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('▁', ' '));

    [Test]
    public void Plain_text_never_gives_a_control_or_unknown_id() =>
        Properties.Hold(Text, 2000, text => !Gemma.Encode(text).Any(id => Gemma.TypeOf(id) is PieceType.Control or PieceType.Unknown));

    /// <summary>Neither the cache nor the cutting into runs shows: merging the whole text at once gives the same.</summary>
    [Test]
    public void Cutting_and_caching_change_nothing()
    {
        var model = Gemma.Model;
        var userDefined = new PrefixMatcher();
        foreach (int id in Enumerable.Range(0, Gemma.VocabularySize).Where(id => Gemma.TypeOf(id) == PieceType.UserDefined))
            userDefined.Add(Gemma.IdToPiece(id), id);
        var merger = new Merger(model, new MergeRules(model, SpecialTokens.Plain), userDefined);

        Properties.Hold(Text, 2000, text =>
        {
            var ids = new IdBuffer(model);
            var escaped = new char[text.Length];
            Normalizer.Escape(text, escaped, escapeSpaces: true);
            merger.Encode(escaped, cutUserDefined: true, ids);
            return ids.Ids.SequenceEqual(Gemma.Encode(text));
        });
    }

    [Test]
    public void Many_threads_may_share_a_tokenizer()
    {
        var records = TokenizerData.Records("encode.jsonl");
        Parallel.For(0, 8, _ =>
        {
            foreach (var record in records)
            {
                if (!Gemma.Encode(record.Text("text")).AsSpan().SequenceEqual(record.Ids()))
                    throw new InvalidOperationException(record.GetRawText());
            }
        });
    }
}
