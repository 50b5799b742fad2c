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
                if (IsWanted(kernel, value))
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

    private static bool IsWanted(IrKernel kernel, IrValue value)
    {
        if (value is { Op: IrOp.Check } && value.Operands.Skip(1).All(operand => operand.Op == IrOp.Constant))
        {
            switch ((CheckKind)value.Immediate)
            {
                case CheckKind.Written when value.Operands[1].Immediate != 0:
                case CheckKind.Index when value.Operands.Count == 3 && (ulong)value.Operands[1].Immediate < (ulong)value.Operands[2].Immediate:
                    return false;
            }
        }
        return value.HasSideEffect || (kernel.KeepsFaults && Speculation.CanFault(value));
    }
}
