using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Analysis;

namespace GemmaIlgpu.Compute.Backends.Simd;

/// <summary>Makes every value that is used after its loop pass through a phi in an exit block ("loop-closed SSA").
/// Lanes leave a loop at different times; that phi is where each lane's last value is kept.</summary>
internal static class LoopClosedForm
{
    public static void Run(IrKernel kernel)
    {
        Dominators dominators = Dominators.Forward(kernel);
        var forest = new LoopForest(kernel);
        foreach (Loop loop in forest.Loops)       // inner loops first: their exit phis may need closing again outside
            Close(kernel, loop, dominators);
    }

    private static void Close(IrKernel kernel, Loop loop, Dominators dominators)
    {
        IrBlock[] exits = [.. loop.Exits.Select(edge => edge.To).Distinct()];
        foreach (IrValue value in UsedOutside(kernel, loop).OrderBy(value => value.Id))
            CloseValue(kernel, loop, exits, value, dominators);
    }

    private static HashSet<IrValue> UsedOutside(IrKernel kernel, Loop loop)
    {
        var used = new HashSet<IrValue>();
        void Note(IrValue operand)
        {
            if (operand.Op != IrOp.Constant && loop.Blocks.Contains(operand.Block))
                used.Add(operand);
        }
        foreach (IrBlock block in kernel.Blocks)
        {
            foreach (IrValue phi in block.Phis)
                for (int i = 0; i < phi.Operands.Count; i++)
                    if (!loop.Blocks.Contains(block.Predecessors[i]))
                        Note(phi.Operands[i]);
            if (loop.Blocks.Contains(block))
                continue;
            foreach (IrValue user in block.Values)
                user.Operands.ForEach(Note);
            if (block.Condition is not null)
                Note(block.Condition);
        }
        return used;
    }

    private static void CloseValue(IrKernel kernel, Loop loop, IrBlock[] exits, IrValue value, Dominators dominators)
    {
        // The value at the end of each block outside the loop, built on demand from the exit phis.
        var atStart = new Dictionary<IrBlock, IrValue>();
        foreach (IrBlock exit in exits.Where(exit => dominators.Dominates(value.Block, exit)))
        {
            // An exit block with predecessors outside the loop sees the value on those edges through the recursion below.
            atStart[exit] = NewPhi(kernel, exit, value);
        }
        foreach ((IrBlock exit, IrValue phi) in atStart.ToArray())
            foreach (IrBlock predecessor in exit.Predecessors)
                phi.Operands.Add(loop.Blocks.Contains(predecessor) ? value : AtEnd(predecessor));

        foreach (IrBlock block in kernel.Blocks.ToArray())
        {
            foreach (IrValue phi in block.Phis.ToArray())
            {
                if (atStart.TryGetValue(block, out IrValue? own) && own == phi)
                    continue;
                for (int i = 0; i < phi.Operands.Count; i++)
                    if (phi.Operands[i] == value && !loop.Blocks.Contains(block.Predecessors[i]))
                        phi.Operands[i] = AtEnd(block.Predecessors[i]);
            }
            if (loop.Blocks.Contains(block))
                continue;
            foreach (IrValue user in block.Values)
                for (int i = 0; i < user.Operands.Count; i++)
                    if (user.Operands[i] == value)
                        user.Operands[i] = AtStart(block);
            if (block.Condition == value)
                block.Condition = AtStart(block);
        }

        IrValue AtEnd(IrBlock block) => loop.Blocks.Contains(block) ? value : AtStart(block);

        IrValue AtStart(IrBlock block)
        {
            if (atStart.TryGetValue(block, out IrValue? known))
                return known;
            if (block.Predecessors.Count == 1)
                return atStart[block] = AtEnd(block.Predecessors[0]);
            if (block.Predecessors.Count == 0)
                throw new InvalidOperationException($"{kernel.Name}: %{value.Id} is used where it is not defined.");
            IrValue phi = atStart[block] = NewPhi(kernel, block, value);
            foreach (IrBlock predecessor in block.Predecessors)
                phi.Operands.Add(AtEnd(predecessor));
            return phi;
        }
    }

    private static IrValue NewPhi(IrKernel kernel, IrBlock block, IrValue value)
    {
        IrValue phi = kernel.NewValue(IrOp.Phi, value.Type);
        phi.Space = value.Space;
        phi.Block = block;
        phi.Location = value.Location;
        block.Phis.Add(phi);
        return phi;
    }
}
