#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Compute;
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Counting;

/// <summary>What stands out in the counters of a kernel, and what one would try, a sentence each.</summary>
internal static class CounterAdvice
{
    private const double PoorEfficiency = 0.5;
    private const double ManyConflicts = 0.25;      // of the passes that would do
    private const double FewLanes = 0.75;
    private const double OftenAgain = 4;

    public static IEnumerable<string> For(KernelCounters counters)
    {
        if (counters.GlobalLoads.Efficiency < PoorEfficiency)
            yield return $"Loads move {Times(1 / counters.GlobalLoads.Efficiency)} what they use: let neighbouring threads read neighbouring elements.";
        if (counters.GlobalStores.Efficiency < PoorEfficiency)
            yield return $"Stores move {Times(1 / counters.GlobalStores.Efficiency)} what they write: let neighbouring threads write neighbouring elements.";
        long ideal = counters.SharedLoads.IdealPasses + counters.SharedStores.IdealPasses, conflicts = counters.SharedLoads.Conflicts + counters.SharedStores.Conflicts;
        if (conflicts > ManyConflicts * ideal)
            yield return $"Shared memory takes {Quantity.Count(ideal + conflicts)} passes where {Quantity.Count(ideal)} would do: pad rows by one element, or change who reads what, so that lanes use different banks.";
        if (counters.LaneUtilization < FewLanes)
            yield return $"{Quantity.Number(100 * (1 - counters.LaneUtilization))} % of the lanes are idle in an average instruction: {(counters.DivergentBranches > 0 ? "branches separate the lanes of a warp, or groups end within one" : "the threads of a group do not fill its warps")}.";
        if (counters.DistinctBytes > 0 && (double)counters.MovedBytes / counters.DistinctBytes is double again && again > OftenAgain)
            yield return $"Every byte moves {Times(again)}: caches may help; shared memory or registers do for sure.";
    }

    private static string Times(double factor) => $"{Quantity.Number(factor)} times";
}
#endif
