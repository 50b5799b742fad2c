using static GemmaIlgpu.Compute.Ir.ComparePredicate;
using static GemmaIlgpu.Compute.Ir.IrOp;

namespace GemmaIlgpu.Compute.Ir.Passes;

internal static partial class Folding
{
    /// <summary>The predicate that is true exactly when this one is false, NaN included.</summary>
    public static ComparePredicate Inverse(ComparePredicate predicate, bool isFloat) => predicate switch
    {
        Eq => Ne,
        Ne => Eq,
        Lt => isFloat ? GeU : Ge,
        Le => isFloat ? GtU : Gt,
        Gt => isFloat ? LeU : Le,
        Ge => isFloat ? LtU : Lt,
        LtU => isFloat ? Ge : GeU,
        LeU => isFloat ? Gt : GtU,
        GtU => isFloat ? Le : LeU,
        _ => isFloat ? Lt : LtU,
    };

    private static IrValue Invert(IrBuilder ir, IrValue compare) => ir.Compare(
        Inverse((ComparePredicate)compare.Immediate, compare.Operands[0].Type.IsFloat()), compare.Operands[0], compare.Operands[1]);

    private static ComparePredicate Swapped(ComparePredicate predicate) => predicate switch
    {
        Lt => Gt,
        Le => Ge,
        Gt => Lt,
        Ge => Le,
        LtU => GtU,
        LeU => GeU,
        GtU => LtU,
        GeU => LeU,
        _ => predicate,
    };

    private static IrValue? FoldCompare(IrBuilder ir, IrValue value)
    {
        (IrValue left, IrValue right) = (value.Operands[0], value.Operands[1]);
        var predicate = (ComparePredicate)value.Immediate;
        if (left.Op == Constant && right.Op != Constant)
            return ir.Compare(Swapped(predicate), right, left);
        if (left == right && !left.Type.IsFloat())
            return ir.Bool(predicate is Eq or Le or Ge or LeU or GeU);
        if (right.Op != Constant || left.Type.IsFloat())
            return null;
        long constant = right.Immediate;
        if (left.Type == IrType.Bool)
            return (predicate == Eq) == (constant != 0) ? left : ir.Emit(Not, IrType.Bool, left);
        if (left.Op == BoolToInt)
            return FoldBoolCompare(ir, predicate, left.Operands[0], constant);
        if (constant == 0)
        {
            switch (predicate)
            {
                case GtU: return ir.Compare(Ne, left, right);
                case LeU: return ir.Compare(Eq, left, right);
                case LtU: return ir.Bool(false);
                case GeU: return ir.Bool(true);
                case Ge when IsNonNegative(left): return ir.Bool(true);
                case Lt when IsNonNegative(left): return ir.Bool(false);
            }
        }
        // Comparisons of an extended value with a constant in range are comparisons of the value itself.
        if (left.Op == SignExtend && constant == (int)constant && predicate <= Ge)
            return ir.Compare(predicate, left.Operands[0], ir.Int((int)constant));
        return null;
    }

    private static IrValue? FoldBoolCompare(IrBuilder ir, ComparePredicate predicate, IrValue condition, long constant)
    {
        bool whenFalse = Evaluate(predicate, 0, constant, 32), whenTrue = Evaluate(predicate, 1, constant, 32);
        if (whenFalse == whenTrue)
            return ir.Bool(whenTrue);
        return whenTrue ? condition : ir.Emit(Not, IrType.Bool, condition);
    }

    /// <summary>Compares two integers; both are sign-extended from their width.</summary>
    private static bool Evaluate(ComparePredicate predicate, long left, long right, int bits)
    {
        ulong unsignedLeft = bits == 64 ? (ulong)left : (uint)left, unsignedRight = bits == 64 ? (ulong)right : (uint)right;
        return predicate switch
        {
            Eq => left == right,
            Ne => left != right,
            Lt => left < right,
            Le => left <= right,
            Gt => left > right,
            Ge => left >= right,
            LtU => unsignedLeft < unsignedRight,
            LeU => unsignedLeft <= unsignedRight,
            GtU => unsignedLeft > unsignedRight,
            _ => unsignedLeft >= unsignedRight,
        };
    }

    private static bool Evaluate(ComparePredicate predicate, double left, double right) => predicate switch
    {
        Eq => left == right,
        Ne => left != right,
        Lt => left < right,
        Le => left <= right,
        Gt => left > right,
        Ge => left >= right,
        LtU => !(left >= right),
        LeU => !(left > right),
        GtU => !(left <= right),
        _ => !(left < right),
    };

    /// <summary>True when the value read as signed is certainly not negative.</summary>
    private static bool IsNonNegative(IrValue value) => value.Op switch
    {
        Constant => value.Type.IsInteger() && value.Immediate >= 0,
        GridIndex or GroupIndex or GridDimension or GroupDimension or LaneIndex or WarpIndex or WarpSize => true,
        ZeroExtend8 or ZeroExtend16 or ZeroExtend or BoolToInt or PopCount or LeadingZeros or TrailingZeros or FloatToHalf => true,
        SignExtend => IsNonNegative(value.Operands[0]),
        Load => value.Memory is MemoryType.U8 or MemoryType.U16,
        And => IsNonNegative(value.Operands[0]) || IsNonNegative(value.Operands[1]),
        Or or Xor => IsNonNegative(value.Operands[0]) && IsNonNegative(value.Operands[1]),
        ShrU => value.Operands[1].Op == Constant && (value.Operands[1].Immediate & (value.Type == IrType.I64 ? 63 : 31)) != 0,
        Shr or Rem => IsNonNegative(value.Operands[0]),
        Div => IsNonNegative(value.Operands[0]) && IsNonNegative(value.Operands[1]),
        _ => false,
    };

    /// <summary>True when value &amp; mask is value: the mask is 2^n - 1 and the value has no bit above.</summary>
    private static bool IsUnsignedBelow(IrValue value, long mask)
    {
        if (mask < 0 || (mask & (mask + 1)) != 0)
            return false;
        return value.Op switch
        {
            ZeroExtend8 => mask >= 0xFF,
            ZeroExtend16 or FloatToHalf => mask >= 0xFFFF,
            ZeroExtend => mask >= 0xFFFFFFFF,
            BoolToInt => mask >= 1,
            Load => (value.Memory == MemoryType.U8 && mask >= 0xFF) || (value.Memory == MemoryType.U16 && mask >= 0xFFFF),
            And => value.Operands[1].Op == Constant && value.Operands[1].Immediate is >= 0 and var inner && inner <= mask,
            _ => false,
        };
    }
}
