using GemmaIlgpu.Compute.Ir;
using ILGPU;

namespace GemmaIlgpu.Compute;

/// <summary>What one launch did, line by line and access by access.</summary>
/// <param name="Kernel">The type and method of the kernel.</param>
/// <param name="Counters">The sums.</param>
/// <param name="Sites">The loads, stores and atomic operations that ran, in the order of the program.</param>
/// <param name="Lines">The source lines that ran, each with what its instructions did.</param>
public sealed record LaunchTrace(IrKernel Kernel, KernelCounters Counters, IReadOnlyList<AccessSite> Sites, IReadOnlyList<LineActivity> Lines);

/// <summary>The work of one source line.</summary>
/// <param name="Location">The line.</param>
/// <param name="Instructions">Instructions of warps.</param>
/// <param name="LaneInstructions">Instructions of active lanes.</param>
/// <param name="DivergentBranches">Branches of this line that separated the lanes of a warp.</param>
public sealed record LineActivity(SourceLocation Location, long Instructions, long LaneInstructions, long DivergentBranches);

/// <summary>One load, store or atomic operation of the program.</summary>
/// <param name="Location">Its source line, if symbols were found.</param>
/// <param name="Kind">Load, Store, Atomic or AtomicCompareExchange.</param>
/// <param name="Space">Global or shared memory.</param>
/// <param name="Memory">The parameter or the shared array that it touches first.</param>
public sealed record AccessSite(SourceLocation? Location, IrOp Kind, AddressSpace Space, string Memory)
{
    private readonly List<WarpAccess> _examples = [];

    /// <summary>Gets how many warp instructions there were; neighbours that were moved with it count with it.</summary>
    public long Requests { get; private set; }

    /// <summary>Gets the 32-byte sectors of global memory, or the passes over the banks of shared memory.</summary>
    public long Units { get; private set; }

    /// <summary>Gets the fewest sectors that could hold the bytes that lanes asked for, or the passes without conflicts.</summary>
    public long LeastUnits { get; private set; }

    /// <summary>Gets the first accesses of the first warps that came here.</summary>
    public IReadOnlyList<WarpAccess> Examples => _examples;

    internal void Add(long units, long leastUnits)
    {
        Requests++;
        Units += units;
        LeastUnits += leastUnits;
    }

    internal void Keep(WarpAccess example) => _examples.Add(example);
}

/// <summary>One access by one warp.</summary>
/// <param name="Group">The group.</param>
/// <param name="Warp">The warp in its group.</param>
/// <param name="Time">How many accesses this warp had made at this place before.</param>
/// <param name="Size">Bytes of a lane, with those of neighbouring accesses that move together.</param>
/// <param name="Alignment">Where the memory begins behind a multiple of 128.</param>
/// <param name="Offsets">For each lane the bytes from the beginning of the view, or of the group's shared memory; null for lanes that are not active.</param>
/// <param name="Units">Sectors or passes.</param>
/// <param name="Lines">The 128-byte lines of global memory; 0 for shared memory.</param>
public sealed record WarpAccess(Index3D Group, int Warp, int Time, int Size, int Alignment, IReadOnlyList<long?> Offsets, long Units, long Lines);
