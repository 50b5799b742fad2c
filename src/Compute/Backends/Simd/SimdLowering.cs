using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Simd;

/// <summary>Rewrites operations that vectors lack into ones that they have, and fixes the warp size.</summary>
internal static class SimdLowering
{
    public static void Run(IrKernel kernel, int lanes)
    {
        foreach (IrBlock block in kernel.Blocks)
        {
            for (int i = 0; i < block.Values.Count; i++)
            {
                IrValue value = block.Values[i];
                if (value.Op == IrOp.WarpSize)
                {
                    value.Op = IrOp.Constant;
                    value.Immediate = lanes;
                }
                else if (value.Op == IrOp.Tanh && value.Type == IrType.F32)
                {
                    i += ExpandTanh(kernel, block, i);
                }
            }
        }
        LoopClosedForm.Run(kernel);
    }

    // tanh as in Cephes' tanhf: a polynomial near zero, where 1 - 2/(exp(2x) + 1) would cancel, and that formula beyond.
    // Within 2 units in the last place of binary32. Source: S. L. Moshier, Methods and Programs for Mathematical Functions, 1989.
    private static int ExpandTanh(IrKernel kernel, IrBlock block, int at)
    {
        IrValue tanh = block.Values[at];
        IrValue x = tanh.Operands[0];
        var made = new List<IrValue>();
        IrValue New(IrOp op, IrType type, params IrValue[] operands)
        {
            IrValue value = kernel.NewValue(op, type, operands);
            (value.Block, value.Location) = (block, tanh.Location);
            made.Add(value);
            return value;
        }
        IrValue Number(float number)
        {
            IrValue value = New(IrOp.Constant, IrType.F32);
            value.Immediate = BitConverter.SingleToInt32Bits(number);
            return value;
        }
        IrValue magnitude = New(IrOp.Abs, IrType.F32, x);
        IrValue square = New(IrOp.Mul, IrType.F32, x, x);
        IrValue polynomial = Number(-5.70498872745e-3f);
        foreach (float coefficient in (ReadOnlySpan<float>)[2.06390887954e-2f, -5.37397155531e-2f, 1.33314422036e-1f, -3.33332819422e-1f])
            polynomial = New(IrOp.Fma, IrType.F32, polynomial, square, Number(coefficient));
        IrValue near = New(IrOp.Fma, IrType.F32, New(IrOp.Mul, IrType.F32, polynomial, square), x, x);
        IrValue exponential = New(IrOp.Exp, IrType.F32, New(IrOp.Add, IrType.F32, magnitude, magnitude));
        IrValue one = Number(1);
        IrValue quotient = New(IrOp.Div, IrType.F32, Number(2), New(IrOp.Add, IrType.F32, exponential, one));
        IrValue far = New(IrOp.CopySign, IrType.F32, New(IrOp.Sub, IrType.F32, one, quotient), x);
        IrValue small = New(IrOp.Compare, IrType.Bool, magnitude, Number(0.625f));
        small.Immediate = (long)ComparePredicate.Lt;

        tanh.Op = IrOp.Select;
        tanh.Operands.Clear();
        tanh.Operands.AddRange([small, near, far]);
        block.Values.InsertRange(at, made);
        return made.Count;
    }
}
