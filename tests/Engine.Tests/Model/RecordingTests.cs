using GemmaIlgpu.Compute;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Tests.Support;
using GemmaIlgpu.Kernels.Fast;
using ILGPU;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Engine.Tests.Model;

/// <summary>A decode step that is recorded once and replayed gives what the plain kernels give, told anew for every token.</summary>
/// <remarks>
/// A processor replays by doing the first recorded launches again, arguments and all, so an argument that should have changed
/// would show here. The same through CUDA graphs: <see cref="SimulatedCudaTests"/>.
/// </remarks>
public sealed class RecordingTests
{
    private static readonly int[] s_text = [2, .. Enumerable.Range(0, 700).Select(i => i * 37 % 500 + 3)];

    [Test]
    public void Steps_are_replayed_from_the_third_on_also_across_a_growing_cache()
    {
        // The cache has 512 slots at first.
        const int Prompt = 500, Steps = 24;
        float[] Decode(KernelChoice kernels, int replays)
        {
            using Engine engine = Load(kernels, contextLength: 600);
            using Generator generator = engine.CreateGenerator();
            generator.Prefill(s_text.AsSpan(0, Prompt));
            float[] logits = Trace.StepByStep(generator, s_text.AsSpan(Prompt, Steps));
            Assert.That(generator.Replays, Is.EqualTo(replays));
            return logits;
        }

        // Twice a first step and a recorded one: at the beginning and after growing.
        TensorAssert.Close(Decode(KernelChoice.Plain, 0), Decode(KernelChoice.Fast, Steps - 4), 4e-4, 512, "replayed");
    }

    [Test]
    public void Texts_that_take_turns_each_replay_their_own_step()
    {
        using Engine plain = Load(KernelChoice.Plain, 200), fast = Load(KernelChoice.Fast, 200);
        float[][] Decode(Engine engine)
        {
            using Generator one = engine.CreateGenerator(), two = engine.CreateGenerator();
            two.Prefill(s_text.AsSpan(100, 50));
            List<float> first = [], second = [];
            for (int i = 0; i < 8; i++)
            {
                first.AddRange(one.Prefill(s_text.AsSpan(i, 1)));
                second.AddRange(two.Prefill(s_text.AsSpan(200 + i, 1)));
                if (i == 4)
                    two.Prefill(s_text.AsSpan(300, 30));    // a prompt between steps
            }

            return [[.. first], [.. second]];
        }

        float[][] expected = Decode(plain), actual = Decode(fast);
        for (int i = 0; i < 2; i++)
            TensorAssert.Close(expected[i], actual[i], 4e-4, 512, $"text {i}");
    }

    [Test]
    public void Going_back_and_generating_again_gives_the_same()
    {
        using Engine engine = Load(KernelChoice.Fast, 200);
        using Generator generator = engine.CreateGenerator();
        generator.Prefill(s_text.AsSpan(0, 20));
        float[] first = Trace.StepByStep(generator, s_text.AsSpan(20, 6));
        generator.KeepPrefix(s_text[..21]);
        Assert.That(Trace.StepByStep(generator, s_text.AsSpan(generator.Position, 26 - generator.Position))[^first.Length..], Is.EqualTo(first));
    }

    // Four lanes, of which every head width of the golden models is a small multiple; weights at multiples of 16.
    private static Engine Load(KernelChoice kernels, int contextLength) => Engine.Load(
        TestPaths.Golden("gemma2-gqa"),
        new EngineOptions { Device = "simd", Kernels = kernels, ContextLength = contextLength },
        _ =>
        {
            Context context = Context.Create(builder => builder.Simd(128, threads: 2));
            return new OpenDevice(context, context.CreateCPUAccelerator(0)) { SharesHostMemory = false };
        });
}
