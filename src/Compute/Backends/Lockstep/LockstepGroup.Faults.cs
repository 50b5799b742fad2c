using System.Numerics;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>What went wrong, and where the threads are.</content>
internal sealed unsafe partial class LockstepGroup
{
    private const int MostNames = 4;

    /// <summary>What goes wrong in a thread.</summary>
    public KernelFaultException Fault(int thread, SourceLocation? location, string what, Exception? inner) =>
        new(Program.Kernel.Name, Index, ThreadIndex(thread), Program.Kernel.Opening is null ? $"{what} (no line is known: the kernel's assembly has no symbols)" : what, inner, Program.Lanes, location);

    /// <summary>Not all threads came to an operation in which all take part.</summary>
    /// <param name="warp">A warp that did.</param>
    /// <param name="i">The operation.</param>
    public KernelFaultException NotAll(LockstepWarp warp, Instruction* i)
    {
        bool meeting = i->Stop == StopKind.Meeting;
        var places = new List<(string Where, List<int> Threads)>();
        foreach (LockstepWarp other in meeting ? _warps : [warp])
            AddPlaces(other, meeting || other != warp ? other.Waiting : i, places, i, warp);
        // Those who are there come last, as the sentence ends with the line.
        string there = Place(i);
        places = [.. places.OrderBy(place => place.Where == there)];
        string text = string.Join("; ", places.Select(place => $"{Names(place.Threads)} {(place.Where == there ? $"at {NameOf(i)}" : place.Where)}"));
        string all = meeting ? "every thread of the group" : "every thread of the warp";
        int first = warp.Number * Program.Lanes + BitOperations.TrailingZeroCount(warp.Mask);
        KernelFaultException fault = Fault(first, Program.LocationOf(i), $"not {all} reached {NameOf(i)}: {text}", null).With(KernelFaultKind.NotAllThreads);
        fault.Operation = NameOf(i);
        fault.Places = [.. places.Select(place => new KernelFaultPlace(place.Threads.Count, place.Where))];
        return fault;
    }

    // Where the threads of a warp are that is at an operation, or ran on; and others of the same, at which the warp beside waits.
    private void AddPlaces(LockstepWarp warp, Instruction* at, List<(string Where, List<int> Threads)> places, Instruction* other = null, LockstepWarp? beside = null)
    {
        ulong seen = 0;
        if (!warp.HasEnded)
        {
            ReadOnlySpan<LockstepWarp.Path> paths = warp.Paths;
            Add(at != null ? Place(at, at == other ? warp.IsInRoundOf(beside!) ? "" : " in another round of the loop" : other != null && Place(at) == Place(other) ? " in another round or call" : "") : $"before {Program.LocationOf(warp.Block)}", warp.Mask);
            for (int i = paths.Length - 2; i >= 0; i--)
                Add(Elsewhere(paths[i].Block), paths[i].Mask & ~seen);
        }
        Add("at the end of the kernel", warp.Start & ~seen);

        void Add(string where, ulong lanes)
        {
            seen |= lanes;
            if (lanes == 0)
                return;
            int found = places.FindIndex(place => place.Where == where);
            List<int> threads = found >= 0 ? places[found].Threads : [];
            if (found < 0)
                places.Add((where, threads));
            for (; lanes != 0; lanes &= lanes - 1)
                threads.Add(warp.Number * Program.Lanes + BitOperations.TrailingZeroCount(lanes));
        }
    }

    // Without symbols no block has a line.
    private string Elsewhere(int block) => Program.LocationOf(block) is { } line ? $"on another path, which goes on at {line}"
        : Program.Kernel.Opening is null ? "on another path" : "at the end of the kernel";

    private string Place(Instruction* at, string how = "") => $"at {NameOf(at)}{how}{(Program.LocationOf(at) is { } location ? $" ({location})" : "")}";

    private string Names(List<int> threads)
    {
        string names = string.Join(", ", threads.Take(MostNames).Select(thread => ThreadIndex(thread).ToString()));
        return threads.Count == 1 ? $"thread {names} is" : $"{threads.Count} threads ({names}{(threads.Count > MostNames ? ", …" : "")}) are";
    }

    private string NameOf(Instruction* i)
    {
        IrValue value = Program.Values[i->Index]!;
        return value.Op switch
        {
            IrOp.Barrier => "Group.Barrier",
            IrOp.BarrierReduce => $"Group.Barrier{(BarrierReduction)value.Immediate}",
            IrOp.GroupBroadcast => "Group.Broadcast",
            IrOp.WarpBarrier => "Warp.Barrier",
            IrOp.WarpBroadcast => "Warp.Broadcast",
            _ => (ShuffleKind)value.Immediate == ShuffleKind.Index ? "Warp.Shuffle" : $"Warp.Shuffle{(ShuffleKind)value.Immediate}",
        };
    }
}
