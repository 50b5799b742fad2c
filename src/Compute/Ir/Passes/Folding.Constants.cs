using System.Numerics;
using static GemmaIlgpu.Compute.Ir.IrOp;

namespace GemmaIlgpu.Compute.Ir.Passes;

internal static partial class Folding
{
    /// <summary>Computes an operation whose operands are all constants. Functions that devices round differently
    /// (exp, sin and the like) are left to the device.</summary>
    private static IrValue? FoldConstants(IrBuilder ir, IrValue value)
    {
        IrValue x = value.Operands[0];
        if (value.Op == Compare)
            return FoldConstantCompare(ir, value);
        if (value.Op is Select or Address or IrOp.Load or IrOp.Store or Atomic or AtomicCompareExchange || value.IsConvergent || value.HasSideEffect)
            return null;
        if (x.Type == IrType.Bool)
        {
            return value.Op switch
            {
                Not => ir.Bool(x.Immediate == 0),
                BoolToInt => ir.Int((int)x.Immediate),
                And => ir.Bool((x.Immediate & value.Operands[1].Immediate) != 0),
                Or => ir.Bool((x.Immediate | value.Operands[1].Immediate) != 0),
                Xor => ir.Bool(x.Immediate != value.Operands[1].Immediate),
                _ => null,
            };
        }
        return x.Type switch
        {
            IrType.I32 => value.Operands.Count == 2 ? FoldBinary32(ir, value.Op, (int)x.Immediate, (int)value.Operands[1].Immediate) : FoldUnary32(ir, value, (int)x.Immediate),
            IrType.I64 => value.Operands.Count == 2 ? FoldBinary64(ir, value.Op, x.Immediate, value.Operands[1].Immediate) : FoldUnary64(ir, value, x.Immediate),
            IrType.F32 => FoldFloat(ir, value),
            IrType.F64 => FoldDouble(ir, value),
            _ => null,
        };
    }

    private static IrValue? FoldConstantCompare(IrBuilder ir, IrValue value)
    {
        (IrValue left, IrValue right) = (value.Operands[0], value.Operands[1]);
        var predicate = (ComparePredicate)value.Immediate;
        if (left.Type == IrType.Ptr)
            return null;
        return ir.Bool(left.Type.IsFloat()
            ? Evaluate(predicate, left.FloatConstant, right.FloatConstant)
            : Evaluate(predicate, left.Immediate, right.Immediate, left.Type == IrType.I64 ? 64 : 32));
    }

    private static IrValue? FoldBinary32(IrBuilder ir, IrOp op, int a, int b)
    {
        if (op is Div or DivU or Rem or RemU && (b == 0 || (a == int.MinValue && b == -1)))
            return null;
        return op switch
        {
            Add => ir.Int(a + b),
            Sub => ir.Int(a - b),
            Mul => ir.Int(a * b),
            Div => ir.Int(a / b),
            DivU => ir.Int((int)((uint)a / (uint)b)),
            Rem => ir.Int(a % b),
            RemU => ir.Int((int)((uint)a % (uint)b)),
            And => ir.Int(a & b),
            Or => ir.Int(a | b),
            Xor => ir.Int(a ^ b),
            Shl => ir.Int(a << b),
            Shr => ir.Int(a >> b),
            ShrU => ir.Int(a >>> b),
            Min => ir.Int(Math.Min(a, b)),
            Max => ir.Int(Math.Max(a, b)),
            MinU => ir.Int((int)Math.Min((uint)a, (uint)b)),
            MaxU => ir.Int((int)Math.Max((uint)a, (uint)b)),
            _ => null,
        };
    }

    private static IrValue? FoldBinary64(IrBuilder ir, IrOp op, long a, long b)
    {
        if (op is Div or DivU or Rem or RemU && (b == 0 || (a == long.MinValue && b == -1)))
            return null;
        return op switch
        {
            Add => ir.Long(a + b),
            Sub => ir.Long(a - b),
            Mul => ir.Long(a * b),
            Div => ir.Long(a / b),
            DivU => ir.Long((long)((ulong)a / (ulong)b)),
            Rem => ir.Long(a % b),
            RemU => ir.Long((long)((ulong)a % (ulong)b)),
            And => ir.Long(a & b),
            Or => ir.Long(a | b),
            Xor => ir.Long(a ^ b),
            Shl => ir.Long(a << (int)b),
            Shr => ir.Long(a >> (int)b),
            ShrU => ir.Long(a >>> (int)b),
            Min => ir.Long(Math.Min(a, b)),
            Max => ir.Long(Math.Max(a, b)),
            MinU => ir.Long((long)Math.Min((ulong)a, (ulong)b)),
            MaxU => ir.Long((long)Math.Max((ulong)a, (ulong)b)),
            _ => null,
        };
    }

    private static IrValue? FoldUnary32(IrBuilder ir, IrValue value, int a) => value.Op switch
    {
        Not => ir.Int(~a),
        Neg => ir.Int(-a),
        Abs => ir.Int(a < 0 ? -a : a),
        PopCount => ir.Int(BitOperations.PopCount((uint)a)),
        LeadingZeros => ir.Int(BitOperations.LeadingZeroCount((uint)a)),
        TrailingZeros => ir.Int(BitOperations.TrailingZeroCount(a)),
        SignExtend8 => ir.Int((sbyte)a),
        SignExtend16 => ir.Int((short)a),
        ZeroExtend8 => ir.Int((byte)a),
        ZeroExtend16 => ir.Int((ushort)a),
        SignExtend => ir.Long(a),
        ZeroExtend => ir.Long((uint)a),
        SignedToFloat => value.Type == IrType.F32 ? ir.Float(a) : ir.Double(a),
        UnsignedToFloat => value.Type == IrType.F32 ? ir.Float((uint)a) : ir.Double((uint)a),
        Bitcast => ir.Float(BitConverter.Int32BitsToSingle(a)),
        HalfToFloat => ir.Float((float)BitConverter.Int16BitsToHalf((short)a)),
        _ => null,
    };

    private static IrValue? FoldUnary64(IrBuilder ir, IrValue value, long a) => value.Op switch
    {
        Not => ir.Long(~a),
        Neg => ir.Long(-a),
        Abs => ir.Long(a < 0 ? -a : a),
        PopCount => ir.Int(BitOperations.PopCount((ulong)a)),
        LeadingZeros => ir.Int(BitOperations.LeadingZeroCount((ulong)a)),
        TrailingZeros => ir.Int(BitOperations.TrailingZeroCount(a)),
        Truncate64 => ir.Int((int)a),
        SignedToFloat => value.Type == IrType.F32 ? ir.Float(a) : ir.Double(a),
        UnsignedToFloat => value.Type == IrType.F32 ? ir.Float((ulong)a) : ir.Double((ulong)a),
        Bitcast => ir.Double(BitConverter.Int64BitsToDouble(a)),
        _ => null,
    };

    private static IrValue? FoldFloat(IrBuilder ir, IrValue value)
    {
        float a = (float)value.Operands[0].FloatConstant, b = value.Operands.Count > 1 ? (float)value.Operands[1].FloatConstant : 0;
        return value.Op switch
        {
            Add => ir.Float(a + b),
            Sub => ir.Float(a - b),
            Mul => ir.Float(a * b),
            Div => ir.Float(a / b),
            Rem => ir.Float(a % b),
            Min => ir.Float(MathF.Min(a, b)),
            Max => ir.Float(MathF.Max(a, b)),
            Neg => ir.Float(-a),
            Abs => ir.Float(MathF.Abs(a)),
            Sqrt => ir.Float(MathF.Sqrt(a)),
            Fma => ir.Float(MathF.FusedMultiplyAdd(a, b, (float)value.Operands[2].FloatConstant)),
            FloatExtend => ir.Double(a),
            FloatToSigned => value.Type == IrType.I32 ? ir.Int((int)a) : ir.Long((long)a),
            FloatToUnsigned => value.Type == IrType.I32 ? ir.Int((int)(uint)a) : ir.Long((long)(ulong)a),
            FloatToHalf => ir.Int((ushort)BitConverter.HalfToInt16Bits((Half)a)),
            Bitcast => ir.Int(BitConverter.SingleToInt32Bits(a)),
            IsNaN => ir.Bool(float.IsNaN(a)),
            IsInfinity => ir.Bool(float.IsInfinity(a)),
            IsFinite => ir.Bool(float.IsFinite(a)),
            _ => FoldRounding(value.Op, a) is { } rounded ? ir.Float((float)rounded) : null,
        };
    }

    private static IrValue? FoldDouble(IrBuilder ir, IrValue value)
    {
        double a = value.Operands[0].FloatConstant, b = value.Operands.Count > 1 ? value.Operands[1].FloatConstant : 0;
        return value.Op switch
        {
            Add => ir.Double(a + b),
            Sub => ir.Double(a - b),
            Mul => ir.Double(a * b),
            Div => ir.Double(a / b),
            Rem => ir.Double(a % b),
            Min => ir.Double(Math.Min(a, b)),
            Max => ir.Double(Math.Max(a, b)),
            Neg => ir.Double(-a),
            Abs => ir.Double(Math.Abs(a)),
            Sqrt => ir.Double(Math.Sqrt(a)),
            Fma => ir.Double(Math.FusedMultiplyAdd(a, b, value.Operands[2].FloatConstant)),
            FloatTruncate => ir.Float((float)a),
            FloatToSigned => value.Type == IrType.I32 ? ir.Int((int)a) : ir.Long((long)a),
            FloatToUnsigned => value.Type == IrType.I32 ? ir.Int((int)(uint)a) : ir.Long((long)(ulong)a),
            Bitcast => ir.Long(BitConverter.DoubleToInt64Bits(a)),
            IsNaN => ir.Bool(double.IsNaN(a)),
            IsInfinity => ir.Bool(double.IsInfinity(a)),
            IsFinite => ir.Bool(double.IsFinite(a)),
            _ => FoldRounding(value.Op, a) is { } rounded ? ir.Double(rounded) : null,
        };
    }

    private static double? FoldRounding(IrOp op, double a) => op switch
    {
        Floor => Math.Floor(a),
        Ceiling => Math.Ceiling(a),
        Truncate => Math.Truncate(a),
        RoundEven => Math.Round(a, MidpointRounding.ToEven),
        RoundAway => Math.Round(a, MidpointRounding.AwayFromZero),
        _ => null,
    };
}
