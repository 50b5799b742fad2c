using System.Numerics;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>The code of each pure operation for its types.</summary>
internal static unsafe class OperationTable
{
    /// <summary>Finds the code of an operation.</summary>
    /// <exception cref="NotSupportedException">The machine has no such operation.</exception>
    public static void* Find(IrValue value)
    {
        IrType type = value.Operands.Count > 0 ? value.Operands[0].Type : value.Type;
        void* code = value.Op switch
        {
            IrOp.Compare => Compare((ComparePredicate)value.Immediate, type),
            IrOp.Select => value.Type switch
            {
                IrType.Bool => (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.SelectBits,
                IrType.I32 or IrType.F32 => (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.Select<int>,
                _ => (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.Select<long>,
            },
            IrOp.BoolToInt => (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.BoolToInt,
            _ => type switch
            {
                IrType.Bool => Logic(value.Op),
                IrType.I32 => Int32(value),
                IrType.F32 => Float32(value),
                IrType.F64 => Float64(value),
                _ => Int64(value),
            },
        };
        return code != null ? code : throw new NotSupportedException($"The lockstep machine has no operation {value.Op} of {type}.");
    }

    private static void* Unary<T, TOperation>()
        where T : unmanaged
        where TOperation : struct, IVectorUnary<T> => (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.Unary<T, TOperation>;

    private static void* Binary<T, TOperation>()
        where T : unmanaged
        where TOperation : struct, IVectorBinary<T> => (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.Binary<T, TOperation>;

    private static void* Test<T, TOperation>()
        where T : unmanaged
        where TOperation : struct, IVectorUnary<T> => (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.Test<T, TOperation>;

    private static void* Comparison<T, TOperation>()
        where T : unmanaged
        where TOperation : struct, IVectorBinary<T> => (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.Compare<T, TOperation>;

    private static void* Each<TIn, TOut, TOperation>()
        where TIn : unmanaged
        where TOut : unmanaged
        where TOperation : struct, ILaneUnary<TIn, TOut> => (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.Each<TIn, TOut, TOperation>;

    private static void* Each<T1, T2, TOut, TOperation>()
        where T1 : unmanaged
        where T2 : unmanaged
        where TOut : unmanaged
        where TOperation : struct, ILaneBinary<T1, T2, TOut> => (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.Each<T1, T2, TOut, TOperation>;

    private static void* Division<T, TOperation>()
        where T : unmanaged, IBinaryInteger<T>
        where TOperation : struct, ILaneBinary<T, T, T> => (delegate*<LockstepWarp, Instruction*, void>)&Conversions.Division<T, TOperation>;

    private static void* Logic(IrOp op) => op switch
    {
        IrOp.And => (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.AndBits,
        IrOp.Or => (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.OrBits,
        IrOp.Xor => (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.XorBits,
        IrOp.Not => (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.NotBits,
        _ => null,
    };

    private static void* Int32(IrValue value) => value.Op switch
    {
        IrOp.MinU => Binary<uint, Minimum<uint>>(),
        IrOp.MaxU => Binary<uint, Maximum<uint>>(),
        IrOp.DivU => Division<uint, UnsignedQuotient<uint>>(),
        IrOp.RemU => Division<uint, UnsignedRemainder<uint>>(),
        IrOp.WidenBytes => Each<int, int, WidenBytes>(),
        IrOp.WidenSignedBytes => Each<int, int, WidenSignedBytes>(),
        IrOp.DotPairs => (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.EachOfThree<int, DotPairs>,
        IrOp.DotQuads => (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.EachOfThree<int, DotQuads>,
        IrOp.DotUnsignedQuads => (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.EachOfThree<int, DotUnsignedQuads>,
        IrOp.AddPairs => Each<int, int, int, AddPairs>(),
        IrOp.MultiplyQuads => Each<int, int, int, MultiplyQuads>(),
        IrOp.SignExtend8 => Unary<int, Narrow8>(),
        IrOp.SignExtend16 => Unary<int, Narrow16>(),
        IrOp.ZeroExtend8 => Unary<int, Low8>(),
        IrOp.ZeroExtend16 => Unary<int, Low16>(),
        IrOp.SignExtend => (delegate*<LockstepWarp, Instruction*, void>)&Conversions.SignExtend,
        IrOp.ZeroExtend => Each<uint, ulong, Convert<uint, ulong>>(),
        IrOp.SignedToFloat => value.Type == IrType.F32 ? (delegate*<LockstepWarp, Instruction*, void>)&Conversions.IntToSingle : Each<int, double, Convert<int, double>>(),
        IrOp.UnsignedToFloat => value.Type == IrType.F32 ? Each<uint, float, Convert<uint, float>>() : Each<uint, double, Convert<uint, double>>(),
        IrOp.Bitcast => (delegate*<LockstepWarp, Instruction*, void>)&Conversions.Move<int>,
        IrOp.HalfToFloat => Each<int, float, HalfToFloat>(),
        _ => Integer<int>(value),
    };

    private static void* Int64(IrValue value) => value.Op switch
    {
        IrOp.MinU => Binary<ulong, Minimum<ulong>>(),
        IrOp.MaxU => Binary<ulong, Maximum<ulong>>(),
        IrOp.DivU => Division<ulong, UnsignedQuotient<ulong>>(),
        IrOp.RemU => Division<ulong, UnsignedRemainder<ulong>>(),
        IrOp.Truncate64 => (delegate*<LockstepWarp, Instruction*, void>)&Conversions.Truncate,
        IrOp.SignedToFloat => value.Type == IrType.F32 ? Each<long, float, Convert<long, float>>() : Each<long, double, Convert<long, double>>(),
        IrOp.UnsignedToFloat => value.Type == IrType.F32 ? Each<ulong, float, Convert<ulong, float>>() : Each<ulong, double, Convert<ulong, double>>(),
        IrOp.Bitcast or IrOp.PointerToInt or IrOp.IntToPointer => (delegate*<LockstepWarp, Instruction*, void>)&Conversions.Move<long>,
        IrOp.Address => value.Operands.Count == 1 ? (delegate*<LockstepWarp, Instruction*, void>)&Conversions.Offset
            : long.IsPow2(value.Immediate) ? (delegate*<LockstepWarp, Instruction*, void>)&Conversions.AddressShifted
            : (delegate*<LockstepWarp, Instruction*, void>)&Conversions.Address,
        _ => Integer<long>(value),
    };

    private static void* Integer<T>(IrValue value)
        where T : unmanaged, IBinaryInteger<T> => value.Op switch
    {
        IrOp.Add => Binary<T, Add<T>>(),
        IrOp.Sub => Binary<T, Subtract<T>>(),
        IrOp.Mul => Binary<T, Multiply<T>>(),
        IrOp.Div => Division<T, Quotient<T>>(),
        IrOp.Rem => Division<T, RemainderOf<T>>(),
        IrOp.And => Binary<T, And<T>>(),
        IrOp.Or => Binary<T, Or<T>>(),
        IrOp.Xor => Binary<T, Xor<T>>(),
        IrOp.Min => Binary<T, Minimum<T>>(),
        IrOp.Max => Binary<T, Maximum<T>>(),
        IrOp.Not => Unary<T, Not<T>>(),
        IrOp.Neg => Unary<T, Negate<T>>(),
        IrOp.Abs => Unary<T, Absolute<T>>(),
        IrOp.Shl => IsConstant(value.Operands[1]) ? (delegate*<LockstepWarp, Instruction*, void>)&Conversions.ShiftLeft<T> : Each<T, int, T, ShiftLeft<T>>(),
        IrOp.Shr => IsConstant(value.Operands[1]) ? (delegate*<LockstepWarp, Instruction*, void>)&Conversions.ShiftRight<T> : Each<T, int, T, ShiftRight<T>>(),
        IrOp.ShrU => IsConstant(value.Operands[1]) ? (delegate*<LockstepWarp, Instruction*, void>)&Conversions.ShiftRightUnsigned<T> : Each<T, int, T, ShiftRightUnsigned<T>>(),
        IrOp.PopCount => Each<T, int, PopCount<T>>(),
        IrOp.LeadingZeros => Each<T, int, LeadingZeros<T>>(),
        IrOp.TrailingZeros => Each<T, int, TrailingZeros<T>>(),
        _ => null,
    };

    private static bool IsConstant(IrValue value) => value.Op == IrOp.Constant;

    private static void* Float32(IrValue value) => value.Op switch
    {
        IrOp.Fma => (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.Ternary<float, FusedSingle>,
        IrOp.FloatExtend => Each<float, double, Convert<float, double>>(),
        IrOp.FloatToSigned => value.Type == IrType.I32 ? Each<float, int, Saturate<float, int>>() : Each<float, long, Saturate<float, long>>(),
        IrOp.FloatToUnsigned => value.Type == IrType.I32 ? Each<float, uint, Saturate<float, uint>>() : Each<float, ulong, Saturate<float, ulong>>(),
        IrOp.Bitcast => (delegate*<LockstepWarp, Instruction*, void>)&Conversions.Move<int>,
        IrOp.FloatToHalf => Each<float, int, FloatToHalf>(),
        _ => Float<float>(value.Op),
    };

    private static void* Float64(IrValue value) => value.Op switch
    {
        IrOp.Fma => (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.Ternary<double, FusedDouble>,
        IrOp.FloatTruncate => Each<double, float, Convert<double, float>>(),
        IrOp.FloatToSigned => value.Type == IrType.I32 ? Each<double, int, Saturate<double, int>>() : Each<double, long, Saturate<double, long>>(),
        IrOp.FloatToUnsigned => value.Type == IrType.I32 ? Each<double, uint, Saturate<double, uint>>() : Each<double, ulong, Saturate<double, ulong>>(),
        IrOp.Bitcast => (delegate*<LockstepWarp, Instruction*, void>)&Conversions.Move<long>,
        _ => Float<double>(value.Op),
    };

    private static void* Float<T>(IrOp op)
        where T : unmanaged, IFloatingPointIeee754<T> => op switch
    {
        IrOp.Add => Binary<T, Add<T>>(),
        IrOp.Sub => Binary<T, Subtract<T>>(),
        IrOp.Mul => Binary<T, Multiply<T>>(),
        IrOp.Div => Binary<T, Divide<T>>(),
        IrOp.Rem => Each<T, T, T, FloatRemainder<T>>(),
        IrOp.Min => Binary<T, Minimum<T>>(),
        IrOp.Max => Binary<T, Maximum<T>>(),
        IrOp.Neg => Unary<T, Negate<T>>(),
        IrOp.Abs => Unary<T, Absolute<T>>(),
        IrOp.Sqrt => Unary<T, SquareRoot<T>>(),
        IrOp.Rsqrt => Unary<T, ReciprocalRoot<T>>(),
        IrOp.Rcp => Unary<T, Reciprocal<T>>(),
        IrOp.Exp => Each<T, T, Exp<T>>(),
        IrOp.Exp2 => Each<T, T, Exp2<T>>(),
        IrOp.Log => Each<T, T, Log<T>>(),
        IrOp.Log2 => Each<T, T, Log2<T>>(),
        IrOp.Log10 => Each<T, T, Log10<T>>(),
        IrOp.Sin => Each<T, T, Sin<T>>(),
        IrOp.Cos => Each<T, T, Cos<T>>(),
        IrOp.Tan => Each<T, T, Tan<T>>(),
        IrOp.Asin => Each<T, T, Asin<T>>(),
        IrOp.Acos => Each<T, T, Acos<T>>(),
        IrOp.Atan => Each<T, T, Atan<T>>(),
        IrOp.Sinh => Each<T, T, Sinh<T>>(),
        IrOp.Cosh => Each<T, T, Cosh<T>>(),
        IrOp.Tanh => Each<T, T, Tanh<T>>(),
        IrOp.Floor => Each<T, T, Floor<T>>(),
        IrOp.Ceiling => Each<T, T, Ceiling<T>>(),
        IrOp.Truncate => Each<T, T, Truncate<T>>(),
        IrOp.RoundEven => Each<T, T, RoundEven<T>>(),
        IrOp.RoundAway => Each<T, T, RoundAway<T>>(),
        IrOp.Pow => Each<T, T, T, Power<T>>(),
        IrOp.Atan2 => Each<T, T, T, Atan2<T>>(),
        IrOp.CopySign => Each<T, T, T, CopySign<T>>(),
        IrOp.IeeeRemainder => Each<T, T, T, IeeeRemainder<T>>(),
        IrOp.IsNaN => Test<T, IsNaN<T>>(),
        IrOp.IsInfinity => Test<T, IsInfinity<T>>(),
        IrOp.IsFinite => Test<T, IsFinite<T>>(),
        _ => null,
    };

    private static void* Compare(ComparePredicate predicate, IrType type)
    {
        bool unsigned = predicate >= ComparePredicate.LtU;
        return type switch
        {
            IrType.Bool => predicate == ComparePredicate.Eq
                ? (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.EqualBits
                : (delegate*<LockstepWarp, Instruction*, void>)&LaneOps.XorBits,
            IrType.I32 => unsigned ? Ordered<uint>(predicate - (ComparePredicate.LtU - ComparePredicate.Lt)) : Ordered<int>(predicate),
            IrType.F32 => unsigned ? Unordered<float>(predicate) : Ordered<float>(predicate),
            IrType.F64 => unsigned ? Unordered<double>(predicate) : Ordered<double>(predicate),
            _ => unsigned ? Ordered<ulong>(predicate - (ComparePredicate.LtU - ComparePredicate.Lt)) : Ordered<long>(predicate),
        };
    }

    private static void* Ordered<T>(ComparePredicate predicate)
        where T : unmanaged => predicate switch
    {
        ComparePredicate.Eq => Comparison<T, IsEqual<T>>(),
        ComparePredicate.Ne => Comparison<T, Contrary<T, IsEqual<T>>>(),
        ComparePredicate.Lt => Comparison<T, IsLess<T>>(),
        ComparePredicate.Le => Comparison<T, IsLessOrEqual<T>>(),
        ComparePredicate.Gt => Comparison<T, Exchanged<T, IsLess<T>>>(),
        _ => Comparison<T, Exchanged<T, IsLessOrEqual<T>>>(),
    };

    // The U forms of floats are true without an order: a < b or unordered is the contrary of b <= a.
    private static void* Unordered<T>(ComparePredicate predicate)
        where T : unmanaged => predicate switch
    {
        ComparePredicate.LtU => Comparison<T, Contrary<T, Exchanged<T, IsLessOrEqual<T>>>>(),
        ComparePredicate.LeU => Comparison<T, Contrary<T, Exchanged<T, IsLess<T>>>>(),
        ComparePredicate.GtU => Comparison<T, Contrary<T, IsLessOrEqual<T>>>(),
        _ => Comparison<T, Contrary<T, IsLess<T>>>(),
    };
}
