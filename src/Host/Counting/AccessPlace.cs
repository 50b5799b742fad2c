#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Host.Counting;

/// <summary>What a source line does to one piece of memory; a loop that was unrolled has several instructions for it.</summary>
/// <param name="Location">The line; null without symbols.</param>
/// <param name="Kind">Load, Store, Atomic or AtomicCompareExchange.</param>
/// <param name="Space">Global or shared memory.</param>
/// <param name="Memory">The parameter or the shared array.</param>
/// <param name="Sites">The instructions.</param>
internal sealed record AccessPlace(SourceLocation? Location, IrOp Kind, AddressSpace Space, string Memory, IReadOnlyList<AccessSite> Sites)
{
    public long Requests => Sites.Sum(site => site.Requests);

    /// <summary>Gets the sectors or passes.</summary>
    public long Units => Sites.Sum(site => site.Units);

    /// <summary>Gets the sectors or passes that would do.</summary>
    public long LeastUnits => Sites.Sum(site => site.LeastUnits);

    /// <summary>Gets the first accesses of the instruction that wastes most.</summary>
    public IReadOnlyList<WarpAccess> Examples => Sites.MaxBy(site => site.Units - site.LeastUnits)!.Examples;

    /// <summary>The places of a launch, those that move most first.</summary>
    public static IEnumerable<AccessPlace> Of(LaunchTrace trace) => trace.Sites
        .GroupBy(site => (site.Location, site.Kind, site.Space, site.Memory))
        .Select(sites => new AccessPlace(sites.Key.Location, sites.Key.Kind, sites.Key.Space, sites.Key.Memory, [.. sites]))
        .OrderByDescending(place => place.Units);
}
#endif
