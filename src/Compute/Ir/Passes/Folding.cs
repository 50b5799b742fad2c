using static GemmaIlgpu.Compute.Ir.IrOp;

namespace GemmaIlgpu.Compute.Ir.Passes;

/// <summary>Local simplification: what one operation becomes when its operands are known. Float arithmetic keeps IEEE results to the bit.</summary>
internal static partial class Folding
{
    /// <summary>The value that takes the operation's place, or null. May put commuting constants on the right.</summary>
    public static IrValue? Fold(IrBuilder ir, IrValue value)
    {
        if (value.Operands.Count == 0 || value.Op == Phi)
            return null;
        if (value.Operands.TrueForAll(static operand => operand.Op == Constant) && FoldConstants(ir, value) is { } constant)
            return ir.Kernel.KeepsFaults && IsBirth(value, constant) ? null : constant;
        return value.Op switch
        {
            Add or Sub or Mul or Div or DivU or Rem or RemU or And or Or or Xor or Shl or Shr or ShrU or Min or Max or MinU or MaxU
                => FoldBinary(ir, value),
            Not => value.Operands[0] switch
            {
                { Op: Not } inner => inner.Operands[0],
                { Op: Compare } compare => Invert(ir, compare),
                _ => null,
            },
            Neg => value.Operands[0] is { Op: Neg } inner ? inner.Operands[0] : null,
            Compare => FoldCompare(ir, value),
            Select => FoldSelect(ir, value),
            Address => FoldAddress(ir, value),
            _ => FoldConversion(ir, value),
        };
    }

    // A NaN or an infinity that comes into being here, of which somebody may want to hear.
    private static bool IsBirth(IrValue value, IrValue constant)
    {
        bool isFinite = value.Op == FloatToHalf ? (constant.Immediate & 0x7C00) != 0x7C00 : !constant.Type.IsFloat() || double.IsFinite(constant.FloatConstant);
        return !isFinite && value.Op is not (Bitcast or HalfToFloat) && value.Operands.TrueForAll(static operand => !operand.Type.IsFloat() || double.IsFinite(operand.FloatConstant));
    }

    /// <summary>The constant's bits as a signed integer, if the value is an integer or Bool constant.</summary>
    private static bool IsInteger(IrValue value, out long bits)
    {
        bits = value.Immediate;
        return value.Op == Constant && (value.Type.IsInteger() || value.Type == IrType.Bool);
    }

    private static bool IsConstant(IrValue value, long bits) => IsInteger(value, out long actual) && actual == bits;

    private static bool IsCommutative(IrOp op) => op is Add or Mul or And or Or or Xor or Min or Max or MinU or MaxU;

    private static IrValue? FoldBinary(IrBuilder ir, IrValue value)
    {
        List<IrValue> x = value.Operands;
        if (IsCommutative(value.Op) && x[0].Op == Constant && x[1].Op != Constant)
            (x[0], x[1]) = (x[1], x[0]);
        if (value.Type == IrType.Bool)
            return FoldLogic(ir, value);
        return value.Type.IsFloat() ? FoldFloatBinary(value) : FoldIntegerBinary(ir, value);
    }

    private static IrValue? FoldLogic(IrBuilder ir, IrValue value)
    {
        (IrValue left, IrValue right) = (value.Operands[0], value.Operands[1]);
        if (left == right)
            return value.Op == Xor ? ir.Bool(false) : left;
        if (right.Op != Constant)
            return null;
        bool known = right.Immediate != 0;
        return value.Op switch
        {
            And => known ? left : right,
            Or => known ? right : left,
            Xor => known ? ir.Emit(Not, IrType.Bool, left) : left,
            _ => null,
        };
    }

    // Only what holds for NaN, infinities and -0: x · 1, x / 1, x - 0.
    private static IrValue? FoldFloatBinary(IrValue value)
    {
        IrValue right = value.Operands[1];
        if (right.Op != Constant)
            return null;
        double constant = right.FloatConstant;
        return value.Op switch
        {
            Mul or Div when constant == 1 => value.Operands[0],
            Sub when constant == 0 && !double.IsNegative(constant) => value.Operands[0],
            Add when constant == 0 && double.IsNegative(constant) => value.Operands[0],
            _ => null,
        };
    }

    private static IrValue? FoldIntegerBinary(IrBuilder ir, IrValue value)
    {
        (IrValue left, IrValue right) = (value.Operands[0], value.Operands[1]);
        IrType type = value.Type;
        if (left == right)
        {
            switch (value.Op)
            {
                case Sub or Xor: return ir.Zero(type);
                case And or Or or Min or Max or MinU or MaxU: return left;
            }
        }
        if (IsConstant(left, 0) && value.Op is Shl or Shr or ShrU)
            return left;
        if (right.Op == Neg && value.Op is Add or Sub)
            return ir.Emit(value.Op == Add ? Sub : Add, type, left, right.Operands[0]);
        if (!IsInteger(right, out long constant))
            return null;
        int bits = type == IrType.I64 ? 64 : 32;
        switch (value.Op)
        {
            case Add or Sub or Or or Xor when constant == 0:
            case Mul or Div or DivU when constant == 1:
            case Shl or Shr or ShrU when (constant & (bits - 1)) == 0:
            case And when constant == -1:
                return left;
            case Mul or And when constant == 0:
            case Or when constant == -1:
                return right;
            case Rem or RemU when constant == 1:
                return ir.Zero(type);
            case Sub:
                return ir.Emit(Add, type, left, ir.Constant(type, -constant));
            case Mul when IsPowerOfTwo(constant, bits, out int shift):
                return ir.Emit(Shl, type, left, ir.Int(shift));
            case DivU when IsPowerOfTwo(constant, bits, out int shift):
                return ir.Emit(ShrU, type, left, ir.Int(shift));
            case RemU when IsPowerOfTwo(constant, bits, out _):
                return ir.Emit(And, type, left, ir.Constant(type, constant - 1));
            case Div when constant > 0 && IsPowerOfTwo(constant, bits, out int shift):
                return ir.Emit(Shr, type, RoundTowardZero(ir, left, bits, shift), ir.Int(shift));
            case Rem when constant > 0 && IsPowerOfTwo(constant, bits, out int shift):
                return ir.Emit(Sub, type, left, ir.Emit(And, type, RoundTowardZero(ir, left, bits, shift), ir.Constant(type, -constant)));
            case Add or And or Or or Xor when left.Op == value.Op && left.Operands[1].Op == Constant:
                return ir.Emit(value.Op, type, left.Operands[0], Constants(ir, value.Op, type, left.Operands[1], right));
            case Shl or Shr or ShrU when left.Op == value.Op && IsInteger(left.Operands[1], out long inner):
                long sum = (inner & (bits - 1)) + (constant & (bits - 1));
                if (sum < bits)
                    return ir.Emit(value.Op, type, left.Operands[0], ir.Int((int)sum));
                return value.Op == Shr ? ir.Emit(Shr, type, left.Operands[0], ir.Int(bits - 1)) : ir.Zero(type);
            case And when IsUnsignedBelow(left, constant):
                return left;
        }
        return null;
    }

    // Adding 2^shift - 1 to negative numbers makes a shift divide toward zero.
    private static IrValue RoundTowardZero(IrBuilder ir, IrValue x, int bits, int shift) => IsNonNegative(x)
        ? x
        : ir.Emit(Add, x.Type, x, ir.Emit(ShrU, x.Type, ir.Emit(Shr, x.Type, x, ir.Int(bits - 1)), ir.Int(bits - shift)));

    private static bool IsPowerOfTwo(long constant, int bits, out int shift)
    {
        ulong unsigned = bits == 64 ? (ulong)constant : (uint)constant;
        shift = System.Numerics.BitOperations.TrailingZeroCount(unsigned);
        return System.Numerics.BitOperations.IsPow2(unsigned);
    }

    private static IrValue Constants(IrBuilder ir, IrOp op, IrType type, IrValue left, IrValue right) => ir.Constant(type, op switch
    {
        Add => left.Immediate + right.Immediate,
        And => left.Immediate & right.Immediate,
        Or => left.Immediate | right.Immediate,
        _ => left.Immediate ^ right.Immediate,
    });

    private static IrValue? FoldSelect(IrBuilder ir, IrValue value)
    {
        (IrValue condition, IrValue whenTrue, IrValue whenFalse) = (value.Operands[0], value.Operands[1], value.Operands[2]);
        if (condition.Op == Constant)
            return condition.Immediate != 0 ? whenTrue : whenFalse;
        if (whenTrue == whenFalse)
            return whenTrue;
        if (value.Type == IrType.Bool)
        {
            return (whenTrue, whenFalse) switch
            {
                ({ Op: Constant, Immediate: 1 }, _) => ir.Emit(Or, IrType.Bool, condition, whenFalse),
                (_, { Op: Constant, Immediate: 0 }) => ir.Emit(And, IrType.Bool, condition, whenTrue),
                ({ Op: Constant, Immediate: 0 }, _) => ir.Emit(And, IrType.Bool, ir.Emit(Not, IrType.Bool, condition), whenFalse),
                (_, { Op: Constant, Immediate: 1 }) => ir.Emit(Or, IrType.Bool, ir.Emit(Not, IrType.Bool, condition), whenTrue),
                _ => null,
            };
        }
        if (value.Type.IsInteger() && whenTrue.Op == Constant && whenFalse.Op == Constant && whenTrue.Immediate + whenFalse.Immediate == 1 && value.Type == IrType.I32)
        {
            if (whenTrue.Immediate == 1)
                return ir.Emit(BoolToInt, IrType.I32, condition);
            if (whenFalse.Immediate == 1)
                return ir.Emit(BoolToInt, IrType.I32, ir.Emit(Not, IrType.Bool, condition));
        }
        return condition.Op == Not ? ir.Emit(Select, value.Type, condition.Operands[0], whenFalse, whenTrue) : null;
    }

    private static IrValue? FoldAddress(IrBuilder ir, IrValue value)
    {
        IrValue pointer = value.Operands[0];
        if (value.Operands.Count == 1)
        {
            if (value.Offset == 0)
                return pointer;
            return pointer.Op == Address
                ? ir.Address(pointer.Operands[0], pointer.Operands.Count > 1 ? pointer.Operands[1] : null, pointer.Immediate, pointer.Offset + value.Offset)
                : null;
        }
        IrValue index = value.Operands[1];
        if (index.Op == Constant)
            return ir.Address(pointer, null, 0, value.Offset + index.Immediate * value.Immediate);
        // A constant part of a 64-bit index moves into the offset; a 32-bit one may wrap, so it stays.
        if (index.Op == Add && index.Operands[1].Op == Constant)
            return ir.Address(pointer, index.Operands[0], value.Immediate, value.Offset + index.Operands[1].Immediate * value.Immediate);
        if (pointer is { Op: Address, Operands.Count: 1 })
            return ir.Address(pointer.Operands[0], index, value.Immediate, value.Offset + pointer.Offset);
        return null;
    }
}
