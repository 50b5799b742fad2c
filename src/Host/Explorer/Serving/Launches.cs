using System.Collections.Concurrent;
using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Engine;
using GemmaIlgpu.Host.Counting;
using GemmaIlgpu.Host.Inspection;
using GemmaIlgpu.Host.Inspection.Samples;
using ILGPU;

namespace GemmaIlgpu.Host.Explorer.Serving;

/// <summary>A small launch of each kernel, counted and traced as a GPU would run it.</summary>
internal static class Launches
{
    public const int LargestWarp = 64;

    private static readonly ConcurrentDictionary<(KernelEntry, int), Lazy<object>> s_known = new();

    /// <summary>What a kernel's launch does with warps of a certain width, as the page wants it: the user's, or the sample of the catalogue.</summary>
    public static object Of(KernelEntry entry, int warp, OwnKernels? own) =>
        OfUser(entry, warp, own) ?? s_known.GetOrAdd((entry, warp), _ => new(() => OfSample(entry, warp))).Value;

    private static object? OfUser(KernelEntry entry, int warp, OwnKernels? own)
    {
        try
        {
            return own?.Count(entry, warp) is not var (launches, description) ? null
                : launches.Length == 0 ? new { Refusal = $"This time {entry.Name} was not launched." }
                : Answer(description.TrimEnd('.'), launches);
        }
        catch (Exception complaint) when (complaint is KernelCompilationException or KernelFaultException or InputException or UsageException)
        {
            return new { Refusal = complaint.Message };
        }
    }

    private static object OfSample(KernelEntry entry, int warp)
    {
        if (KernelSamples.For(entry) is not { } sample)
            return TensorLaunches.For(entry) is { } launch ? Geometry(entry, launch) : new { Refusal = KernelSamples.WhyNot(entry) };
        IReadOnlyList<LaunchTrace> traces;
        try
        {
            traces = CountedRun.Of(sample.Run, warp);
        }
        catch (UsageException exception)
        {
            return new { Refusal = exception.Message };
        }
        LaunchTrace[] launches = [.. traces.Where(trace => trace.Kernel.Method == entry.Method)];
        return launches.Length == 0
            ? new { Refusal = $"The sample of {entry.Name} launches it on other devices only." }
            : Answer($"Counted on a small example: {sample.Description}", launches);
    }

    private static object Answer(string description, LaunchTrace[] launches) =>
        new { Description = description, Launches = launches.Length, Launch = Describe(launches.MaxBy(trace => trace.Counters.MovedBytes)!) };

    private static object Geometry(KernelEntry entry, TensorLaunch launch) => new
    {
        Refusal = $"{entry.SourceName} multiplies on tensor cores by PTX instructions, which only NVIDIA's GPUs have: there is nothing here that could run and count it. Its stages are above, down to PTX; this is how it is launched.",
        Geometry = new
        {
            launch.Description,
            Grid = Dimensions(launch.Grid),
            Group = Dimensions(launch.Group),
            TensorLaunches.WarpSize,
            Shared = Shared(KernelStages.Read(entry, forPtx: true)).Concat(launch.SharedBytes > 0 ? [new { Name = "asked for at the launch", SizeInBytes = (long)launch.SharedBytes }] : []),
        },
    };

    private static IEnumerable<object> Shared(IrKernel kernel) =>
        kernel.SharedAllocations.Select(allocation => new { Name = allocation.Variable ?? allocation.Name, allocation.SizeInBytes });

    private static object Describe(LaunchTrace trace)
    {
        KernelCounters counters = trace.Counters;
        return new
        {
            Grid = Dimensions(counters.Grid),
            Group = Dimensions(counters.Group),
            counters.WarpSize,
            counters.Warps,
            counters.GlobalLoads,
            counters.GlobalStores,
            counters.GlobalAtomics,
            counters.SharedLoads,
            counters.SharedStores,
            counters.LocalRequests,
            counters.Instructions,
            counters.LaneUtilization,
            counters.DivergentBranches,
            counters.Barriers,
            counters.Flops,
            counters.DistinctBytes,
            counters.MovedBytes,
            counters.ArithmeticIntensity,
            Shared = Shared(trace.Kernel),
            Advice = CounterAdvice.For(trace),
            Roofs = GpuModel.All.Select(counters.On).Select(roof => new
            {
                roof.Gpu.Name,
                roof.Gpu.PeakFlops,
                roof.Gpu.BytesPerSecond,
                roof.Seconds,
                roof.IsMemoryBound,
            }),
            Sites = trace.Sites.Select(site => new
            {
                Place = PlaceOf(site.Location),
                Kind = site.Kind switch { IrOp.Load => "load", IrOp.Store => "store", _ => "atomic" },
                Space = site.Space == AddressSpace.Shared ? "shared" : "global",
                site.Memory,
                site.Requests,
                site.Units,
                site.LeastUnits,
                Examples = site.Examples.Select(example => new
                {
                    Group = Dimensions(example.Group),
                    example.Warp,
                    example.Time,
                    example.Size,
                    example.Alignment,
                    example.Offsets,
                    example.Units,
                    example.Lines,
                }),
            }),
            Lines = trace.Lines.Select(line => new { Place = PlaceOf(line.Location), line.Instructions, line.LaneInstructions, line.DivergentBranches }),
        };
    }

    private static string PlaceOf(SourceLocation? location) => location is null ? "" : SourceSections.Place(location.File, location.Line);

    private static int[] Dimensions(Index3D index) => [index.X, index.Y, index.Z];
}
