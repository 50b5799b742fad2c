using GemmaIlgpu.Compute.Ir.Analysis;

namespace GemmaIlgpu.Compute.Ir.Passes;

/// <summary>Copies one round of a loop.</summary>
internal static class LoopCopy
{
    /// <summary>Copies the blocks. Edges inside the loop lead to the copies, the back edge to the original header, exits to where they led.</summary>
    /// <param name="kernel">Makes the copies; the caller puts the blocks in their place.</param>
    /// <param name="loop">What is copied.</param>
    /// <param name="blocks">Its blocks in order.</param>
    /// <param name="values">Filled with the copy of every value.</param>
    /// <param name="entering">What a phi of the header is in this round.</param>
    public static Dictionary<IrBlock, IrBlock> Make(IrKernel kernel, Loop loop, IrBlock[] blocks, Dictionary<IrValue, IrValue> values, Func<IrValue, IrValue> entering)
    {
        var copies = new Dictionary<IrBlock, IrBlock>();
        foreach (IrBlock block in blocks)
        {
            copies[block] = kernel.NewBlock();
            kernel.Blocks.RemoveAt(kernel.Blocks.Count - 1);
        }
        foreach (IrValue phi in loop.Header.Phis)
            values[phi] = entering(phi);
        foreach (IrBlock block in blocks)
            foreach (IrValue value in block == loop.Header ? block.Values : block.Phis.Concat(block.Values))
                values[value] = Shell(kernel, value, copies[block]);
        foreach (IrBlock block in blocks)
        {
            IrBlock copy = copies[block];
            foreach (IrValue value in block == loop.Header ? block.Values : block.Phis.Concat(block.Values))
            {
                IrValue shell = values[value];
                foreach (IrValue operand in value.Operands)
                    shell.Operands.Add(values.GetValueOrDefault(operand, operand));
                (value.Op == IrOp.Phi ? copy.Phis : copy.Values).Add(shell);
            }
            if (block != loop.Header)
                copy.Predecessors.AddRange(block.Predecessors.Select(predecessor => copies[predecessor]));
            copy.ExitLocation = block.ExitLocation;
            if (block.Terminator == TerminatorKind.Jump)
                copy.EndWithJump(Goal(block.Target!));
            else if (block.Terminator == TerminatorKind.Branch)
                copy.EndWithBranch(values.GetValueOrDefault(block.Condition!, block.Condition!), Goal(block.Target!), Goal(block.ElseTarget!));
            else
                copy.EndWithReturn();
        }
        return copies;

        IrBlock Goal(IrBlock target) => target != loop.Header && copies.TryGetValue(target, out IrBlock? copy) ? copy : target;
    }

    private static IrValue Shell(IrKernel kernel, IrValue value, IrBlock block)
    {
        IrValue shell = kernel.NewValue(value.Op, value.Type);
        (shell.Space, shell.Memory, shell.Immediate, shell.Offset) = (value.Space, value.Memory, value.Immediate, value.Offset);
        (shell.Text, shell.Location, shell.Block) = (value.Text, value.Location, block);
        shell.InlineArguments = value.InlineArguments;
        shell.IsPacked = value.IsPacked;
        return shell;
    }
}
