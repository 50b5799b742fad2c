using System.Reflection;
using ILGPU;

namespace GemmaIlgpu.Compute;

/// <summary>What one launch did, or several together. The same launch gives the same numbers every time.</summary>
public sealed class KernelCounters
{
    private readonly Dictionary<(long Flops, long Bytes), long> _work = [];

    /// <summary>Gets the type and method of the kernel; "all" for a sum over several.</summary>
    public string Kernel { get; internal init; } = "all";

    /// <summary>Gets the kernel's method with its type arguments; null for a sum over several.</summary>
    public MethodInfo? Method { get; internal init; }

    /// <summary>Gets the groups in each dimension, of the last launch.</summary>
    public Index3D Grid { get; internal set; }

    /// <summary>Gets the threads of a group in each dimension, of the last launch.</summary>
    public Index3D Group { get; internal set; }

    /// <summary>Gets the lanes of a warp.</summary>
    public int WarpSize { get; internal set; }

    /// <summary>Gets the launches.</summary>
    public int Launches { get; internal set; }

    /// <summary>Gets the warps that ran.</summary>
    public long Warps { get; internal set; }

    /// <summary>Gets loads from global memory.</summary>
    public GlobalTraffic GlobalLoads { get; } = new();

    /// <summary>Gets stores to global memory.</summary>
    public GlobalTraffic GlobalStores { get; } = new();

    /// <summary>Gets atomic operations on global memory.</summary>
    public GlobalTraffic GlobalAtomics { get; } = new();

    /// <summary>Gets loads from shared memory.</summary>
    public SharedTraffic SharedLoads { get; } = new();

    /// <summary>Gets stores to shared memory and atomic operations there.</summary>
    public SharedTraffic SharedStores { get; } = new();

    /// <summary>Gets the lanes of atomic operations that had to wait for another lane of their request at the same address.</summary>
    public long AtomicCollisions { get; internal set; }

    /// <summary>Gets accesses of local memory by warps; arrays that are only used at constant places lie in registers.</summary>
    public long LocalRequests { get; internal set; }

    /// <summary>Gets the bytes of all sectors of global memory that the launch touched, each once: what must move if caches keep all.</summary>
    public long DistinctBytes { get; internal set; }

    /// <summary>Gets the bytes of all sectors of all requests: what moves if caches keep nothing.</summary>
    public long MovedBytes => GlobalLoads.MovedBytes + GlobalStores.MovedBytes + GlobalAtomics.MovedBytes;

    /// <summary>Gets the instructions of warps.</summary>
    public InstructionCounts Instructions { get; } = new();

    /// <summary>Gets the instructions of lanes: those that were active, one by one.</summary>
    public long LaneInstructions { get; internal set; }

    /// <summary>Gets the part of the lanes that were active in an average instruction, 0 to 1.</summary>
    public double LaneUtilization => Instructions.Total == 0 ? 1 : (double)LaneInstructions / (Instructions.Total * WarpSize);

    /// <summary>Gets the branches that separated the lanes of a warp.</summary>
    public long DivergentBranches { get; internal set; }

    /// <summary>Gets the times that all threads of a group met at a barrier.</summary>
    public long Barriers { get; internal set; }

    /// <summary>Gets the floating-point operations of all lanes: one for +, −, ×, ÷, roots, functions and atomic additions, two for a fused multiply-add.
    /// Comparisons, minima, signs and conversions are none.</summary>
    public long Flops { get; internal set; }

    /// <summary>Gets the floating-point operations for each byte that must move.</summary>
    public double ArithmeticIntensity => DistinctBytes == 0 ? 0 : (double)Flops / DistinctBytes;

    /// <summary>Gets the least time on a GPU; of several launches, which follow each other, the sum.</summary>
    public Roofline On(GpuModel gpu)
    {
        ArgumentNullException.ThrowIfNull(gpu);
        Roofline one = new(gpu, Flops, DistinctBytes, MovedBytes);
        return _work.Count == 0 ? one : one with { Seconds = _work.Sum(work => work.Value * new Roofline(gpu, work.Key.Flops, work.Key.Bytes, 0).Seconds) };
    }

    internal void Add(KernelCounters other)
    {
        (Grid, Group, WarpSize) = (other.Grid, other.Group, other.WarpSize);
        _work[(other.Flops, other.DistinctBytes)] = _work.GetValueOrDefault((other.Flops, other.DistinctBytes)) + 1;
        Launches += other.Launches;
        Warps += other.Warps;
        GlobalLoads.Add(other.GlobalLoads);
        GlobalStores.Add(other.GlobalStores);
        GlobalAtomics.Add(other.GlobalAtomics);
        SharedLoads.Add(other.SharedLoads);
        SharedStores.Add(other.SharedStores);
        AtomicCollisions += other.AtomicCollisions;
        LocalRequests += other.LocalRequests;
        DistinctBytes += other.DistinctBytes;
        Instructions.Add(other.Instructions);
        LaneInstructions += other.LaneInstructions;
        DivergentBranches += other.DivergentBranches;
        Barriers += other.Barriers;
        Flops += other.Flops;
    }
}
