namespace GemmaIlgpu.Compute.Ir.Passes;

/// <summary>Folds branches on constants, drops blocks that cannot be reached, joins blocks in a straight line and skips empty ones.</summary>
internal static class ControlFlow
{
    public static void Run(IrKernel kernel)
    {
        FoldBranches(kernel);
        RemoveUnreachable(kernel);
        SkipEmpty(kernel);
        Join(kernel);
    }

    private static void FoldBranches(IrKernel kernel)
    {
        foreach (IrBlock block in kernel.Blocks)
        {
            if (block.Terminator != TerminatorKind.Branch || block.Condition!.Op != IrOp.Constant)
                continue;
            (IrBlock taken, IrBlock dropped) = block.Condition.Immediate != 0 ? (block.Target!, block.ElseTarget!) : (block.ElseTarget!, block.Target!);
            RemoveEdge(block, dropped);
            block.EndWithJump(taken);
        }
    }

    /// <summary>Takes a predecessor away, with its operand of every phi.</summary>
    public static void RemoveEdge(IrBlock from, IrBlock to)
    {
        int index = to.Predecessors.IndexOf(from);
        to.Predecessors.RemoveAt(index);
        foreach (IrValue phi in to.Phis)
            phi.Operands.RemoveAt(index);
    }

    /// <summary>Drops blocks that no path from the entry reaches.</summary>
    public static void RemoveUnreachable(IrKernel kernel)
    {
        var reached = new HashSet<IrBlock> { kernel.Entry };
        var work = new Stack<IrBlock>(reached);
        while (work.TryPop(out IrBlock? block))
            foreach (IrBlock successor in block.Successors)
                if (reached.Add(successor))
                    work.Push(successor);
        foreach (IrBlock block in kernel.Blocks)
            if (!reached.Contains(block))
                foreach (IrBlock successor in block.Successors)
                    if (reached.Contains(successor))
                        RemoveEdge(block, successor);
        kernel.Blocks.RemoveAll(block => !reached.Contains(block));
    }

    // An empty block that only jumps on is left out when the target's phis can tell its predecessors apart.
    private static void SkipEmpty(IrKernel kernel)
    {
        foreach (IrBlock block in kernel.Blocks)
        {
            if (block == kernel.Entry || block.Terminator != TerminatorKind.Jump || block.Values.Count > 0 || block.Phis.Count > 0 || block.Target == block)
                continue;
            IrBlock target = block.Target!;
            if (block.Predecessors.Exists(target.Predecessors.Contains))
                continue;       // a branch with both ways to one block would arise
            int index = target.Predecessors.IndexOf(block);
            foreach (IrBlock predecessor in block.Predecessors)
            {
                target.Predecessors.Add(predecessor);
                foreach (IrValue phi in target.Phis)
                    phi.Operands.Add(phi.Operands[index]);
                Retarget(predecessor, block, target);
            }
            RemoveEdge(block, target);
            block.Predecessors.Clear();
            block.EndWithReturn();
        }
        RemoveUnreachable(kernel);
    }

    /// <summary>Makes an exit go elsewhere; predecessor lists are the caller's.</summary>
    public static void Retarget(IrBlock block, IrBlock from, IrBlock to)
    {
        if (block.Terminator == TerminatorKind.Jump)
            block.EndWithJump(to);
        else
            block.EndWithBranch(block.Condition!, block.Target == from ? to : block.Target!, block.ElseTarget == from ? to : block.ElseTarget!);
    }

    private static void Join(IrKernel kernel)
    {
        var removed = new HashSet<IrBlock>();
        var copies = new Substitution();
        foreach (IrBlock block in kernel.Blocks)
        {
            if (removed.Contains(block))
                continue;
            while (block.Terminator == TerminatorKind.Jump && block.Target is { Predecessors.Count: 1 } next && next != block && next != kernel.Entry)
            {
                foreach (IrValue phi in next.Phis)
                    copies.Replace(phi, phi.Operands[0]);
                foreach (IrValue value in next.Values)
                    value.Block = block;
                block.Values.AddRange(next.Values);
                TakeExit(block, next);
                removed.Add(next);
            }
        }
        kernel.Blocks.RemoveAll(removed.Contains);
        copies.Apply(kernel);
    }

    private static void TakeExit(IrBlock block, IrBlock next)
    {
        foreach (IrBlock successor in next.Successors)
            successor.Predecessors[successor.Predecessors.IndexOf(next)] = block;
        block.ExitLocation = next.ExitLocation;
        switch (next.Terminator)
        {
            case TerminatorKind.Jump: block.EndWithJump(next.Target!); break;
            case TerminatorKind.Branch: block.EndWithBranch(next.Condition!, next.Target!, next.ElseTarget!); break;
            default: block.EndWithReturn(); break;
        }
    }
}
