using GemmaIlgpu.Kernels;

namespace GemmaIlgpu.Host.Inspection.Samples;

/// <summary>Launches of the kernels that choose a token from 2,000 logits.</summary>
internal static class SamplingSamples
{
    private const int Vocabulary = 2000;

    public static SampleLaunch? Launch(string name) => name switch
    {
        "Sampling.RunsKernel" or "Sampling.ArgMaxKernel" => new($"the largest of {Vocabulary} logits", m => Sampler(m).ArgMax(m.Stream, m.Floats(Vocabulary), m.Room<int>(1))),
        "Sampling.TopKKernel" => new($"the 5 largest of {Vocabulary} logits", m => Sampler(m).TopK(m.Stream, m.Floats(Vocabulary), m.Room<float>(5), m.Room<int>(5))),
        "TopKKernels.SelectKernel" => new($"the 5 largest of {Vocabulary} logits", m => Sampler(m).Select(m.Stream, m.Floats(Vocabulary), m.Room<float>(5), m.Room<int>(5))),
        "Sampling.PenaliseKernel" => new("3 tokens that occurred", m => Sampler(m).Penalise(m.Stream, m.Floats(Vocabulary), m.Of(3, 77, 1999), m.Of(1, 4, 2), 1.1f, 0.1f, 0.2f)),
        "Sampling.ScaleKernel" => new($"{Vocabulary} logits", m => Sampler(m).Temperature(m.Stream, m.Floats(Vocabulary), 0.7f)),
        _ => null,
    };

    private static Sampling Sampler(SampleMemory m) => m.Keep(new Sampling(m.Accelerator, m.Tuning));
}
