using System.CommandLine;
using GemmaIlgpu.Host.Terminal;
#if !UPSTREAM_PACKAGES
using System.Numerics;
using System.Reflection;
using GemmaIlgpu.Engine;
using GemmaIlgpu.Host.Inspection;
using GemmaIlgpu.Host.Inspection.Samples;
using GemmaIlgpu.Host.Stepping;
using ILGPU;
using ILGPU.Runtime;
#endif

namespace GemmaIlgpu.Host.Verbs;

/// <summary>`kernels step`: a debugger for one launch, forwards and backwards.</summary>
internal sealed class KernelsStepCommand
{
    private readonly Argument<string?> _name = new("NAME") { Description = "A kernel of the catalogue as 'list' names it, or its family.", DefaultValueFactory = _ => null };

    private readonly Option<string?> _assembly = new("--assembly") { Description = "A kernel of your own: the .dll that it is in.", HelpName = "FILE" };

    private readonly Option<string?> _kernel = new("--kernel") { Description = "Which kernel of the assembly: Type.Method, or 'Type.Method<float>'.", HelpName = "TYPE.METHOD" };

    private readonly Option<string?> _host = new("--host") { Description = "A static method of the assembly that takes an Accelerator and makes the launch.", HelpName = "TYPE.METHOD" };

    private readonly Option<int> _launch = new("--launch") { Description = "Which launch of the kernel to step through.", HelpName = "N", DefaultValueFactory = _ => 1 };

    private readonly Option<string?> _commands = new("--commands") { Description = "Read commands from a file, then end.", HelpName = "FILE" };

    private readonly Option<int> _warp = new("--warp") { Description = "Lanes of a warp: a power of two up to 64.", HelpName = "N", DefaultValueFactory = _ => 32 };

    private readonly Option<int> _length = new("--length") { Description = "Elements of views that are made for a kernel without --host; element i holds i.", HelpName = "N", DefaultValueFactory = _ => 64 };

    private readonly Option<string[]> _set = new("--set") { Description = "A parameter's value, or a view's length, without --host.", HelpName = "NAME=VALUE" };

    private readonly Option<string?> _grid = new("--grid") { Description = "Groups, without --host: 4, or 4,2.", HelpName = "X,Y,Z" };

    private readonly Option<string?> _group = new("--group") { Description = "Threads of a group, without --host: 32, or 8,8.", HelpName = "X,Y,Z" };

    public Command ToCommand(HostConsole console)
    {
        Command step = new("step", "Debug a kernel, line by line, forwards and backwards, any thread; no GPU needed.")
        {
            _name, _assembly, _kernel, _host, _launch, _commands, _warp, _length, _set, _grid, _group,
        };
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
        StepLaunch launch = parsed.GetValue(_assembly) is { } file ? OfUser(parsed, console, file, warp) : OfCatalogue(parsed, console, warp);
        if (parsed.GetValue(_commands) is { } commands)
        {
            if (!File.Exists(commands))
                throw new InputException($"There is no file '{commands}' with commands.");
            using StreamReader reader = new(commands);
            return launch.Run(console, reader, isInteractive: false);
        }
        return launch.Run(console, console.In, console.InputIsTerminal);
    }

    private StepLaunch OfCatalogue(ParseResult parsed, HostConsole console, int warp)
    {
        string name = parsed.GetValue(_name) ?? throw new UsageException("Which kernel: a name that 'gemma kernels list' shows, or --assembly FILE --kernel TYPE.METHOD.");
        foreach (Option option in new Option[] { _kernel, _host, _length, _set, _grid, _group })
            if (parsed.GetResult(option) is { Implicit: false })
                throw new UsageException($"{option.Name} is for kernels of your own, with --assembly; a kernel of the catalogue is launched by its sample.");
        IReadOnlyList<KernelEntry> entries = KernelCatalog.Named(name);
        if (entries.Count == 0)
            throw new UsageException($"There is no kernel '{name}'; there are {string.Join(", ", KernelCatalog.All.Select(entry => entry.Family).Distinct())}.");
        KernelEntry entry = entries.FirstOrDefault(entry => entry.SourceName.EndsWith(".Kernel", StringComparison.Ordinal) && KernelSamples.For(entry) is not null)
            ?? entries.FirstOrDefault(entry => KernelSamples.For(entry) is not null) ?? entries[0];
        KernelSample sample = KernelSamples.For(entry) ?? throw new InputException(KernelSamples.WhyNot(entry)!);
        console.Out.WriteLine($"{entry.Name}: {sample.Description}.{(entries.Count > 1 ? $" '{name}' is also {string.Join(", ", entries.Where(other => other != entry).Select(other => other.Name).Take(3))}{(entries.Count > 4 ? ", …" : "")}." : "")}");
        return new StepLaunch(entry.Method, parsed.GetValue(_launch), warp, sample.Run, "The sample");
    }

    private StepLaunch OfUser(ParseResult parsed, HostConsole console, string file, int warp)
    {
        if (parsed.GetValue(_name) is { } name)
            throw new UsageException($"'{name}' is a kernel of the catalogue or --assembly names one of yours, not both; --kernel says which of the assembly.");
        UserAssembly assembly = UserAssembly.Open(file);
        MethodInfo? kernel = parsed.GetValue(_kernel) is { } wanted ? assembly.Kernel(wanted) : null;
        if (parsed.GetValue(_host) is { } host)
            return new StepLaunch(kernel, parsed.GetValue(_launch), warp, assembly.Host(host), host);
        kernel ??= assembly.Kernel("");
        if (kernel.ContainsGenericParameters)
            throw new UsageException($"{kernel.Name} is generic; name its types: --kernel '{parsed.GetValue(_kernel)}<{string.Join(", ", kernel.GetGenericArguments().Select(_ => "float"))}>'.");
        return new StepLaunch(kernel, 1, warp, accelerator => Launch(parsed, console, kernel, accelerator), "The stepper");
    }

    private void Launch(ParseResult parsed, HostConsole console, MethodInfo method, Accelerator accelerator)
    {
        int length = parsed.GetValue(_length);
        if (length < 1 || length > 1 << 24)
            throw new UsageException($"--length takes a number from 1 to {1 << 24}, not {length}.");
        var given = new Dictionary<string, string>();
        foreach (string set in parsed.GetValue(_set) ?? [])
        {
            int equals = set.IndexOf('=', StringComparison.Ordinal);
            given[equals > 0 ? set[..equals] : throw new UsageException($"--set takes NAME=VALUE, not '{set}'.")] = set[(equals + 1)..];
        }
        ParameterInfo[] parameters = method.GetParameters();
        bool isImplicit = typeof(IIndex).IsAssignableFrom(parameters[0].ParameterType);
        using var made = new MadeArguments(accelerator, length, given);
        object[] arguments = made.Make(parameters.Skip(isImplicit ? 1 : 0));
        Index3D group = Size(parsed.GetValue(_group), "--group") ?? new Index3D(Math.Min(length, accelerator.WarpSize), 1, 1);
        Index3D grid = Size(parsed.GetValue(_grid), "--grid") ?? new Index3D((length + group.Size - 1) / group.Size, 1, 1);
        if (group.Size > accelerator.MaxNumThreadsPerGroup)
            throw new UsageException($"--group {parsed.GetValue(_group)} is {group.Size} threads; a group has up to {accelerator.MaxNumThreadsPerGroup}.");
        console.Out.WriteLine($"Made up for the launch: {made.Description} (--length, --set, --grid and --group choose).");
        if (!isImplicit)
            accelerator.LoadKernel(method).LaunchBoxed(accelerator.DefaultStream, new KernelConfig(grid, group), arguments);
        else
            accelerator.LoadImplicitlyGroupedKernel(method, group.Size).LaunchBoxed(accelerator.DefaultStream, Extent(parameters[0].ParameterType, length), arguments);
    }

    private static object Extent(Type index, int length) => index.Name switch
    {
        nameof(Index1D) => new Index1D(length),
        nameof(Index2D) => new Index2D(Math.Min(8, length), Math.Max(1, length / 8)),
        nameof(Index3D) => new Index3D(Math.Min(8, length), Math.Max(1, length / 8), 1),
        nameof(LongIndex1D) => new LongIndex1D(length),
        nameof(LongIndex2D) => new LongIndex2D(Math.Min(8, length), Math.Max(1, length / 8)),
        _ => new LongIndex3D(Math.Min(8, length), Math.Max(1, length / 8), 1),
    };

    private static Index3D? Size(string? text, string option)
    {
        if (text is null)
            return null;
        int[] numbers = [.. text.Split([',', 'x']).Select(part => int.TryParse(part, out int number) ? number : 0)];
        if (numbers.Length > 3 || numbers.Any(number => number < 1))
            throw new UsageException($"{option} takes up to three numbers from 1, with commas: 4,2; not '{text}'.");
        return new Index3D(numbers[0], numbers.ElementAtOrDefault(1) is > 0 and var y ? y : 1, numbers.ElementAtOrDefault(2) is > 0 and var z ? z : 1);
    }
#endif
}
