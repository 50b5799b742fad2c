using System.CommandLine;
using GemmaIlgpu.Host.Inspection;
using GemmaIlgpu.Host.Options;
using GemmaIlgpu.Host.Terminal;
#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Compute;
using GemmaIlgpu.Host.Counting;
using GemmaIlgpu.Host.Inspection.Samples;
using ILGPU;
using ILGPU.Runtime;
#endif

namespace GemmaIlgpu.Host.Verbs;

/// <summary><c>gemma kernels count</c>: a small launch of a kernel, counted as on a GPU.</summary>
internal sealed class KernelsCountCommand
{
    private const int LargestWarp = 64;

    private readonly Argument<string> _name = new("NAME") { Description = "A family such as RmsNorm, or one kernel as 'list' names it." };

    private readonly Option<int> _warp = new("--warp")
    {
        Description = $"Lanes of a warp: a power of two up to {LargestWarp}.",
        HelpName = "N",
        DefaultValueFactory = _ => 32,
    };

    private readonly Option<string> _gpus = GpuOption.Create("GPUs to give the least time for");

    private readonly Option<bool> _json = new("--json") { Description = "Write JSON instead of text." };

    public Command ToCommand(HostConsole console)
    {
        Command command = new("count", "Run a small launch of a kernel and count what decides its speed on a GPU; none is needed.") { _name, _warp, _gpus, _json };
        command.SetAction(parsed => Run(parsed, console));
        return command;
    }

#if UPSTREAM_PACKAGES
    private int Run(ParseResult parsed, HostConsole console) =>
        throw new UsageException("The ILGPU packages do not count what kernels do; build without -p:UpstreamPackages=true.");
#else
    private int Run(ParseResult parsed, HostConsole console)
    {
        int warp = parsed.GetValue(_warp);
        if (warp is < 1 or > LargestWarp || (warp & (warp - 1)) != 0)
            throw new UsageException($"--warp takes a power of two from 1 to {LargestWarp}, not {warp}.");
        GpuModel[] gpus = GpuOption.Parse(parsed.GetValue(_gpus)!);
        List<object> reports = [];
        HashSet<string> refused = [];
        foreach (KernelEntry entry in KernelCatalog.Require(parsed.GetValue(_name)!))
        {
            if (KernelSamples.For(entry) is not { } sample)
            {
                if (refused.Add(entry.SourceName))
                    console.Error.WriteLine(KernelSamples.WhyNot(entry));
                continue;
            }

            LaunchTrace trace = Count(entry, sample, warp);
            reports.Add(new { entry.Name, sample.Description, Counters = CounterReport.ToJson(trace.Counters, gpus), Places = CounterReport.PlacesToJson(trace) });
            if (parsed.GetValue(_json))
                continue;
            console.Out.WriteLine($"{(reports.Count > 1 ? "\n" : "")}{entry.Name}: {sample.Description}\n");
            CounterReport.WriteLaunch(trace, gpus, console);
        }

        if (parsed.GetValue(_json))
            console.Out.WriteLine(Json.Write(reports));
        return reports.Count > 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    // Of several launches that which moves most.
    private static LaunchTrace Count(KernelEntry entry, KernelSample sample, int warp)
    {
        using Context context = Context.Create(builder => builder.CountedCpu(warp));
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        accelerator.GetCounters().KeepsTraces = true;
        sample.Run(accelerator);
        return accelerator.GetCounters().Traces.Where(trace => trace.Kernel.Method == entry.Method).MaxBy(trace => trace.Counters.MovedBytes)!;
    }
#endif
}
