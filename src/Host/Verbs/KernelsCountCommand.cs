using System.CommandLine;
using GemmaIlgpu.Host.Inspection;
using GemmaIlgpu.Host.Options;
using GemmaIlgpu.Host.Terminal;
#if !UPSTREAM_PACKAGES
using System.Reflection;
using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Engine;
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

    private readonly Argument<string?> _name = new("NAME") { Description = "A family such as RmsNorm, or one kernel as 'list' names it.", DefaultValueFactory = _ => null };

    private readonly UserKernelOptions _own = new();

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
        _own.AddTo(command);
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
        bool isJson = parsed.GetValue(_json);
        var reports = new List<object>();
        IEnumerable<Counted> counted = _own.CatalogueName(parsed, parsed.GetValue(_name)) is { } name ? OfCatalogue(name, warp, console) : OfUser(parsed, warp);
        foreach ((string kernel, string description, LaunchTrace trace) in counted)
        {
            reports.Add(new { Name = kernel, Description = description, Counters = CounterReport.ToJson(trace.Counters, gpus), Places = CounterReport.PlacesToJson(trace) });
            if (isJson)
                continue;
            console.Out.WriteLine($"{(reports.Count > 1 ? "\n" : "")}{kernel}: {description}\n");
            CounterReport.WriteLaunch(trace, gpus, console);
        }

        if (isJson)
            console.Out.WriteLine(Json.Write(reports));
        return reports.Count > 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static IEnumerable<Counted> OfCatalogue(string name, int warp, HostConsole console)
    {
        HashSet<string> refused = [];
        foreach (KernelEntry entry in KernelCatalog.Require(name))
        {
            KernelSample? sample = KernelSamples.For(entry);
            if (sample is not null && sample.SmallestWarp <= warp)
                yield return Largest(CountedRun.Of(sample.Run, warp), method => method == entry.Method).Single() with { Description = sample.Description };
            else if (refused.Add(entry.SourceName))
                console.Error.WriteLine(sample is null ? KernelSamples.WhyNot(entry) : $"{entry.Name} and its like need warps of {sample.SmallestWarp} lanes or more: --warp {sample.SmallestWarp}.");
        }
    }

    private Counted[] OfUser(ParseResult parsed, int warp)
    {
        UserLaunch own = _own.Read(parsed);
        (IReadOnlyList<LaunchTrace> traces, string description) = CountedRun.Of(own, warp);
        Counted[] found = [.. Largest(traces, own.IsOf).Select(one => one with { Description = description })];
        return found.Length > 0 ? found : throw new InputException($"{own.Name} did not launch {(own.Kernel is null ? "a kernel" : MethodNames.Of(own.Kernel))}.");
    }

    // Of several launches of a kernel that which moves most.
    private static IEnumerable<Counted> Largest(IReadOnlyList<LaunchTrace> traces, Func<MethodInfo?, bool> isWanted) => traces
        .Where(trace => isWanted(trace.Kernel.Method))
        .GroupBy(trace => trace.Kernel.Method)
        .Select(launches => launches.MaxBy(trace => trace.Counters.MovedBytes)!)
        .Select(trace => new Counted(CounterReport.NameOf(trace.Counters), "", trace));

    private sealed record Counted(string Kernel, string Description, LaunchTrace Trace);
#endif
}
