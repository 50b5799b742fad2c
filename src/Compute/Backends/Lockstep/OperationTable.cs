using System.Numerics;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>The code of each pure operation for its types.</summary>
internal static unsafe class OperationTable
{
    /// <summary>Finds the code of an operation.</summary>
    /// <exception cref="NotSupportedException">The machine has no such operation.</exception>
    public static LaneCode Find(IrValue value)
    {
        IrType type = value.Operands.Count > 0 ? value.Operands[0].Type : value.Type;
        LaneCode code = value.Op switch
        {
            IrOp.Compare => Compare((ComparePredicate)value.Immediate, type),
            IrOp.Select => value.Type switch
            {
                IrType.Bool => new LaneCode(&LaneOps.SelectBits),
                IrType.I32 or IrType.F32 => new LaneCode(&LaneOps.Select<int>),
                _ => new LaneCode(&LaneOps.Select<long>),
            },
            IrOp.BoolToInt => new LaneCode(&LaneOps.BoolToInt),
            _ => type switch
            {
                IrType.Bool => Logic(value.Op),
                IrType.I32 => Int32(value),
                IrType.F32 => Float32(value),
                IrType.F64 => Float64(value),
                _ => Int64(value),
            },
        };
        return code.Code != null ? code : throw new NotSupportedException($"The lockstep machine has no operation {value.Op} of {type}.");
    }

    private static LaneCode Unary<T, TOperation>()
        where T : unmanaged
        where TOperation : struct, IVectorUnary<T> => new(&LaneOps.Unary<T, TOperation>, typeof(TOperation), LaneShape.One);

    private static LaneCode Binary<T, TOperation>()
        where T : unmanaged
        where TOperation : struct, IVectorBinary<T> => new(&LaneOps.Binary<T, TOperation>, typeof(TOperation), LaneShape.Two);

    private static LaneCode Ternary<T, TOperation>()
        where T : unmanaged
        where TOperation : struct, IVectorTernary<T> => new(&LaneOps.Ternary<T, TOperation>, typeof(TOperation), LaneShape.Three);

    private static LaneCode Test<T, TOperation>()
        where T : unmanaged
        where TOperation : struct, IVectorUnary<T> => new(&LaneOps.Test<T, TOperation>, typeof(TOperation), LaneShape.Test);

    private static LaneCode Comparison<T, TOperation>()
        where T : unmanaged
        where TOperation : struct, IVectorBinary<T> => new(&LaneOps.Compare<T, TOperation>, typeof(TOperation), LaneShape.Compare);

    private static LaneCode Each<TIn, TOut, TOperation>()
        where TIn : unmanaged
        where TOut : unmanaged
        where TOperation : struct, ILaneUnary<TIn, TOut> => new LaneCode(&LaneOps.Each<TIn, TOut, TOperation>);

    private static LaneCode Each<T1, T2, TOut, TOperation>()
        where T1 : unmanaged
        where T2 : unmanaged
        where TOut : unmanaged
        where TOperation : struct, ILaneBinary<T1, T2, TOut> => new LaneCode(&LaneOps.Each<T1, T2, TOut, TOperation>);

    private static LaneCode Division<T, TOperation>()
        where T : unmanaged, IBinaryInteger<T>
        where TOperation : struct, ILaneBinary<T, T, T> => new LaneCode(&Conversions.Division<T, TOperation>);

    private static LaneCode Logic(IrOp op) => op switch
    {
        IrOp.And => new LaneCode(&LaneOps.AndBits),
        IrOp.Or => new LaneCode(&LaneOps.OrBits),
        IrOp.Xor => new LaneCode(&LaneOps.XorBits),
        IrOp.Not => new LaneCode(&LaneOps.NotBits),
        _ => default,
    };

    private static LaneCode Int32(IrValue value) => value.Op switch
    {
        IrOp.MinU => Binary<uint, Minimum<uint>>(),
        IrOp.MaxU => Binary<uint, Maximum<uint>>(),
        IrOp.DivU => Division<uint, UnsignedQuotient<uint>>(),
        IrOp.RemU => Division<uint, UnsignedRemainder<uint>>(),
        IrOp.WidenBytes => Unary<int, WidenBytes>(),
        IrOp.WidenSignedBytes => Unary<int, WidenSignedBytes>(),
        IrOp.DotPairs => Ternary<int, DotPairs>(),
        IrOp.DotQuads => Ternary<int, DotQuads>(),
        IrOp.DotUnsignedQuads => Ternary<int, DotUnsignedQuads>(),
        IrOp.AddPairs => Binary<int, AddPairs>(),
        IrOp.MultiplyQuads => Binary<int, MultiplyQuads>(),
        IrOp.SignExtend8 => Unary<int, Narrow8>(),
        IrOp.SignExtend16 => Unary<int, Narrow16>(),
        IrOp.ZeroExtend8 => Unary<int, Low8>(),
        IrOp.ZeroExtend16 => Unary<int, Low16>(),
        IrOp.SignExtend => new LaneCode(&Conversions.SignExtend),
        IrOp.ZeroExtend => Each<uint, ulong, Convert<uint, ulong>>(),
        IrOp.SignedToFloat => value.Type == IrType.F32 ? new LaneCode(&Conversions.IntToSingle) : Each<int, double, Convert<int, double>>(),
        IrOp.UnsignedToFloat => value.Type == IrType.F32 ? Each<uint, float, Convert<uint, float>>() : Each<uint, double, Convert<uint, double>>(),
        IrOp.Bitcast => new LaneCode(&Conversions.Move<int>),
        IrOp.HalfToFloat => new LaneCode(&Conversions.HalfToFloat),
        _ => Integer<int>(value),
    };

    private static LaneCode Int64(IrValue value) => value.Op switch
    {
        IrOp.MinU => Binary<ulong, Minimum<ulong>>(),
        IrOp.MaxU => Binary<ulong, Maximum<ulong>>(),
        IrOp.DivU => Division<ulong, UnsignedQuotient<ulong>>(),
        IrOp.RemU => Division<ulong, UnsignedRemainder<ulong>>(),
        IrOp.Truncate64 => new LaneCode(&Conversions.Truncate),
        IrOp.SignedToFloat => value.Type == IrType.F32 ? Each<long, float, Convert<long, float>>() : Each<long, double, Convert<long, double>>(),
        IrOp.UnsignedToFloat => value.Type == IrType.F32 ? Each<ulong, float, Convert<ulong, float>>() : Each<ulong, double, Convert<ulong, double>>(),
        IrOp.Bitcast or IrOp.PointerToInt or IrOp.IntToPointer or IrOp.AlignedPointer => new LaneCode(&Conversions.Move<long>),
        IrOp.Address => value.Operands.Count == 1 ? new LaneCode(&Conversions.Offset)
            : long.IsPow2(value.Immediate) ? new LaneCode(&Conversions.AddressShifted)
            : new LaneCode(&Conversions.Address),
        _ => Integer<long>(value),
    };

    private static LaneCode Integer<T>(IrValue value)
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
        IrOp.Shl => IsConstant(value.Operands[1]) ? new LaneCode(&Conversions.ShiftLeft<T>) : Each<T, int, T, ShiftLeft<T>>(),
        IrOp.Shr => IsConstant(value.Operands[1]) ? new LaneCode(&Conversions.ShiftRight<T>) : Each<T, int, T, ShiftRight<T>>(),
        IrOp.ShrU => IsConstant(value.Operands[1]) ? new LaneCode(&Conversions.ShiftRightUnsigned<T>) : Each<T, int, T, ShiftRightUnsigned<T>>(),
        IrOp.PopCount => Each<T, int, PopCount<T>>(),
        IrOp.LeadingZeros => Each<T, int, LeadingZeros<T>>(),
        IrOp.TrailingZeros => Each<T, int, TrailingZeros<T>>(),
        _ => default,
    };

    private static bool IsConstant(IrValue value) => value.Op == IrOp.Constant;

    private static LaneCode Float32(IrValue value) => value.Op switch
    {
        IrOp.Fma => Ternary<float, FusedSingle>(),
        IrOp.FloatExtend => Each<float, double, Convert<float, double>>(),
        IrOp.FloatToSigned => value.Type == IrType.I32 ? new LaneCode(&Conversions.SingleToInt) : Each<float, long, Saturate<float, long>>(),
        IrOp.FloatToUnsigned => value.Type == IrType.I32 ? Each<float, uint, Saturate<float, uint>>() : Each<float, ulong, Saturate<float, ulong>>(),
        IrOp.Bitcast => new LaneCode(&Conversions.Move<int>),
        IrOp.FloatToHalf => Each<float, int, FloatToHalf>(),
        _ => Float<float>(value.Op),
    };

    private static LaneCode Float64(IrValue value) => value.Op switch
    {
        IrOp.Fma => Ternary<double, FusedDouble>(),
        IrOp.FloatTruncate => Each<double, float, Convert<double, float>>(),
        IrOp.FloatToSigned => value.Type == IrType.I32 ? Each<double, int, Saturate<double, int>>() : Each<double, long, Saturate<double, long>>(),
        IrOp.FloatToUnsigned => value.Type == IrType.I32 ? Each<double, uint, Saturate<double, uint>>() : Each<double, ulong, Saturate<double, ulong>>(),
        IrOp.Bitcast => new LaneCode(&Conversions.Move<long>),
        _ => Float<double>(value.Op),
    };

    private static LaneCode Float<T>(IrOp op)
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
        _ => default,
    };

    private static LaneCode Compare(ComparePredicate predicate, IrType type)
    {
        bool unsigned = predicate >= ComparePredicate.LtU;
        return type switch
        {
            IrType.Bool => predicate == ComparePredicate.Eq
                ? new LaneCode(&LaneOps.EqualBits)
                : new LaneCode(&LaneOps.XorBits),
            IrType.I32 => unsigned ? Ordered<uint>(predicate - (ComparePredicate.LtU - ComparePredicate.Lt)) : Ordered<int>(predicate),
            IrType.F32 => unsigned ? Unordered<float>(predicate) : Ordered<float>(predicate),
            IrType.F64 => unsigned ? Unordered<double>(predicate) : Ordered<double>(predicate),
            _ => unsigned ? Ordered<ulong>(predicate - (ComparePredicate.LtU - ComparePredicate.Lt)) : Ordered<long>(predicate),
        };
    }

    private static LaneCode Ordered<T>(ComparePredicate predicate)
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
    private static LaneCode Unordered<T>(ComparePredicate predicate)
        where T : unmanaged => predicate switch
    {
        ComparePredicate.LtU => Comparison<T, Contrary<T, Exchanged<T, IsLessOrEqual<T>>>>(),
        ComparePredicate.LeU => Comparison<T, Contrary<T, Exchanged<T, IsLess<T>>>>(),
        ComparePredicate.GtU => Comparison<T, Contrary<T, IsLessOrEqual<T>>>(),
        _ => Comparison<T, Contrary<T, IsLess<T>>>(),
    };
}
