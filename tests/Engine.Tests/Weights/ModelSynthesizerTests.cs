using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Tests.Support;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Tests.Weights;

public class ModelSynthesizerTests
{
    private static ModelConfig Small(string name) => KnownModels.Get(name) with
    {
        VocabularySize = 500,
        EmbedDim = 64,
        FeedForwardDim = 96,
        QueryHeads = 4,
        KvHeads = 2,
        HeadDim = 16,
    };

    [Test]
    public void Writes_a_model_that_opens_with_the_same_configuration([Values("gemma-7b", "gemma-2-27b", "gemma-3-4b")] string name, [Values] bool half)
    {
        using var folder = new TemporaryFolder();
        ModelConfig config = Small(name);
        TensorType type = half ? TensorType.BF16 : TensorType.F32;
        string path = folder.File("model");
        ModelSynthesizer.Write(config, type, path);

        using ModelFiles files = ModelFiles.Open(path);
        ModelConfig expected = config.Family == ModelFamily.Gemma1 ? config with { QueryScale = 0.25f } : config;
        Assert.That(files.Config with { LayerKinds = [], EosIds = [] }, Is.EqualTo(expected with { LayerKinds = [], EosIds = [] }));
        Assert.That(files.Config.LayerKinds, Is.EqualTo(config.LayerKinds));
        Assert.That(files.Config.EosIds, Is.EqualTo(config.EosIds));
        Assert.That(files.Tensors.Sum(tensor => tensor.Bytes), Is.EqualTo(ModelSynthesizer.SizeInBytes(config, type)));
    }

    [Test]
    public void The_seed_decides_the_weights()
    {
        using var folder = new TemporaryFolder();
        byte[] Write(string name, ulong seed)
        {
            ModelSynthesizer.Write(Small("gemma-2-2b"), TensorType.F16, folder.File(name), seed);
            return File.ReadAllBytes(Path.Combine(folder.File(name), ModelFiles.SingleFileName));
        }

        byte[] one = Write("a", 1);
        Assert.That(Write("b", 1), Is.EqualTo(one));
        Assert.That(Write("c", 2), Is.Not.EqualTo(one));
    }

    [Test]
    public void Weights_have_the_stated_spread()
    {
        using var folder = new TemporaryFolder();
        ModelSynthesizer.Write(Small("gemma-2-2b"), TensorType.BF16, folder.File("m"));
        using ModelFiles files = ModelFiles.Open(folder.File("m"));
        files.TryGet("model.layers.0.mlp.down_proj.weight", out ITensorFile reader, out TensorInfo tensor);

        float[] values = reader.ReadFloats(tensor);
        Assert.That(values.Average(), Is.EqualTo(0).Within(0.01));
        Assert.That(Math.Sqrt(values.Average(value => (double)value * value)), Is.EqualTo(1 / Math.Sqrt(96)).Within(3e-3));
        Assert.That(values.Distinct().Count(), Is.GreaterThan(1000));
    }

    [Test]
    public void Failure_and_cancellation_leave_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model");
        Assert.That(() => ModelSynthesizer.Write(Small("gemma-2-2b"), TensorType.BF16, path, cancellation: new CancellationToken(true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => ModelSynthesizer.Write(Small("gemma-2-2b"), TensorType.BF16, path, tokenizerFile: folder.File("none")), Throws.InstanceOf<FileNotFoundException>());
        Assert.That(() => ModelSynthesizer.Write(KnownModels.Get("gemma-3-27b") with { VocabularySize = int.MaxValue }, TensorType.F32, path), Throws.InstanceOf<IOException>().With.Message.Contains("free"));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Is.Empty);

        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "mine.txt"), "keep");
        Assert.That(() => ModelSynthesizer.Write(Small("gemma-2-2b"), TensorType.BF16, path), Throws.InstanceOf<IOException>().With.Message.Contains("exists already"));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path).Count(), Is.EqualTo(1));
    }
}
