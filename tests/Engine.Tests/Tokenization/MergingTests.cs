using System.Text;
using GemmaIlgpu.Engine.Tokenization;

namespace GemmaIlgpu.Engine.Tests.Tokenization;

/// <summary>The rules of merging on models small enough to follow by hand, then many random ones against the naive encoder.</summary>
public class MergingTests
{
    private static string Pieces(Tokenizer tokenizer, string text, SpecialTokens special = SpecialTokens.Plain) =>
        string.Join('|', tokenizer.Encode(text, special: special).Select(tokenizer.IdToPiece));

    [Test]
    public void The_best_score_merges_first()
    {
        var tokenizer = new TinyModel().AddRanked("bc", "ab", "cd", "a", "b", "c", "d").Load();
        Assert.That(Pieces(tokenizer, "abcd"), Is.EqualTo("a|bc|d"));
    }

    [Test]
    public void A_merged_symbol_merges_on()
    {
        var tokenizer = new TinyModel().AddRanked("ab", "abc", "abcd", "a", "b", "c", "d").Load();
        Assert.That(Pieces(tokenizer, "abcd"), Is.EqualTo("abcd"));
    }

    [Test]
    public void On_equal_scores_the_leftmost_merges_first()
    {
        var tokenizer = new TinyModel().Add("ab", -1).Add("ba", -1).AddRanked("a", "b").Load();
        Assert.That(Pieces(tokenizer, "aba"), Is.EqualTo("ab|a"));
        Assert.That(Pieces(tokenizer, "bab"), Is.EqualTo("ba|b"));
    }

    [Test]
    public void On_equal_scores_Hugging_Face_prefers_the_longer_left_part()
    {
        var tokenizer = new TinyModel().Add("yz", -1).Add("xyz", -2).Add("yzw", -2).AddRanked("w", "x", "y", "z").Load();
        Assert.That(Pieces(tokenizer, "xyzw"), Is.EqualTo("xyz|w"));
        Assert.That(Pieces(tokenizer, "xyzw", SpecialTokens.HuggingFace), Is.EqualTo("x|yzw"));
    }

    [Test]
    public void User_defined_pieces_are_cut_out_longest_first_and_never_merge()
    {
        var tokenizer = new TinyModel().Add("<b>", 0, PieceType.UserDefined).Add("<b", 0, PieceType.UserDefined)
            .AddRanked("a<", "a<b>", ">a", "a", "<", "b", ">").Load();
        Assert.That(Pieces(tokenizer, "a<b>a"), Is.EqualTo("a|<b>|a"));
        Assert.That(Pieces(tokenizer, "a<ba"), Is.EqualTo("a|<b|a"));
        Assert.That(Pieces(tokenizer, "a<>a"), Is.EqualTo("a<|>a"));
    }

    [Test]
    public void Text_of_control_unknown_and_byte_pieces_is_plain_text()
    {
        var tokenizer = new TinyModel().AddBytes().AddRanked("<bos", "<", "b", "o", "s", ">", "<b", "<bo").Load();
        Assert.That(Pieces(tokenizer, "<bos>"), Is.EqualTo("<bos|>"));
        Assert.That(Pieces(tokenizer, "<bos>", SpecialTokens.HuggingFace), Is.EqualTo("<bos>"));
    }

    [Test]
    public void A_character_without_piece_becomes_its_bytes()
    {
        var tokenizer = new TinyModel().AddBytes().AddRanked("a").Load();
        Assert.That(Pieces(tokenizer, "aé😀"), Is.EqualTo("a|<0xC3>|<0xA9>|<0xF0>|<0x9F>|<0x98>|<0x80>"));
    }

    [Test]
    public void Without_bytes_a_run_of_unknown_characters_is_one_unknown()
    {
        var tokenizer = new TinyModel().AddRanked("a").Load();
        Assert.That(Pieces(tokenizer, "xyazx"), Is.EqualTo("<unk>|a|<unk>"));
        Assert.That(Pieces(tokenizer, "x<unk>y", SpecialTokens.HuggingFace), Is.EqualTo("<unk>|<unk>|<unk>"));
    }

    [Test]
    public void A_character_without_piece_can_still_be_part_of_one_for_SentencePiece_but_not_for_Hugging_Face()
    {
        var tokenizer = new TinyModel().AddBytes().AddRanked("aé", "a").Load();
        Assert.That(Pieces(tokenizer, "aé"), Is.EqualTo("aé"));
        Assert.That(Pieces(tokenizer, "aé", SpecialTokens.HuggingFace), Is.EqualTo("a|<0xC3>|<0xA9>"));
    }

    [Test]
    public void Unused_pieces_are_passed_through_but_taken_apart()
    {
        var tokenizer = new TinyModel().Add("ab", -1, PieceType.Unused).Add("abc", -2).AddRanked("a", "b", "c").Load();
        Assert.That(Pieces(tokenizer, "abc"), Is.EqualTo("abc"));
        Assert.That(Pieces(tokenizer, "ab"), Is.EqualTo("a|b"));
        Assert.That(Pieces(tokenizer, "ab", SpecialTokens.HuggingFace), Is.EqualTo("ab"));
    }

    [Test]
    public void A_lone_surrogate_counts_as_the_replacement_character()
    {
        var tokenizer = TokenizerData.Gemma;
        foreach (string broken in new[] { "\uD800", "\uDC00", "\uDC00\uD800" })
            Assert.That(tokenizer.Encode($"a{broken}b"), Is.EqualTo(tokenizer.Encode($"a{new string('\uFFFD', broken.Length)}b")));
    }

    [TestCase(false, false, true, " a  b ", "▁a|▁|▁b|▁")]
    [TestCase(true, false, true, "a b", "▁a|▁b")]
    [TestCase(true, false, true, " a", "▁|▁a")]
    [TestCase(false, true, true, "  a   b  ", "a|▁b")]
    [TestCase(true, true, true, "  a   b  ", "▁a|▁b")]
    [TestCase(true, true, true, "   ", "")]
    [TestCase(true, false, true, "", "")]
    [TestCase(false, false, false, "a b", "a| |b")]
    public void Whitespace_options(bool dummyPrefix, bool removeExtra, bool escape, string text, string pieces)
    {
        var tokenizer = new TinyModel { AddDummyPrefix = dummyPrefix, RemoveExtraWhitespaces = removeExtra, EscapeWhitespaces = escape }
            .AddBytes().AddRanked("▁a", "▁b", "a", "b", "▁", " ").Load();
        Assert.That(Pieces(tokenizer, text), Is.EqualTo(pieces));
    }

    [TestCase(true, false, "▁a|▁b", "a b")]
    [TestCase(true, false, "▁|▁a", " a")]
    [TestCase(true, true, "▁|▁a", "a")]
    [TestCase(false, false, "▁a", " a")]
    public void Decoding_drops_the_dummy_prefix(bool dummyPrefix, bool removeExtra, string pieces, string text)
    {
        var tokenizer = new TinyModel { AddDummyPrefix = dummyPrefix, RemoveExtraWhitespaces = removeExtra }.AddRanked("▁a", "▁b", "▁").Load();
        int[] ids = [.. pieces.Split('|').Select(piece => tokenizer.PieceToId(piece))];
        Assert.That(tokenizer.Decode([tokenizer.BosId, .. ids]), Is.EqualTo(text));
    }

    /// <summary>Random vocabularies over a tiny alphabet, where nearly every merge competes with others.</summary>
    [TestCase(false, false)] [TestCase(true, false)] [TestCase(true, true)]
    public void Agrees_with_the_naive_encoders_on_random_models(bool bytes, bool unused)
    {
        string[] alphabet = ["a", "b", "c", "▁", "é", "😀", "<"];
        for (int seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            string Word(int max) => string.Concat(Enumerable.Range(0, random.Next(1, max + 1)).Select(_ => alphabet[random.Next(1 + random.Next(alphabet.Length))]));
            var model = new TinyModel();
            if (bytes)
                model.AddBytes();
            foreach (string piece in Enumerable.Range(0, random.Next(5, 40)).Select(_ => Word(5)).Concat(alphabet[..random.Next(3, 8)]).Distinct())
            {
                var type = random.Next(12) switch { 0 => PieceType.UserDefined, 1 or 2 when unused => PieceType.Unused, _ => PieceType.Normal };
                model.Add(piece, -random.Next(random.Next(1, 30)), type);       // few different scores: many ties
            }
            var tokenizer = model.Load();
            var reference = new ReferenceEncoder(model);
            for (int i = 0; i < 20; i++)
            {
                string text = (random.Next(3) == 0 ? "<unk>" : "") + Word(30).Replace('▁', random.Next(4) == 0 ? '▁' : ' ') + (random.Next(3) == 0 ? "<bos>d" : "");
                Assert.That(tokenizer.Encode(text), Is.EqualTo(reference.Plain(text)), () => $"seed {seed}: plain '{text}'");
                Assert.That(tokenizer.Encode(text, special: SpecialTokens.HuggingFace), Is.EqualTo(reference.HuggingFace(text)), () => $"seed {seed}: Hugging Face '{text}'");
            }
        }
    }
}
