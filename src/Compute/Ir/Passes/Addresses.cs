using GemmaIlgpu.Compute.Ir.Analysis;

namespace GemmaIlgpu.Compute.Ir.Passes;

/// <summary>Splits 64-bit indices so that the part a loop does not change becomes its own address outside the loop:
/// p[(row + i + 3) · s] is (p + row · s)[i · s + 3 · s]. Constants stay with the access, where they are free: processors add one
/// to every address.</summary>
internal static class Addresses
{
    public static void Run(IrKernel kernel)
    {
        if (Loops.Find(kernel) is not { } forest)
            return;
        var ir = new IrBuilder(kernel);
        var replaced = new Substitution();
        foreach (IrBlock block in kernel.Blocks)
        {
            Loop? loop = forest.Innermost(block);
            if (loop is null)
                continue;
            IrValue[] values = [.. block.Values];
            block.Values.Clear();
            ir.MoveTo(block);
            foreach (IrValue value in values)
            {
                replaced.Rewrite(value);
                ir.Location = value.Location;
                IrValue kept = value.Op == IrOp.Address && value.Operands.Count == 2 ? Split(ir, loop, value) : value;
                if (kept == value)
                    block.Values.Add(value);
                else
                    replaced.Replace(value, kept);
            }
        }
        replaced.Apply(kernel);
    }

    private static IrValue Split(IrBuilder ir, Loop loop, IrValue address)
    {
        (IrValue pointer, IrValue index) = (address.Operands[0], address.Operands[1]);
        if (index.Op != IrOp.Add || index.Type != IrType.I64 || loop.Blocks.Contains(pointer.Block))
            return address;
        var changing = new List<IrValue>();
        var invariant = new List<IrValue>();
        Collect(index, loop, changing, invariant);
        long offset = address.Offset + invariant.Where(value => value.Op == IrOp.Constant).Sum(value => value.Immediate * address.Immediate);
        invariant.RemoveAll(value => value.Op == IrOp.Constant);
        if (changing.Count == 0 || (invariant.Count == 0 && offset == address.Offset))
            return address;
        IrValue start = invariant.Count == 0 ? pointer : ir.Address(pointer, Sum(ir, invariant), address.Immediate, 0);
        return ir.Address(start, Sum(ir, changing), address.Immediate, offset);
    }

    private static void Collect(IrValue value, Loop loop, List<IrValue> changing, List<IrValue> invariant)
    {
        if (!loop.Blocks.Contains(value.Block))
            invariant.Add(value);
        else if (value.Op == IrOp.Add)
            foreach (IrValue operand in value.Operands)
                Collect(operand, loop, changing, invariant);
        else
            changing.Add(value);
    }

    private static IrValue Sum(IrBuilder ir, List<IrValue> terms)
    {
        IrValue sum = terms[0];
        foreach (IrValue term in terms.Skip(1))
            sum = ir.Emit(IrOp.Add, IrType.I64, sum, term);
        return sum;
    }
}
