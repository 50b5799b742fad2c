using System.CommandLine;
#if !UPSTREAM_PACKAGES
using System.Reflection;
using GemmaIlgpu.Engine;
using GemmaIlgpu.Host.Stepping;
using ILGPU;
using ILGPU.Runtime;
#endif

namespace GemmaIlgpu.Host.Inspection;

/// <summary>Options that name a kernel of the user's own and say how it is launched, the same for every verb that runs one.</summary>
internal sealed class UserKernelOptions
{
    private const int LongestMadeView = 1 << 24;

    private readonly Option<string?> _assembly = new("--assembly") { Description = "A kernel of your own: the .dll that it is in.", HelpName = "FILE" };

    private readonly Option<string?> _kernel = new("--kernel") { Description = "Which kernel of the assembly: Type.Method, or 'Type.Method<float>'.", HelpName = "TYPE.METHOD" };

    private readonly Option<string?> _host = new("--host") { Description = "A static method of the assembly that takes an Accelerator and makes the launch.", HelpName = "TYPE.METHOD" };

    private readonly Option<int> _length = new("--length") { Description = "Elements of views that are made for a kernel without --host; element i holds i.", HelpName = "N", DefaultValueFactory = _ => 64 };

    private readonly Option<string[]> _set = new("--set") { Description = "A parameter's value, or a view's length, without --host.", HelpName = "NAME=VALUE" };

    private readonly Option<string?> _grid = new("--grid") { Description = "Groups, without --host: 4, or 4,2.", HelpName = "X,Y,Z" };

    private readonly Option<string?> _group = new("--group") { Description = "Threads of a group, without --host: 32, or 8,8.", HelpName = "X,Y,Z" };

    public void AddTo(Command command)
    {
        Option[] options = [_assembly, _kernel, _host, _length, _set, _grid, _group];
        foreach (Option option in options)
            command.Add(option);
    }

    /// <summary>The assembly's file; null if the command line names none.</summary>
    public string? AssemblyOf(ParseResult parsed) => parsed.GetValue(_assembly);

    /// <summary>The name of a kernel of the catalogue; null if the command line names an assembly, or nothing and nothing will do.</summary>
    public string? CatalogueName(ParseResult parsed, string? name, bool isRequired = true)
    {
        if (AssemblyOf(parsed) is not null)
        {
            return name is null ? null
                : throw new UsageException($"'{name}' is a kernel of the catalogue or --assembly names one of yours, not both; --kernel says which of the assembly.");
        }
        if (name is null && isRequired)
            throw new UsageException("Which kernel: a name that 'gemma kernels list' shows, or --assembly FILE --kernel TYPE.METHOD.");
        foreach (Option option in new Option[] { _kernel, _host, _length, _set, _grid, _group })
            if (parsed.GetResult(option) is { Implicit: false })
                throw new UsageException($"{option.Name} is for kernels of your own, with --assembly; a kernel of the catalogue is launched by its sample.");
        return name;
    }

#if !UPSTREAM_PACKAGES
    /// <summary>The user's kernel and what launches it.</summary>
    /// <param name="parsed">The command line, which names an assembly.</param>
    public UserLaunch Read(ParseResult parsed)
    {
        UserAssembly assembly = UserAssembly.Open(parsed.GetValue(_assembly)!);
        return Read(parsed, assembly) ?? Made(assembly.Kernel(""), ShapeOf(parsed));
    }

    /// <summary>The user's kernels: the one that is named, those that a host method launches, or else all of the assembly that can be launched
    /// by themselves.</summary>
    /// <param name="parsed">The command line, which names an assembly.</param>
    public IReadOnlyList<UserLaunch> ReadAll(ParseResult parsed)
    {
        UserAssembly assembly = UserAssembly.Open(parsed.GetValue(_assembly)!);
        MadeShape shape = ShapeOf(parsed);
        return Read(parsed, assembly) is { } one ? [one] : [.. assembly.Kernels().Select(kernel => Made(kernel, shape))];
    }

    private UserLaunch? Read(ParseResult parsed, UserAssembly assembly)
    {
        MethodInfo? kernel = parsed.GetValue(_kernel) is { } wanted ? assembly.Kernel(wanted) : null;
        if (parsed.GetValue(_host) is { } host)
            return new UserLaunch(kernel, Guarded(assembly.Host(host), host), host);
        if (kernel?.ContainsGenericParameters == true)
            throw new UsageException($"{kernel.Name} is generic; name its types: --kernel '{parsed.GetValue(_kernel)}<{string.Join(", ", kernel.GetGenericArguments().Select(_ => "float"))}>'.");
        return kernel is null ? null : Made(kernel, ShapeOf(parsed));
    }

    private static UserLaunch Made(MethodInfo kernel, MadeShape shape) =>
        new(kernel, (accelerator, say) => Launch(shape, say, kernel, accelerator), "The launch that was made up");

    // What goes wrong in the user's own code is no fault of this program.
    private static Action<Accelerator, Action<string>> Guarded(Action<Accelerator> host, string name) => (accelerator, _) =>
    {
        try
        {
            host(accelerator);
        }
        catch (Exception e) when (e is not (StepperQuitException or UsageException or InputException or OperationCanceledException) && !Devices.IsDeviceFailure(e))
        {
            throw new InputException($"{name} threw {e.GetType().Name}: {e.Message}");
        }
    };

    private MadeShape ShapeOf(ParseResult parsed)
    {
        int length = parsed.GetValue(_length);
        if (length is < 1 or > LongestMadeView)
            throw new UsageException($"--length takes a number from 1 to {LongestMadeView}, not {length}.");
        var given = new Dictionary<string, string>();
        foreach (string set in parsed.GetValue(_set) ?? [])
        {
            int equals = set.IndexOf('=', StringComparison.Ordinal);
            given[equals > 0 ? set[..equals] : throw new UsageException($"--set takes NAME=VALUE, not '{set}'.")] = set[(equals + 1)..];
        }
        return new(length, given, Size(parsed.GetValue(_grid), "--grid"), Size(parsed.GetValue(_group), "--group"));
    }

    private static void Launch(MadeShape shape, Action<string> say, MethodInfo method, Accelerator accelerator)
    {
        int length = shape.Length;
        ParameterInfo[] parameters = method.GetParameters();
        bool isImplicit = typeof(IIndex).IsAssignableFrom(parameters[0].ParameterType);
        using var made = new MadeArguments(accelerator, length, shape.Given);
        object[] arguments = made.Make(parameters.Skip(isImplicit ? 1 : 0));
        Index3D group = shape.Group ?? new Index3D(Math.Min(length, accelerator.WarpSize), 1, 1);
        Index3D grid = shape.Grid ?? new Index3D((length + group.Size - 1) / group.Size, 1, 1);
        if (group.Size > accelerator.MaxNumThreadsPerGroup)
            throw new UsageException($"--group {group.X},{group.Y},{group.Z} is {group.Size} threads; a group has up to {accelerator.MaxNumThreadsPerGroup}.");
        say($"Made up for the launch: {made.Description} (--length, --set, --grid and --group choose).");
        if (!isImplicit)
            accelerator.LoadKernel(method).LaunchBoxed(accelerator.DefaultStream, new KernelConfig(grid, group), arguments);
        else
            accelerator.LoadImplicitlyGroupedKernel(method, group.Size).LaunchBoxed(accelerator.DefaultStream, Extent(parameters[0].ParameterType, length), arguments);
        accelerator.Synchronize();
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

    private sealed record MadeShape(int Length, Dictionary<string, string> Given, Index3D? Grid, Index3D? Group);

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

#if !UPSTREAM_PACKAGES
/// <summary>A kernel of the user's and what launches it.</summary>
/// <param name="Kernel">The kernel; null for whatever is launched. An open generic method stands for all its instances.</param>
/// <param name="Run">Launches it and waits; says first which arguments were made up, if any were.</param>
/// <param name="Name">What launches it, for sentences.</param>
internal sealed record UserLaunch(MethodInfo? Kernel, Action<Accelerator, Action<string>> Run, string Name)
{
    /// <summary>Whether a method is the kernel.</summary>
    public bool IsOf(MethodInfo? launched) => Kernel is null || launched == Kernel
        || (Kernel.IsGenericMethodDefinition && launched is { IsGenericMethod: true } && launched.GetGenericMethodDefinition() == Kernel);
}
#endif
