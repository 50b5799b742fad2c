using System.Text.Json;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Tests.Support;

namespace GemmaIlgpu.Engine.Tests.Golden;

/// <summary>The demo model against the values stored with it, which another implementation computed.</summary>
public sealed class DemoModelTests
{
    private static readonly JsonElement Expected =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(TestPaths.Demo, "expected.json"))).RootElement;

    private Engine _engine = null!;

    [OneTimeSetUp]
    public void Load() => _engine = Engine.Load(TestPaths.Demo);

    [OneTimeTearDown]
    public void Unload() => _engine?.Dispose();

    [Test]
    public void Continues_every_prompt_word_for_word()
    {
        foreach (JsonElement prompt in Expected.GetProperty("prompts").EnumerateArray())
        {
            using Generator generator = _engine.CreateGenerator();
            SamplingOptions options = SamplingOptions.Greedy with { MaxTokens = 40, StopAtEndOfText = false };
            GeneratedToken[] tokens = [.. generator.Generate(Numbers(prompt.GetProperty("ids")), options)];

            Assert.That(tokens.Select(token => token.Id), Is.EqualTo(Numbers(prompt.GetProperty("greedy_ids"))));
            Assert.That(string.Concat(tokens.Select(token => token.Text)), Is.EqualTo(prompt.GetProperty("greedy_text").GetString()));
        }
    }

    [Test]
    public void Has_the_stated_perplexity_on_unseen_text()
    {
        JsonElement perplexity = Expected.GetProperty("perplexity");
        int[] ids = Numbers(perplexity.GetProperty("ids"));
        int window = perplexity.GetProperty("window").GetInt32(), at = 0, vocabulary = _engine.Config.VocabularySize;
        foreach (JsonElement part in perplexity.GetProperty("windows").EnumerateArray())
        {
            int[] next = ids[at..Math.Min(ids.Length, at + window)];
            at += next.Length;
            using Generator generator = _engine.CreateGenerator();
            float[] logits = Trace.Of(generator, [2, .. next[..^1]])["logits"];
            double nats = next.Select((id, row) => -LogProbability(logits.AsSpan(row * vocabulary, vocabulary), id)).Sum();

            // The stored sums are rounded to 1e-4; 511 terms of f32 logits differ by about 1e-5 each.
            Assert.That(nats, Is.EqualTo(part.GetProperty("nll").GetDouble()).Within(5e-3));
        }
    }

    private static double LogProbability(ReadOnlySpan<float> logits, int id)
    {
        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit);
        return logits[id] - Math.Log(sum);
    }

    private static int[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetInt32())];
}
