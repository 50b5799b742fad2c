using GemmaIlgpu.Compute.Ir.Analysis;

namespace GemmaIlgpu.Compute.Ir;

/// <summary>Checks what every pass may rely on. A failure is a fault of ours, never of the user's kernel.</summary>
public static class IrVerifier
{
    /// <summary>Throws <see cref="InvalidOperationException"/> with the first broken rule.</summary>
    public static void Verify(IrKernel kernel)
    {
        var known = new HashSet<IrBlock>(kernel.Blocks);
        var defined = new HashSet<IrValue>(kernel.Blocks.SelectMany(block => block.Phis.Concat(block.Values)));
        if (kernel.Entry.Predecessors.Count != 0)
            throw Broken(kernel, "the entry block has predecessors");
        foreach (IrBlock block in kernel.Blocks)
        {
            if (block.Terminator == TerminatorKind.None)
                throw Broken(kernel, $"{block} has no exit");
            if (block.Terminator == TerminatorKind.Branch && (block.Target == block.ElseTarget || block.Condition?.Type != IrType.Bool))
                throw Broken(kernel, $"the branch of {block} needs a Bool and two different targets");
            foreach (IrBlock successor in block.Successors)
                if (!known.Contains(successor) || !successor.Predecessors.Contains(block))
                    throw Broken(kernel, $"{block} goes to {successor}, which does not know it");
            foreach (IrBlock predecessor in block.Predecessors)
                if (!known.Contains(predecessor) || !predecessor.Successors.Contains(block))
                    throw Broken(kernel, $"{block} names {predecessor} as predecessor, which does not go there");
            foreach (IrValue phi in block.Phis)
                if (phi.Op != IrOp.Phi || phi.Operands.Count != block.Predecessors.Count || phi.Operands.Exists(operand => operand.Type != phi.Type))
                    throw Broken(kernel, $"{phi} in {block} does not match its predecessors");
            foreach (IrValue value in block.Phis.Concat(block.Values))
            {
                if (value.Block != block)
                    throw Broken(kernel, $"{value} does not know its block {block}");
                foreach (IrValue operand in value.Operands)
                    if (!defined.Contains(operand))
                        throw Broken(kernel, $"{value} in {block} uses %{operand.Id}, which is in no block");
            }
        }
        VerifyOrder(kernel);
    }

    // Every path to a use goes through its definition; a phi uses its operands at the ends of its predecessors.
    private static void VerifyOrder(IrKernel kernel)
    {
        Dominators dominators = Dominators.Forward(kernel);
        foreach (IrBlock block in kernel.Blocks)
        {
            if (block != kernel.Entry && dominators.Parent(block) is null)
                throw Broken(kernel, $"{block} cannot be reached");
            foreach (IrValue phi in block.Phis)
                for (int i = 0; i < phi.Operands.Count; i++)
                    if (!dominators.Dominates(phi.Operands[i].Block, block.Predecessors[i]))
                        throw Broken(kernel, $"{phi} in {block} uses %{phi.Operands[i].Id}, which {block.Predecessors[i]} may not have");
            var before = new HashSet<IrValue>(block.Phis);
            foreach (IrValue value in block.Values)
            {
                foreach (IrValue operand in value.Operands)
                    if (operand.Block == block ? !before.Contains(operand) : !dominators.Dominates(operand.Block, block))
                        throw Broken(kernel, $"{value} in {block} uses %{operand.Id} before it is there");
                before.Add(value);
            }
        }
    }

    private static InvalidOperationException Broken(IrKernel kernel, string rule) => new($"{kernel.Name}: the IR is broken: {rule}.");
}
