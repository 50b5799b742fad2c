using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Looks at every access of one launch.</summary>
internal sealed unsafe partial class Checker : ILockstepObserver, IDisposable
{
    private readonly LockstepProgram _program;
    private readonly CheckedProgram _known;
    private readonly LockstepLaunch _launch;
    private readonly CheckedMemory _memory;
    private readonly CheckedOptions _options;
    private readonly RaceClock _clock;
    private readonly SharedRegions _sharedRegions;
    private readonly CheckedSite?[] _sites;
    private readonly List<NamedMemory> _parameters;
    private readonly Dictionary<int, NamedMemory> _named;
    private readonly AccessWindow* _windows;
    private readonly NotedSite* _noted;
    private LockstepGroup _group = null!;
    private CheckedRegion? _shared;
    private long _blocks;

    public Checker(LockstepProgram program, in LockstepLaunch launch, CheckedMemory memory, CheckedOptions options)
    {
        (_program, _launch, _memory, _options, _clock) = (program, launch, memory, options, memory.Clock);
        (_known, _sharedRegions) = (CheckedProgram.Of(program), memory.SharedRegions);
        (_parameters, _named, _foreign) = ([], [], []);
        _sites = new CheckedSite?[program.Values.Length];
        _windows = New<AccessWindow>();
        _noted = New<NotedSite>();
        memory.RestartIfLate();
        _clock.BeginLaunch();
        FindParameters();
    }

    /// <inheritdoc/>
    public AccessWindow* Windows => _program.Options.KeepRows || _options.BlockLimit > 0 ? null : _windows;

    /// <inheritdoc/>
    public void BeginGroup(LockstepGroup group)
    {
        if (!ReferenceEquals(_group, group))
        {
            _group = group;
            FindSites();
        }
        _shared?.Written?.Clear();
        _clock.BeginGroup(group.WarpCount, _program.Lanes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_windows);
        NativeMemory.Free(_noted);
        foreach ((_, _, ByteMap written) in _local.Values)
            written.Dispose();
        // A part has these from whoever knows the memory.
        if (_sharing is not null)
            return;
        foreach (CheckedRegion region in _foreign.Values)
            region.Dispose();
    }

    /// <inheritdoc/>
    public void GroupBarrier(LockstepGroup group, Instruction* instruction)
    {
        ThrowUnwritten(ofShared: true);
        _clock.MeetGroup();
    }

    /// <inheritdoc/>
    public void EndGroup(LockstepGroup group) => ThrowUnwritten(ofShared: true);

    /// <inheritdoc/>
    public void WarpBarrier(LockstepWarp warp, Instruction* instruction) => _clock.MeetWarp(warp.Number);

    /// <inheritdoc/>
    public void WarpExchange(LockstepWarp warp, Instruction* instruction) => _clock.ExchangeInWarp(warp.Number);

    /// <inheritdoc/>
    public void Fence(LockstepWarp warp, Instruction* instruction) =>
        _clock.Fence(warp.Number, warp.Mask, forDevice: (FenceLevel)instruction->Immediate != FenceLevel.Group);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Enter(LockstepWarp warp, int block)
    {
        if (_sharing is { IsStopped: true })
            throw Stopped();
        if (++_blocks == _options.BlockLimit)
            throw _group.Fault((warp.Number * warp.Lanes) + BitOperations.TrailingZeroCount(warp.Mask), _program.LocationOf(block), $"has not come to an end after {_blocks:N0} blocks", null).With(KernelFaultKind.NoEnd);
    }

    /// <inheritdoc/>
    public void Diverge(LockstepWarp warp, int block, ulong taken)
    {
        // That lanes separate is no fault.
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Access(LockstepWarp warp, Instruction* i)
    {
        CheckedSite site = _sites[i->Index]!;
        int size = i->Size;
        if (_sharing is not null)
            NoteTouch(warp, i, site);
        if (site.Memory is null || site.Space == AddressSpace.Local)
        {
            OneByOne(warp, i, site);
            return;
        }
        AddressPattern pattern = warp.Pattern;
        if (pattern == AddressPattern.Scattered && IsClean(warp, i, site))
        {
            int start = site.Region!.IsShared ? _clock.GroupStart : _clock.LaunchStart;
            uint own = RaceShadow.Who(warp.Number * warp.Lanes, site.Instruction, site.Kind);
            long origin = site.Region.Start - i->Offset;
            if (site.Races is { } shadow && !(size == shadow.Granule && site.Kind switch
                {
                    AccessKind.Read => shadow.TryReadEach(_clock, start, warp.Pointers(i), origin, warp.Mask, own, warp.Lanes),
                    AccessKind.Write => shadow.TryWriteEach(_clock, start, warp.Pointers(i), origin, warp.Mask, own, warp.Lanes),
                    _ => false,
                }))
            {
                RacesOneByOne(warp, i, site);
            }
            return;
        }
        long first = warp.FirstAddress, bytes = pattern == AddressPattern.Contiguous ? (long)size * warp.Lanes : size;
        if (pattern == AddressPattern.Scattered || first < site.Memory.Start || first + bytes > site.Memory.End || (first & (size - 1)) != 0 || site.Region!.IsDisposed)
        {
            OneByOne(warp, i, site);
            return;
        }
        long offset = first - site.Region.Start;
        if (site.Region.Written is { } written)
        {
            if (site.Reads && written.FirstClear(offset, bytes) >= 0)
            {
                OneByOne(warp, i, site);
                return;
            }
            if (site.Writes)
                written.Set(offset, bytes);
        }
        if (site.Races is { } races && !IsFree(warp, i, site, races, pattern, offset))
            RacesOneByOne(warp, i, site);
    }

    // Whether all lanes stay in the memory they came from, at aligned addresses, and read nothing unwritten.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool IsClean(LockstepWarp warp, Instruction* i, CheckedSite site)
    {
        long* pointers = warp.Pointers(i);
        long least = long.MaxValue, most = long.MinValue, bits = 0;
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            long address = pointers[BitOperations.TrailingZeroCount(left)] + i->Offset;
            least = Math.Min(least, address);
            most = Math.Max(most, address);
            bits |= address;
        }
        if (least < site.Memory!.Start || most + site.Size > site.Memory.End || (bits & (site.Size - 1)) != 0 || site.Region!.IsDisposed)
            return false;
        if (site.Region.Written is not { } written)
            return true;
        long origin = site.Region.Start - i->Offset;
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            long offset = pointers[BitOperations.TrailingZeroCount(left)] - origin;
            if (site.Reads && !written.IsSet(offset, site.Size))
                return false;
            if (site.Writes)
                written.Set(offset, site.Size);
        }
        return true;
    }

    // The two patterns that rows of cells can show at once.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool IsFree(LockstepWarp warp, Instruction* i, CheckedSite site, RaceShadow races, AddressPattern pattern, long offset)
    {
        int start = site.Region!.IsShared ? _clock.GroupStart : _clock.LaunchStart;
        uint who = RaceShadow.Who(warp.Number * warp.Lanes, site.Instruction, site.Kind);
        if (site.Size != races.Granule || site.Kind is AccessKind.Atomic or AccessKind.AtomicRead)
            return false;
        long cell = offset / races.Granule;
        if (pattern == AddressPattern.Contiguous)
            return (warp.Lanes & 7) == 0 && races.TryTouchRow(_clock, start, cell, who, site.Kind == AccessKind.Write, warp.Lanes);
        return site.Kind == AccessKind.Read
            ? races.TryReadByAll(_clock, start, cell, who + FirstOf(warp.Mask), who + FirstOf(warp.Mask & (warp.Mask - 1)), warp.Lanes)
            : !_options.EqualWrites && AllAreEqual(warp, i) && races.TryWriteByAll(_clock, start, cell, who, warp.Lanes);
    }

    private static uint FirstOf(ulong lanes) => (uint)BitOperations.TrailingZeroCount(lanes);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool AllAreEqual(LockstepWarp warp, Instruction* i)
    {
        byte* row = warp.Registers + i->B;
        return i->Memory is MemoryType.I64 or MemoryType.F64
            ? !new ReadOnlySpan<long>(row, warp.Lanes).ContainsAnyExcept(*(long*)row)
            : !new ReadOnlySpan<int>(row, warp.Lanes).ContainsAnyExcept(*(int*)row);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void OneByOne(LockstepWarp warp, Instruction* i, CheckedSite site)
    {
        long* pointers = warp.Pointers(i);
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            long address = pointers[lane] + i->Offset;
            if (site.Space == AddressSpace.Local)
            {
                CheckLocal(warp, i, lane, address, site);
                continue;
            }
            CheckedRegion region = Locate(warp, i, lane, address, site);
            if ((address & (site.Size - 1)) != 0 && !site.IsPacked)
                throw warp.Fault(lane, i, $"{Verb(site.Kind)} {site.Size} bytes {FromOrOf(Describe(address, site))} at an address that is no multiple of {site.Size}").With(KernelFaultKind.Misaligned, AccessOf(address, site));
            if (region.Written is not { } written)
                continue;
            if (site.Reads && written.FirstClear(address - region.Start, site.Size) >= 0)
                NoteUnwritten(warp, i, lane, address, site, region);
            if (site.Writes)
                written.Set(address - region.Start, site.Size);
        }
        if (_options.Races && site.Space != AddressSpace.Local)
            RacesOneByOne(warp, i, site);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RacesOneByOne(LockstepWarp warp, Instruction* i, CheckedSite site)
    {
        long* pointers = warp.Pointers(i);
        ulong done = 0;
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left), thread = warp.Number * warp.Lanes + lane;
            long address = pointers[lane] + i->Offset;
            CheckedRegion region = site.Memory is null ? Locate(warp, i, lane, address, site) : site.Region!;
            if ((site.Memory is null ? region.Races : site.Races) is not { } races)
                continue;
            int start = region.IsShared ? _clock.GroupStart : _clock.LaunchStart;
            uint who = RaceShadow.Who(thread, site.Instruction, site.Kind);
            for (int part = 0; part < site.Size; part += races.Granule)
                if (races.Touch(_clock, start, (address - region.Start + part) / races.Granule, who, site.Kind, warp.Lanes, out RaceParty other)
                    && !WritesTheSame(warp, i, lane, pointers, site, other, done))
                    throw Race(warp, i, lane, address, site, other);
            // Only now: what an atomic operation sees cannot order it behind a plain write to the same place.
            if (site.Kind == AccessKind.Atomic)
                _clock.Synchronize(thread, ofDevice: !region.IsShared);
            done |= 1UL << lane;
        }
    }

    // Two threads that write the same value leave the same memory in whatever order they come.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool WritesTheSame(LockstepWarp warp, Instruction* i, int lane, long* pointers, CheckedSite site, RaceParty other, ulong done)
    {
        if (_options.EqualWrites || !other.Wrote || site.Kind != AccessKind.Write || RaceShadow.IsAtomic(other.Who))
            return false;
        byte* value = ValueOf(warp, i, lane), before = (byte*)(pointers[lane] + i->Offset);
        int otherThread = RaceShadow.ThreadOf(other.Who);
        int otherLane = otherThread - warp.Number * warp.Lanes;
        // Another lane of this very store has not reached memory yet.
        if (other.Time >= _clock.GroupStart && (uint)otherLane < (uint)warp.Lanes && (done >> otherLane & 1) != 0 && pointers[otherLane] == pointers[lane])
            before = ValueOf(warp, i, otherLane);
        return new ReadOnlySpan<byte>(value, site.Size).SequenceEqual(new ReadOnlySpan<byte>(before, site.Size));
    }

    private static byte* ValueOf(LockstepWarp warp, Instruction* i, int lane) =>
        warp.Registers + i->B + lane * (i->Memory is MemoryType.I64 or MemoryType.F64 ? 8 : 4);
}
