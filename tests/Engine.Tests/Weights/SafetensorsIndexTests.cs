using System.Text;
using GemmaIlgpu.Engine.Tests.Support;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Tests.Weights;

public class SafetensorsIndexTests
{
    private const string Good =
        """{"metadata": {"total_size": 12}, "weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors", "c": "model-00001-of-00002.safetensors"}}""";

    [Test]
    public void Maps_tensors_to_shards()
    {
        SafetensorsIndex index = Parse(Good);

        Assert.That(index.Shards, Is.EqualTo(new[] { "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors" }));
        Assert.That(index.ShardOf["c"], Is.EqualTo("model-00001-of-00002.safetensors"));
    }

    [TestCase("""{"weight_map": {"a": "../secret.safetensors"}}""", "same folder")]
    [TestCase("""{"weight_map": {"a": "/etc/x.safetensors"}}""", "same folder")]
    [TestCase("""{"weight_map": {"a": "c:x.safetensors"}}""", "same folder")]
    [TestCase("""{"weight_map": {"a": "..\\x.safetensors"}}""", "same folder")]
    [TestCase("""{"weight_map": {"a": ".safetensors"}}""", "same folder")]
    [TestCase("""{"weight_map": {"a": "pytorch_model.bin"}}""", "same folder")]
    [TestCase("""{"weight_map": {"a": 1}}""", "must be a string")]
    [TestCase("""{"weight_map": {}}""", "no tensors")]
    [TestCase("""{"weight_map": []}""", "weight_map")]
    [TestCase("""{}""", "weight_map")]
    public void Refuses_with_one_sentence(string json, string part) =>
        Assert.That(() => Parse(json), Throws.TypeOf<ModelFileException>().With.Message.Contains(part));

    [Test]
    public void Survives_ten_thousand_damaged_indices()
    {
        Mutator.Outcome outcome = Mutator.Feed([Good], 10_000, bytes => SafetensorsIndex.Parse(bytes, "index.json"));

        Assert.That(outcome.Refused, Is.GreaterThan(500), $"{outcome}");
        Assert.That(outcome.Accepted, Is.GreaterThan(100), $"{outcome}");
    }

    private static SafetensorsIndex Parse(string json) => SafetensorsIndex.Parse(Encoding.UTF8.GetBytes(json), "model.safetensors.index.json");
}
