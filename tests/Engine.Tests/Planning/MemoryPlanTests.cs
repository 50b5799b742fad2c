using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Model;
using GemmaIlgpu.Engine.Planning;
using GemmaIlgpu.Engine.Tests.Support;
using GemmaIlgpu.Engine.Weights;
using GemmaIlgpu.Kernels;
using GemmaIlgpu.Kernels.Device;

namespace GemmaIlgpu.Engine.Tests.Planning;

public sealed class MemoryPlanTests
{
    private static readonly Tuning Eight = new(warpSize: 8, groupSize: 8, targetWarps: 8);

    [Test, Pairwise]
    public void Weights_and_cache_are_what_the_engine_reports(
        [Values("gemma1-mqa", "gemma2-gqa", "gemma2-27b-like-f32", "gemma3-text")] string name, [Values(1, 7, 100)] int chunk, [Values] CacheLayout layout, [Values] CacheType type)
    {
        var options = new PlanOptions { ContextLength = 90, PrefillChunk = chunk, CacheLayout = layout, CacheType = type };
        using Engine engine = Engine.Load(
            TestPaths.Golden(name), new EngineOptions { ContextLength = options.ContextLength, PrefillChunk = chunk, CacheLayout = layout, CacheType = type });
        using Generator generator = engine.CreateGenerator();
        generator.Prefill([.. Enumerable.Range(0, options.ContextLength)]);

        using ModelFiles files = ModelFiles.Open(TestPaths.Golden(name));
        MemoryPlan plan = MemoryPlan.For(ModelOutline.Of(files), options, Eight);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(plan.CacheBytes, Is.EqualTo(generator.CacheBytes));
            Assert.That(plan.WeightBytes, Is.EqualTo(engine.WeightBytes));
        }
    }

    [Test]
    public void Activations_are_what_is_allocated([Values("gemma-2b", "gemma-2-27b", "gemma-3-1b")] string name, [Values(1, 33)] int chunk)
    {
        ModelConfig config = KnownModels.Get(name);
        using OpenDevice device = Devices.Open(Devices.Auto, threads: 1);
        using var activations = new Activations(device.Accelerator, config, chunk);

        Assert.That(Activations.BytesFor(config, chunk), Is.EqualTo(activations.Bytes));
    }

    [Test]
    public void A_named_size_has_the_weights_that_quantize_writes([Values("gemma-2b", "gemma-2-9b", "gemma-3-4b")] string name)
    {
        // 288 columns are whole blocks of 32 but not of 256, 50 of neither: types fall back as they do in files.
        ModelConfig config = KnownModels.Get(name) with
        {
            VocabularySize = 300, EmbedDim = 288, FeedForwardDim = 512, QueryHeads = 5, KvHeads = 1, HeadDim = 10, LayerKinds = [AttentionKind.Local, AttentionKind.Global],
        };
        using var folder = new TemporaryFolder();
        ModelSynthesizer.Write(config, TensorType.BF16, folder.File("model"));
        using ModelFiles model = ModelFiles.Open(folder.File("model"));
        foreach (TensorType type in ModelOutline.WeightTypes)
        {
            ModelConverter.Write(model, folder.File("copy.gguf"), type);
            using ModelFiles copy = ModelFiles.Open(folder.File("copy.gguf"));
            ModelOutline expected = ModelOutline.Of(copy), outline = ModelOutline.Of(config, type);
            Assert.That(outline.Tensors.Select(Describe), Is.EqualTo(expected.Tensors.Select(Describe)), type.FileName());
            Assert.That(outline.WeightBytes, Is.EqualTo(expected.WeightBytes), type.FileName());
        }

        static string Describe(TensorInfo tensor) => $"{tensor.Name} {tensor.Type} {tensor.ShapeText} {tensor.Bytes}";
    }

    // Gemma 2 2B: 26 layers, half of them local with a window of 4,096; 4 KV heads of 256, keys and values of 4 bytes.
    [TestCase(2048, 256, 1, 26 * 2048L)]
    [TestCase(8192, 256, 1, 13 * 8192L + 13 * (4096 + 255))]
    [TestCase(8192, 1, 1, 13 * 8192L + 13 * 4096)]
    [TestCase(8192, 512, 3, 3 * (13 * 8192L + 13 * (4096 + 511)))]
    public void Local_layers_count_with_their_window(int context, int chunk, int sequences, long slots)
    {
        var options = new PlanOptions { ContextLength = context, PrefillChunk = chunk, Sequences = sequences };
        MemoryPlan plan = MemoryPlan.For(ModelOutline.Of(KnownModels.Get("gemma-2-2b"), TensorType.BF16), options, Eight);

        Assert.That(plan.CacheBytes, Is.EqualTo(slots * 2 * 4 * 256 * sizeof(float)));
    }

    [Test]
    public void Misaligned_matrices_count_twice()
    {
        using var folder = new TemporaryFolder();
        ModelConfig config = KnownModels.Get("gemma-2b") with
        {
            VocabularySize = 11, EmbedDim = 8, FeedForwardDim = 8, QueryHeads = 1, KvHeads = 1, HeadDim = 4, LayerKinds = [AttentionKind.Global],
        };
        ModelSynthesizer.Write(config, TensorType.F32, folder.Path);
        string file = folder.File("model.safetensors");
        byte[] bytes = File.ReadAllBytes(file);
        // One more space in the header moves every tensor by a byte.
        byte[] moved = [.. BitConverter.GetBytes(BitConverter.ToInt64(bytes) + 1), .. bytes[8..(int)(8 + BitConverter.ToInt64(bytes))], (byte)' ', .. bytes[(int)(8 + BitConverter.ToInt64(bytes))..]];
        using ModelFiles aligned = ModelFiles.Open(folder.Path);
        Assert.That(ModelOutline.Of(aligned).MisalignedBytes, Is.Zero);
        using var second = new TemporaryFolder();
        File.Copy(folder.File("config.json"), second.File("config.json"));
        File.WriteAllBytes(second.File("model.safetensors"), moved);

        using ModelFiles files = ModelFiles.Open(second.Path);
        ModelOutline outline = ModelOutline.Of(files);
        Assert.That(outline.MisalignedBytes, Is.EqualTo(outline.Tensors.Where(tensor => tensor.Shape.Count > 1).Sum(tensor => tensor.Bytes)));
    }
}
