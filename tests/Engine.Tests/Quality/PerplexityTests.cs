using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Quality;
using GemmaIlgpu.Engine.Tests.Support;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Tests.Quality;

public sealed class PerplexityTests
{
    private Engine _demo = null!;
    private int[] _ids = [];

    [OneTimeSetUp]
    public void Load()
    {
        _demo = Engine.Load(TestPaths.Demo);
        _ids = _demo.Tokenizer!.Encode(File.ReadAllText(Path.Combine(TestPaths.Demo, "validation.txt")), addBos: true);
    }

    [OneTimeTearDown]
    public void Unload() => _demo?.Dispose();

    [TestCase(64)]
    [TestCase(65)]
    public void Scores_the_second_half_of_every_chunk(int length)
    {
        QualityReport report = Perplexity.Measure(_demo, null, _ids, length, maxChunks: 3);

        double loss = 0;
        int scored = 0, vocabulary = _demo.Config.VocabularySize;
        for (int chunk = 0; chunk < 3; chunk++)
        {
            int[] ids = [2, .. _ids[(chunk * length + 1)..((chunk + 1) * length)]];
            using Generator generator = _demo.CreateGenerator();
            float[] logits = Trace.Of(generator, ids)["logits"];
            for (int next = length / 2 + 1; next < length; next++, scored++)
                loss -= new Distribution(logits.AsSpan((next - 1) * vocabulary, vocabulary)).LogProbability(ids[next]);
        }

        Assert.That(report.Chunks, Is.EqualTo(3));
        Assert.That(report.ScoredTokens, Is.EqualTo(scored));
        // Logits of two ways to cut a prompt into parts differ by about 1e-5.
        Assert.That(report.Perplexity.Value, Is.EqualTo(Math.Exp(loss / scored)).Within(0.01).Percent);
        Assert.That(report.Baseline, Is.Null);
    }

    [Test]
    public void A_model_does_not_differ_from_itself()
    {
        QualityReport report = Perplexity.Measure(_demo, _demo, _ids, 128, maxChunks: 2);
        BaselineReport baseline = report.Baseline!;
        Assert.That(baseline.LargestDivergence, Is.Zero);
        Assert.That(baseline.MeanDivergence, Is.EqualTo(new Estimate(0, 0)));
        Assert.That(baseline.TopAgreement, Is.EqualTo(new Estimate(1, 0)));
        Assert.That(baseline.Perplexity, Is.EqualTo(report.Perplexity));
    }

    [Test]
    public void Fewer_bits_stray_farther()
    {
        using TemporaryFolder folder = new();
        double[] divergences = [.. ((TensorType[])[TensorType.F16, TensorType.Q8_0, TensorType.Q4_0]).Select(type =>
        {
            using ModelFiles files = ModelFiles.Open(TestPaths.Demo);
            ModelConverter.Write(files, folder.File($"{type}.gguf"), type);
            using Engine engine = Engine.Load(folder.File($"{type}.gguf"));
            return Perplexity.Measure(engine, _demo, _ids, 256, maxChunks: 2).Baseline!.MeanDivergence.Value;
        })];

        // Observed: below 1e-9, 6e-5, 1.4e-2.
        Assert.That(divergences[0], Is.LessThan(1e-6));
        Assert.That(divergences[1], Is.GreaterThan(divergences[0]).And.LessThan(1e-3));
        Assert.That(divergences[2], Is.GreaterThan(divergences[1]).And.LessThan(0.05));
    }

    [Test]
    public void What_does_not_fit_gets_one_sentence()
    {
        Assert.That(() => Perplexity.Measure(_demo, null, _ids[..63], 64), Throws.TypeOf<InputException>().With.Message.Contains("63 tokens"));
        Assert.That(() => Perplexity.Measure(_demo, null, _ids, 513), Throws.TypeOf<InputException>().With.Message.Contains("context of 512"));
        Assert.That(() => Perplexity.Measure(_demo, null, _ids, 3), Throws.TypeOf<InputException>().With.Message.Contains("at least 4"));
        using Engine other = Engine.Load(TestPaths.Golden("gemma2-gqa"));
        Assert.That(() => Perplexity.Measure(_demo, other, _ids, 16), Throws.TypeOf<InputException>().With.Message.Contains("vocabulary"));
        using CancellationTokenSource stopped = new();
        stopped.Cancel();
        Assert.That(() => Perplexity.Measure(_demo, null, _ids, 64, cancellation: stopped.Token), Throws.InstanceOf<OperationCanceledException>());
    }
}
