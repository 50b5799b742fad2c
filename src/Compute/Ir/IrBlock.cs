namespace GemmaIlgpu.Compute.Ir;

/// <summary>How control leaves a block.</summary>
public enum TerminatorKind : byte { None, Jump, Branch, Return }

/// <summary>A straight run of values: phis first, then operations, then one exit.</summary>
public sealed class IrBlock
{
    internal IrBlock(int id) => Id = id;

    /// <summary>Number, unique in the kernel; printed as bId.</summary>
    public int Id { get; internal set; }

    public List<IrValue> Phis { get; } = [];

    public List<IrValue> Values { get; } = [];

    /// <summary>Blocks that jump here; the order is that of the phis' operands. A branch with both targets here counts once
    /// only if it was folded to a jump; keep such branches out of the IR.</summary>
    public List<IrBlock> Predecessors { get; } = [];

    public TerminatorKind Terminator { get; private set; }

    /// <summary>The Bool that a <see cref="TerminatorKind.Branch"/> looks at.</summary>
    public IrValue? Condition { get; set; }

    /// <summary>Target of a jump, or of a branch whose condition is true.</summary>
    public IrBlock? Target { get; private set; }

    /// <summary>Target of a branch whose condition is false.</summary>
    public IrBlock? ElseTarget { get; private set; }

    /// <summary>Source line of the exit.</summary>
    public SourceLocation? ExitLocation { get; set; }

    /// <summary>The blocks that control can go to next.</summary>
    public IEnumerable<IrBlock> Successors
    {
        get
        {
            if (Target is not null)
                yield return Target;
            if (ElseTarget is not null)
                yield return ElseTarget;
        }
    }

    /// <summary>Ends the block with a return. Does not touch predecessor lists of earlier targets.</summary>
    public void EndWithReturn() => (Terminator, Condition, Target, ElseTarget) = (TerminatorKind.Return, null, null, null);

    /// <summary>Ends the block with a jump; the caller (or <see cref="IrKernel.ComputePredecessors"/>) keeps predecessors.</summary>
    public void EndWithJump(IrBlock target) => (Terminator, Condition, Target, ElseTarget) = (TerminatorKind.Jump, null, target, null);

    /// <summary>Ends the block with a two-way branch to different blocks.</summary>
    public void EndWithBranch(IrValue condition, IrBlock whenTrue, IrBlock whenFalse) =>
        (Terminator, Condition, Target, ElseTarget) = (TerminatorKind.Branch, condition, whenTrue, whenFalse);

    /// <inheritdoc/>
    public override string ToString() => $"b{Id}";
}
