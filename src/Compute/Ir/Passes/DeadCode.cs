namespace GemmaIlgpu.Compute.Ir.Passes;

/// <summary>Removes values that nothing uses.</summary>
internal static class DeadCode
{
    public static void Run(IrKernel kernel)
    {
        var live = new HashSet<IrValue>();
        var work = new Stack<IrValue>();
        foreach (IrBlock block in kernel.Blocks)
        {
            if (block.Condition is not null)
                Mark(block.Condition);
            foreach (IrValue value in block.Values)
                if (value.HasSideEffect)
                    Mark(value);
        }
        while (work.TryPop(out IrValue? value))
            foreach (IrValue operand in value.Operands)
                Mark(operand);
        foreach (IrBlock block in kernel.Blocks)
        {
            block.Phis.RemoveAll(value => !live.Contains(value));
            block.Values.RemoveAll(value => !live.Contains(value));
        }

        void Mark(IrValue value)
        {
            if (live.Add(value))
                work.Push(value);
        }
    }
}
