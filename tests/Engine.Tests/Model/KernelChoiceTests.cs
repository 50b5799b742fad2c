using GemmaIlgpu.Compute;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Tests.Support;
using GemmaIlgpu.Kernels;
using GemmaIlgpu.Kernels.Fast;
using ILGPU;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Engine.Tests.Model;

/// <summary>A model decoded by the fused kernels says what it says with the plain ones.</summary>
public sealed class KernelChoiceTests
{
    private static readonly int[] s_text = [2, .. Enumerable.Range(0, 30).Select(i => i * 37 % 500 + 3)];

    // Beyond the window of 8; of every kind: with and without post-norms, QK-norm, two ropes, caps, odd groups of heads.
    [TestCase("gemma1-mha")]
    [TestCase("gemma1-mqa-f32")]
    [TestCase("gemma2-gqa")]
    [TestCase("gemma2-27b-like")]
    [TestCase("gemma2-largecap-f32")]
    [TestCase("gemma3-text")]
    public void Fused_and_plain_decoding_agree(string model)
    {
        // Both round to f32 in different orders; either is within 2e-4 of the golden files, so twice that of the other.
        TensorAssert.Close(Decode(model, KernelChoice.Plain, CacheType.Float32), Decode(model, KernelChoice.Fast, CacheType.Float32), 4e-4, 512, model);
    }

    [TestCase(CacheType.Float16)]
    [TestCase(CacheType.BFloat16)]
    [TestCase(CacheType.Int8)]
    public void They_agree_with_every_cache(CacheType cache)
    {
        // A key that lies between two stored values may fall to either side; tolerances as for the caches themselves.
        double tolerance = cache switch { CacheType.Float16 => 0.06, CacheType.BFloat16 => 0.4, _ => 2 };
        TensorAssert.Close(Decode("gemma2-gqa", KernelChoice.Plain, cache), Decode("gemma2-gqa", KernelChoice.Fast, cache), tolerance, 512, cache.ToString());
    }

    /// <summary>The whole model as PTX: tensor cores and flash attention for the prompt, fused kernels for single tokens.</summary>
    [Test]
    public void A_cuda_device_says_what_the_processor_says()
    {
        int[] prompt = s_text[..20];
        var options = new EngineOptions { PrefillChunk = 16, ContextLength = 64 };
        (float[] expected, float[] expectedNext) = Run(options with { Device = "simd" }, name => Devices.Open(name, threads: 2));
        (float[] actual, float[] actualNext) = Run(options with { Device = "simd" }, _ => OpenSimulated());

        // Logits of the demo model reach 20. Prompts lose what activations rounded to bfloat16 lose, 2⁻⁹ of each, averaged
        // over a row; the keys and values that single tokens then see have lost it too.
        TensorAssert.Close(expected, actual, 0.1, 4096, "prompt");
        TensorAssert.Close(expectedNext, actualNext, 0.1, 4096, "next tokens");

        (float[], float[]) Run(EngineOptions choice, Func<string, OpenDevice> open)
        {
            using Engine engine = Engine.Load(TestPaths.Demo, choice, open);
            using Generator generator = engine.CreateGenerator();
            return (generator.Prefill(prompt).ToArray(), Trace.StepByStep(generator, s_text.AsSpan()[20..23]));
        }
    }

    // A device with memory of its own whose kernels an interpreter of PTX runs.
    private static OpenDevice OpenSimulated()
    {
        var simulated = new GemmaIlgpu.CudaSimulator.SimulatedCuda();
        return new OpenDevice(simulated.Context, simulated.Accelerator, new DeviceInfo("cuda:0", "simulated", null) { IsHost = false });
    }

    private static float[] Decode(string model, KernelChoice kernels, CacheType cache)
    {
        var options = new EngineOptions { Device = "simd", Kernels = kernels, CacheType = cache, PrefillChunk = 8 };
        using Engine engine = Engine.Load(TestPaths.Golden(model), options, _ => OpenNarrow());
        using Generator generator = engine.CreateGenerator();
        Assert.That(engine.FusesDecoding, Is.EqualTo(kernels == KernelChoice.Fast));
        return [.. generator.Prefill(s_text.AsSpan()[..5]).ToArray(), .. Trace.StepByStep(generator, s_text.AsSpan()[5..])];
    }

    // Four lanes, of which every head width of the golden models is a small multiple; and copies of the weights, which lie at
    // multiples of 16 as on a GPU.
    private static OpenDevice OpenNarrow()
    {
        Context context = Context.Create(builder => builder.Simd(128, threads: 2));
        return new OpenDevice(context, context.CreateCPUAccelerator(0)) { SharesHostMemory = false };
    }
}
