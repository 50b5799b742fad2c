using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <content>The local memory of threads, as far as it lies in memory: arrays at constant places have become registers, whose reads check
/// themselves.</content>
internal sealed unsafe partial class Checker
{
    private readonly Dictionary<LockstepWarp, (int Number, int Group, ByteMap Written)> _local = [];

    private void CheckLocal(LockstepWarp warp, Instruction* i, int lane, long address, CheckedSite site)
    {
        long first = lane * _program.LocalBytes, at = address - (long)warp.Local;
        if (at < first || at + i->Size > first + _program.LocalBytes)
            throw warp.Fault(lane, i, $"{Verb(site.Kind)} {i->Size} bytes outside local memory");
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

    private KernelFaultAccess? LocalElement(Instruction* i, long offset)
    {
        if (PointerRoots.Find(_program.Values[i->Index]!.Operands[0]) is not { } root)
            return null;
        int allocation = (int)root.Immediate;
        return new("reads", LocalName(root), (offset - _program.LocalOffsets[allocation]) / _program.Kernel.LocalAllocations[allocation].ElementSize, -1);
    }
}
