using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>Which values are needed after the end of each block, the operands of phis among them.</summary>
internal sealed class Liveness
{
    private readonly Dictionary<IrBlock, HashSet<IrValue>> _after = [];

    public Liveness(LockstepProgram program)
    {
        var before = new Dictionary<IrBlock, HashSet<IrValue>>();
        foreach (IrBlock block in program.Kernel.Blocks)
            (_after[block], before[block]) = ([], []);
        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int b = program.Blocks.Length - 1; b >= 0; b--)
            {
                LockstepBlock block = program.Blocks[b];
                HashSet<IrValue> after = _after[block.Source], live = before[block.Source];
                foreach (IrBlock next in block.Source.Successors)
                {
                    after.UnionWith(before[next]);
                    int edge = next.Predecessors.IndexOf(block.Source);
                    after.UnionWith(next.Phis.Select(phi => phi.Operands[edge]));
                }
                if (block.Source.Condition is not null)
                    after.Add(block.Source.Condition);
                var now = new HashSet<IrValue>(after);
                for (int i = block.First + block.Count - 1; i >= block.First; i--)
                {
                    now.Remove(program.Values[i]!);
                    now.UnionWith(program.OperandsOf(i));
                }
                now.ExceptWith(block.Source.Phis);
                if (now.Count == live.Count)
                    continue;
                live.UnionWith(now);
                changed = true;
            }
        }
    }

    /// <summary>The values that are needed after a block.</summary>
    public IReadOnlySet<IrValue> After(IrBlock block) => _after[block];
}
