using System.Numerics;
using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>What a thread of the group does.</summary>
internal enum SteppedState
{
    /// <summary>Its group has not begun, or its warp has not had a turn yet.</summary>
    NotBegun,

    /// <summary>It takes no part: it lies beyond the launch's extent.</summary>
    Idle,

    /// <summary>It is active.</summary>
    Active,

    /// <summary>It has come to an operation where it waits for the group.</summary>
    AtBarrier,

    /// <summary>It is masked off: other lanes of its warp went another way and run now.</summary>
    MaskedOff,

    /// <summary>It has returned.</summary>
    Ended,
}

/// <content>Where the threads are.</content>
internal sealed unsafe partial class SteppedMachine
{
    // For each warp and pair of lanes: 1 + twice the number of the block whose branch separated them last, plus 1 if the first took it.
    private readonly int[][] _separators;

    public int ThreadCount => Launch.Threads;

    public LockstepWarp WarpOf(int thread) => Group.Warps[thread / Program.Lanes];

    /// <summary>What a thread does.</summary>
    public SteppedState StateOf(int thread)
    {
        if (_phase != Phase.InGroup)
            return _phase == Phase.AfterAll ? SteppedState.Ended : SteppedState.NotBegun;
        LockstepWarp warp = WarpOf(thread);
        int lane = thread % Program.Lanes;
        if ((warp.Start >> lane & 1) == 0)
            return SteppedState.Idle;
        if (!IsAlive(warp, lane))
            return SteppedState.Ended;
        if ((warp.Mask >> lane & 1) == 0)
            return SteppedState.MaskedOff;
        if (warp.Waiting != null)
            return SteppedState.AtBarrier;
        return _lastStatements[thread] < 0 ? SteppedState.NotBegun : SteppedState.Active;
    }

    /// <summary>The statement that a thread is at; for a masked off one, where it goes on, if that is the beginning of one; null if it
    /// has not begun.</summary>
    public IrStatement? StatementOf(int thread)
    {
        if (_phase != Phase.InGroup)
            return null;
        LockstepWarp warp = WarpOf(thread);
        int lane = thread % Program.Lanes;
        if ((warp.Mask >> lane & 1) == 0 && BlockOf(warp, lane) is int block && Program.Blocks[block] is { Count: > 0 } found
            && Program.Values[found.First] is { Op: IrOp.Statement } marker)
        {
            return Statements[(int)marker.Immediate];
        }
        int last = _lastStatements[thread];
        return last < 0 ? null : Statements[last];
    }

    /// <summary>Why a thread is masked off: the place of the branch that separates it from the lanes that run, and whether its condition was true for it.</summary>
    public (SourceLocation? Where, bool Taken)? SeparationOf(int thread)
    {
        LockstepWarp warp = WarpOf(thread);
        int lane = thread % Program.Lanes, other = BitOperations.TrailingZeroCount(warp.Mask);
        int separator = _separators[warp.Number][lane * Program.Lanes + other];
        if (separator == 0 || warp.Mask == 0)
            return null;
        IrBlock block = Program.Blocks[(separator - 1) >> 1].Source;
        return (block.ExitLocation, ((separator - 1) & 1) != 0);
    }

    /// <summary>The operation at which a thread waits for its group; null if it does not.</summary>
    public IrValue? MeetingOf(int thread) => WarpOf(thread).Waiting is var waiting && waiting != null ? Program.Values[waiting->Index] : null;

    /// <summary>Keeps in mind which branch separated which lanes.</summary>
    public void NoteDivergence(LockstepWarp warp, int block, ulong taken)
    {
        int[] separators = _separators[warp.Number];
        int lanes = Program.Lanes;
        for (ulong left = taken; left != 0; left &= left - 1)
        {
            int a = BitOperations.TrailingZeroCount(left);
            for (ulong others = warp.Mask & ~taken; others != 0; others &= others - 1)
            {
                int b = BitOperations.TrailingZeroCount(others);
                separators[a * lanes + b] = 2 + 2 * block;
                separators[b * lanes + a] = 1 + 2 * block;
            }
        }
    }

    /// <summary>Whether a lane has not returned.</summary>
    public static bool IsAlive(LockstepWarp warp, int lane)
    {
        foreach (LockstepWarp.Path path in warp.Paths)
            if ((path.Mask >> lane & 1) != 0)
                return true;
        return false;
    }

    // The block where a lane that is masked off goes on.
    private static int? BlockOf(LockstepWarp warp, int lane)
    {
        for (int i = warp.Paths.Length - 1; i >= 0; i--)
            if ((warp.Paths[i].Mask >> lane & 1) != 0)
                return warp.Paths[i].Block >= 0 ? warp.Paths[i].Block : null;
        return null;
    }

    /// <summary>The bits of one scalar of a variable in a lane: integers sign-extended to 64 bits, truth values 0 or 1.</summary>
    public long Read(IrValue value, int thread)
    {
        LockstepWarp warp = WarpOf(thread);
        int lane = thread % Program.Lanes;
        byte* row = warp.Registers + Program.RowOf(value);
        if (value.Type == IrType.Bool)
            return (long)(*(ulong*)row >> lane & 1);
        if (ProgramBuilder.IsTagged(value.Type) && RowTag.Of(row) is var tag && tag->IsAffine)
            return value.Type == IrType.I32 ? (int)(tag->Base + lane * tag->Step) : tag->Base + lane * tag->Step;
        return value.Type is IrType.I32 or IrType.F32 ? ((int*)row)[lane] : ((long*)row)[lane];
    }

    /// <summary>Whether a debugger may look at memory: it is a buffer that lives, or belongs to the group.</summary>
    public bool CanRead(long address, long bytes)
    {
        if (address >= (long)Group.Shared && address + bytes <= (long)Group.Shared + Group.ScratchBytes)
            return true;
        if (Memory.Find(address) is { } region)
            return !region.IsDisposed && address + bytes <= region.End;
        foreach ((IrParameter parameter, int p) in Program.Kernel.Parameters.Select((parameter, p) => (parameter, p)))
            if (parameter.Kind == ParameterKind.ViewPointer && new NamedView(Program.Kernel, p).In(Launch.Slots) is { } memory && address >= memory.Start && address + bytes <= memory.End)
                return true;
        return false;
    }
}
