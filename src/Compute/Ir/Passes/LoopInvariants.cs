using GemmaIlgpu.Compute.Ir.Analysis;

namespace GemmaIlgpu.Compute.Ir.Passes;

/// <summary>Moves operations out of loops that compute the same in every round.</summary>
internal static class LoopInvariants
{
    public static void Run(IrKernel kernel)
    {
        if (Loops.Find(kernel) is not { } forest)
            return;
        foreach (Loop loop in forest.Loops)
            if (Loops.Preheader(kernel, forest, loop) is { } before)
                Hoist(kernel, forest, loop, before);
    }

    private static void Hoist(IrKernel kernel, LoopForest forest, Loop loop, IrBlock before)
    {
        foreach (IrBlock block in forest.Order)
        {
            if (!loop.Blocks.Contains(block))
                continue;
            int kept = 0;
            for (int i = 0; i < block.Values.Count; i++)
            {
                IrValue value = block.Values[i];
                // The header runs whenever the loop is reached, so what it does may fault there just as well.
                // A pointer plus a constant is part of the access that uses it; moved out, it would take a register.
                bool free = value is { Op: IrOp.Address, Operands.Count: 1 };
                bool movable = !free && !(kernel.WatchesFloats && Speculation.IsFloatArithmetic(value)) && (Speculation.IsSafe(value)
                    || (block == loop.Header && value.Op is IrOp.Div or IrOp.DivU or IrOp.Rem or IrOp.RemU));
                if (movable && !value.Operands.Exists(operand => loop.Blocks.Contains(operand.Block)))
                {
                    value.Block = before;
                    before.Values.Add(value);
                }
                else
                {
                    block.Values[kept++] = value;
                }
            }
            block.Values.RemoveRange(kept, block.Values.Count - kept);
        }
    }
}
