using GemmaIlgpu.Compute.Ir.Analysis;

namespace GemmaIlgpu.Compute.Ir.Passes;

/// <summary>Removes a pure operation when one like it dominates it, and a load when the block has loaded the same since its last store.</summary>
internal static class ValueNumbering
{
    // What makes two operations the same. Operands are compared by their numbers.
    private readonly record struct Key(IrOp Op, IrType Type, AddressSpace Space, MemoryType Memory, long Immediate, long Offset, int A, int B, int C, int Version);

    public static void Run(IrKernel kernel)
    {
        Dominators dominators = Dominators.Forward(kernel);
        var children = new Dictionary<IrBlock, List<IrBlock>>();
        foreach (IrBlock block in kernel.Blocks)
            if (dominators.Parent(block) is { } parent)
                (children.TryGetValue(parent, out List<IrBlock>? list) ? list : children[parent] = []).Add(block);

        kernel.Renumber();
        var replaced = new Substitution();
        var known = new Dictionary<Key, IrValue>();
        var undo = new Stack<Key>();
        int version = 0;
        var work = new Stack<(IrBlock? Block, int Mark)>([(kernel.Entry, 0)]);
        while (work.TryPop(out (IrBlock? Block, int Mark) step))
        {
            if (step.Block is not { } block)
            {
                while (undo.Count > step.Mark)
                    known.Remove(undo.Pop());
                continue;
            }
            work.Push((null, undo.Count));
            version++;      // another path may have stored
            MergePhis(block, replaced);
            Number(block);
            foreach (IrBlock child in children.GetValueOrDefault(block) ?? [])
                work.Push((child, 0));
        }
        replaced.Apply(kernel);

        void Number(IrBlock block)
        {
            int kept = 0;
            for (int i = 0; i < block.Values.Count; i++)
            {
                IrValue value = block.Values[i];
                replaced.Rewrite(value);
                if (value.HasSideEffect && value.Op != IrOp.Check)
                    version++;
                if (KeyOf(value, version) is not { } key || !known.TryGetValue(key, out IrValue? same))
                {
                    if (KeyOf(value, version) is { } added && known.TryAdd(added, value))
                        undo.Push(added);
                    block.Values[kept++] = value;
                    continue;
                }
                replaced.Replace(value, same);
            }
            block.Values.RemoveRange(kept, block.Values.Count - kept);
            if (block.Condition is not null)
                block.Condition = replaced.Resolve(block.Condition);
        }
    }

    private static Key? KeyOf(IrValue value, int version)
    {
        if (value.HasSideEffect || value.IsConvergent || value.Operands.Count > 3 || value.Type == IrType.Void)
            return null;
        bool readsMemory = value.Op == IrOp.Load && value.Operands[0].Space != AddressSpace.Constant;
        return new(value.Op, value.Type, value.Space, value.Memory, value.Immediate, value.Offset,
            Operand(0), Operand(1), Operand(2), readsMemory ? version : 0);

        int Operand(int i) => i < value.Operands.Count ? value.Operands[i].Id : -1;
    }

    // Phis of one block with the same operands are one.
    private static void MergePhis(IrBlock block, Substitution replaced)
    {
        foreach (IrValue phi in block.Phis)
            replaced.Rewrite(phi);
        for (int i = block.Phis.Count - 1; i > 0; i--)
        {
            IrValue phi = block.Phis[i];
            IrValue? same = block.Phis.Take(i).FirstOrDefault(other => other.Type == phi.Type && other.Operands.SequenceEqual(phi.Operands));
            if (same is null)
                continue;
            replaced.Replace(phi, same);
            block.Phis.RemoveAt(i);
        }
    }
}
