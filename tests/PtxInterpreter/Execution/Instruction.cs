namespace GemmaIlgpu.PtxInterpreter.Execution;

/// <summary>How the warp's loop treats an instruction.</summary>
internal enum InstructionKind
{
    /// <summary>Each lane for itself; goes on with the next.</summary>
    Lanes,

    /// <summary>Lanes exchange values: waits until all lanes named have come.</summary>
    Warp,
    Branch,
    BranchIndexed,
    Exit,
    Barrier,
    BarrierArrive,
}

/// <summary>One decoded instruction. Operands are byte offsets into a warp's register file, where every register
/// has 32 lanes side by side; literals and special registers are registers too.</summary>
internal abstract unsafe class Instruction
{
    public int Line { get; set; }

    public string Text { get; set; } = "";

    /// <summary>The opcode's first word, for counting.</summary>
    public string Name { get; set; } = "";

    /// <summary>Registers read and written, by number, to find reads of what was never written.</summary>
    public int[] Sources { get; set; } = [];

    public int[] Destinations { get; set; } = [];

    /// <summary>Offset and number of the guard predicate; offset -1 where there is none.</summary>
    public int Guard { get; set; } = -1;

    public int GuardNumber { get; set; }

    public bool GuardNegated { get; set; }

    /// <summary>Whether undefined values may not come in: memory and what leaves the thread.</summary>
    public virtual bool NeedsDefined => false;

    public virtual InstructionKind Kind => InstructionKind.Lanes;

    /// <summary>Lanes whose result is undefined because of what it is made of.</summary>
    public virtual uint Undefined(Warp warp)
    {
        uint undefined = 0;
        foreach (int source in Sources)
            undefined |= warp.Undefined(source);
        return undefined;
    }

    /// <summary>Carries it out for the lanes of <paramref name="mask"/>, which is never empty.</summary>
    public abstract void Execute(Warp warp, uint mask);
}

/// <summary>An instruction for which lanes must come together.</summary>
internal abstract class WarpInstruction : Instruction
{
    public override InstructionKind Kind => InstructionKind.Warp;

    /// <summary>The lanes that must be here before it is carried out; those that have exited are not waited for.</summary>
    public abstract uint Members(Warp warp, uint mask);
}

internal sealed class Branch : Instruction
{
    public int Target { get; set; }

    /// <summary>.uni: the text promises that all lanes go the same way.</summary>
    public bool Uniform { get; set; }

    public override InstructionKind Kind => InstructionKind.Branch;

    public override void Execute(Warp warp, uint mask)
    {
    }
}

/// <summary>brx.idx: each lane's index picks its target.</summary>
internal sealed class BranchIndexed(int index, int[] targets) : Instruction
{
    public int Index => index;

    public int[] Targets => targets;

    public override InstructionKind Kind => InstructionKind.BranchIndexed;

    public override void Execute(Warp warp, uint mask)
    {
    }
}

internal sealed class Exit : Instruction
{
    public override InstructionKind Kind => InstructionKind.Exit;

    public override void Execute(Warp warp, uint mask)
    {
    }
}

/// <summary>Does nothing a test could see: fences in an interpreter that never reorders, hints, waits.</summary>
internal sealed class Nothing : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
    }
}

internal sealed class Trap(string what) : Instruction
{
    public override void Execute(Warp warp, uint mask) => throw warp.Fault(what, mask);
}
