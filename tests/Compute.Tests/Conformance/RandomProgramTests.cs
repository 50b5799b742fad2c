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
        using var expectedMemory = TestDevices.Get("Debug4").Allocate1D(new int[Threads * 4]);      // which ordinary C# can reach
        var plain = function.CreateDelegate<Func<int, int, ArrayView<int>, int>>();
        int[] expected = [.. input.Select((x, i) => plain(x, seed % 5, expectedMemory.View.AsContiguous().SubView(i * 4, 4)))];
        Expect.Same(expected, results.GetAsArray1D(), i => $"seed {seed}, thread {i}, input {input[i]}", DeviceName);
        Expect.Same(expectedMemory.GetAsArray1D(), memory.GetAsArray1D(), i => $"seed {seed}, memory of thread {i / 4}, {i % 4}", DeviceName);
    }

    // Two accelerators that have nothing in common must agree: one compiles, the other runs the method thread by thread.
    [Test]
    public void Random_exchanges_agree_with_the_debug_accelerator([Range(-16, -1)] int seed)
    {
        const int group = 37;
        (_, MethodInfo kernel) = RandomProgram.Make(seed);
        int[] input = Inputs.Random(group * 2, 1000, -seed);
        (int[] results, int[] memory) = Exchange(Accelerator, kernel, input, group, -seed % 4);
        (int[] expected, int[] expectedMemory) = Exchange(TestDevices.Get("Debug4"), kernel, input, group, -seed % 4);
        Expect.Same(expected, results, i => $"seed {seed}, thread {i}", DeviceName);
        Expect.Same(expectedMemory, memory, i => $"seed {seed}, memory of thread {i / 4}, {i % 4}", DeviceName);
    }

    private static (int[] Results, int[] Memory) Exchange(Accelerator accelerator, MethodInfo kernel, int[] input, int group, int uniform)
    {
        using var values = accelerator.Allocate1D(input);
        using var memory = accelerator.Allocate1D(new int[input.Length * 4]);
        using var results = accelerator.Allocate1D(new int[input.Length]);
        accelerator.LoadKernel<Action<AcceleratorStream, KernelConfig, Index1D, ArrayView<int>, ArrayView<int>, ArrayView<int>, int>>(kernel)(
            accelerator.DefaultStream, (input.Length / group, group), 0, values.View, memory.View, results.View, uniform);
        accelerator.Synchronize();
        return (results.GetAsArray1D(), memory.GetAsArray1D());
    }
}
