using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <content>What went wrong, as a sentence.</content>
internal sealed unsafe partial class Checker
{
    private const string DynamicShared = "dynamic shared memory";

    private KernelFaultException? _unwritten, _race;
    private CheckedRegion? _unwrittenIn;

    /// <inheritdoc/>
    public string NameOf(LockstepWarp warp, Instruction* check, int lane)
    {
        IrValue pointer = _program.Values[check->Index]!.Operands[0];
        long address = ((long*)(warp.Registers + check->A))[lane];
        IrValue? root = PointerRoots.Find(pointer);
        string? name = root?.Op switch
        {
            IrOp.LocalBase => LocalName(root),
            IrOp.ConstantBase => "a static array",
            _ => (MemoryOf(root) ?? NameAt(address))?.Name,
        };
        if (name is null)
            return "a view";
        if (root is null)
            return name;
        return !PointerRoots.IsWhole(pointer) ? $"a part of {name}" : IsOwnLength(_program.Values[check->Index]!, root) ? name : $"a view of {name}";
    }

    // Whether a check is of the memory as its name stands for it: not of a view with other elements, a part from the beginning, or
    // with other dimensions.
    private bool IsOwnLength(IrValue check, IrValue root)
    {
        int size = (CheckKind)check.Immediate switch { CheckKind.Index => 2, CheckKind.Range => 3, _ => 0 };
        if (size == 0)
            return true;
        IrValue[] lengths = [.. check.Operands.Skip(1).Chunk(size).Select(part => Plain(part[^1]))];
        switch (root.Op)
        {
            case IrOp.Parameter:
                // A view and its extents lie side by side in the parameters.
                int at = (int)root.Immediate;
                return lengths.All(length => length.Op == IrOp.Parameter && length.Immediate > at) && lengths.Zip(lengths.Skip(1)).All(pair => pair.First.Immediate < pair.Second.Immediate);
            case IrOp.SharedBase or IrOp.LocalBase when lengths.Length == 1:
                IrAllocation allocation = (root.Op == IrOp.SharedBase ? _program.Kernel.SharedAllocations : _program.Kernel.LocalAllocations)[(int)root.Immediate];
                return allocation.Variable is null || (lengths[0].Op == IrOp.Constant && lengths[0].Immediate == allocation.Length);
            default:
                return true;
        }

        static IrValue Plain(IrValue value)
        {
            while (value.Op is IrOp.SignExtend or IrOp.ZeroExtend or IrOp.Truncate64)
                value = value.Operands[0];
            return value;
        }
    }

    private string LocalName(IrValue root) =>
        _program.Kernel.LocalAllocations[(int)root.Immediate].Variable is { } variable ? $"local memory '{variable}'" : "local memory";

    private NamedMemory? NameAt(long address)
    {
        for (int i = 0; i < _program.Kernel.SharedAllocations.Count; i++)
            if (SharedMemory(i) is { } shared && address >= shared.Start && address < shared.End)
                return shared;
        return _parameters.Where(memory => address >= memory.Start && address < memory.End).MinBy(memory => memory.Bytes);
    }

    // The region of an address that the site may access.
    private CheckedRegion Locate(LockstepWarp warp, Instruction* i, int lane, long address, CheckedSite site)
    {
        CheckedRegion? region = site.Region;
        if (site.Memory is { } memory)
        {
            if (address < memory.Start || address + site.Size > memory.End)
                throw Outside(warp, i, lane, address, site, memory);
        }
        else if (region is null || address < region.Start || address + site.Size > region.End)
        {
            region = FindRegion(address);
            if (region is null || address + site.Size > region.End)
                throw warp.Fault(lane, i, address == 0
                    ? $"{Verb(site.Kind)} memory of a view of nothing"
                    : $"{Verb(site.Kind)} {site.Size} bytes at 0x{address:x}, which is in no buffer").With(KernelFaultKind.OutOfBounds);
            site.Region = region;
            if (_sharing is not null && !region.IsShared)
                throw Stopped();
        }
        if (region!.IsDisposed)
            throw warp.Fault(lane, i, $"{Verb(site.Kind)} {Describe(address, site)}, whose buffer has been disposed", new ObjectDisposedException(nameof(ILGPU.Runtime.MemoryBuffer))).With(KernelFaultKind.Disposed, AccessOf(address, site));
        return region;
    }

    private static KernelFaultException Outside(LockstepWarp warp, Instruction* i, int lane, long address, CheckedSite site, NamedMemory memory)
    {
        long distance = address < memory.Start ? memory.Start - address : address + site.Size - memory.End;
        string side = address < memory.Start ? "before the beginning" : "beyond the end";
        string index = Math.DivRem(address - memory.Start, memory.ElementSize) is (var at, 0) ? $" (index {at})" : "";
        return warp.Fault(lane, i, $"{Verb(site.Kind)} {site.Size} bytes{index}, {distance} bytes {side} of {memory.Name} of length {memory.Length}")
            .With(KernelFaultKind.OutOfBounds, new(Verb(site.Kind), memory.Name, (long)Math.Floor((address - memory.Start) / (double)memory.ElementSize), memory.Length));
    }

    // A thread that reads too early reads what nobody has written yet. Whether a write follows, which makes it a race, shows
    // before the next barrier in shared memory, and before the end of the launch in global memory.
    private void NoteUnwritten(LockstepWarp warp, Instruction* i, int lane, long address, CheckedSite site, CheckedRegion region)
    {
        // The host can write elements past the buffer's back; memory that is not zero any more was written.
        if (!region.IsShared && new ReadOnlySpan<byte>((byte*)address, site.Size).ContainsAnyExcept((byte)0))
        {
            region.Written!.Set(address - region.Start, site.Size);
            return;
        }
        if (_unwritten is not null)
            return;
        _unwritten = warp.Fault(lane, i, $"reads {Describe(address, site)}, which nobody has written").With(KernelFaultKind.NotWritten, AccessOf(address, site));
        _unwrittenIn = region;
        if (region.Races is null || !_options.Races || _sharing is not null)
            throw _unwritten;
    }

    /// <summary>Reports a read of what nobody has written, if there was one.</summary>
    public void ThrowUnwritten(bool ofShared)
    {
        if (_unwritten is not null && (_unwrittenIn!.IsShared || !ofShared))
            throw _unwritten;
    }

    /// <summary>Gets the read of what nobody has written that will be reported unless it turns out to be a race; null if there was none.</summary>
    public KernelFaultException? Pending => _unwritten;

    /// <summary>What to report when something goes wrong: values that nobody has written may be why.</summary>
    public KernelFaultException CauseOf(KernelFaultException fault) =>
        _unwritten is null || ReferenceEquals(fault, _race) ? fault : _unwritten;

    private KernelFaultException Race(LockstepWarp warp, Instruction* i, int lane, long address, CheckedSite site, RaceParty other)
    {
        string did = RaceShadow.IsAtomic(other.Who) ? "changes atomically" : other.Wrote ? "writes" : "reads";
        int thread = RaceShadow.ThreadOf(other.Who);
        SourceLocation? location = _program.Values[RaceShadow.InstructionOf(other.Who)]?.Location;
        string where = location is null ? "" : $" ({location})";
        bool ownGroup = other.Time >= _clock.GroupStart;
        string party = ownGroup
            ? $"thread {_group.ThreadIndex(thread)} {did}{where} with no barrier between them"
            : $"thread {_group.ThreadIndex(thread)} of group {GroupIndex(_clock.GroupAt(other.Time))} {did}{where}; groups of one launch have no order";
        KernelFaultException race = warp.Fault(lane, i, $"race: {Verb(site.Kind)} {Describe(address, site)}, which {party}")
            .With(KernelFaultKind.Race, AccessOf(address, site), new(ownGroup ? _group.Index : GroupIndex(_clock.GroupAt(other.Time)), _group.ThreadIndex(thread), did, location?.Line ?? 0));
        if (_unwritten is null || FindRegion(address) == _unwrittenIn)
            _race = race;
        return race;
    }

    private ILGPU.Index3D GroupIndex(int group)
    {
        (int x, int y, _) = _launch.Grid;
        return new ILGPU.Index3D(group % x, group / x % y, group / x / y);
    }

    private KernelFaultAccess? AccessOf(long address, CheckedSite site) => (site.Memory ?? NameAt(address)) is { } memory
        ? new(Verb(site.Kind), memory.Name, (address - memory.Start) / memory.ElementSize, memory.Length)
        : null;

    private string Describe(long address, CheckedSite site) => (site.Memory ?? NameAt(address)) is { } memory
        ? $"{(memory is { Name: DynamicShared, ElementSize: 1 } ? "byte" : "element")} {(address - memory.Start) / memory.ElementSize} of {memory.Name}"
        : $"memory at 0x{address:x}";

    private static string FromOrOf(string place) => place.StartsWith("byte", StringComparison.Ordinal) ? $"from {place}" : $"of {place}";

    private static string Verb(AccessKind kind) => kind switch
    {
        AccessKind.Read or AccessKind.AtomicRead => "reads",
        AccessKind.Write => "writes",
        _ => "changes atomically",
    };
}
