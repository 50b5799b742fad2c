using System.CommandLine;
using GemmaIlgpu.Host.Inspection;
using GemmaIlgpu.Host.Terminal;
#if !UPSTREAM_PACKAGES
using System.Numerics;
using GemmaIlgpu.Engine;
using GemmaIlgpu.Host.Inspection.Samples;
using GemmaIlgpu.Host.Stepping;
#endif

namespace GemmaIlgpu.Host.Verbs;

/// <summary>`kernels step`: a debugger for one launch, forwards and backwards.</summary>
internal sealed class KernelsStepCommand
{
    private readonly Argument<string?> _name = new("NAME") { Description = "A kernel of the catalogue as 'list' names it, or its family.", DefaultValueFactory = _ => null };

    private readonly UserKernelOptions _own = new();

    private readonly Option<int> _launch = new("--launch") { Description = "Which launch of the kernel to step through.", HelpName = "N", DefaultValueFactory = _ => 1 };

    private readonly Option<string?> _commands = new("--commands") { Description = "Read commands from a file, then end.", HelpName = "FILE" };

    private readonly Option<int> _warp = new("--warp") { Description = "Lanes of a warp: a power of two up to 64.", HelpName = "N", DefaultValueFactory = _ => 32 };

    public Command ToCommand(HostConsole console)
    {
        Command step = new("step", "Debug a kernel, line by line, forwards and backwards, any thread; no GPU needed.")
        {
            _name, _launch, _commands, _warp,
        };
        _own.AddTo(step);
        step.SetAction(parsed => Run(parsed, console));
        return step;
    }

#if UPSTREAM_PACKAGES
    private static int Run(ParseResult parsed, HostConsole console) =>
        throw new UsageException("This build runs on the packages of ILGPU, which cannot step through kernels; build without UpstreamPackages.");
#else
    private int Run(ParseResult parsed, HostConsole console)
    {
        int warp = parsed.GetValue(_warp);
        if (warp < 1 || warp > 64 || !BitOperations.IsPow2(warp))
            throw new UsageException($"--warp takes a power of two up to 64, not {warp}.");
        if (parsed.GetValue(_launch) < 1)
            throw new UsageException($"--launch takes a number from 1, not {parsed.GetValue(_launch)}.");
        if (parsed.GetValue(_commands) is { } script && !File.Exists(script))
            throw new InputException($"There is no file '{script}' with commands.");
        StepLaunch launch = _own.CatalogueName(parsed, parsed.GetValue(_name)) is { } name ? OfCatalogue(parsed, console, name, warp) : OfUser(parsed, console, warp);
        if (parsed.GetValue(_commands) is { } commands)
        {
            using StreamReader reader = new(commands);
            return launch.Run(console, reader, isInteractive: false);
        }
        return launch.Run(console, console.In, console.InputIsTerminal);
    }

    private StepLaunch OfCatalogue(ParseResult parsed, HostConsole console, string name, int warp)
    {
        IReadOnlyList<KernelEntry> entries = KernelCatalog.Named(name);
        if (entries.Count == 0)
            throw new UsageException($"There is no kernel '{name}'; there are {string.Join(", ", KernelCatalog.All.Select(entry => entry.Family).Distinct())}.");
        KernelEntry entry = entries.FirstOrDefault(entry => entry.SourceName.EndsWith(".Kernel", StringComparison.Ordinal) && KernelSamples.For(entry) is not null)
            ?? entries.FirstOrDefault(entry => KernelSamples.For(entry) is not null) ?? entries[0];
        KernelSample sample = KernelSamples.For(entry) ?? throw new InputException(KernelSamples.WhyNot(entry)!);
        console.Out.WriteLine($"{entry.Name}: {sample.Description}.{(entries.Count > 1 ? $" '{name}' is also {string.Join(", ", entries.Where(other => other != entry).Select(other => other.Name).Take(3))}{(entries.Count > 4 ? ", …" : "")}." : "")}");
        return new StepLaunch(entry.Method, parsed.GetValue(_launch), warp, sample.Run, "The sample");
    }

    private StepLaunch OfUser(ParseResult parsed, HostConsole console, int warp)
    {
        UserLaunch own = _own.Read(parsed);
        return new StepLaunch(own.Kernel, parsed.GetValue(_launch), warp, accelerator => own.Run(accelerator, console.Out.WriteLine), own.Name);
    }
#endif
}
