using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Tests.Support;
using GemmaIlgpu.Engine.Tests.Tokenization;
using GemmaIlgpu.Engine.Tokenization;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Tests.Weights;

/// <summary>A model is the same model in every kind of file.</summary>
public class GgufModelTests
{
    private static readonly int[] Ids = [2, 17, 5, 100, 33, 8, 8, 250, 41, 3, 77, 12];

    private static IEnumerable<string> Models => Directory.GetDirectories(TestPaths.Golden("")).Select(folder => Path.GetFileName(folder)).Order();

    [Test]
    public void Gives_the_logits_of_the_safetensors([ValueSource(nameof(Models))] string model)
    {
        using var folder = new TemporaryFolder();
        float[] expected = Logits(TestPaths.Golden(model));
        TensorType own = model.EndsWith("-f32", StringComparison.Ordinal) ? TensorType.F32 : TensorType.BF16;
        foreach (TensorType type in new[] { own, TensorType.F32 }.Distinct())
        {
            string path = folder.File($"{type}.gguf");
            IReadOnlyList<ConvertedTensor> report = Convert(TestPaths.Golden(model), path, type);

            Assert.That(report.Where(tensor => tensor.To != TensorType.F32 || tensor.From == TensorType.F32).Select(tensor => tensor.RelativeError), Is.All.Zero);
            TensorAssert.Close(expected, Logits(path), 1e-5, expected.Length / Ids.Length, $"{model} as {type} in GGUF");
        }
    }

    [Test]
    public void Reads_the_configuration_it_wrote([ValueSource(nameof(Shapes))] string name)
    {
        ModelConfig config = KnownModels.Get(name);
        using var folder = new TemporaryFolder();
        string path = folder.File("shape.gguf");
        // The shape alone: the length of the table is the size of the vocabulary.
        using (GgufWriter writer = GgufWriter.Create(path, GgufConfigWriter.ToMetadata(config, null), [("token_embd.weight", TensorType.Q8_0, [config.VocabularySize, 32])]))
        {
            writer.WriteAt("token_embd.weight", 0, new byte[TensorType.Q8_0.Bytes(config.VocabularySize * 32L)]);
            writer.Complete();
        }

        using GgufReader reader = GgufReader.Open(path);
        AssertSame(config, GgufConfig.Read(reader));

        // What llama.cpp assumes without a key is what the published sizes need.
        Dictionary<string, object> bare = GgufConfigWriter.ToMetadata(config, null);
        Assert.That(bare.Remove($"{GgufConfig.Architecture(config.Family)}.attention.scale"), Is.True);
        bare.Remove("gemma3.rope.freq_base_swa");
        using (GgufWriter writer = GgufWriter.Create(folder.File("bare.gguf"), bare, [("token_embd.weight", TensorType.Q8_0, [256, 32])]))
        {
            writer.WriteAt("token_embd.weight", 0, new byte[256 * 34]);
            writer.Complete();
        }

        using GgufReader bareReader = GgufReader.Open(folder.File("bare.gguf"));
        ModelConfig read = GgufConfig.Read(bareReader);
        Assert.That(read.QueryScale, Is.EqualTo(config.QueryScale).Within(1e-9));
        Assert.That(read.LocalRopeBase, Is.EqualTo(config.LocalRopeBase));
    }

    private static IReadOnlyList<string> Shapes => KnownModels.Names;

    [TestCase("general.architecture", "llama", "it must be gemma, gemma2 or gemma3")]
    [TestCase("split.count", 2u, "join the parts")]
    [TestCase("gemma2.block_count", 0u, "gemma2.block_count is 0")]
    [TestCase("gemma2.block_count", "26", "gemma2.block_count is \"26\"")]
    [TestCase("gemma2.block_count", 5u, "blk.5.attn_q.weight is there")]
    [TestCase("gemma2.attention.head_count_kv", 3u, "a divisor of attention.head_count")]
    [TestCase("gemma2.attention.key_length", 15u, "must be even")]
    [TestCase("gemma2.embedding_length", 48u, "token_embd.weight is [512, 64]; this model needs [512, 48]")]
    [TestCase("gemma2.feed_forward_length", 1u << 30, "a whole number between 1 and")]
    [TestCase("gemma2.rope.scaling.type", "yarn", "only Gemma 3 scales positions")]
    [TestCase("gemma2.attention.layer_norm_rms_epsilon", float.NaN, "is NaN")]
    [TestCase("tokenizer.ggml.model", "gpt2", "must be llama")]
    public void Refuses_metadata_that_does_not_fit(string key, object value, string part)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.gguf"), changed = folder.File("b.gguf");
        Convert(TestPaths.Golden("gemma2-gqa"), path, TensorType.BF16);
        using (GgufReader reader = GgufReader.Open(path))
            Copy(reader, changed, new Dictionary<string, object>(reader.Metadata.Values) { [key] = value });

        Assert.That(() =>
        {
            using ModelFiles files = ModelFiles.Open(changed);
            files.LoadTokenizer();
        }, Throws.TypeOf<ModelFileException>().With.Message.Contains(part));
    }

    [Test]
    public void Keeps_the_tokenizer_and_stands_for_its_folder()
    {
        using var folder = new TemporaryFolder();
        Convert(TestPaths.Demo, folder.File("demo.gguf"), TensorType.BF16);
        using ModelFiles files = ModelFiles.Open(folder.Path), original = ModelFiles.Open(TestPaths.Demo);
        Tokenizer actual = files.LoadTokenizer()!, expected = original.LoadTokenizer()!;

        Assert.That((actual.VocabularySize, actual.BosId, actual.EosId, actual.PadId, actual.UnkId, actual.EndOfTurnId),
            Is.EqualTo((expected.VocabularySize, expected.BosId, expected.EosId, expected.PadId, expected.UnkId, expected.EndOfTurnId)));
        Assert.That(Enumerable.Range(0, actual.VocabularySize).Where(id => actual.IdToPiece(id) != expected.IdToPiece(id) || actual.TypeOf(id) != expected.TypeOf(id)), Is.Empty);
        foreach (string text in new[] { "Once upon a time, a wolf", "  two  spaces\n\nand lines", "Größe 😀 <bos>", "" })
        {
            int[] ids = actual.Encode(text, addBos: true);
            Assert.That(ids, Is.EqualTo(expected.Encode(text, addBos: true)), text);
            Assert.That(actual.Decode(ids), Is.EqualTo(expected.Decode(ids)), text);
        }
    }

    [Test]
    public void The_real_vocabulary_survives_as_well()
    {
        using var folder = new TemporaryFolder();
        Tokenizer expected = TokenizerData.Gemma;
        ModelConfig config = KnownModels.Get("gemma-2-2b");
        string path = folder.File("vocabulary.gguf");
        using (GgufWriter writer = GgufWriter.Create(path, GgufConfigWriter.ToMetadata(config, expected), []))
            writer.Complete();
        using GgufReader reader = GgufReader.Open(path);
        Tokenizer actual = GgufVocabulary.Read(reader)!;

        const string Text = "The quick brown fox… 12345\t\tnaïve 日本語 <start_of_turn>user\n\n\n   x";
        Assert.That(actual.Encode(Text), Is.EqualTo(expected.Encode(Text)));
        Assert.That(actual.EndOfTurnId, Is.EqualTo(expected.EndOfTurnId));
    }

    // The demo model's rows of 192 and 576 are whole blocks of 32, not of 256: K types give way to simple ones. The last
    // numbers bound the worst tensor's relative error, 10 % above what was observed, and that of the logits, 50 % above.
    [TestCase(TensorType.Q8_0, TensorType.Q8_0, 0.0065, 0.01)]
    [TestCase(TensorType.Q6K, TensorType.Q8_0, 0.0065, 0.01)]
    [TestCase(TensorType.Q5_1, TensorType.Q5_1, 0.040, 0.05)]
    [TestCase(TensorType.Q5K, TensorType.Q5_1, 0.040, 0.05)]
    [TestCase(TensorType.Q5_0, TensorType.Q5_0, 0.048, 0.043)]
    [TestCase(TensorType.Q4K, TensorType.Q5_0, 0.048, 0.043)]
    [TestCase(TensorType.Q4_1, TensorType.Q4_1, 0.082, 0.11)]
    [TestCase(TensorType.Q4_0, TensorType.Q4_0, 0.097, 0.09)]
    [TestCase(TensorType.Q3K, TensorType.Q4_0, 0.097, 0.09)]
    [TestCase(TensorType.Q2K, TensorType.Q4_0, 0.097, 0.09)]
    public void Quantises_and_widens_again(TensorType type, TensorType actual, double tensorBound, double logitsBound)
    {
        using var folder = new TemporaryFolder();
        string small = folder.File("small.gguf"), wide = folder.File("wide.gguf");
        IReadOnlyList<ConvertedTensor> report = Convert(TestPaths.Demo, small, type);

        double worst = report.Max(tensor => tensor.RelativeError);
        Assert.That(report.Single(tensor => tensor.Name == "blk.0.ffn_down.weight").To, Is.EqualTo(actual));
        Assert.That(report.Single(tensor => tensor.Name == "token_embd.weight").To, Is.EqualTo(TensorType.Q8_0));
        Assert.That(report.Where(tensor => tensor.Name.EndsWith("norm.weight", StringComparison.Ordinal)).Select(tensor => tensor.To), Is.All.EqualTo(TensorType.F32));
        Assert.That(worst, Is.InRange(1e-3, tensorBound));

        // Widening loses nothing of what is left; blocks and widened numbers compute the same.
        Assert.That(Convert(small, wide, TensorType.F32).Select(tensor => tensor.RelativeError), Is.All.Zero);
        float[] expected = Logits(TestPaths.Demo), logits = Logits(wide);
        TensorAssert.Close(logits, Logits(small), 1e-3, logits.Length / Ids.Length, $"{type} prefill");
        TensorAssert.Close(logits, Logits(small, stepByStep: true), 1e-3, logits.Length / Ids.Length, $"{type} decode");

        // And the model still says much the same.
        double error = Math.Sqrt(expected.Zip(logits, (x, y) => Math.Pow(x - y, 2)).Sum() / expected.Sum(x => (double)x * x));
        TestContext.Out.WriteLine($"{type}: worst tensor {worst:0.0000}, logits {error:0.0000}");
        Assert.That(error, Is.LessThan(logitsBound));
    }

    [Test]
    public void A_cancelled_or_refused_conversion_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        using ModelFiles model = ModelFiles.Open(TestPaths.Demo);
        Assert.That(
            () => ModelConverter.Write(model, folder.File("x.gguf"), TensorType.Q8_0, cancellation: new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => ModelConverter.Write(model, folder.File("x.gguf"), TensorType.I32), Throws.TypeOf<InputException>());
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Is.Empty);

        ModelConverter.Write(model, folder.File("x.gguf"), TensorType.Q8_0);
        using ModelFiles converted = ModelFiles.Open(folder.File("x.gguf"));
        Assert.That(() => ModelConverter.Write(converted, folder.File("x.gguf"), TensorType.F32), Throws.TypeOf<InputException>());
    }

    [Test]
    public void Values_that_do_not_fit_are_refused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.gguf"), large = folder.File("b.gguf");
        Convert(TestPaths.Golden("gemma2-gqa"), path, TensorType.F32);
        using (GgufReader reader = GgufReader.Open(path))
            Copy(reader, large, reader.Metadata.Values, "blk.0.attn_q.weight", BitConverter.GetBytes(1e30f));

        Assert.That(() => Convert(large, folder.File("c.gguf"), TensorType.F16), Throws.TypeOf<ModelFileException>().With.Message.Contains("attn_q"));
        Assert.That(File.Exists(folder.File("c.gguf")), Is.False);
    }

    private static IReadOnlyList<ConvertedTensor> Convert(string from, string to, TensorType type)
    {
        using ModelFiles model = ModelFiles.Open(from);
        return ModelConverter.Write(model, to, type);
    }

    // Copies a file with other metadata and, if wanted, other bytes at the start of a tensor.
    private static void Copy(GgufReader reader, string to, IReadOnlyDictionary<string, object> metadata, string? tensor = null, byte[]? start = null)
    {
        using GgufWriter writer = GgufWriter.Create(to, metadata, [.. reader.Tensors.Select(t => (t.Name, t.Type, t.Shape.ToArray()))]);
        foreach (TensorInfo info in reader.Tensors)
        {
            byte[] bytes = reader.Bytes(info).ToArray();
            if (info.Name == tensor)
                start!.CopyTo(bytes, 0);
            writer.WriteAt(info.Name, 0, bytes);
        }

        writer.Complete();
    }

    private static float[] Logits(string model, bool stepByStep = false)
    {
        using Engine engine = Engine.Load(model, new EngineOptions { ContextLength = 64 });
        using Generator generator = engine.CreateGenerator();
        return stepByStep ? Trace.StepByStep(generator, Ids) : Trace.Of(generator, Ids)["logits"];
    }

    private static void AssertSame(ModelConfig expected, ModelConfig actual)
    {
        Assert.That(actual.LayerKinds, Is.EqualTo(expected.LayerKinds));
        Assert.That(actual.EosIds, Is.EqualTo(expected.EosIds));
        Assert.That(actual with { LayerKinds = expected.LayerKinds, EosIds = expected.EosIds }, Is.EqualTo(expected));
    }
}
