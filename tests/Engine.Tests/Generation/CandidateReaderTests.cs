using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Model;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Engine.Tests.Generation;

/// <summary>Choosing on the device must be choosing on the host.</summary>
public sealed class CandidateReaderTests
{
    private static readonly SamplingOptions[] Options =
    [
        SamplingOptions.Greedy,
        new() { Seed = 1 },
        new() { Seed = 2, TopK = 1 },
        new() { Seed = 3, TopK = 7, TopP = 1f },
        new() { Seed = 4, TopK = 500, MinP = 0.02f, Temperature = 3f },
        new() { Seed = 5, TopK = 0, TopP = 0.9f },
        new() { Seed = 6, TopK = 2000, TopP = 1f },
        new() { Seed = 7, TopK = 40, RepetitionPenalty = 1.5f, PresencePenalty = 0.5f, FrequencyPenalty = 0.25f },
        SamplingOptions.Greedy with { RepetitionPenalty = 2f, FrequencyPenalty = -0.5f },
    ];

    [Test]
    public void Device_and_host_draw_the_same_tokens([Values("simd", "debug")] string device)
    {
        using OpenDevice open = Devices.Open(device, threads: 0);
        using var operations = new Operations(open.Accelerator);
        using var reader = new CandidateReader(open.Accelerator);
        using MemoryBuffer1D<float, Stride1D.Dense> buffer = open.Accelerator.Allocate1D<float>(1500);
        foreach (SamplingOptions options in Options)
        {
            Sampler onDevice = new(options), onHost = new(options);
            foreach (int id in new[] { 3, 700, 1499 })
            {
                onDevice.SeePrompt(id);
                onHost.SeePrompt(id);
            }

            var random = new SeededRandom(11);
            for (int step = 0; step < 12; step++)
            {
                // Few different values, so that there are many ties.
                float[] logits = [.. Enumerable.Range(0, 1500).Select(_ => (float)(random.NextBits() % 64) / 4 - 8)];
                buffer.View.CopyFromCPU(operations.Stream, logits);
                reader.Read(operations, buffer.View, onDevice);
                Assert.That(reader.Choose(onDevice), Is.EqualTo(onHost.Sample(logits)), $"{options}, step {step}");
            }
        }
    }

    [Test]
    public void Broken_logits_are_refused()
    {
        using OpenDevice open = Devices.Open("simd", threads: 1);
        using var operations = new Operations(open.Accelerator);
        using var reader = new CandidateReader(open.Accelerator);
        using MemoryBuffer1D<float, Stride1D.Dense> buffer = open.Accelerator.Allocate1D(Enumerable.Repeat(float.NaN, 100).ToArray());
        var sampler = new Sampler(SamplingOptions.Greedy);
        reader.Read(operations, buffer.View, sampler);

        Assert.That(() => reader.Choose(sampler), Throws.TypeOf<ModelFileException>().With.Message.Contains("No logit is a number"));
    }
}
