using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Tests.Support;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Tests.Golden;

/// <summary>The twelve golden models against the values of Google's own implementation, on every device.</summary>
/// <remarks>
/// The Debug accelerator takes 5 to 20 seconds for one text, so by itself a run covers every model there at one length
/// that crosses the window; the other lengths are explicit: `dotnet test --filter "TestCategory=LongDebug"`. Devices that
/// this machine lacks are left out; that CI has OpenCL is checked in Compute.Tests.
/// </remarks>
public sealed class GoldenModelTests
{
    public static readonly string[] Models =
    [
        "gemma1-mha", "gemma1-mha-f32", "gemma1-mqa", "gemma1-mqa-f32", "gemma2-27b-like", "gemma2-27b-like-f32",
        "gemma2-gqa", "gemma2-gqa-f32", "gemma2-largecap", "gemma2-largecap-f32", "gemma3-text", "gemma3-text-f32",
    ];

    private string _device = "", _model = "";
    private (Engine Engine, SafetensorsReader Expected)? _loaded;

    private static IEnumerable<TestCaseData> Cases()
    {
        foreach (DeviceInfo missing in Devices.List().Where(info => !info.IsUsable))
            yield return new TestCaseData(missing.Name, Models[0], 7).Ignore($"{missing.Name} cannot be used here: {missing.UnusableReason}.");
        foreach (string device in Devices.List().Where(info => info.IsUsable).Select(info => info.Name))
        {
            foreach (string model in Models)
            {
                foreach (int length in new[] { 1, 7, 33, 70 })
                {
                    var test = new TestCaseData(device, model, length);
                    bool isLong = device == "counted" || (device is "debug" or "checked" && length != 7);
                    yield return isLong ? test.Explicit($"Takes long on {device}.").SetCategory("LongDebug") : test;
                }
            }
        }
    }

    private Engine Model => _loaded!.Value.Engine;

    private SafetensorsReader Expected => _loaded!.Value.Expected;

    // `largecap` models amplify rounding; Data/models/README.md has the measurements behind these.
    private double LogitTolerance => _model.Contains("largecap", StringComparison.Ordinal) ? 1e-2 : 2e-4;

    private double HiddenTolerance => _model.Contains("largecap", StringComparison.Ordinal) ? 1e-2 : 3e-4;

    private string Name => $"{_model} on {_device}";

    private int Vocabulary => Model.Config.VocabularySize;

    [OneTimeTearDown]
    public void Unload()
    {
        _loaded?.Engine.Dispose();
        _loaded?.Expected.Dispose();
    }

    [TestCaseSource(nameof(Cases))]
    public void Logits_hidden_states_and_greedy_tokens_are_those_of_the_official_code(string device, string model, int length)
    {
        Load(device, model);
        int[] ids = Ids($"seq{length}.ids");
        using Generator generator = Model.CreateGenerator();
        Trace trace = Trace.Of(generator, ids, withHidden: true);
        float[] logits = trace["logits"];

        double logitError = TensorAssert.Close(Floats($"seq{length}.logits"), logits, LogitTolerance, Vocabulary, $"{Name} logits of {length}");
        double hiddenError = 0;
        foreach (string name in trace.Names.Where(name => name.StartsWith("hidden.", StringComparison.Ordinal)))
        {
            if (Expected.TryGet($"seq{length}.{name}", out TensorInfo tensor))
                hiddenError = Math.Max(hiddenError, TensorAssert.Close(Expected.ReadFloats(tensor), trace[name], HiddenTolerance, Model.Config.EmbedDim, $"{Name} {name} of {length}"));
        }

        CheckTopFive(length, logits);
        CheckPromptLogProbabilities(length, ids, logits);
        CheckGreedy(length, generator, logits.AsSpan()[^Vocabulary..]);
        TestContext.Out.WriteLine($"{Name} n = {length}: logits within {logitError:g2}, hidden states within {hiddenError:g2}");
    }

    // Cases come model by model, so that each is loaded once.
    private void Load(string device, string model)
    {
        if ((_device, _model) == (device, model))
            return;
        Unload();
        (_device, _model) = (device, model);
        _loaded = (
            Engine.Load(TestPaths.Golden(model), new EngineOptions { Device = device, ContextLength = 128 }),
            SafetensorsReader.Open(Path.Combine(TestPaths.Golden(model), "expected.safetensors")));
    }

    private void CheckTopFive(int length, float[] logits)
    {
        int[] best = Ids($"seq{length}.top5.ids");
        float[] values = Floats($"seq{length}.top5.logits");
        for (int row = 0; row < length; row++)
        {
            float[] line = logits[(row * Vocabulary)..((row + 1) * Vocabulary)];
            float fifth = line.OrderDescending().ElementAt(4);
            for (int i = 0; i < 5; i++)
            {
                float logit = line[best[row * 5 + i]];
                Assert.That(logit, Is.EqualTo(values[row * 5 + i]).Within(LogitTolerance), $"{Name}, row {row}, rank {i}");
                // Two logits closer together than the tolerance may swap ranks.
                Assert.That(logit, Is.GreaterThanOrEqualTo(fifth - 2 * LogitTolerance), $"{Name}, row {row}: id {best[row * 5 + i]} is not among the best five");
            }
        }
    }

    private void CheckPromptLogProbabilities(int length, int[] ids, float[] logits)
    {
        if (length == 1)
            return;
        float[] actual = [.. Enumerable.Range(0, length - 1).Select(row => LogProbability(logits.AsSpan(row * Vocabulary, Vocabulary), ids[row + 1]))];
        TensorAssert.Close(Floats($"seq{length}.prompt.logprobs"), actual, LogitTolerance, 1, $"{Name} log-probabilities of {length}");
    }

    private void CheckGreedy(int length, Generator generator, ReadOnlySpan<float> logits)
    {
        int[] expected = Ids($"seq{length}.greedy.ids");
        float[] probabilities = Floats($"seq{length}.greedy.logprobs");
        for (int step = 0; step < expected.Length; step++)
        {
            int id = Sampler.ArgMax(logits);
            Assert.That(id, Is.EqualTo(expected[step]), $"{Name} greedy token {step} after {length}");
            Assert.That(LogProbability(logits, id), Is.EqualTo(probabilities[step]).Within(LogitTolerance), $"{Name} greedy token {step} after {length}");
            if (step < expected.Length - 1)
                logits = generator.Prefill([id]);
        }
    }

    private static float LogProbability(ReadOnlySpan<float> logits, int id)
    {
        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit);
        return (float)(logits[id] - Math.Log(sum));
    }

    private int[] Ids(string name) => Expected.ReadIds(Find(name));

    private float[] Floats(string name) => Expected.ReadFloats(Find(name));

    private TensorInfo Find(string name) => Expected.TryGet(name, out TensorInfo tensor) ? tensor : throw new KeyNotFoundException(name);
}
