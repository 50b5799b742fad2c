using System.Reflection;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Methods made of random statements, run as kernels and as ordinary methods.</summary>
public sealed class RandomProgramTests(string device) : ConformanceTests(device)
{
    private const int Threads = 150;

    [Test]
    public void Random_control_flow([Range(1, 24)] int seed)
    {
        (MethodInfo function, MethodInfo kernel) = RandomProgram.Make(seed);
        int[] input = [.. Inputs.Random(Threads - 3, 1000, seed), int.MaxValue, int.MinValue, -1];
        using var values = Accelerator.Allocate1D(input);
        using var memory = Accelerator.Allocate1D(new int[Threads * 4]);
        using var results = Accelerator.Allocate1D<int>(Threads);
        Accelerator.LoadAutoGroupedKernel<Action<AcceleratorStream, Index1D, ArrayView<int>, ArrayView<int>, ArrayView<int>, int>>(kernel)(
            Accelerator.DefaultStream, Threads, values.View, memory.View, results.View, seed % 5);
        Accelerator.Synchronize();
        using var expectedMemory = Accelerator.Allocate1D(new int[Threads * 4]);
        var plain = function.CreateDelegate<Func<int, int, ArrayView<int>, int>>();
        int[] expected = [.. input.Select((x, i) => plain(x, seed % 5, expectedMemory.View.AsContiguous().SubView(i * 4, 4)))];
        Expect.Same(expected, results.GetAsArray1D(), i => $"seed {seed}, thread {i}, input {input[i]}", DeviceName);
        Expect.Same(expectedMemory.GetAsArray1D(), memory.GetAsArray1D(), i => $"seed {seed}, memory of thread {i / 4}, {i % 4}", DeviceName);
    }
}
