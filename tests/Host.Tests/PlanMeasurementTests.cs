using System.Diagnostics;
using System.Text.Json;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Host.Tests;

/// <summary>What <c>gemma plan</c> foretells against the peak memory of a process that then fills the context.</summary>
/// <remarks>
/// 3 % is the promise. The runtime's own share, a constant measured on Linux x64, varies by some 3 MB with the kernels that
/// a model needs; the models are large enough that this is about 1 %, and each makes another part large: cache, rings,
/// table, layers. The demo model is nearly all runtime, so that 3 MB are 4 % there.
/// Drivers that "auto" asks for devices take memory of their own (PoCL some 60 MB), so the device is named.
/// </remarks>
[Platform("Linux", Reason = "the runtime's share was measured there")]
public class PlanMeasurementTests
{
    private const double Promise = 0.03, PromiseForDemo = 0.08;

    private static IEnumerable<TestCaseData> Shapes()
    {
        ModelConfig one = KnownModels.Get("gemma-2b"), two = KnownModels.Get("gemma-2-2b"), three = KnownModels.Get("gemma-3-1b");
        yield return Case("large cache", null, "f32", 768, 128, Shape(one, vocabulary: 8_000, layers: 10, embed: 512, feedForward: 1024, heads: 16, kvHeads: 16));
        yield return Case("rings", TensorType.Q8_0, "f16", 512, 64, Shape(two with { SlidingWindow = 100 }, vocabulary: 32_000, layers: 8, embed: 1024, feedForward: 4096, heads: 8, kvHeads: 8));
        yield return Case("large vocabulary", null, "f32", 256, 256, Shape(three, vocabulary: 200_000, layers: 6, embed: 512, feedForward: 2048, heads: 4, kvHeads: 1));
        yield return Case("wide layers", TensorType.Q4_0, "q8", 200, 96, Shape(two, vocabulary: 30_000, layers: 3, embed: 1536, feedForward: 8192, heads: 8, kvHeads: 4));
    }

    [TestCaseSource(nameof(Shapes))]
    public void The_total_is_within_3_percent(TensorType? quantised, string cacheType, int context, int batch, ModelConfig config)
    {
        using TemporaryFolder folder = new();
        string model = folder.File("model");
        ModelSynthesizer.Write(config, TensorType.BF16, model);
        if (quantised is { } type)
        {
            using ModelFiles files = ModelFiles.Open(model);
            ModelConverter.Write(files, folder.File("model.gguf"), type);
            model = folder.File("model.gguf");
        }

        Compare(model, cacheType, context, batch, Promise);
    }

    [Test]
    public void The_demo_models_is_within_8_percent() => Compare(Gemma.DemoModel, "f32", 512, 256, PromiseForDemo);

    private static void Compare(string model, string cacheType, int context, int batch, double tolerance)
    {
        string[] use = ["--device", "simd", "--model", model, "--context", $"{context}", "--batch", $"{batch}", "--cache-type", cacheType];
        JsonElement plan = JsonDocument.Parse(Gemma.Output(["plan", .. use, "--json"])).RootElement;
        const int Decoded = 4;
        JsonElement run = Bench([.. use, "--prompt-tokens", $"{context - Decoded - 1}", "--tokens", $"{Decoded}", "--repetitions", "1", "--json"]);

        double foretold = plan.GetProperty("totalBytes").GetInt64(), measured = run.GetProperty("peakResidentBytes").GetInt64();
        TestContext.Out.WriteLine($"foretold {foretold / 1e6:0.0} MB, measured {measured / 1e6:0.0} MB, {foretold / measured - 1:+0.0%;-0.0%}; {plan.GetProperty("bytes").GetRawText()}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(foretold, Is.EqualTo(measured).Within(tolerance * measured));
            Assert.That(plan.GetProperty("bytes").GetProperty("weights").GetInt64(), Is.EqualTo(run.GetProperty("weightBytes").GetInt64()));
        }
    }

    // A process of its own: the test's has other tests' memory in it.
    private static JsonElement Bench(string[] args)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true };
        foreach (string arg in (string[])[typeof(CommandLine).Assembly.Location, "bench", .. args])
            start.ArgumentList.Add(arg);
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        Assert.That(process.WaitForExit(TimeSpan.FromMinutes(2)), Is.True);
        return JsonDocument.Parse(output).RootElement;
    }

    private static TestCaseData Case(string name, TensorType? quantised, string cacheType, int context, int batch, ModelConfig config) =>
        new TestCaseData(quantised, cacheType, context, batch, config).SetArgDisplayNames(name, $"{quantised ?? TensorType.BF16}", cacheType);

    private static ModelConfig Shape(ModelConfig family, int vocabulary, int layers, int embed, int feedForward, int heads, int kvHeads) => family with
    {
        VocabularySize = vocabulary,
        LayerKinds = [.. family.LayerKinds.Take(layers)],
        EmbedDim = embed,
        FeedForwardDim = feedForward,
        QueryHeads = heads,
        KvHeads = kvHeads,
        HeadDim = 128,
    };
}
