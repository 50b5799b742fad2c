using System.Numerics;
using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <content>Which bytes of its shared and local memory the group that runs has written. The checker knows it for the latest moment only;
/// this goes back and forth with the rest.</content>
internal sealed unsafe partial class SteppedMachine
{
    private readonly ulong[] _written;      // a bit for each byte

    /// <summary>Whether the group, or somebody before the launch, has written all of a piece of memory.</summary>
    public bool IsWritten(long address, int bytes)
    {
        long first = address - (long)Group.Shared;
        if (first < 0 || first + bytes > Group.ScratchBytes)
            return true;
        for (long i = first; i < first + bytes; i++)
            if ((_written[i >> 6] >> (int)(i & 63) & 1) == 0)
                return false;
        return true;
    }

    /// <summary>An operation that writes is about to be done.</summary>
    public void NoteWrite(LockstepWarp warp, Instruction* instruction)
    {
        if (!KeepsHistory || instruction->Space == AddressSpace.Global || (IrOp)_kinds[instruction->Index] == IrOp.Load)
            return;
        long* pointers = warp.Pointers(instruction);
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            long first = pointers[BitOperations.TrailingZeroCount(left)] + instruction->Offset - (long)Group.Shared;
            for (long i = first; i < first + instruction->Size; i++)
                if (i >= 0 && i < Group.ScratchBytes)
                    _written[i >> 6] |= 1UL << (int)(i & 63);
        }
    }
}
