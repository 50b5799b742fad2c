namespace GemmaIlgpu.Compute.Ir.Passes;

/// <summary>Applies <see cref="Folding"/> everywhere and simplifies phis: copies vanish, phis of truth values become Bool.</summary>
internal static class Simplify
{
    public static void Run(IrKernel kernel)
    {
        var ir = new IrBuilder(kernel);
        var done = new Substitution();
        foreach (IrBlock block in kernel.Blocks)
        {
            SimplifyPhis(kernel, ir, block, done);
            foreach (IrValue value in ir.Refill(block))
            {
                done.Rewrite(value);
                IrValue kept = ir.Append(value);
                if (kept != value)
                    done.Replace(value, kept);
            }
            if (block.Condition is not null)
            {
                block.Condition = done.Resolve(block.Condition);
                InvertBranch(block);
            }
        }
        done.Apply(kernel);
    }

    // branch !c, a, b  =>  branch c, b, a
    private static void InvertBranch(IrBlock block)
    {
        if (block.Condition is { Op: IrOp.Not } inverted && block.Terminator == TerminatorKind.Branch)
            block.EndWithBranch(inverted.Operands[0], block.ElseTarget!, block.Target!);
    }

    private static void SimplifyPhis(IrKernel kernel, IrBuilder ir, IrBlock block, Substitution done)
    {
        for (int i = block.Phis.Count - 1; i >= 0; i--)
        {
            IrValue phi = block.Phis[i];
            done.Rewrite(phi);
            if (Same(phi) is { } same)
            {
                done.Replace(phi, same);
                block.Phis.RemoveAt(i);
            }
            else if (IsTruth(phi))
            {
                ReplaceByTruth(kernel, ir, phi, i, done);
            }
        }
    }

    private static IrValue? Same(IrValue phi)
    {
        IrValue? same = null;
        foreach (IrValue operand in phi.Operands)
        {
            if (operand == phi || operand == same)
                continue;
            if (same is not null)
                return null;
            same = operand;
        }
        return same;
    }

    // At least one operand is a truth value made a number, the others are 0 and 1.
    private static bool IsTruth(IrValue phi) => phi.Type == IrType.I32
        && phi.Operands.Exists(operand => operand.Op == IrOp.BoolToInt)
        && phi.Operands.TrueForAll(operand => operand.Op == IrOp.BoolToInt || operand is { Op: IrOp.Constant, Immediate: 0 or 1 });

    private static void ReplaceByTruth(IrKernel kernel, IrBuilder ir, IrValue phi, int index, Substitution done)
    {
        IrBlock block = phi.Block;
        IrValue truth = kernel.NewValue(IrOp.Phi, IrType.Bool,
            [.. phi.Operands.Select(operand => operand.Op == IrOp.BoolToInt ? operand.Operands[0] : ir.Bool(operand.Immediate != 0))]);
        truth.Block = block;
        truth.Location = phi.Location;
        block.Phis[index] = truth;
        IrValue number = kernel.NewValue(IrOp.BoolToInt, IrType.I32, truth);
        (number.Block, number.Location) = (block, phi.Location);
        block.Values.Insert(0, number);     // the entry block has no phis, so this is never among its leaves
        done.Replace(phi, number);
    }
}
