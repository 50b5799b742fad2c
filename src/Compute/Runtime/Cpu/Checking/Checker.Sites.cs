using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <content>Which memory each operation of a launch can reach.</content>
internal sealed unsafe partial class Checker
{
    private readonly Dictionary<long, CheckedRegion> _foreign;

    private void FindParameters()
    {
        foreach (NamedView view in _known.Views)
        {
            NamedMemory memory = view.In(_launch.Slots);
            _named[view.Index] = memory;
            _parameters.Add(memory);
        }
        // Memory of other accelerators, or borrowed: nothing is known of it but that it is there.
        long end = 0;
        CheckedRegion? last = null;
        foreach (NamedMemory memory in _parameters.Where(memory => memory.Start != 0 && _memory.Find(memory.Start) is null).OrderBy(memory => memory.Start))
        {
            if (last is null || memory.Start >= end)
                last = null;
            end = Math.Max(end, memory.End);
            last = new CheckedRegion(last?.Start ?? memory.Start, end - (last?.Start ?? memory.Start));
            _foreign[last.Start] = last;
        }
    }

    /// <summary>A launch that did not touch a buffer that is gone was wrong all the same.</summary>
    public void RequireAlive()
    {
        foreach (NamedMemory memory in _parameters)
            if (FindRegion(memory.Start) is { IsDisposed: true })
                throw new ObjectDisposedException(nameof(ILGPU.Runtime.MemoryBuffer), $"Kernel {_program.Kernel.Name} was launched with {memory.Name}, whose buffer has been disposed.");
    }

    private CheckedRegion? FindRegion(long address)
    {
        if (_shared is { } shared && address >= shared.Start && address < shared.End)
            return shared;
        if (_memory.Find(address) is { } region)
            return region;
        foreach (CheckedRegion foreign in _foreign.Values)
            if (address >= foreign.Start && address < foreign.End)
                return foreign;
        return null;
    }

    private void FindSites()
    {
        _shared = _sharedRegions.Get((long)_group.Shared, _group.SharedBytes, _known.LeastAccess, _options.UninitializedReads);
        var sites = new List<CheckedSite>(_known.Sites.Length);
        foreach (CheckedSite known in _known.Sites)
        {
            CheckedSite site = _sites[known.Instruction] = known.Copy();
            sites.Add(site);
            site.Memory = MemoryOf(site.Root);
            site.Region = site.Memory is null ? null : FindRegion(site.Memory.Start);
            if (site.Region is null)
                site.Memory = null;
        }
        if (_options.Races && (_launch.Groups > 1 || _launch.Threads > 1))
            FindRaces(sites.FindAll(site => site.Space != AddressSpace.Local));
        FindWindows(sites);
    }

    private NamedMemory? MemoryOf(IrValue? root) => root?.Op switch
    {
        IrOp.Parameter => _named.GetValueOrDefault((int)root.Immediate),
        IrOp.SharedBase => SharedMemory((int)root.Immediate),
        IrOp.DynamicSharedBase => new(DynamicShared, (long)_group.Shared + _program.SharedBytes, _launch.DynamicSharedBytes, Math.Max(1, _program.Kernel.DynamicSharedElement)),
        _ => null,
    };

    private NamedMemory SharedMemory(int index)
    {
        IrAllocation allocation = _program.Kernel.SharedAllocations[index];
        string name = allocation.Variable is null ? "shared memory" : $"shared memory '{allocation.Variable}'";
        return new(name, (long)_group.Shared + _program.SharedOffsets[index], allocation.SizeInBytes, allocation.ElementSize);
    }

    // Accesses can only race in memory that the kernel writes. A granule is the smallest access there.
    private void FindRaces(List<CheckedSite> sites)
    {
        bool anywhere = sites.Exists(site => site.Region is null && site.Writes && site.Space == AddressSpace.Global);
        int unknown = 8;
        var regions = new HashSet<CheckedRegion>();
        foreach (CheckedSite site in sites)
        {
            if (site.Region is not null)
                regions.Add(site.Region);
            else
                unknown = Math.Min(unknown, site.Size);
        }
        if (sites.Exists(site => site.Region is null))
            regions.UnionWith([.. _parameters.Select(memory => FindRegion(memory.Start)).OfType<CheckedRegion>(), _shared!]);
        foreach (CheckedRegion region in regions)
        {
            List<CheckedSite> own = sites.FindAll(site => site.Region == region);
            bool written = (anywhere && !region.IsShared) || own.Exists(site => site.Writes)
                || (region.IsShared && sites.Exists(site => site.Region is null && site.Space == AddressSpace.Shared));
            if (!written || (region.IsShared && _launch.Threads == 1) || region.IsDisposed || region.Length == 0)
                continue;
            RaceShadow races = region.RacesOf(region.IsShared ? 0 : _part?.Number ?? 0, own.Select(site => site.Size).Append(unknown).Min());
            TouchedBlocks? blocks = region.IsShared ? null : _sharing?.Touches(region, _part!, races);
            foreach (CheckedSite site in own)
                (site.Races, site.Blocks) = (races, blocks);
        }
    }
}
