using System.Reflection;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Passes;
using ILGPU;

namespace GemmaIlgpu.Compute.Backends.Ptx;

/// <summary>Rewrites a kernel into operations that PTX has, one or a few instructions each.</summary>
internal static class PtxLowering
{
    public const int WarpSize = 32;

    public static void Run(IrKernel kernel, PtxTarget target, PtxOptions options)
    {
        foreach (IrValue value in kernel.Blocks.SelectMany(block => block.Values).Where(value => value.Op == IrOp.WarpSize))
        {
            value.Op = IrOp.Constant;
            value.Immediate = WarpSize;
        }
        KernelOptimizer.Run(kernel);
        bool isFast = options.MathMode != MathMode.Default;
        if (isFast)
            FastMath(kernel, options.MathMode == MathMode.Fast32BitOnly);
        if (new FunctionInliner(kernel).Run(value => FunctionOf(value, isFast, hasTanh: target.Capability >= 75)))
        {
            Simplify.Run(kernel);
            ControlFlow.Run(kernel);
            LoopInvariants.Run(kernel);
        }
        UnalignedAccess.Run(kernel);
        LiftConstants(kernel);
        SplitOffsets(kernel);
    }

    // p[i + 3] with a 32-bit i is p[i] and 3 elements more, unless the sum overflows; then the index would be no index.
    private static void LiftConstants(IrKernel kernel)
    {
        const long Small = 1 << 20;
        var ir = new IrBuilder(kernel);
        foreach (IrBlock block in kernel.Blocks)
        {
            for (int i = 0; i < block.Values.Count; i++)
            {
                IrValue value = block.Values[i];
                if (value is not { Op: IrOp.Address, Operands: [_, { Op: IrOp.SignExtend, Operands: [{ Op: IrOp.Add, Operands: [var rest, { Op: IrOp.Constant, Immediate: > -Small and < Small } constant] }] }] })
                    continue;
                var added = new List<IrValue>();
                ir.MoveTo(block, added);
                ir.Location = value.Location;
                value.Operands[1] = ir.Emit(IrOp.SignExtend, IrType.I64, rest);
                value.Offset += constant.Immediate * value.Immediate;
                // A leaf that the builder made stands in the entry block.
                i = block.Values.IndexOf(value);
                block.Values.InsertRange(i, added);
                i += added.Count;
            }
        }
    }

    // Operations without an instruction, and those that the emitter writes as approximations when asked to be fast.
    private static MethodInfo? FunctionOf(IrValue value, bool isFast, bool hasTanh)
    {
        if (!value.Type.IsFloat() || value.Operands.Count is 0 or > 2)
            return null;
        bool isApproximated = isFast && value.Type == IrType.F32 && value.Op is IrOp.Exp2 or IrOp.Log2 or IrOp.Sin or IrOp.Cos
            || (isFast && hasTanh && value is { Type: IrType.F32, Op: IrOp.Tanh });
        return !isApproximated && value.Op is IrOp.Exp or IrOp.Exp2 or IrOp.Log or IrOp.Log2 or IrOp.Log10 or IrOp.Sin or IrOp.Cos or IrOp.Tan or IrOp.Asin or IrOp.Acos
            or IrOp.Atan or IrOp.Sinh or IrOp.Cosh or IrOp.Tanh or IrOp.Pow or IrOp.Atan2 or IrOp.RoundAway or IrOp.Rem or IrOp.IeeeRemainder
            ? (value.Type == IrType.F32 ? typeof(Functions32) : typeof(Functions64)).GetMethod(value.Op.ToString())
            : null;
    }

    // exp x = 2^(x · log2 e), log x = log2 x · ln 2, x^y = 2^(y · log2 x): the processor approximates powers and logarithms of 2.
    private static void FastMath(IrKernel kernel, bool without64Bits)
    {
        var ir = new IrBuilder(kernel);
        var replaced = new Substitution();
        foreach (IrBlock block in kernel.Blocks)
        {
            foreach (IrValue value in ir.Refill(block))
            {
                replaced.Rewrite(value);
                IrValue kept = Fast(ir, value, without64Bits);
                if (kept == value)
                    block.Values.Add(value);
                else
                    replaced.Replace(value, kept);
            }
        }
        replaced.Apply(kernel);
    }

    private static IrValue Fast(IrBuilder ir, IrValue value, bool without64Bits)
    {
        bool isFunction = value.Op is (>= IrOp.Sqrt and <= IrOp.Tanh) or IrOp.Pow or IrOp.Atan2;
        if (value.Type == IrType.F64 && without64Bits && isFunction)
        {
            IrValue[] single = [.. value.Operands.Select(operand => ir.Emit(IrOp.FloatTruncate, IrType.F32, operand))];
            IrValue function = ir.Kernel.NewValue(value.Op, IrType.F32, single);
            function.Location = value.Location;
            function.Block = ir.Block;
            IrValue fast = Fast(ir, function, without64Bits);
            if (fast == function)
                ir.Append(function);
            return ir.Emit(IrOp.FloatExtend, IrType.F64, fast);
        }
        if (value.Type != IrType.F32)
            return value;
        IrValue x = value.Operands.Count > 0 ? value.Operands[0] : value;
        const IrType F32 = IrType.F32;
        switch (value.Op)
        {
            case IrOp.Exp:
                return Exp2(ir.Emit(IrOp.Mul, F32, x, ir.Float(1.44269504f)));
            case IrOp.Log:
                return ir.Emit(IrOp.Mul, F32, ir.Emit(IrOp.Log2, F32, x), ir.Float(0.693147181f));
            case IrOp.Log10:
                return ir.Emit(IrOp.Mul, F32, ir.Emit(IrOp.Log2, F32, x), ir.Float(0.301029996f));
            case IrOp.Pow:
                return Exp2(ir.Emit(IrOp.Mul, F32, value.Operands[1], ir.Emit(IrOp.Log2, F32, x)));
            case IrOp.Tan:
                return ir.Emit(IrOp.Div, F32, ir.Emit(IrOp.Sin, F32, x), ir.Emit(IrOp.Cos, F32, x));
            default:
                return value;
        }

        IrValue Exp2(IrValue power) => ir.Emit(IrOp.Exp2, F32, power);
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
