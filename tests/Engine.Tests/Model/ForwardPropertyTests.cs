using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Tests.Support;

namespace GemmaIlgpu.Engine.Tests.Model;

/// <summary>What must hold for any text, however it is cut up and wherever its keys lie.</summary>
[TestFixture("gemma1-mqa-f32"), TestFixture("gemma2-gqa"), TestFixture("gemma3-text")]
public sealed class ForwardPropertyTests(string model)
{
    // The bound of the golden files; the kernels for one token and for many sum in different orders.
    private const double Tolerance = 2e-4;

    private static readonly int[] Text = MakeText(160, seed: 5);

    private float[] _whole = null!;
    private int _vocabulary;

    [OneTimeSetUp]
    public void ComputeWhole()
    {
        using Engine engine = Load(new EngineOptions { CacheLayout = CacheLayout.Full });
        using Generator generator = engine.CreateGenerator();
        _vocabulary = engine.Config.VocabularySize;
        _whole = Trace.Of(generator, Text)["logits"];
    }

    [Test]
    public void Prefill_equals_decoding_one_by_one()
    {
        using Engine engine = Load(new EngineOptions());
        using Generator generator = engine.CreateGenerator();

        TensorAssert.Close(_whole, Trace.StepByStep(generator, Text), Tolerance, _vocabulary, $"{model}, one by one");
    }

    [TestCase(1)] [TestCase(2)] [TestCase(7)] [TestCase(8)] [TestCase(9)] [TestCase(64)] [TestCase(159)]
    public void Chunks_of_any_size_agree_and_a_ring_equals_a_full_cache(int chunk)
    {
        // The window of these models is 8: the text wraps a ring of 8 + chunk − 1 slots many times.
        foreach (CacheLayout layout in Enum.GetValues<CacheLayout>())
        {
            using Engine engine = Load(new EngineOptions { PrefillChunk = chunk, CacheLayout = layout });
            using Generator generator = engine.CreateGenerator();
            TensorAssert.Close(_whole, Trace.Of(generator, Text)["logits"], Tolerance, _vocabulary, $"{model}, chunks of {chunk}, {layout}");
        }
    }

    [Test]
    public void A_ring_gives_the_same_bits_as_a_full_cache()
    {
        float[] Compute(CacheLayout layout)
        {
            using Engine engine = Load(new EngineOptions { PrefillChunk = 16, CacheLayout = layout });
            using Generator generator = engine.CreateGenerator();
            return Trace.Of(generator, Text)["logits"];
        }

        Assert.That(Compute(CacheLayout.Ring), Is.EqualTo(Compute(CacheLayout.Full)));
    }

    [Test]
    public void Any_cutting_of_a_prompt_agrees()
    {
        using Engine engine = Load(new EngineOptions { PrefillChunk = 24 });
        for (ulong seed = 0; seed < 10; seed++)
        {
            var random = new SeededRandom(seed);
            using Generator generator = engine.CreateGenerator();
            var logits = new List<float>();
            for (int at = 0; at < Text.Length;)
            {
                int length = Math.Min(Text.Length - at, 1 + (int)(random.NextBits() % 40));
                logits.AddRange(Trace.Of(generator, Text.AsSpan(at, length))["logits"]);
                at += length;
            }

            TensorAssert.Close(_whole, [.. logits], Tolerance, _vocabulary, $"{model}, cutting {seed}");
        }
    }

    [Test]
    public void Going_back_a_little_reuses_the_cache_and_going_back_far_starts_again()
    {
        using Engine engine = Load(new EngineOptions { PrefillChunk = 16 });
        using Generator generator = engine.CreateGenerator();
        foreach (int keep in new[] { 150, 140, 3, 0 })
        {
            generator.Reset();
            generator.Prefill(Text);
            int[] other = [.. Text[..keep], 1, .. MakeText(30, seed: 9)];
            int kept = generator.KeepPrefix(other);

            bool hasRing = engine.Config.SlidingWindow > 0;
            Assert.That(kept, Is.EqualTo(hasRing && keep < Text.Length - 16 ? 0 : keep), $"{model}, {keep}");
            float[] actual = generator.Prefill(other[kept..]).ToArray();
            generator.Reset();
            TensorAssert.Close(generator.Prefill(other), actual, Tolerance, _vocabulary, $"{model}, going back to {keep}");
        }
    }

    [Test]
    public void Several_texts_take_turns_without_disturbing_each_other()
    {
        using Engine engine = Load(new EngineOptions());
        using Generator one = engine.CreateGenerator(), two = engine.CreateGenerator();
        one.Prefill(Text.AsSpan(0, 50));
        two.Prefill(MakeText(70, seed: 6));
        float[] logits = one.Prefill(Text.AsSpan(50, 20)).ToArray();

        TensorAssert.Close(_whole.AsSpan(69 * _vocabulary, _vocabulary), logits, Tolerance, _vocabulary, $"{model}, in turns");
    }

    private Engine Load(EngineOptions options) => Engine.Load(TestPaths.Golden(model), options with { ContextLength = 192 });

    private static int[] MakeText(int length, ulong seed)
    {
        var random = new SeededRandom(seed);
        return [2, .. Enumerable.Range(1, length - 1).Select(_ => (int)(random.NextBits() % 512))];
    }
}
