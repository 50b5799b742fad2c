namespace GemmaIlgpu.Compute.Ir.Passes;

/// <summary>Writes products of quads as products of pairs, for targets without an instruction for four bytes.</summary>
internal static class QuadDots
{
    public static void Run(IrKernel kernel)
    {
        foreach (IrBlock block in kernel.Blocks)
        {
            for (int i = 0; i < block.Values.Count; i++)
            {
                IrValue value = block.Values[i];
                if (value.Op is IrOp.DotQuads or IrOp.DotUnsignedQuads)
                    i += Expand(kernel, value, i);
            }
        }
    }

    private static int Expand(IrKernel kernel, IrValue value, int at)
    {
        var made = new List<IrValue>();
        (IrValue a, IrValue b, IrValue sum) = (value.Operands[0], value.Operands[1], value.Operands[2]);
        IrOp widen = value.Op == IrOp.DotQuads ? IrOp.WidenSignedBytes : IrOp.WidenBytes;
        IrValue half = new IrBuilder(kernel).Int(16);
        IrValue low = New(IrOp.DotPairs, New(widen, a), New(IrOp.WidenSignedBytes, b), sum);
        IrValue highA = New(widen, New(IrOp.Shr, a, half)), highB = New(IrOp.WidenSignedBytes, New(IrOp.Shr, b, half));
        value.Op = IrOp.DotPairs;
        value.Operands.Clear();
        value.Operands.AddRange([highA, highB, low]);
        // A constant that the builder made may have moved the operation.
        value.Block.Values.InsertRange(value.Block.Values.IndexOf(value, at), made);
        return made.Count;

        IrValue New(IrOp op, params ReadOnlySpan<IrValue> operands)
        {
            IrValue step = kernel.NewValue(op, IrType.I32, operands);
            (step.Block, step.Location) = (value.Block, value.Location);
            made.Add(step);
            return step;
        }
    }
}
