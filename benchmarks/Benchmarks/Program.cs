using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace GemmaIlgpu.Benchmarks;

internal static class Program
{
    // In this process: a generated project of its own would be built into artifacts/ under the same name.
    private static void Main(string[] args)
    {
        if (args is ["checked", .. var filter])
            CheckedRatios.Print(filter);
        else
            RunBenchmarks(args);
    }

    private static void RunBenchmarks(string[] args) => BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(
        args, DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
}
