using System.Collections.Concurrent;
using System.Reflection;
using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Engine;
using GemmaIlgpu.Host.Counting;
using GemmaIlgpu.Host.Inspection;

namespace GemmaIlgpu.Host.Explorer.Serving;

/// <summary>The kernels of the user's own assembly, which the page shows before the program's.</summary>
internal sealed class OwnKernels
{
    private const int UsualWarp = 32;

    private readonly Dictionary<MethodInfo, UserLaunch> _launches = [];
    private readonly ConcurrentDictionary<(UserLaunch, int), Lazy<(IReadOnlyList<LaunchTrace>, string)>> _counted = new();
    private readonly List<KernelEntry> _entries = [];

    /// <summary>Takes the kernels of an assembly in.</summary>
    /// <param name="file">The assembly's file, which names the family.</param>
    /// <param name="launches">What launches them.</param>
    public OwnKernels(string file, IReadOnlyList<UserLaunch> launches)
    {
        string family = Path.GetFileName(file);
        foreach (UserLaunch launch in launches)
            foreach (MethodInfo kernel in KernelsOf(launch))
                if (_launches.TryAdd(kernel, launch))
                    _entries.Add(new(family, NameOf(kernel, family), kernel));
    }

    public IReadOnlyList<KernelEntry> Entries => _entries;

    /// <summary>The launches of a kernel, counted; null if it is none of the user's.</summary>
    /// <exception cref="InputException">It cannot be launched; the message is a sentence.</exception>
    public (LaunchTrace[] Launches, string Description)? Count(KernelEntry entry, int warp)
    {
        if (!_launches.TryGetValue(entry.Method, out UserLaunch? launch))
            return null;
        (IReadOnlyList<LaunchTrace> traces, string description) = Run(launch, warp);
        return ([.. traces.Where(trace => trace.Kernel.Method == entry.Method)], description);
    }

    // One run of a launch at a time: the user's method may not expect to be called twice at once.
    private (IReadOnlyList<LaunchTrace> Traces, string Description) Run(UserLaunch launch, int warp) => _counted.GetOrAdd((launch, warp), _ => new(() =>
    {
        lock (launch)
            return CountedRun.Of(launch, warp);
    })).Value;

    // A host method has to run before it is known what it launches.
    private IEnumerable<MethodInfo> KernelsOf(UserLaunch launch)
    {
        if (launch.Kernel is { ContainsGenericParameters: false } one)
            return [one];
        MethodInfo[] found = [.. Run(launch, UsualWarp).Traces.Select(trace => trace.Kernel.Method).OfType<MethodInfo>().Where(launch.IsOf).Distinct()];
        return found.Length > 0 ? found : throw new InputException($"{launch.Name} did not launch {(launch.Kernel is null ? "a kernel" : MethodNames.Of(launch.Kernel))}.");
    }

    // Names are unique on the page; the program may have a kernel of that name, and methods may have overloads.
    private string NameOf(MethodInfo kernel, string family)
    {
        string plain = MethodNames.Of(kernel) + (kernel.IsGenericMethod ? $"<{string.Join(", ", kernel.GetGenericArguments().Select(TypeNames.Short))}>" : "");
        string name = ExplorerCatalog.All.Any(entry => entry.Name == plain) ? $"{plain} of {family}" : plain;
        for (int i = 2; _entries.Exists(entry => entry.Name == name); i++)
            name = $"{plain} ({i})";
        return name;
    }
}
