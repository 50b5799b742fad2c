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
