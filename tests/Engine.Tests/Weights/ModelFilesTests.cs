using System.Text.Json;
using System.Text.Json.Nodes;
using GemmaIlgpu.Engine.Tests.Support;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Tests.Weights;

public class ModelFilesTests
{
    [Test]
    public void Opens_every_golden_model(
        [Values("gemma1-mqa", "gemma1-mha-f32", "gemma2-gqa", "gemma2-27b-like", "gemma2-largecap", "gemma3-text-f32")] string name)
    {
        using ModelFiles files = ModelFiles.Open(TestPaths.Golden(name));

        Assert.That(files.Tensors.Sum(tensor => tensor.Bytes / tensor.Type.Size()), Is.EqualTo(files.Config.ParameterCount));
    }

    [TestCase("hidden_size", 48, "needs [512, 48]. Is the config from another size?")]
    [TestCase("intermediate_size", 64, "gate_proj.weight is [128, 64]; this model needs [64, 64]")]
    [TestCase("num_attention_heads", 2, "q_proj.weight is [128, 64]; this model needs [64, 64]")]
    [TestCase("head_dim", 16, "q_proj.weight is [128, 64]; this model needs [64, 64]")]
    [TestCase("vocab_size", 256, "embed_tokens.weight is [512, 64]; this model needs [256, 64]")]
    [TestCase("num_hidden_layers", 7, "model.layers.6.input_layernorm.weight is missing")]
    [TestCase("num_hidden_layers", 5, "model.layers.5.self_attn.q_proj.weight is there, but config.json says the model has 5 layers")]
    [TestCase("tie_word_embeddings", false, "lm_head.weight is missing")]
    public void Refuses_a_config_that_contradicts_the_weights(string field, object value, string part)
    {
        using TemporaryFolder folder = new TemporaryFolder().With(TestPaths.Golden("gemma2-gqa"));
        JsonNode config = JsonNode.Parse(File.ReadAllText(folder.File("config.json")))!;
        config[field] = JsonSerializer.SerializeToNode(value);
        File.WriteAllText(folder.File("config.json"), config.ToJsonString());

        Assert.That(() => ModelFiles.Open(folder.Path), Throws.TypeOf<ModelFileException>().With.Message.Contains(part));
    }

    [Test]
    public void Refuses_a_folder_without_the_files()
    {
        using var folder = new TemporaryFolder();
        Assert.That(() => ModelFiles.Open(folder.File("none")), Throws.TypeOf<ModelFileException>().With.Message.Contains("There is no folder"));
        Assert.That(() => ModelFiles.Open(folder.Path), Throws.TypeOf<ModelFileException>().With.Message.Contains("holds no config.json"));

        File.Copy(Path.Combine(TestPaths.Golden("gemma2-gqa"), "config.json"), folder.File("config.json"));
        Assert.That(() => ModelFiles.Open(folder.Path), Throws.TypeOf<ModelFileException>().With.Message.Contains("holds neither"));
    }

    [Test]
    public void Reads_shards_and_refuses_wrong_ones()
    {
        using var folder = new TemporaryFolder();
        string first = "model-00001-of-00002.safetensors", second = "model-00002-of-00002.safetensors";
        var map = Shard(TestPaths.Golden("gemma2-gqa"), folder, first, second);
        string index = folder.File(SafetensorsIndex.FileName);
        void WriteIndex() => File.WriteAllText(index, JsonSerializer.Serialize(new { metadata = new { total_size = 1 }, weight_map = map }));

        WriteIndex();
        using (ModelFiles files = ModelFiles.Open(folder.Path))
            Assert.That(files.Files.Select(file => file.Name), Is.EqualTo(new[] { first, second }));

        map["model.norm.weight"] = map["model.norm.weight"] == first ? second : first;
        WriteIndex();
        Assert.That(() => ModelFiles.Open(folder.Path), Throws.TypeOf<ModelFileException>().With.Message.Contains("it is not"));

        File.Delete(folder.File(second));
        Assert.That(() => ModelFiles.Open(folder.Path), Throws.TypeOf<ModelFileException>().With.Message.Contains("is not there"));
    }

    [Test]
    public void Refuses_weights_of_a_wrong_type()
    {
        using TemporaryFolder folder = new TemporaryFolder().With(TestPaths.Golden("gemma2-gqa"));
        string path = folder.File(ModelFiles.SingleFileName);
        byte[] bytes = File.ReadAllBytes(path);
        ReadOnlySpan<byte> bf16 = "\"BF16\""u8, i16 = "\"I16\" "u8;
        for (int at = bytes.AsSpan().IndexOf(bf16); at >= 0; at = bytes.AsSpan().IndexOf(bf16))
            i16.CopyTo(bytes.AsSpan(at));
        File.WriteAllBytes(path, bytes);

        Assert.That(() => ModelFiles.Open(folder.Path), Throws.TypeOf<ModelFileException>().With.Message.Contains("is I16; weights must be F32, F16 or BF16"));
    }

    /// <summary>Splits a model into two files and returns tensor → file.</summary>
    internal static Dictionary<string, string> Shard(string source, TemporaryFolder target, string first, string second)
    {
        File.Copy(Path.Combine(source, "config.json"), target.File("config.json"));
        using SafetensorsReader reader = SafetensorsReader.Open(Path.Combine(source, ModelFiles.SingleFileName));
        var map = new Dictionary<string, string>();
        foreach ((string file, int remainder) in new[] { (first, 0), (second, 1) })
        {
            TensorInfo[] part = [.. reader.Tensors.Where((_, i) => i % 2 == remainder)];
            using SafetensorsWriter writer = SafetensorsWriter.Create(target.File(file), part.Select(tensor => (tensor.Name, tensor.Type, tensor.Shape.ToArray())));
            foreach (TensorInfo tensor in part)
            {
                map.Add(tensor.Name, file);
                writer.Write(tensor.Name, reader.Bytes(tensor));
            }

            writer.Complete();
        }

        return map;
    }
}
