using System.Globalization;
using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Puzzles;

/// <summary>Goals that several puzzles have.</summary>
internal static class Goals
{
    /// <summary>Bytes that move for each byte that is used.</summary>
    public static Goal Moved(string what, GlobalTraffic traffic, double limit = 1.1)
    {
        double times = traffic.UsedBytes == 0 ? 1 : (double)traffic.MovedBytes / traffic.UsedBytes;
        return new($"bytes moved for each byte {what}", times, limit,
            $"Each {(what == "read" ? "load" : "store")} moves {times.ToString("0.#", CultureInfo.InvariantCulture)} times what it uses, because memory moves in sectors of 32 bytes. Let neighbouring threads take neighbouring elements: at any moment thread t at start + t.")
        {
            Culprit = trace => Most(trace, AddressSpace.Global, what == "read" ? IrOp.Load : IrOp.Store, site => site.Units - site.LeastUnits),
        };
    }

    /// <summary>Reads of global memory by single threads, for each element.</summary>
    public static Goal Reads(KernelCounters counters, double elements, double limit, string advice)
    {
        double times = counters.GlobalLoads.LaneAccesses / elements;
        return new("reads of global memory for each element", times, limit, $"The kernel reads {times.ToString("0.##", CultureInfo.InvariantCulture)} times from global memory for each element, the goal is {limit.ToString("0.##", CultureInfo.InvariantCulture)}: {advice}")
        {
            Culprit = trace => Most(trace, AddressSpace.Global, IrOp.Load, site => site.Requests),
        };
    }

    /// <summary>One write for each element.</summary>
    public static Goal OneWrite(KernelCounters counters, Trial trial) =>
        OneWrite(counters, trial, "Every thread does the work of all: elements are written again and again. No loop is needed here; a thread's number says which element is its own.");

    /// <summary>One write for each element, with advice of its own.</summary>
    public static Goal OneWrite(KernelCounters counters, Trial trial, string advice) =>
        new("writes for each element", counters.GlobalStores.LaneAccesses / (double)trial.Outputs.Sum(output => output.Expected.Length), 1, advice)
        {
            Culprit = trace => Most(trace, AddressSpace.Global, IrOp.Store, site => site.Requests),
        };

    /// <summary>One write for each result that a whole group has.</summary>
    public static Goal OneWriter(KernelCounters counters, Trial trial) =>
        OneWrite(counters, trial, "All threads of the group write the same number to the same place. One is enough, thread 0 for instance: if (Group.IdxX == 0).");

    /// <summary>Passes that bank conflicts cost.</summary>
    public static Goal NoConflicts(KernelCounters counters, string advice)
    {
        SharedTraffic loads = counters.SharedLoads, stores = counters.SharedStores;
        long requests = loads.Conflicts > stores.Conflicts ? loads.Requests : stores.Requests;
        long passes = loads.Conflicts > stores.Conflicts ? loads.Passes : stores.Passes;
        string ways = requests == 0 ? "" : $" of {Math.Ceiling((double)passes / requests).ToString(CultureInfo.InvariantCulture)} ways";
        return new("bank conflicts in shared memory", loads.Conflicts + stores.Conflicts, 0, $"Bank conflicts{ways}: lanes of a warp want different words of the same bank, one after the other. {advice}")
        {
            Culprit = trace => Most(trace, AddressSpace.Shared, loads.Conflicts > stores.Conflicts ? IrOp.Load : IrOp.Store, site => site.Units - site.LeastUnits),
        };
    }

    /// <summary>The share of the lanes that work.</summary>
    public static Goal Busy(KernelCounters counters, double percent, string advice) =>
        new("% of the lanes busy", 100 * counters.LaneUtilization, percent, $"{(100 - (100 * counters.LaneUtilization)).ToString("0", CultureInfo.InvariantCulture)} % of the lanes are idle: {advice}")
        {
            AtLeast = true,
            Culprit = trace => trace.Lines.MaxBy(line => (line.Instructions * counters.WarpSize) - line.LaneInstructions)?.Location,
        };

    /// <summary>The line that parts warps most often.</summary>
    public static SourceLocation? MostDivergent(LaunchTrace trace) => trace.Lines.MaxBy(line => line.DivergentBranches)?.Location;

    /// <summary>The line that does most of one kind of access.</summary>
    public static SourceLocation? Most(LaunchTrace trace, AddressSpace space, IrOp kind, Func<AccessSite, long> cost) =>
        trace.Sites.Where(site => site.Space == space && site.Kind == kind).GroupBy(site => site.Location).MaxBy(line => line.Sum(cost))?.Key;
}
