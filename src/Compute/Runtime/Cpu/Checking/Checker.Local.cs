using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <content>The local memory of threads, as far as it lies in memory: arrays at constant places have become registers, whose reads check
/// themselves.</content>
internal sealed unsafe partial class Checker
{
    private readonly Dictionary<int, (long Start, long End)> _localRanges = [];
    private readonly Dictionary<LockstepWarp, (int Number, int Group, ByteMap Written)> _local = [];

    private void CheckLocal(LockstepWarp warp, Instruction* i, int lane, long address, CheckedSite site)
    {
        long first = lane * _program.LocalBytes, at = address - (long)warp.Local;
        if (!_localRanges.TryGetValue(i->Index, out (long Start, long End) range))
            _localRanges[i->Index] = range = LocalRange(i);
        if (at < first + range.Start || at + i->Size > first + range.End)
            throw warp.Fault(lane, i, $"{Verb(site.Kind)} {i->Size} bytes outside {(LocalRoot(i) is { } root ? LocalName(root) : "local memory")}");
        if (!_options.UninitializedReads)
            return;
        ByteMap written = LocalOf(warp);
        if (site.Reads && written.FirstClear(at, i->Size) >= 0)
        {
            KernelFaultAccess? access = LocalElement(i, at - first);
            throw warp.Fault(lane, i, $"reads {(access is null ? "local memory" : $"element {access.Element} of {access.Memory}")}, which the thread has not written").With(KernelFaultKind.NotWritten, access);
        }
        if (site.Writes)
            written.Set(at, i->Size);
    }

    // A warp's place serves warp after warp and group after group.
    private ByteMap LocalOf(LockstepWarp warp)
    {
        if (!_local.TryGetValue(warp, out var known))
            known = (warp.Number, _clock.GroupStart, new ByteMap(_program.LocalBytes * _program.Lanes));
        else if (known.Number == warp.Number && known.Group == _clock.GroupStart)
            return known.Written;
        else
            known.Written.Clear();
        _local[warp] = known with { Number = warp.Number, Group = _clock.GroupStart };
        return known.Written;
    }

    // The allocation that an access is for; all of the thread's local memory if it is not known.
    private (long Start, long End) LocalRange(Instruction* i)
    {
        if (LocalRoot(i) is not { } root)
            return (0, _program.LocalBytes);
        int allocation = (int)root.Immediate;
        long start = _program.LocalOffsets[allocation];
        return (start, start + _program.Kernel.LocalAllocations[allocation].SizeInBytes);
    }

    private IrValue? LocalRoot(Instruction* i) => PointerRoots.Find(_program.Values[i->Index]!.Operands[0]);

    private KernelFaultAccess? LocalElement(Instruction* i, long offset)
    {
        if (LocalRoot(i) is not { } root)
            return null;
        int allocation = (int)root.Immediate;
        return new("reads", LocalName(root), (offset - _program.LocalOffsets[allocation]) / _program.Kernel.LocalAllocations[allocation].ElementSize, -1);
    }
}
