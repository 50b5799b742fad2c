using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Weights;
using static GemmaIlgpu.Engine.Tests.Weights.GgufBytes;

namespace GemmaIlgpu.Engine.Tests.Weights;

public class GgufHeaderTests
{
    private const uint F32Type = 0, F16Type = 1, Q4_0Type = 2, Q8_0Type = 8, Q6KType = 14;

    [Test]
    public void Reads_metadata_and_places([Values(2u, 3u)] uint version)
    {
        GgufHeader header = Parse(Sound(version).Build());

        Assert.That(header.Version, Is.EqualTo(version));
        Assert.That(header.Metadata.Text("general.architecture"), Is.EqualTo("gemma2"));
        Assert.That(header.Metadata.Int("n", 0, 10), Is.EqualTo(7));
        Assert.That(header.Metadata.Number("x", 0, 10), Is.EqualTo(1.5));
        Assert.That(header.Metadata.Flag("yes", false), Is.True);
        Assert.That(header.Metadata.Texts("words"), Is.EqualTo(new[] { "a", "▁b" }));
        Assert.That(header.Metadata.Floats("scores"), Is.EqualTo(new[] { 0f, -1f }));
        Assert.That(header.Metadata.Ints("types"), Is.EqualTo(new[] { 3, 1 }));
        Assert.That(header.Tensors.Select(tensor => tensor.Name), Is.EqualTo(new[] { "a", "b", "c" }));
        Assert.That(header.Tensors[0].Shape, Is.EqualTo(new long[] { 2, 3 }), "sizes come innermost first");
        Assert.That(header.Tensors.Select(tensor => tensor.Offset), Is.EqualTo(new long[] { 0, 32, 160 }));
        Assert.That(header.Tensors.Select(tensor => tensor.Bytes), Is.EqualTo(new long[] { 24, 102, 420 }));
        Assert.That(header.DataStart % 32, Is.Zero);
    }

    [Test]
    public void Takes_another_alignment_and_a_last_tensor_without_padding()
    {
        byte[] bytes = new GgufBytes { Alignment = 8, DataLength = 8 + 6 }
            .Entry("general.alignment", OfUInt32, U32(8)).Tensor("a", F16Type, 0, 2).Tensor("b", F16Type, 8, 3).Build();

        GgufHeader header = Parse(bytes);
        Assert.That(header.Alignment, Is.EqualTo(8));
        Assert.That(header.Tensors[1].Offset, Is.EqualTo(8));
    }

    public static IEnumerable<TestCaseData> Faults()
    {
        TestCaseData Case(string part, GgufBytes file) => new(file.Build(), part) { TestName = $"Refuses: {part}" };
        TestCaseData Tensor(string part, uint type, params ulong[] sizes) => Case(part, new GgufBytes { DataLength = 1024 }.Tensor("w", type, 0, sizes));
        TestCaseData Entry(string part, uint type, params byte[][] value) => Case(part, new GgufBytes { DataLength = 64 }.Entry("k", type, value));

        yield return Case("GGUF version 1", new GgufBytes { Version = 1 });
        yield return Case("GGUF version 0", new GgufBytes { Version = 0 });
        yield return Case("GGUF version 4", new GgufBytes { Version = 4 });
        yield return Case("big endian", new GgufBytes { Version = 3u << 24 });
        yield return Case("claims 1,000,000 tensors", new GgufBytes { TensorCount = 1_000_000 });
        yield return Case("claims 18,446,744,073,709,551,615 tensors", new GgufBytes { TensorCount = ulong.MaxValue });
        yield return Case("metadata entries", new GgufBytes { EntryCount = ulong.MaxValue });
        yield return Case("it ends within", new GgufBytes { Alignment = 1 }.Entry("k", OfUInt32));
        yield return Case("\"k\" is there twice", new GgufBytes().Entry("k", OfUInt32, U32(1)).Entry("k", OfUInt8, U8(1)));
        yield return Case("key 0 is empty", new GgufBytes().Entry("", OfUInt32, U32(1)));
        yield return Entry("has the type 13", 13, U32(1));
        yield return Entry("truth value 2", OfBool, U8(2));
        yield return Entry("\"k\" claims 1,000 bytes", OfText, U64(1000), U32(0));
        yield return Entry("not valid UTF-8", OfText, U64(2), U8(0xC3), U8(0x28));
        yield return Entry("array of arrays", OfArray, U32(OfArray), U64(1), U32(OfUInt32), U64(0));
        yield return Entry("array of the type 99", OfArray, U32(99), U64(1), U32(0));
        yield return Entry("elements of \"k\"", OfArray, U32(OfUInt64), U64(1UL << 61), U32(0));
        yield return Entry("an element of \"k\"", OfArray, U32(OfText), U64(1), U64(ulong.MaxValue));
        yield return Case("power of two", new GgufBytes().Entry("general.alignment", OfUInt32, U32(24)));
        yield return Case("general.alignment is 0", new GgufBytes().Entry("general.alignment", OfUInt32, U32(0)));
        yield return Case("general.alignment is 32", new GgufBytes().Entry("general.alignment", OfUInt64, U64(32)));
        yield return Tensor("has 0 dimensions", F32Type);
        yield return Tensor("has 5 dimensions", F32Type, 1, 1, 1, 1, 1);
        yield return Tensor("a dimension of 0", F32Type, 4, 0);
        yield return Tensor("a dimension of 18,446,744,073,709,551,615".Replace(",", ""), F32Type, ulong.MaxValue);
        yield return Tensor("more than any file holds", F32Type, 1UL << 32, 1UL << 32);
        yield return Tensor("more bytes than any file holds", F32Type, 1UL << 62);
        yield return Tensor("more than the file has", F32Type, 1UL << 40);
        yield return Tensor("type number 4,".Replace(",", ""), 4, 32);
        yield return Tensor("type number 4294967295", uint.MaxValue, 32);
        yield return Tensor("not whole blocks of 32", Q8_0Type, 33);
        yield return Tensor("not whole blocks of 256", Q6KType, 128, 2);
        yield return Tensor("but it has", F32Type, 257);
        yield return Case("two tensors named", new GgufBytes { DataLength = 64 }.Tensor("w", F32Type, 0, 8).Tensor("w", F32Type, 32, 8));
        yield return Case("\"b\" starts at byte 31", new GgufBytes { DataLength = 64 }.Tensor("a", F32Type, 0, 4).Tensor("b", F32Type, 31, 4));
        yield return Case("\"b\" starts at byte 0", new GgufBytes { DataLength = 64 }.Tensor("a", F32Type, 0, 4).Tensor("b", F32Type, 0, 4));
        yield return Case("\"b\" starts at byte 64", new GgufBytes { DataLength = 96 }.Tensor("a", F32Type, 0, 4).Tensor("b", F32Type, 64, 4));
        yield return Case("starts at byte 18446744073709551584", new GgufBytes { DataLength = 64 }.Tensor("a", F32Type, ulong.MaxValue - 31, 4));
        yield return Case("at most 63", new GgufBytes { DataLength = 64 }.Tensor(new string('x', 64), F32Type, 0, 4));
        yield return Case("name of tensor 0 is empty", new GgufBytes { DataLength = 64 }.Tensor("", F32Type, 0, 4));
    }

    [TestCaseSource(nameof(Faults))]
    public void Refuses_with_one_sentence(byte[] file, string part)
    {
        ModelFileException e = Assert.Throws<ModelFileException>(() => Parse(file));

        Assert.That(e.Message, Does.Contain(part).And.Contain("test.gguf"));
    }

    [Test]
    public void Refuses_every_file_that_is_cut_short()
    {
        byte[] file = Sound(3).Build();
        for (int length = 0; length < file.Length - 12; length++)
            Assert.That(() => Parse(file[..length]), Throws.TypeOf<ModelFileException>(), $"{length} bytes");
    }

    [Test]
    public void Survives_twenty_thousand_damaged_files()
    {
        byte[] original = Sound(3).Build();
        int accepted = 0, refused = 0;
        for (ulong seed = 0; seed < 20_000; seed++)
        {
            byte[] bytes = Damage(original, seed);
            try
            {
                foreach (TensorInfo tensor in Parse(bytes).Tensors)
                {
                    if (tensor.Offset < 0 || tensor.Bytes < 0 || Parse(bytes).DataStart + tensor.Offset + tensor.Bytes > bytes.Length)
                        Assert.Fail($"Seed {seed}: {tensor} lies outside the file.");
                }

                accepted++;
            }
            catch (ModelFileException e)
            {
                refused++;
                if (e.Message.Length is < 20 or > 1000 || e.Message.AsSpan().ContainsAny('\n', '\0'))
                    Assert.Fail($"Seed {seed}: the message is not one clear sentence: {e.Message}");
            }
            catch (Exception e) when (e is not AssertionException)
            {
                Assert.Fail($"Seed {seed}: {e.GetType().Name}: {e.Message}\n{e.StackTrace}");
            }
        }

        // Damage inside text or scores is none; the rest must be noticed.
        Assert.That(accepted, Is.GreaterThan(500));
        Assert.That(refused, Is.GreaterThan(8_000));
    }

    // Numbers of 4 or 8 bytes at likely places, single bits, and cut, doubled or lost pieces.
    private static byte[] Damage(byte[] original, ulong seed)
    {
        var random = new SeededRandom(seed);
        int Next(int limit) => (int)(random.NextBits() % (ulong)Math.Max(1, limit));
        ulong[] numbers = [0, 1, 2, 3, 7, 31, 255, 1 << 16, int.MaxValue, uint.MaxValue, 1UL << 32, long.MaxValue, 1UL << 63, ulong.MaxValue];

        var bytes = new List<byte>(original);
        for (int times = 1 + Next(3); times > 0; times--)
        {
            int at = Next(Math.Min(bytes.Count - 8, 520));
            ulong number = numbers[Next(numbers.Length)];
            switch (Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << Next(8));
                    break;
                case 1:
                    for (int i = 0; i < 4; i++)
                        bytes[at + i] = (byte)(number >> (8 * i));
                    break;
                case 2:
                    for (int i = 0; i < 8; i++)
                        bytes[at + i] = (byte)(number >> (8 * i));
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(1 + Next(12), bytes.Count - at));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(1 + Next(40), bytes.Count - at)));
                    break;
                default:
                    if (Next(4) == 0)
                        bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }

            if (bytes.Count < 16)
                break;
        }

        return [.. bytes];
    }

    private static GgufBytes Sound(uint version) => new GgufBytes { Version = version, DataLength = 160 + 420 }
        .Entry("general.architecture", OfText, String("gemma2"))
        .Entry("n", OfUInt32, U32(7))
        .Entry("x", OfFloat32, F32(1.5f))
        .Entry("yes", OfBool, U8(1))
        .Entry("words", OfArray, U32(OfText), U64(2), String("a"), String("▁b"))
        .Entry("scores", OfArray, U32(OfFloat32), U64(2), F32(0), F32(-1))
        .Entry("types", OfArray, U32(OfInt32), U64(2), U32(3), U32(1))
        .Tensor("a", F32Type, 0, 3, 2)
        .Tensor("b", Q8_0Type, 32, 32, 3)
        .Tensor("c", Q6KType, 160, 256, 2);

    private static GgufHeader Parse(byte[] bytes) => GgufHeader.Parse(bytes, bytes.Length, "test.gguf");
}
