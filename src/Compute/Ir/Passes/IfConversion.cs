namespace GemmaIlgpu.Compute.Ir.Passes;

/// <summary>Turns small branches without effects into selects: lanes that disagree then need no masks.</summary>
internal static class IfConversion
{
    private const int MaxOperations = 6;    // both arms together; about what a mispredicted branch costs
    private const int MaxSelects = 4;

    public static void Run(IrKernel kernel)
    {
        // Inner conditions come later in the list and make the outer ones convertible, so go backward until nothing changes.
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = kernel.Blocks.Count - 1; i >= 0; i--)
                changed |= Convert(kernel, kernel.Blocks[i]);
            ControlFlow.RemoveUnreachable(kernel);
            if (changed)
                ControlFlow.Run(kernel);
        }
    }

    private static bool Convert(IrKernel kernel, IrBlock block)
    {
        if (block.Terminator != TerminatorKind.Branch)
            return false;
        IrBlock then = block.Target!, otherwise = block.ElseTarget!;
        bool thenIsArm = IsArm(then, block), otherwiseIsArm = IsArm(otherwise, block);
        IrBlock? join = thenIsArm && otherwiseIsArm && then.Target == otherwise.Target ? then.Target
            : thenIsArm && then.Target == otherwise ? otherwise
            : otherwiseIsArm && otherwise.Target == then ? then
            : null;
        if (join is null || join == block || join.Phis.Count > MaxSelects)
            return false;
        IrBlock? thenArm = then == join ? null : then, otherwiseArm = otherwise == join ? null : otherwise;
        int fromThen = join.Predecessors.IndexOf(thenArm ?? block), fromOtherwise = join.Predecessors.IndexOf(otherwiseArm ?? block);
        // A pointer chosen by a condition would lose its base; leave those to control flow.
        if (join.Phis.Exists(phi => phi.Type == IrType.Ptr && phi.Operands[fromThen] != phi.Operands[fromOtherwise])
            || (kernel.WatchesFloats && (Watched(thenArm) || Watched(otherwiseArm)))
            || (thenArm?.Values.Count ?? 0) + (otherwiseArm?.Values.Count ?? 0) > MaxOperations)
        {
            return false;
        }

        var ir = new IrBuilder(kernel);
        ir.MoveTo(block);
        foreach (IrBlock? arm in new[] { thenArm, otherwiseArm })
        {
            foreach (IrValue value in arm?.Values ?? [])
            {
                value.Block = block;
                block.Values.Add(value);
            }
            arm?.Values.Clear();
        }
        IrValue[] chosen = [.. join.Phis.Select(phi =>
        {
            ir.Location = phi.Location ?? block.ExitLocation;
            return ir.Emit(IrOp.Select, phi.Type, block.Condition!, phi.Operands[fromThen], phi.Operands[fromOtherwise]);
        })];
        foreach (IrBlock? arm in new[] { thenArm, otherwiseArm })
        {
            if (arm is null)
                continue;
            ControlFlow.RemoveEdge(arm, join);
            arm.Predecessors.Clear();
            arm.EndWithReturn();
        }
        if (!join.Predecessors.Contains(block))
        {
            join.Predecessors.Add(block);
            for (int i = 0; i < chosen.Length; i++)
                join.Phis[i].Operands.Add(chosen[i]);
        }
        else
        {
            int own = join.Predecessors.IndexOf(block);
            for (int i = 0; i < chosen.Length; i++)
                join.Phis[i].Operands[own] = chosen[i];
        }
        block.EndWithJump(join);
        return true;
    }

    private static bool Watched(IrBlock? arm) => arm is not null && arm.Values.Exists(Speculation.IsFloatArithmetic);

    private static bool IsArm(IrBlock arm, IrBlock from) =>
        arm.Terminator == TerminatorKind.Jump && arm.Predecessors.Count == 1 && arm.Predecessors[0] == from && arm.Phis.Count == 0
        && arm.Target != arm && arm.Values.TrueForAll(Speculation.IsCheap);
}
