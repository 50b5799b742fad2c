using System.Text;
using GemmaIlgpu.Engine.Tests.Support;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Tests.Weights;

public class SafetensorsHeaderTests
{
    private const string Two =
        """{"__metadata__": {"format": "pt"}, "b": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [8, 20]}, "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}""";

    [Test]
    public void Lists_tensors_in_the_order_of_their_bytes()
    {
        SafetensorsHeader header = Parse(Two, 20);

        Assert.That(header.Tensors.Select(tensor => tensor.Name), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(header.Tensors[1].Shape, Is.EqualTo(new long[] { 2, 3 }));
        Assert.That(header.Tensors[1].Type, Is.EqualTo(TensorType.BF16));
        Assert.That(header.Tensors[1].Offset, Is.EqualTo(8));
        Assert.That(header.Metadata["format"], Is.EqualTo("pt"));
    }

    [Test]
    public void Accepts_scalars_empty_tensors_and_padding()
    {
        SafetensorsHeader header = Parse(
            """{"s": {"dtype": "F64", "shape": [], "data_offsets": [0, 8]}, "e": {"dtype": "F32", "shape": [0, 4], "data_offsets": [8, 8]}}   """, 8);

        Assert.That(header.Tensors.Select(tensor => tensor.Bytes), Is.EqualTo(new long[] { 8, 0 }));
    }

    [TestCase("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}""", 12, "describes 8 bytes")]
    [TestCase("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}""", 4, "has 4 bytes of data")]
    [TestCase("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]}}""", 12, "leaves a hole")]
    [TestCase("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "b": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]}}""", 12, "overlaps")]
    [TestCase("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}}""", 8, "lies at bytes 8 to 0")]
    [TestCase("""{"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}}""", 8, "takes 12 bytes")]
    [TestCase("""{"a": {"dtype": "F32", "shape": [4611686018427387905], "data_offsets": [0, 4]}}""", 4, "more than any file holds")]
    [TestCase("""{"a": {"dtype": "F32", "shape": [4294967296, 4294967296, 0], "data_offsets": [0, 0]}}""", 0, "more than any file holds")]
    [TestCase("""{"a": {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]}}""", 8, "holds -2")]
    [TestCase("""{"a": {"dtype": "F32", "shape": [2.0], "data_offsets": [0, 8]}}""", 8, "holds 2.0")]
    [TestCase("""{"a": {"dtype": "F33", "shape": [2], "data_offsets": [0, 8]}}""", 8, "\"F33\"")]
    [TestCase("""{"a": {"dtype": 32, "shape": [2], "data_offsets": [0, 8]}}""", 8, "must be a string")]
    [TestCase("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8, 9]}}""", 8, "at most 2")]
    [TestCase("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0]}}""", 8, "must be [begin, end]")]
    [TestCase("""{"a": {"dtype": "F32", "shape": [2]}}""", 8, "has no data_offsets")]
    [TestCase("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8], "x": 1}}""", 8, "unknown field")]
    [TestCase("""{"a": [1]}""", 8, "is an array")]
    [TestCase("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}""", 8, "Duplicate")]
    [TestCase("""{"__metadata__": {"a": 1}}""", 0, "must be a string")]
    [TestCase("""{"__metadata__": []}""", 0, "must be an object of strings")]
    [TestCase("""["a"]""", 0, "must start with")]
    [TestCase("""{"a": """, 0, "not valid JSON")]
    [TestCase("""{} {}""", 0, "not valid JSON")]
    public void Refuses_with_one_sentence(string json, long dataLength, string part)
    {
        ModelFileException e = Assert.Throws<ModelFileException>(() => Parse(json, dataLength));

        Assert.That(e.Message, Does.Contain(part).And.Contain("test.safetensors"));
    }

    [Test]
    public void Refuses_broken_text()
    {
        byte[] invalid = [.. Encoding.UTF8.GetBytes("{\"a"), 0xFF, .. Encoding.UTF8.GetBytes("\": {}}")];

        Assert.That(() => SafetensorsHeader.Parse(invalid, 0, "f"), Throws.TypeOf<ModelFileException>().With.Message.Contains("UTF-8"));
        Assert.That(() => Parse("{\"\\ud800\": {}}", 0), Throws.TypeOf<ModelFileException>());
    }

    [Test]
    public void Checks_the_length_before_reading_on()
    {
        byte[] Eight(ulong length) => BitConverter.GetBytes(length);

        Assert.That(SafetensorsHeader.ReadJsonLength(Eight(12), 20, "f"), Is.EqualTo(12));
        Assert.That(() => SafetensorsHeader.ReadJsonLength(Eight(13), 20, "f"), Throws.TypeOf<ModelFileException>().With.Message.Contains("12 follow"));
        Assert.That(() => SafetensorsHeader.ReadJsonLength(Eight(100_000_001), long.MaxValue, "f"), Throws.TypeOf<ModelFileException>().With.Message.Contains("100,000,000"));
        Assert.That(() => SafetensorsHeader.ReadJsonLength(Eight(ulong.MaxValue), long.MaxValue, "f"), Throws.TypeOf<ModelFileException>());
        Assert.That(() => SafetensorsHeader.ReadJsonLength([1, 2, 3], 3, "f"), Throws.TypeOf<ModelFileException>().With.Message.Contains("at least 8"));
    }

    [Test]
    public void Survives_ten_thousand_damaged_headers()
    {
        Mutator.Outcome outcome = Mutator.Feed([Two, RealHeader()], 12_000, bytes =>
        {
            foreach (TensorInfo tensor in SafetensorsHeader.Parse(bytes, 20, "test.safetensors").Tensors)
            {
                if (tensor.Offset < 0 || tensor.Bytes < 0 || tensor.Offset + tensor.Bytes > 20)
                    throw new InvalidOperationException($"{tensor} lies outside the data.");
            }
        });

        // The damage must not be so heavy that nothing gets past the JSON parser.
        Assert.That(outcome.Refused, Is.GreaterThan(2_000), $"{outcome}");
        Assert.That(outcome.Accepted, Is.GreaterThan(10), $"{outcome}");
    }

    private static string RealHeader()
    {
        byte[] file = File.ReadAllBytes(Path.Combine(TestPaths.Golden("gemma1-mha"), ModelFiles.SingleFileName));
        return Encoding.UTF8.GetString(file, 8, SafetensorsHeader.ReadJsonLength(file, file.Length, "f"))[..700];
    }

    private static SafetensorsHeader Parse(string json, long dataLength) =>
        SafetensorsHeader.Parse(Encoding.UTF8.GetBytes(json), dataLength, "test.safetensors");
}
