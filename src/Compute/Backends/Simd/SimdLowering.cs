using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Passes;

namespace GemmaIlgpu.Compute.Backends.Simd;

/// <summary>Rewrites operations that vectors lack into ones that they have, and fixes the warp size.</summary>
internal static class SimdLowering
{
    public static void Run(IrKernel kernel, int lanes)
    {
        // The warp size first: loops over it then have constant bounds.
        foreach (IrValue value in kernel.Blocks.SelectMany(block => block.Values).Where(value => value.Op == IrOp.WarpSize))
        {
            value.Op = IrOp.Constant;
            value.Immediate = lanes;
        }
        QuadDots.Run(kernel);
        SignNarrowLoads(kernel);
        KernelOptimizer.Run(kernel);
        foreach (IrBlock block in kernel.Blocks)
        {
            for (int i = 0; i < block.Values.Count; i++)
            {
                IrValue value = block.Values[i];
                switch (value.Op)
                {
                    case IrOp.Exp when value.Type == IrType.F32:
                        i += new Expansion(kernel, value).Exp(i);
                        break;
                    case IrOp.Tanh when value.Type == IrType.F32:
                        i += new Expansion(kernel, value).Tanh(i);
                        break;
                    case IrOp.HalfToFloat:
                        i += new Expansion(kernel, value).HalfToFloat(i);
                        break;
                }
            }
        }
        LoopClosedForm.Run(kernel);
    }

    // A load of unsigned bytes whose only use extends their sign becomes a load of signed bytes; folding then drops the extension.
    private static void SignNarrowLoads(IrKernel kernel)
    {
        ILookup<IrValue, IrValue> users = kernel.Blocks.SelectMany(block => block.Phis.Concat(block.Values))
            .SelectMany(user => user.Operands.Select(operand => (operand, user)))
            .Where(pair => pair.operand.Op == IrOp.Load && pair.operand.Memory is (MemoryType.U8 or MemoryType.U16))
            .ToLookup(pair => pair.operand, pair => pair.user);
        foreach (IGrouping<IrValue, IrValue> load in users)
        {
            if (load.All(user => user.Op == (load.Key.Memory == MemoryType.U8 ? IrOp.SignExtend8 : IrOp.SignExtend16)))
                load.Key.Memory = load.Key.Memory == MemoryType.U8 ? MemoryType.I8 : MemoryType.I16;
        }
    }

    /// <summary>Builds what replaces one operation. The operation itself becomes the last step.</summary>
    private sealed class Expansion(IrKernel kernel, IrValue replaced)
    {
        private readonly List<IrValue> _made = [];

        // .NET's vector function is a call, for which every vector register is saved, and computes in double precision.
        public int Exp(int at)
        {
            (IrValue product, IrValue scale) = Exponential(replaced.Operands[0]);
            return Finish(at, IrOp.Mul, product, scale);
        }

        // tanh as in Cephes' tanhf: a polynomial near zero, where 1 - 2/(exp(2x) + 1) would cancel, and that formula beyond.
        // Within 2 units in the last place of binary32. Source: S. L. Moshier, Methods and Programs for Mathematical Functions, 1989.
        public int Tanh(int at)
        {
            IrValue x = replaced.Operands[0];
            IrValue magnitude = New(IrOp.Abs, IrType.F32, x);
            IrValue square = New(IrOp.Mul, IrType.F32, x, x);
            IrValue polynomial = Number(-5.70498872745e-3f);
            foreach (float coefficient in (ReadOnlySpan<float>)[2.06390887954e-2f, -5.37397155531e-2f, 1.33314422036e-1f, -3.33332819422e-1f])
                polynomial = New(IrOp.Fma, IrType.F32, polynomial, square, Number(coefficient));
            IrValue near = New(IrOp.Fma, IrType.F32, New(IrOp.Mul, IrType.F32, polynomial, square), x, x);
            (IrValue product, IrValue scale) = Exponential(New(IrOp.Add, IrType.F32, magnitude, magnitude));
            IrValue exponential = New(IrOp.Mul, IrType.F32, product, scale);
            IrValue one = Number(1);
            IrValue quotient = New(IrOp.Div, IrType.F32, Number(2), New(IrOp.Add, IrType.F32, exponential, one));
            IrValue far = New(IrOp.CopySign, IrType.F32, New(IrOp.Sub, IrType.F32, one, quotient), x);
            return Finish(at, IrOp.Select, Compare(ComparePredicate.Lt, magnitude, Number(0.625f)), near, far);
        }

        // Shifting binary16's exponent and fraction into binary32's places leaves a number too small by 2¹¹², exactly, also for
        // subnormals; infinities and NaNs get the full exponent instead.
        public int HalfToFloat(int at)
        {
            IrValue half = replaced.Operands[0];
            IrValue sign = New(IrOp.Shl, IrType.I32, New(IrOp.And, IrType.I32, half, Bits(0x8000)), Bits(16));
            IrValue magnitude = New(IrOp.Shl, IrType.I32, New(IrOp.And, IrType.I32, half, Bits(0x7fff)), Bits(13));
            IrValue scaled = New(IrOp.Mul, IrType.F32, New(IrOp.Bitcast, IrType.F32, magnitude), Number(MathF.ScaleB(1, 112)));
            IrValue finite = New(IrOp.Bitcast, IrType.I32, scaled);
            IrValue special = New(IrOp.Or, IrType.I32, magnitude, Bits(0x7f800000));
            IrValue isSpecial = Compare(ComparePredicate.Ge, magnitude, Bits(0x7c00 << 13));
            IrValue bits = New(IrOp.Select, IrType.I32, isSpecial, special, finite);
            return Finish(at, IrOp.Bitcast, New(IrOp.Or, IrType.I32, bits, sign));
        }

        // exp as in Cephes' expf: x = n·ln 2 + r, a polynomial for e^r, and 2ⁿ in two factors so that results may be subnormal
        // or infinite. Within 2 units in the last place of binary32; a NaN passes through the polynomial. Source as for tanh.
        private (IrValue Product, IrValue Scale) Exponential(IrValue x)
        {
            const float LastPlaceIsOne = 12582912f;     // 1.5 · 2²³: adding it rounds to a whole number, held in the lowest bits
            x = New(IrOp.Select, IrType.F32, Compare(ComparePredicate.Gt, x, Number(89)), Number(89), x);
            x = New(IrOp.Select, IrType.F32, Compare(ComparePredicate.Lt, x, Number(-105)), Number(-105), x);
            IrValue shifted = New(IrOp.Fma, IrType.F32, x, Number(1.44269504f), Number(LastPlaceIsOne));
            IrValue whole = New(IrOp.Sub, IrType.F32, shifted, Number(LastPlaceIsOne));
            IrValue rest = New(IrOp.Fma, IrType.F32, whole, Number(-0.693359375f), x);
            rest = New(IrOp.Fma, IrType.F32, whole, Number(2.12194440e-4f), rest);
            IrValue polynomial = Number(1.9875691500e-4f);
            foreach (float coefficient in (ReadOnlySpan<float>)[1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f])
                polynomial = New(IrOp.Fma, IrType.F32, polynomial, rest, Number(coefficient));
            polynomial = New(IrOp.Fma, IrType.F32, New(IrOp.Mul, IrType.F32, rest, rest), polynomial, rest);
            polynomial = New(IrOp.Add, IrType.F32, polynomial, Number(1));

            IrValue exponent = New(IrOp.Sub, IrType.I32, New(IrOp.Bitcast, IrType.I32, shifted), Bits(BitConverter.SingleToInt32Bits(LastPlaceIsOne)));
            IrValue half = New(IrOp.Shr, IrType.I32, exponent, Bits(1));
            return (New(IrOp.Mul, IrType.F32, polynomial, PowerOfTwo(half)), PowerOfTwo(New(IrOp.Sub, IrType.I32, exponent, half)));
        }

        private IrValue PowerOfTwo(IrValue exponent) => New(
            IrOp.Bitcast, IrType.F32, New(IrOp.Shl, IrType.I32, New(IrOp.Add, IrType.I32, exponent, Bits(127)), Bits(23)));

        private IrValue New(IrOp op, IrType type, params IrValue[] operands)
        {
            IrValue value = kernel.NewValue(op, type, operands);
            (value.Block, value.Location) = (replaced.Block, replaced.Location);
            _made.Add(value);
            return value;
        }

        private IrValue Number(float number)
        {
            IrValue value = New(IrOp.Constant, IrType.F32);
            value.Immediate = BitConverter.SingleToInt32Bits(number);
            return value;
        }

        private IrValue Bits(int bits)
        {
            IrValue value = New(IrOp.Constant, IrType.I32);
            value.Immediate = bits;
            return value;
        }

        private IrValue Compare(ComparePredicate predicate, IrValue a, IrValue b)
        {
            IrValue value = New(IrOp.Compare, IrType.Bool, a, b);
            value.Immediate = (long)predicate;
            return value;
        }

        private int Finish(int at, IrOp op, params IrValue[] operands)
        {
            replaced.Op = op;
            replaced.Operands.Clear();
            replaced.Operands.AddRange(operands);
            replaced.Block.Values.InsertRange(at, _made);
            return _made.Count;
        }
    }
}
