using System.Numerics;
using GemmaIlgpu.PtxInterpreter.Memory;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Execution;

/// <summary>A copy that a lane started and has not waited for.</summary>
internal unsafe struct PendingCopy
{
    public int Lane;
    public int Group;
    public byte* To;
    public byte* From;
    public int Size;
    public int SourceSize;
}

internal sealed unsafe partial class Warp
{
    private readonly int[] _copyGroups = new int[32];
    private List<PendingCopy>? _pendingCopies;

    public void StartCopy(int lane, byte* to, byte* from, int size, int sourceSize)
    {
        var copy = new PendingCopy { Lane = lane, Group = _copyGroups[lane], To = to, From = from, Size = size, SourceSize = sourceSize };
        if (_group.CopiesAtOnce)
            Finish(copy);
        else
            (_pendingCopies ??= []).Add(copy);
    }

    public void CommitCopies(uint mask)
    {
        for (; mask != 0; mask &= mask - 1)
            _copyGroups[BitOperations.TrailingZeroCount(mask)]++;
    }

    /// <summary>Carries out copies of those lanes, all but the latest <paramref name="pending"/> groups; -1 for all that were started.</summary>
    public void FinishCopies(uint mask, int pending)
    {
        if (_pendingCopies is null)
            return;
        int kept = 0;
        for (int i = 0; i < _pendingCopies.Count; i++)
        {
            PendingCopy copy = _pendingCopies[i];
            bool finish = (mask >> copy.Lane & 1) != 0 && (pending < 0 || copy.Group < _copyGroups[copy.Lane] - pending);
            if (!finish)
            {
                _pendingCopies[kept++] = copy;
                continue;
            }
            Finish(copy);
        }
        _pendingCopies.RemoveRange(kept, _pendingCopies.Count - kept);
    }

    private static void Finish(in PendingCopy copy)
    {
        var to = new Span<byte>(copy.To, copy.Size);
        new ReadOnlySpan<byte>(copy.From, copy.SourceSize).CopyTo(to);
        to[copy.SourceSize..].Clear();
    }
}

/// <summary>cp.async: may move its bytes at any time up to the wait. In most groups nothing moves before, so that a read too
/// early finds what lay there before; in some everything moves at once, so that a copy started too early destroys
/// what others still read.</summary>
internal sealed unsafe class StartCopy(AddressOperandPlan to, AddressOperandPlan from, int size, int sourceSize) : Instruction
{
    public override bool NeedsDefined => true;

    public override void Execute(Warp warp, uint mask)
    {
        byte** targets = stackalloc byte*[32];
        to.Resolve(warp, mask, size, write: true, targets);
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            int bytes = sourceSize < 0 ? size : (int)((uint*)(warp.Registers + sourceSize))[lane];
            if (bytes < 0 || bytes > size)
                throw warp.Fault($"a source of {bytes} bytes does not go into a copy of {size}", 1u << lane);
            ulong address = from.Address(warp, lane);
            if (address % (ulong)size != 0)
                throw warp.Fault($"address 0x{address:x} is not a multiple of {size}", 1u << lane, PtxFault.Misaligned);
            byte* source = bytes == 0 ? null : from.Pointer(warp, lane, StateSpace.Global, address, bytes, write: false);
            warp.StartCopy(lane, targets[lane], source, size, bytes);
        }
    }
}

internal sealed class CommitCopies : Instruction
{
    public override void Execute(Warp warp, uint mask) => warp.CommitCopies(mask);
}

internal sealed class WaitForCopies(int pending) : Instruction
{
    public override void Execute(Warp warp, uint mask) => warp.FinishCopies(mask, pending);
}
