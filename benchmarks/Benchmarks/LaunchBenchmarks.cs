using BenchmarkDotNet.Attributes;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Benchmarks;

/// <summary>What a launch costs when the kernel does nothing: a decoded token makes a few hundred of them.</summary>
public class LaunchBenchmarks : KernelBenchmark
{
    private const int Launches = 100;

    private Action<AcceleratorStream, KernelConfig, ArrayView<int>> _launch = null!;
    private MemoryBuffer1D<int, Stride1D.Dense> _result = null!;

    /// <summary>Groups of one warp.</summary>
    [Params(1, 64)]
    public int Groups { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _launch = Accelerator.LoadKernel<ArrayView<int>>(Kernel);
        _result = Accelerator.Allocate1D<int>(Groups);
        LaunchAndWait();
        Check(Groups - 1, _result.GetAsArray1D()[^1], 0);
    }

    [Benchmark(OperationsPerInvoke = Launches)]
    public void LaunchAndWait()
    {
        for (int i = 0; i < Launches; i++)
            _launch(Stream, new KernelConfig(Groups, Accelerator.WarpSize), _result.View);
        Stream.Synchronize();
    }

    private static void Kernel(ArrayView<int> result)
    {
        if (Group.IdxX == 0)
            result[Grid.IdxX] = Grid.IdxX;
    }
}
