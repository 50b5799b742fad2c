using GemmaIlgpu.Compute;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Tests.Support;
using GemmaIlgpu.Engine.Weights;
using ILGPU;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Engine.Tests.Model;

/// <summary>A model divided over devices computes what it computes on one: bit for bit where the devices are equal.</summary>
public sealed class LayerSplitTests
{
    private static readonly int[] s_text = [2, .. Enumerable.Range(0, 40).Select(i => i * 37 % 500 + 3)];

    // Two layers of one kind each, and the largest of the others; split at every layer boundary, ends included.
    private static IEnumerable<TestCaseData> Boundaries()
    {
        foreach (string model in new[] { "gemma1-mqa", "gemma2-gqa", "gemma2-27b-like-f32", "gemma3-text" })
        {
            using ModelFiles files = ModelFiles.Open(TestPaths.Golden(model));
            for (int front = 0; front <= files.Config.Layers; front++)
                yield return new TestCaseData(model, front);
        }
    }

    [TestCaseSource(nameof(Boundaries))]
    public void Any_boundary_between_equal_devices_gives_the_same_bits(string model, int frontLayers)
    {
        float[] whole = Compute(TestPaths.Golden(model), new EngineOptions { Device = "simd", PrefillChunk = 16 });
        float[] divided = Compute(TestPaths.Golden(model), new EngineOptions { Device = "simd,simd", PrefillChunk = 16, GpuLayers = frontLayers }, out string places);

        TestContext.Out.WriteLine(places);
        Assert.That(divided, Is.EqualTo(whole));
    }

    [Test]
    public void Three_devices_divide_the_layers_evenly_and_give_the_same_bits()
    {
        var options = new EngineOptions { PrefillChunk = 16 };
        float[] divided = Compute(TestPaths.Demo, options with { Device = "simd,simd,simd" }, out string places);

        Assert.That(places, Does.Match(@"^layers 0-\d+ on simd \(.*\), \d+-\d+ on simd \(.*\), \d+-\d+ on simd \(.*\), logits on simd$"));
        Assert.That(divided, Is.EqualTo(Compute(TestPaths.Demo, options)));
    }

    [TestCase("debug,simd")] [TestCase("opencl,simd")] [TestCase("opencl,debug")]
    public void Devices_of_different_kinds_agree_within_the_tolerance_of_the_golden_files(string devices)
    {
        if (DeviceRequest.Complaint(devices) is string complaint)
            Assert.Ignore(complaint);
        float[] whole = Compute(TestPaths.Golden("gemma2-gqa"), new EngineOptions { Device = "simd" }, s_text[..9]);
        float[] divided = Compute(TestPaths.Golden("gemma2-gqa"), new EngineOptions { Device = devices, GpuLayers = 1 }, s_text[..9], out string places);

        TestContext.Out.WriteLine(places);
        TensorAssert.Close(whole, divided, 2e-4, 512, devices);
    }

    /// <summary>What a device with memory of its own gets: copies in pieces, and no matrix rearranged for processors.</summary>
    [TestCase(TensorType.F32)] [TestCase(TensorType.F16)] [TestCase(TensorType.BF16)]
    [TestCase(TensorType.Q8_0)] [TestCase(TensorType.Q4_0)] [TestCase(TensorType.Q4_1)] [TestCase(TensorType.Q5_0)] [TestCase(TensorType.Q5_1)]
    [TestCase(TensorType.Q2K)] [TestCase(TensorType.Q3K)] [TestCase(TensorType.Q4K)] [TestCase(TensorType.Q5K)] [TestCase(TensorType.Q6K)]
    public void Every_type_of_weights_works_where_files_cannot_be_mapped(TensorType type)
    {
        using var folder = new TemporaryFolder();
        string file = WriteBlocks(folder, type);
        float[] mapped = Compute(file, new EngineOptions { Device = "simd" });
        float[] copied = Compute(file, new EngineOptions { Device = "simd" }, _ => OpenAsIfRemote(), s_text, out _);

        // Rearranged matrices multiply activations of 16 bits, the file's own form those of 8, which is off by 1/254 of a
        // block's largest value: seen here as 5e-4. Another order of blocks or scales would be off by the size of the values.
        if (type == TensorType.Q4_0)
            TestContext.Out.WriteLine($"Q4_0 as in the file: within {TensorAssert.Close(mapped, copied, 5e-3, SmallModel.Width, "Q4_0"):g2}");
        else
            Assert.That(copied, Is.EqualTo(mapped));
    }

    [TestCase(TensorType.F16)] [TestCase(TensorType.BF16)]
    [TestCase(TensorType.Q8_0)] [TestCase(TensorType.Q4_0)] [TestCase(TensorType.Q4_1)] [TestCase(TensorType.Q5_0)] [TestCase(TensorType.Q5_1)]
    [TestCase(TensorType.Q2K)] [TestCase(TensorType.Q3K)] [TestCase(TensorType.Q4K)] [TestCase(TensorType.Q5K)] [TestCase(TensorType.Q6K)]
    public void Every_type_of_weights_works_on_OpenCL(TensorType type)
    {
        if (DeviceRequest.Complaint("opencl") is string complaint)
            Assert.Ignore(complaint);
        using var folder = new TemporaryFolder();
        string file = WriteBlocks(folder, type);
        float[] expected = Compute(file, new EngineOptions(), _ => OpenAsIfRemote(), s_text[..9], out _);
        float[] actual = Compute(file, new EngineOptions { Device = "opencl" }, s_text[..9]);

        // Blocks multiply activations of 8 bits; where another order of sums lets one fall the other way, a logit moves by
        // 1/254 of a value's share. Plain types differ by the order of sums only.
        TensorAssert.Close(expected, actual, type.IsQuantised() ? 5e-3 : 2e-4, SmallModel.Width, $"{type} on OpenCL");
    }

    [Test]
    public void Sampling_happens_where_the_logits_are()
    {
        int[] Sample(string device, int? frontLayers)
        {
            using Engine engine = Engine.Load(TestPaths.Demo, new EngineOptions { Device = device, GpuLayers = frontLayers });
            using Generator generator = engine.CreateGenerator();
            var sampling = new SamplingOptions { Seed = 5, TopK = 20, MaxTokens = 24, RepetitionPenalty = 1.1f, StopAtEndOfText = false };
            return [.. generator.Generate(s_text, sampling).Select(token => token.Id)];
        }

        Assert.That(Sample("simd,simd", 2), Is.EqualTo(Sample("simd", null)));
    }

    private static string WriteBlocks(TemporaryFolder folder, TensorType type)
    {
        using ModelFiles files = ModelFiles.Open(SmallModel.Write(folder, "gemma-2-2b", TensorType.F32));
        ModelConverter.Write(files, folder.File("model.gguf"), type);
        return folder.File("model.gguf");
    }

    private static float[] Compute(string model, EngineOptions options) => Compute(model, options, s_text);

    private static float[] Compute(string model, EngineOptions options, out string places) => Compute(model, options, s_text, out places);

    private static float[] Compute(string model, EngineOptions options, int[] text, out string places) =>
        Compute(model, options, name => Devices.Open(name, threads: 2), text, out places);

    private static float[] Compute(string model, EngineOptions options, int[] text) =>
        Compute(model, options, name => Devices.Open(name, threads: 2), text, out _);

    // Hidden states and logits of a prompt, then logits of single tokens.
    private static float[] Compute(string model, EngineOptions options, Func<string, OpenDevice> open, int[] text, out string places)
    {
        using Engine engine = Engine.Load(model, options, open);
        places = engine.Split.ToString();
        using Generator generator = engine.CreateGenerator();
        Trace trace = Trace.Of(generator, text.AsSpan()[..^4], withHidden: true);
        return [.. trace.Names.SelectMany(name => trace[name]), .. Trace.StepByStep(generator, text.AsSpan()[^4..])];
    }

    // A processor that gets copies of the weights, as a device with memory of its own does.
    private static OpenDevice OpenAsIfRemote()
    {
        Context context = Context.Create(builder => builder.Simd(threads: 2));
        return new OpenDevice(context, context.CreateCPUAccelerator(0)) { SharesHostMemory = false };
    }
}
