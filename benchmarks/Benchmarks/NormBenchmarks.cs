using BenchmarkDotNet.Attributes;
using GemmaIlgpu.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Benchmarks;

/// <summary>RMSNorm at the width of Gemma 2 2B: 12 bytes a value, so memory-bound once it outgrows the caches.</summary>
public class NormBenchmarks : KernelBenchmark
{
    private const int Width = 2304;
    private const float Epsilon = 1e-6f;

    private RmsNorm _norm = null!;
    private MemoryBuffer1D<float, Stride1D.Dense> _x = null!, _weight = null!, _y = null!;

    /// <summary>T: 1 is decode, more is prefill.</summary>
    [Params(1, 128)]
    public int Tokens { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _norm = new RmsNorm(Accelerator);
        _x = Values((long)Tokens * Width);
        _weight = Values(Width);
        _y = Accelerator.Allocate1D<float>((long)Tokens * Width);
        Norm();
        float[] x = _x.GetAsArray1D()[^Width..];
        double inverse = 1 / Math.Sqrt(x.Sum(value => (double)value * value) / Width + Epsilon);
        Check(x[^1] * inverse * (1 + _weight.GetAsArray1D()[^1]), _y.GetAsArray1D()[^1], 1e-5);
    }

    [Benchmark]
    public void Norm()
    {
        _norm.Run(Stream, _x.View.BaseView, _weight.View.BaseView, _y.View.BaseView, Epsilon, weightOffset: 1);
        Stream.Synchronize();
    }
}
