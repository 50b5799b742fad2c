using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <content>What compiled code need not show, or only to be noted.</content>
internal sealed unsafe partial class Checker
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryNote(LockstepWarp warp, int instruction, long first, AddressPattern pattern)
    {
        NotedSite* site = _noted + instruction;
        ulong at = (ulong)(first - site->Start);
        if (at >= site->Places || (first & site->Rest) != 0)
            return false;
        long offset = first - site->Origin;
        if (pattern == AddressPattern.Contiguous)
            return TryNoteRow(warp, site, _sites[instruction]!, at, offset);
        WarpOrder order = new(_clock, site->IsShared ? _clock.GroupStart : _clock.LaunchStart, (uint)(warp.Number * warp.Lanes) | site->Name, warp.Lanes);
        if (!site->IsWrite)
            return site->IsWritten(offset) && site->TryReadByAll(offset, order, _clock.Now, warp.Mask);
        if (!site->TryWriteByAll(offset, order, _clock.Now, warp.Lanes))
            return false;
        if (!site->IsWritten(offset))
            _sites[instruction]!.Region!.Written!.Set(offset, site->Rest + 1);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryNoteRow(LockstepWarp warp, NotedSite* noted, CheckedSite site, ulong at, long offset)
    {
        int bytes = site.Size * warp.Lanes;
        if (at + (ulong)(bytes - site.Size) >= noted->Places || (warp.Lanes & 7) != 0)
            return false;
        if (site.Reads && site.Region!.Written is { } read && read.FirstClear(offset, bytes) >= 0)
            return false;
        int start = noted->IsShared ? _clock.GroupStart : _clock.LaunchStart;
        if (!site.Races!.TryTouchRow(_clock, start, offset >> noted->Shift, (uint)(warp.Number * warp.Lanes) | noted->Name, site.Writes, warp.Lanes))
            return false;
        if (site.Writes && site.Region!.Written is { } written)
            written.Set(offset, bytes);
        return true;
    }

    private T* New<T>()
        where T : unmanaged => (T*)NativeMemory.AllocZeroed((nuint)_program.Values.Length, (nuint)sizeof(T));

    private void FindWindows(List<CheckedSite> sites)
    {
        // Atomic operations order what others do; where their memory is unknown it may be any.
        HashSet<CheckedRegion?> atomics = [.. sites.Where(site => site.Kind is AccessKind.Atomic or AccessKind.AtomicRead).Select(site => site.Region)];
        foreach (CheckedSite site in sites)
        {
            if (site is not { Memory: { } memory, Region: { IsDisposed: false } region } || site.Space == AddressSpace.Local || memory.Start < region.Start || memory.End > region.End)
                continue;
            // Memory of which everything is known: reads need to stay in it, no more.
            if (site is { Kind: AccessKind.Read, Races: null } && region.Written?.IsFull(memory.Start - region.Start, memory.Bytes) != false)
                _windows[site.Instruction] = new AccessWindow
                {
                    Start = memory.Start,
                    One = (ulong)Math.Max(0, memory.Bytes - site.Size + 1),
                    Row = (ulong)Math.Max(0, memory.Bytes - ((long)site.Size * _program.Lanes) + 1),
                };
            bool isPlain = site.Kind is AccessKind.Read or AccessKind.Write && !(site.Writes && _options.EqualWrites) && !atomics.Contains(region) && !atomics.Contains(null);
            if (isPlain && site.Races is { } races && site.Blocks is null && site.Size == races.Granule)
                _noted[site.Instruction] = new NotedSite(site, memory, region, races);
        }
    }
}
