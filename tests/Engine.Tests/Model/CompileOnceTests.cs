using GemmaIlgpu.Compute;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Tests.Support;

namespace GemmaIlgpu.Engine.Tests.Model;

public sealed class CompileOnceTests
{
    [Test]
    public void A_second_engine_compiles_nothing([Values("gemma2-gqa", "gemma3-text")] string model)
    {
        Generate(model, threads: 1);
        int compiled = CpuDevices.Compilations;
        Assert.That(compiled, Is.GreaterThan(10), "the first one did");

        Generate(model, threads: 1);
        Generate(model, threads: 2);
        Assert.That(CpuDevices.Compilations, Is.EqualTo(compiled));
    }

    private static void Generate(string model, int threads)
    {
        using Engine engine = Engine.Load(TestPaths.Golden(model), new EngineOptions { Threads = threads });
        for (int text = 0; text < 2; text++)
        {
            using Generator generator = engine.CreateGenerator();
            Assert.That(generator.Generate([1, 2, 3, 4], SamplingOptions.Greedy with { MaxTokens = 3, StopAtEndOfText = false }).Count(), Is.EqualTo(3));
        }
    }
}
