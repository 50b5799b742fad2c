using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Passes;

namespace GemmaIlgpu.Compute.Backends.Ptx;

/// <summary>Rewrites a kernel into operations that PTX has, one or a few instructions each.</summary>
internal static class PtxLowering
{
    public const int WarpSize = 32;

    public static void Run(IrKernel kernel, PtxOptions options)
    {
        foreach (IrValue value in kernel.Blocks.SelectMany(block => block.Values).Where(value => value.Op == IrOp.WarpSize))
        {
            value.Op = IrOp.Constant;
            value.Immediate = WarpSize;
        }
        KernelOptimizer.Run(kernel);
        _ = options;
        SplitOffsets(kernel);
    }

    // p[(i + 3)] and p[(i + 4)] share the address of p[i]; the rest is part of the access.
    private static void SplitOffsets(IrKernel kernel)
    {
        foreach (IrBlock block in kernel.Blocks)
        {
            for (int i = 0; i < block.Values.Count; i++)
            {
                IrValue value = block.Values[i];
                if (value is not { Op: IrOp.Address, Operands.Count: 2 } || value.Offset is 0 or > int.MaxValue or < int.MinValue)
                    continue;
                IrValue start = kernel.NewValue(IrOp.Address, IrType.Ptr, value.Operands[0], value.Operands[1]);
                (start.Space, start.Immediate, start.Block, start.Location) = (value.Space, value.Immediate, block, value.Location);
                block.Values.Insert(i++, start);
                value.Operands.Clear();
                value.Operands.Add(start);
                value.Immediate = 0;
            }
        }
        ValueNumbering.Run(kernel);
        DeadCode.Run(kernel);
        kernel.Renumber();
    }
}
