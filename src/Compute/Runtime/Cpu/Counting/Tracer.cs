using System.Numerics;
using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Divides what a counter counts among the places of the program, and keeps the first accesses of the first warps.</summary>
internal sealed unsafe class Tracer(LockstepProgram program, in LockstepLaunch launch, KernelCounters counters)
{
    private const int Warps = 4, Times = 8, LineBytes = 128, SectorBytes = 32;

    private readonly SortedDictionary<int, AccessSite> _sites = [];
    private readonly Dictionary<(int Site, long Group, int Warp), int> _times = [];
    private readonly Dictionary<int, int> _warpsAt = [];
    private readonly long[] _divergences = new long[program.Blocks.Length];
    private readonly (long Start, string Name)[] _views = Views(program, launch);
    private readonly (int X, int Y, int Z) _grid = launch.Grid;
    private (long Units, long Bytes, long Passes, long Lines) _before;

    /// <summary>A branch separated the lanes of a warp.</summary>
    public void Diverge(int block) => _divergences[block]++;

    /// <summary>An access was counted.</summary>
    public void Access(LockstepWarp warp, Instruction* i, long* pointers, int size)
    {
        if (i->Space is not (AddressSpace.Global or AddressSpace.Shared))
            return;
        bool isShared = i->Space == AddressSpace.Shared;
        int first = BitOperations.TrailingZeroCount(warp.Mask);
        (long start, string name) = isShared ? SharedAt(warp, pointers[first] + i->Offset) : ViewAt(pointers[first] + i->Offset);
        if (!_sites.TryGetValue(i->Index, out AccessSite? site))
        {
            IrValue value = program.Values[i->Index]!;
            _sites[i->Index] = site = new(value.Location, value.Op, i->Space, name);
        }
        (long Units, long Bytes, long Passes, long Lines) now = Counted();
        long units = now.Units - _before.Units;
        site.Add(units, (now.Bytes - _before.Bytes + SectorBytes - 1) / SectorBytes + now.Passes - _before.Passes);
        Keep(site, warp, i, pointers, size, start, units, now.Lines - _before.Lines);
        _before = now;
    }

    /// <summary>What is known when the launch is over.</summary>
    public LaunchTrace Finish(long[] warpsOfBlock, long[] lanesOfBlock)
    {
        var lines = new Dictionary<SourceLocation, (long Instructions, long Lanes, long Divergences)>();
        for (int b = 0; b < program.Blocks.Length; b++)
        {
            LockstepBlock block = program.Blocks[b];
            for (int i = block.First; i < block.First + block.Count; i++)
                if (program.Values[i] is { Op: not (IrOp.Print or IrOp.Check or IrOp.AlignedPointer) } value)
                    Add(value.Location, warpsOfBlock[b], lanesOfBlock[b], 0);
            if (block.Else is not null)
                Add(block.Source.ExitLocation, warpsOfBlock[b], lanesOfBlock[b], _divergences[b]);
        }
        return new(program.Kernel, counters, [.. _sites.Values],
            [.. lines.Where(line => line.Value.Instructions > 0).Select(line => new LineActivity(line.Key, line.Value.Instructions, line.Value.Lanes, line.Value.Divergences))]);

        void Add(SourceLocation? location, long instructions, long lanes, long divergences)
        {
            if (location is null)
                return;
            (long a, long b, long c) = lines.GetValueOrDefault(location);
            lines[location] = (a + instructions, b + lanes, c + divergences);
        }
    }

    private void Keep(AccessSite site, LockstepWarp warp, Instruction* i, long* pointers, int size, long start, long units, long lines)
    {
        ILGPU.Index3D group = warp.Group.Index;
        long number = group.X + (long)_grid.X * (group.Y + (long)_grid.Y * group.Z);
        if (!_times.TryGetValue((i->Index, number, warp.Number), out int time))
        {
            int warps = _warpsAt.GetValueOrDefault(i->Index);
            if (warps == Warps)
                return;
            _warpsAt[i->Index] = warps + 1;
        }
        _times[(i->Index, number, warp.Number)] = time + 1;
        if (time >= Times)
            return;
        var offsets = new long?[warp.Lanes];
        for (int lane = 0; lane < offsets.Length; lane++)
            offsets[lane] = (warp.Mask >> lane & 1) == 0 ? null : pointers[lane] + i->Offset - start;
        int alignment = i->Space == AddressSpace.Shared ? 0 : (int)(start % LineBytes);
        site.Keep(new(group, warp.Number, time, size, alignment, offsets, units, lines));
    }

    // What was counted so far: sectors and passes, bytes used, passes that would do, lines.
    private (long Units, long Bytes, long Passes, long Lines) Counted()
    {
        GlobalTraffic loads = counters.GlobalLoads, stores = counters.GlobalStores, atomics = counters.GlobalAtomics;
        SharedTraffic reads = counters.SharedLoads, writes = counters.SharedStores;
        return (loads.Sectors + stores.Sectors + atomics.Sectors + reads.Passes + writes.Passes, loads.UsedBytes + stores.UsedBytes + atomics.UsedBytes,
            reads.IdealPasses + writes.IdealPasses, loads.Lines + stores.Lines + atomics.Lines);
    }

    // The view that begins last before an address: what a kernel checked itself lies in it.
    private (long Start, string Name) ViewAt(long address)
    {
        (long Start, string Name) found = (0, "memory");
        foreach ((long Start, string Name) view in _views)
            if (view.Start <= address && view.Start > found.Start)
                found = view;
        return found;
    }

    private (long Start, string Name) SharedAt(LockstepWarp warp, long address)
    {
        long start = (long)warp.Group.Shared, offset = address - start;
        int allocation = program.SharedOffsets.FindLastIndex(begin => begin <= offset);
        bool isStatic = allocation >= 0 && offset < program.SharedBytes;
        return (start, !isStatic ? "dynamic shared memory" : program.Kernel.SharedAllocations[allocation] is { } found ? found.Variable ?? found.Name : "shared memory");
    }

    private static (long, string)[] Views(LockstepProgram program, in LockstepLaunch launch)
    {
        var views = new List<(long, string)>();
        foreach (IrParameter parameter in program.Kernel.Parameters)
            if (parameter.Kind == ParameterKind.ViewPointer)
                views.Add((((long*)launch.Slots)[parameter.Index], parameter.Name.EndsWith(".ptr", StringComparison.Ordinal) ? parameter.Name[..^4] : parameter.Name));
        return [.. views];
    }
}
