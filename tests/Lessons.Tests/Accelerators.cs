using GemmaIlgpu.Compute;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Lessons.Tests;

/// <summary>The accelerators that every rung must be right on: two widths of vectors, and one thread at a time in warps of 1 and 4.</summary>
[SetUpFixture]
public sealed class Accelerators
{
    private static readonly Dictionary<string, (Context Context, Accelerator Accelerator)> Opened = [];

    public static string[] Names { get; } = ["Simd 128", "Simd 256", "Debug 1", "Debug 4"];

    public static Accelerator Get(string name)
    {
        if (!Opened.TryGetValue(name, out (Context Context, Accelerator Accelerator) found))
        {
            int number = int.Parse(name.Split(' ')[1]);
            Context context = Context.Create(builder =>
                (name.StartsWith("Simd", StringComparison.Ordinal) ? builder.Simd(number, threads: 2) : builder.DebugCpu(number)).EnableAlgorithms());
            Opened[name] = found = (context, context.CreateCPUAccelerator(0));
        }

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
}
