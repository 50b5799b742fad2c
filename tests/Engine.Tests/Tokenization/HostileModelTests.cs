using System.Text;
using GemmaIlgpu.Engine.Tokenization;

namespace GemmaIlgpu.Engine.Tests.Tokenization;

/// <summary>Broken tokenizer files: one sentence each, never another exception, a hang or a huge allocation.</summary>
public class HostileModelTests
{
    private static byte[] Raw(Action<Stream> write)
    {
        using var file = new MemoryStream();
        write(file);
        return file.ToArray();
    }

    private static byte[] WithRawPiece(Action<Stream> piece) =>
        [.. new TinyModel().AddRanked("a").ToBytes(), .. Raw(file => TinyModel.WriteMessage(file, 1, piece))];

    private static IEnumerable<TestCaseData> Broken()
    {
        static TestCaseData Case(string name, byte[] file, string complaint) => new TestCaseData(file, complaint).SetArgDisplayNames(name);

        yield return Case("empty", [], "no pieces");
        yield return Case("text", Encoding.UTF8.GetBytes("{\"model\": {\"type\": \"BPE\"}}"), "not a readable SentencePiece model");
        yield return Case("unigram", new TinyModel { ModelType = 1 }.AddRanked("a").ToBytes(), "a unigram model");
        yield return Case("word", new TinyModel { ModelType = 3 }.AddRanked("a").ToBytes(), "a word model");
        yield return Case("unheard-of type", new TinyModel { ModelType = 77 }.AddRanked("a").ToBytes(), "a type-77 model");
        yield return Case("repeated piece", new TinyModel().AddRanked("a", "b", "a").ToBytes(), "pieces 4 and 6 are the same text");
        yield return Case("repeated across types", new TinyModel().AddRanked("<bos>").ToBytes(), "pieces 2 and 4 are the same text");
        yield return Case("no unknown", new TinyModel(standardPieces: false).AddRanked("a").ToBytes(), "no piece stands for unknown");
        yield return Case("two unknowns", new TinyModel().Add("<u>", 0, PieceType.Unknown).ToBytes(), "both stand for unknown");
        yield return Case("empty piece", new TinyModel().AddRanked("").ToBytes(), "piece 4 is empty");
        yield return Case("endless piece", new TinyModel().AddRanked(new string('a', 513)).ToBytes(), "513 characters");
        yield return Case("not-a-number score", new TinyModel().Add("a", float.NaN).ToBytes(), "score of piece 4");
        yield return Case("infinite score", new TinyModel().Add("a", float.PositiveInfinity).ToBytes(), "score of piece 4");
        yield return Case("unknown piece type", new TinyModel().Add("a", 0, (PieceType)9).ToBytes(), "unknown type 9");
        yield return Case("missing bytes", new TinyModel().Add("<0x00>", 0, PieceType.Byte).ToBytes(), "only 1 of the 256");
        yield return Case("no bytes at all", new TinyModel { ByteFallback = true }.AddRanked("a").ToBytes(), "only 0 of the 256");
        yield return Case("bytes without fallback", new TinyModel { ByteFallback = false }.AddBytes().ToBytes(), "byte fallback is off");
        yield return Case("misnamed byte", new TinyModel().Add("<0xZZ>", 0, PieceType.Byte).ToBytes(), "not named <0x00> to <0xFF>");
        yield return Case("byte in lower case", new TinyModel().Add("<0xff>", 0, PieceType.Byte).ToBytes(), "not named <0x00> to <0xFF>");
        yield return Case("normalisation table", new TinyModel { CharacterMap = "x" }.AddRanked("a").ToBytes(), "only the identity");
        yield return Case("denormalisation table",
            [.. new TinyModel().ToBytes(), .. Raw(file => TinyModel.WriteMessage(file, 5, spec => TinyModel.WriteText(spec, 2, "x")))], "denormalisation");
        yield return Case("bad UTF-8", WithRawPiece(piece => TinyModel.WriteBytes(piece, 1, [0xC3, 0x28])), "not valid UTF-8");
        yield return Case("length beyond the end", [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], "4294967295 bytes where 0 are left");
        yield return Case("length beyond 2^63", [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "where 0 are left");
        yield return Case("endless number", [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "longer than 10 bytes");
        yield return Case("ends in a number", [0x0A, 0x80], "in the middle of a number");
        yield return Case("inner length beyond the piece", WithRawPiece(piece => piece.Write([0x0A, 0x05, (byte)'a'])), "claims 5 bytes where 1 are left");
        yield return Case("piece that is a number", [0x08, 0x01], "wire type 0");
        yield return Case("score that is text", WithRawPiece(piece => TinyModel.WriteText(piece, 2, "abcd")), "a number of 4 bytes");
        yield return Case("group", [0x0B], "wire type 3");
        yield return Case("field 0", [0x02, 0x00], "impossible number");
    }

    [TestCaseSource(nameof(Broken))]
    public void Is_refused_with_one_sentence(byte[] file, string complaint)
    {
        var refusal = Assert.Throws<ModelFileException>(() => Tokenizer.Parse(file, "t.model"))!;
        Assert.That(refusal.Message, Does.Contain(complaint).And.StartWith("t.model ").And.EndWith(".").And.Not.Contain("\n"));
    }

    [Test]
    public void A_missing_file_is_refused_with_its_name() =>
        Assert.That(() => Tokenizer.Load("no/such/tokenizer.model"), Throws.TypeOf<ModelFileException>().With.Message.Contains("no/such/tokenizer.model"));

    [Test]
    public void Unknown_fields_are_skipped() =>
        Assert.That(Tokenizer.Parse([.. new TinyModel().AddRanked("a").ToBytes(), .. Raw(file => TinyModel.WriteText(file, 200, "later"))]).Encode("a"), Is.EqualTo(new[] { 4 }));

    /// <summary>
    /// 12,000 damaged files: bits flipped, bytes replaced, ranges cut out, doubled or overwritten by numbers that lie
    /// about lengths. Whatever still loads must also work.
    /// </summary>
    [Test, CancelAfter(60_000)]
    public void Any_damage_is_survived()
    {
        byte[][] starts =
        [
            new TinyModel().AddRanked("▁a", "ab", "abc", "a", "b", "c", "▁").Add("<b>", 0, PieceType.UserDefined).ToBytes(),
            new TinyModel { AddDummyPrefix = true, RemoveExtraWhitespaces = true }.AddBytes().AddRanked("▁a", "a").Add("aa", -1, PieceType.Unused).ToBytes(),
            HeadOfGemma(900),
        ];
        foreach (byte[] start in starts)
            Assert.That(() => Tokenizer.Parse(start), Throws.Nothing);

        var random = new Random(1);
        int refused = 0, loaded = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 12_000; i++)
        {
            byte[] file = Damage(starts[i % starts.Length], random);
            Tokenizer tokenizer;
            try
            {
                tokenizer = Tokenizer.Parse(file);
                loaded++;
            }
            catch (ModelFileException)
            {
                refused++;
                continue;
            }
            if (i % 16 < starts.Length)     // an encoder's cache is large beside such a file
                tokenizer.Decode(tokenizer.Encode("a ab <b> é"));
        }
        long perFile = (GC.GetAllocatedBytesForCurrentThread() - before) / 12_000;

        Assert.That(refused, Is.GreaterThan(3_000), "the damage is too mild");
        Assert.That(loaded, Is.GreaterThan(500), "the damage is too coarse");
        Assert.That(perFile, Is.LessThan(2 << 20), "bytes allocated per file");
    }

    private static byte[] Damage(byte[] start, Random random)
    {
        var file = start.ToList();
        for (int hits = random.Next(1, 4); hits > 0; hits--)
        {
            int at = random.Next(file.Count), length = Math.Min(random.Next(1, 40), file.Count - at);
            switch (random.Next(6))
            {
                case 0: file[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: file[at] = (byte)random.Next(256); break;
                case 2: file.RemoveRange(at, length); break;
                case 3: file.InsertRange(at, file.GetRange(at, length)); break;
                case 4: file.InsertRange(at, Enumerable.Repeat((byte)0xFF, random.Next(1, 12))); break;
                default: file.RemoveRange(at, file.Count - at); break;
            }
            if (file.Count == 0)
                break;
        }
        return [.. file];
    }

    /// <summary>The first pieces of the real file with its settings, which come last in it.</summary>
    private static byte[] HeadOfGemma(int pieces)
    {
        byte[] file = File.ReadAllBytes(TokenizerData.PathOf("tokenizer.model"));
        int at = 0;
        for (int i = 0; i < pieces; i++)
            at += 2 + file[at + 1];     // tag, a length below 128, the piece
        int settings = file.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes("\n\n<unused99>"));
        int end = settings - 2;         // this last piece's own tag and length
        return [.. file[..at], .. file[(end + 2 + file[end + 1])..]];
    }
}
