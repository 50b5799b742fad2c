using GemmaIlgpu.Compute;
using GemmaIlgpu.CudaSimulator;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Lessons.Tests;

/// <summary>
/// The accelerators that every rung must be right on: two widths of vectors, one thread at a time in warps of 1 and 4, with every
/// access checked in warps of 32, and a simulated CUDA device, which runs the kernels' PTX, tensor cores included.
/// </summary>
[SetUpFixture]
public sealed class Accelerators
{
    public const string Cuda = "CUDA, simulated";

    private static readonly Dictionary<string, (Context Context, Accelerator Accelerator)> Opened = [];

    public static string[] Names { get; } = ["Simd 128", "Simd 256", "Debug 1", "Debug 4", "Checked 32", Cuda];

    public static Accelerator Get(string name)
    {
        if (!Opened.TryGetValue(name, out (Context Context, Accelerator Accelerator) found))
            Opened[name] = found = Open(name);
        return found.Accelerator;
    }

    [OneTimeTearDown]
    public void Close()
    {
        foreach ((Context context, Accelerator accelerator) in Opened.Values)
        {
            accelerator.Dispose();
            context.Dispose();
        }
    }

    private static (Context Context, Accelerator Accelerator) Open(string name)
    {
        if (name == Cuda)
        {
            SimulatedCuda simulated = new();
            return (simulated.Context, simulated.Accelerator);
        }

        int number = int.Parse(name.Split(' ')[1]);
        Context context = Context.Create(builder => (name.Split(' ')[0] switch
        {
            "Simd" => builder.Simd(number, threads: 2),
            "Debug" => builder.DebugCpu(number),
            _ => builder.CheckedCpu(number),
        }).EnableAlgorithms());
        return (context, context.CreateCPUAccelerator(0));
    }
}
