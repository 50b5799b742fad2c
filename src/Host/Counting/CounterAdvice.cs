#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Counting;

/// <summary>What stands out in the counters of a launch, where, and what one would try, a sentence each.</summary>
internal static class CounterAdvice
{
    private const double ManySectors = 2;           // times those that would do
    private const double ManyPasses = 1.25;
    private const double NoticeablePart = 0.05;     // of all sectors, passes or instructions
    private const double FewLanes = 0.75;
    private const double OftenAgain = 4;
    private const int MostPlaces = 3;
    private const int WordBytes = 4;

    public static IEnumerable<string> For(LaunchTrace trace)
    {
        KernelCounters counters = trace.Counters;
        foreach (AccessPlace site in Worst(trace, AddressSpace.Global, ManySectors))
            yield return $"{Place(site)} moves {Times((double)site.Units / site.LeastUnits)} the sectors that would do to {Verb(site)} {site.Memory}, as {Pattern(site)}: let neighbouring threads {Verb(site)} neighbouring elements.";
        foreach (AccessPlace site in Worst(trace, AddressSpace.Shared, ManyPasses))
            yield return $"{Place(site)} {Verb(site)}s {site.Memory} in {Quantity.Count(site.Units)} passes where {Quantity.Count(site.LeastUnits)} would do, as {Pattern(site)} and meet in the same banks: pad rows by an element, or change which thread takes which.";
        if (Narrow(trace) is AccessPlace narrow)
            yield return $"{Place(narrow)} {Verb(narrow)}s {narrow.Memory} by {Bytes(narrow.Examples[0].Size)} a thread: a word or a packet of up to 16 bytes a thread takes fewer requests.";
        if (counters.AtomicCollisions > counters.GlobalAtomics.Requests)
            yield return $"Threads of a warp change the same address {Quantity.Count(counters.AtomicCollisions)} times, one after the other: sum up within the warp or the group, and let one thread change it.";
        if (counters.LaneUtilization < FewLanes)
            yield return $"{Quantity.Number(100 * (1 - counters.LaneUtilization))} % of the lanes are idle in an average instruction, as {WhyIdle(trace)}.";
        if (counters.DistinctBytes > 0 && (double)counters.MovedBytes / counters.DistinctBytes is double again && again > OftenAgain)
            yield return $"Every byte moves {Times(again)}, mostly those of {MostMoved(trace)}: caches may help; shared memory or registers do for sure.";
        if (counters.LocalRequests > 0)
            yield return $"Arrays of a thread are indexed by what is only known at run time, {Quantity.Count(counters.LocalRequests)} times: they lie in memory; with constant indices (unrolled loops) they are registers.";
    }

    // Those that waste most come first.
    private static IEnumerable<AccessPlace> Worst(LaunchTrace trace, AddressSpace space, double ratio)
    {
        AccessPlace[] places = [.. AccessPlace.Of(trace).Where(place => place.Space == space)];
        double noticeable = NoticeablePart * places.Sum(place => place.Units);
        return places.Where(place => place.Units >= ratio * place.LeastUnits && place.Units - place.LeastUnits >= noticeable && place.Units > place.LeastUnits)
            .OrderByDescending(place => place.Units - place.LeastUnits).Take(MostPlaces);
    }

    // Less than a word for each of many threads side by side.
    private static AccessPlace? Narrow(LaunchTrace trace)
    {
        AccessPlace[] places = [.. AccessPlace.Of(trace).Where(place => place.Space == AddressSpace.Global)];
        return places.Where(place => place.Kind is IrOp.Load or IrOp.Store && place.Examples is [var first, ..]
                && first.Size < WordBytes && StepOf(first) == first.Size && place.Requests * 4 > places.Sum(other => other.Requests))
            .MaxBy(place => place.Requests);
    }

    private static string MostMoved(LaunchTrace trace) =>
        trace.Sites.Where(site => site.Space == AddressSpace.Global).GroupBy(site => site.Memory).MaxBy(memory => memory.Sum(site => site.Units))!.Key;

    private static string Pattern(AccessPlace place)
    {
        long?[] steps = [.. place.Examples.Select(StepOf).Where(step => step != 0)];
        if (steps.Length == 0)
            return "few threads of a warp do so at a time";
        if (steps.Any(step => step is null || step != steps[0]))
            return "neighbouring threads go to scattered places";
        long apart = Math.Abs(steps[0]!.Value);
        return apart == place.Examples[0].Size ? "warps begin in the middle of sectors" : $"neighbouring threads lie {Bytes(apart)} apart";
    }

    // The bytes from one active lane to the next: 0 for a single lane or a single place, null for several steps.
    private static long? StepOf(WarpAccess access)
    {
        long[] offsets = [.. access.Offsets.OfType<long>()];
        if (offsets.Length < 2)
            return 0;
        long step = offsets[1] - offsets[0];
        return Enumerable.Range(2, offsets.Length - 2).All(lane => offsets[lane] - offsets[lane - 1] == step) ? step : null;
    }

    private static string WhyIdle(LaunchTrace trace)
    {
        KernelCounters counters = trace.Counters;
        if (counters.DivergentBranches == 0)
            return counters.Group.Size % counters.WarpSize == 0 ? "groups end within a warp" : $"groups of {counters.Group.Size} do not fill warps of {counters.WarpSize}";
        LineActivity? worst = trace.Lines.Where(line => line.DivergentBranches > 0).MaxBy(line => line.DivergentBranches);
        return $"branches separate the threads of a warp{(worst is null ? "" : $", most often at {worst.Location}")}";
    }

    private static string Place(AccessPlace place) => place.Location?.ToString() ?? "The kernel";

    private static string Verb(AccessPlace place) => place.Kind switch { IrOp.Load => "read", IrOp.Store => "write", _ => "change" };

    private static string Times(double factor) => $"{Quantity.Number(factor)} times";

    private static string Bytes(long bytes) => $"{Quantity.Count(bytes)} {(bytes == 1 ? "byte" : "bytes")}";
}
#endif
