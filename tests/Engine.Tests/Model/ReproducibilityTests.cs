using GemmaIlgpu.Compute;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Tests.Support;
using GemmaIlgpu.Engine.Weights;
using GemmaIlgpu.Kernels;
using ILGPU;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Engine.Tests.Model;

/// <summary>The demo model gives the same bits on any number of threads and on every run, and nearly the same on any vector width.</summary>
/// <remarks>The text is longer than a split of decoding attention and crosses the demo model's window.</remarks>
[TestFixture(TensorType.BF16, CacheType.Float32), TestFixture(TensorType.BF16, CacheType.Int8)]
[TestFixture(TensorType.Q8_0, CacheType.Float32), TestFixture(TensorType.Q4_0, CacheType.BFloat16)]
public sealed class ReproducibilityTests(TensorType weights, CacheType cache)
{
    private const int PromptTokens = 150, DecodedTokens = 6;

    // Sums of other vector widths run in another order. Their roundings move these logits by 1e-5 at most; a result that
    // depended on the width in any other way would be off by far more, as the mistakes listed in docs/numerics.md.
    private const double WidthTolerance = 5e-5;

    // With quantised weights activations are rounded to 16 bits, and a rounded cache rounds keys and values. Where such a
    // rounding falls the other way for another width, these logits have been seen to move by 5e-3.
    private const double RoundedWidthTolerance = 2e-2;

    private static readonly int[] s_text = MakeText();

    private TemporaryFolder _folder = null!;
    private string _model = TestPaths.Demo;

    [OneTimeSetUp]
    public void Convert()
    {
        _folder = new TemporaryFolder();
        if (weights == TensorType.BF16)
            return;
        _model = _folder.File("demo.gguf");
        using ModelFiles files = ModelFiles.Open(TestPaths.Demo);
        ModelConverter.Write(files, _model, weights);
    }

    [OneTimeTearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        float[] expected = Compute(threads: 1);
        foreach (int threads in new[] { 2, 3, 8 })
            AssertSameBits(expected, Compute(threads), $"{threads} threads");
    }

    [Test]
    public void Every_run_gives_the_same_bits()
    {
        using Engine engine = Open(vectorBits: 0, threads: 2);
        float[] first = Compute(engine);
        AssertSameBits(first, Compute(engine), "the same engine once more");
        AssertSameBits(first, Compute(threads: 2), "another engine");
    }

    [Test]
    public void Any_vector_width_gives_nearly_the_same()
    {
        float[] expected = Compute(threads: 2, vectorBits: 256);
        foreach (int bits in new[] { 128, 512 })
        {
            double error = TensorAssert.Close(expected, Compute(threads: 2, bits), weights == TensorType.BF16 && cache == CacheType.Float32 ? WidthTolerance : RoundedWidthTolerance, expected.Length / (PromptTokens + DecodedTokens), $"{bits} bits");
            TestContext.Out.WriteLine($"{bits} bits: within {error:g2}");
        }
    }

    private float[] Compute(int threads, int vectorBits = 0)
    {
        using Engine engine = Open(vectorBits, threads);
        return Compute(engine);
    }

    // All logits: of a prompt in two chunks, then of single tokens.
    private static float[] Compute(Engine engine)
    {
        using Generator generator = engine.CreateGenerator();
        return
        [
            .. Trace.Of(generator, s_text.AsSpan(0, PromptTokens))["logits"],
            .. Trace.StepByStep(generator, s_text.AsSpan(PromptTokens)),
        ];
    }

    private Engine Open(int vectorBits, int threads) => Engine.Load(_model, new EngineOptions { PrefillChunk = 128, CacheType = cache }, _ =>
    {
        Context context = Context.Create(builder => builder.Simd(vectorBits, threads));
        return new OpenDevice(context, context.CreateCPUAccelerator(0));
    });

    private static void AssertSameBits(float[] expected, float[] actual, string what)
    {
        int[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToInt32Bits);
        Assert.That(Bits(actual), Is.EqualTo(Bits(expected)), what);
    }

    private static int[] MakeText()
    {
        var random = new SeededRandom(31);
        return [2, .. Enumerable.Range(1, PromptTokens + DecodedTokens - 1).Select(_ => (int)(random.NextBits() % 512))];
    }
}
