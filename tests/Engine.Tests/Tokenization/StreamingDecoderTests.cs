using System.Text;
using FsCheck;
using FsCheck.Fluent;
using GemmaIlgpu.Engine.Tokenization;

namespace GemmaIlgpu.Engine.Tests.Tokenization;

public class StreamingDecoderTests
{
    private static readonly Tokenizer Gemma = TokenizerData.Gemma;

    /// <summary>Ids that come in awkward company: bytes of characters in order and out of it, control pieces, words.</summary>
    private static readonly Gen<int[]> Ids = Gen.OneOf(
        Gen.Choose(217, 472).Select(id => new[] { id }),
        Gen.Choose(0, 255999).Select(id => new[] { id }),
        Gen.Choose(0, 3).Select(id => new[] { id }),
        Gen.Elements("é", "€", "😀", "\u0301", "\t").Select(text => Encoding.UTF8.GetBytes(text).Select(value => 217 + value).ToArray()))
        .ArrayOf().Select(parts => parts.SelectMany(part => part).ToArray());

    [TestCase(SpecialTokens.Plain)] [TestCase(SpecialTokens.HuggingFace)]
    public void Pieces_join_to_the_whole_and_never_split_a_character(SpecialTokens special) =>
        Properties.Hold(Ids, 2000, ids =>
        {
            var decoder = new StreamingDecoder(Gemma, special);
            List<string> pieces = [.. ids.Select(decoder.Append)];
            pieces.Add(decoder.Flush());
            return string.Concat(pieces) == Gemma.Decode(ids, special) && pieces.TrueForAll(IsWhole);
        });

    [Test]
    public void An_incomplete_character_waits_for_its_last_byte()
    {
        var decoder = new StreamingDecoder(Gemma);
        Assert.That(new[] { 457, 376, 369, 345, 4521 }.Select(decoder.Append), Is.EqualTo(new[] { "", "", "", "😀", "Hello" }));
        Assert.That(decoder.Flush(), Is.Empty);
    }

    [Test]
    public void A_character_that_cannot_be_completed_is_not_held_back()
    {
        var decoder = new StreamingDecoder(Gemma);
        Assert.That(decoder.Append(457), Is.Empty);
        Assert.That(decoder.Append(217 + 'A'), Is.EqualTo("\uFFFDA"));
        Assert.That(decoder.Append(457), Is.Empty);
        Assert.That(decoder.Flush(), Is.EqualTo("\uFFFD"));
    }

    [Test]
    public void In_a_run_with_a_bad_byte_SentencePiece_keeps_the_good_characters_and_Hugging_Face_none()
    {
        int[] ids = [412, 386, 412];
        Assert.That(Gemma.Decode(ids), Is.EqualTo("é\uFFFD"));
        Assert.That(Gemma.Decode(ids, SpecialTokens.HuggingFace), Is.EqualTo("\uFFFD\uFFFD\uFFFD"));
        Assert.That(Gemma.Decode([412, 386, 226, 412], SpecialTokens.HuggingFace), Is.EqualTo("é\t\uFFFD"));   // its tab is no byte
    }

    [Test]
    public void Reset_forgets_held_bytes()
    {
        var decoder = new StreamingDecoder(Gemma);
        decoder.Append(457);
        decoder.Reset();
        Assert.That(decoder.Append(4521), Is.EqualTo("Hello"));
    }

    [TestCase(-1)] [TestCase(256000)]
    public void An_id_outside_the_vocabulary_is_refused(int id) =>
        Assert.That(() => Gemma.Decode([id]), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("256000"));

    /// <summary>No half of a surrogate pair: only those change when runes are put together again.</summary>
    private static bool IsWhole(string text) => string.Concat(text.EnumerateRunes()) == text;
}
