using System.Reflection.Metadata;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Arithmetic, comparisons and conversions with the meaning of ECMA-335 and .NET 10.</summary>
internal sealed partial class Translator
{
    /// <summary>A value as a number: truth values become 0 or 1.</summary>
    public IrValue Plain(IrValue value) => value.Type == IrType.Bool ? Ir.Emit(IrOp.BoolToInt, IrType.I32, value) : value;

    /// <summary>A value as a truth value.</summary>
    public IrValue Truth(IrValue value) => value.Type == IrType.Bool ? value : Ir.Compare(ComparePredicate.Ne, value, Ir.Zero(value.Type));

    /// <summary>An index or native integer as I64.</summary>
    public IrValue Long(IrValue value) => Plain(value) is { Type: IrType.I32 } narrow ? Ir.Emit(IrOp.SignExtend, IrType.I64, narrow) : value;

    private void Binary(IrOp op)
    {
        IrValue right = RequireScalar(_frame.Pop()), left = RequireScalar(_frame.Pop());
        if (op is IrOp.And or IrOp.Or or IrOp.Xor && BothTruth(ref left, ref right))
        {
            _frame.Push(new(Ir.Emit(op, IrType.Bool, left, right)));
            return;
        }
        if (left.Type == IrType.Ptr || right.Type == IrType.Ptr)
        {
            _frame.Push(new(PointerArithmetic(op, left, right)));
            return;
        }
        (left, right) = SameType(left, right);
        _frame.Push(new(Ir.Emit(op, left.Type, left, right)));
    }

    private bool BothTruth(ref IrValue left, ref IrValue right)
    {
        if (left.Type != IrType.Bool && right.Type != IrType.Bool)
            return false;
        if (left is { Type: IrType.I32, Op: IrOp.Constant, Immediate: 0 or 1 })
            left = Ir.Bool(left.Immediate != 0);
        if (right is { Type: IrType.I32, Op: IrOp.Constant, Immediate: 0 or 1 })
            right = Ir.Bool(right.Immediate != 0);
        return left.Type == right.Type;
    }

    private IrValue PointerArithmetic(IrOp op, IrValue left, IrValue right)
    {
        if (left.Type == IrType.Ptr && right.Type == IrType.Ptr && op == IrOp.Sub)
            return Ir.Emit(IrOp.Sub, IrType.I64, Ir.Emit(IrOp.PointerToInt, IrType.I64, left), Ir.Emit(IrOp.PointerToInt, IrType.I64, right));
        if (left.Type == IrType.Ptr && right.Type != IrType.Ptr && op is IrOp.Add or IrOp.Sub)
            return Ir.Address(left, op == IrOp.Add ? Long(right) : Ir.Emit(IrOp.Neg, IrType.I64, Long(right)), 1, 0);
        if (right.Type == IrType.Ptr && op == IrOp.Add)
            return Ir.Address(right, Long(left), 1, 0);
        (left, right) = SameType(AsNumber(left), AsNumber(right));
        return Ir.Emit(op, left.Type, left, right);

        IrValue AsNumber(IrValue value) => value.Type == IrType.Ptr ? Ir.Emit(IrOp.PointerToInt, IrType.I64, value) : value;
    }

    // IL mixes int with native int, and float32 with float64.
    private (IrValue Left, IrValue Right) SameType(IrValue left, IrValue right)
    {
        (left, right) = (Plain(left), Plain(right));
        if (left.Type == right.Type)
            return (left, right);
        return (left.Type, right.Type) switch
        {
            (IrType.I32, IrType.I64) or (IrType.I64, IrType.I32) => (Long(left), Long(right)),
            (IrType.F32, IrType.F64) => (Ir.Emit(IrOp.FloatExtend, IrType.F64, left), right),
            (IrType.F64, IrType.F32) => (left, Ir.Emit(IrOp.FloatExtend, IrType.F64, right)),
            _ => throw Refuse($"it computes with a {left.Type} and a {right.Type}", null),
        };
    }

    private void Unary(IrOp op)
    {
        IrValue value = Plain(RequireScalar(_frame.Pop()));
        _frame.Push(new(Ir.Emit(op, value.Type, value)));
    }

    private void Shift(IrOp op)
    {
        IrValue count = Plain(RequireScalar(_frame.Pop())), value = Plain(RequireScalar(_frame.Pop()));
        if (count.Type == IrType.I64)
            count = Ir.Emit(IrOp.Truncate64, IrType.I32, count);
        // C# masks the count itself; the IR masks anyway.
        int mask = value.Type == IrType.I64 ? 63 : 31;
        if (count.Op == IrOp.And && count.Operands[1] is { Op: IrOp.Constant } constant && constant.Immediate == mask)
            count = count.Operands[0];
        _frame.Push(new(Ir.Emit(op, value.Type, value, count)));
    }

    private IrValue Compare(ComparePredicate predicate, StackValue leftValue, StackValue rightValue)
    {
        if (leftValue.Symbol is not null || rightValue.Symbol is not null)
            return CompareSymbols(predicate, leftValue, rightValue);
        IrValue left = RequireScalar(leftValue), right = RequireScalar(rightValue);
        if (predicate is ComparePredicate.Eq or ComparePredicate.Ne && BothTruth(ref left, ref right))
        {
            IrValue differs = Ir.Emit(IrOp.Xor, IrType.Bool, left, right);
            return predicate == ComparePredicate.Ne ? differs : Ir.Emit(IrOp.Not, IrType.Bool, differs);
        }
        if (left.Type == IrType.Ptr || right.Type == IrType.Ptr)
            return Ir.Compare(predicate, AsPointer(left.Type == IrType.I32 ? Long(left) : left), AsPointer(right.Type == IrType.I32 ? Long(right) : right));
        (left, right) = SameType(left, right);
        return Ir.Compare(predicate, left, right);
    }

    // Reference comparisons that generic code makes: "default(T) is null", type tests.
    private IrValue CompareSymbols(ComparePredicate predicate, StackValue left, StackValue right)
    {
        bool? same = (left.Symbol, right.Symbol) switch
        {
            (NullSymbol, NullSymbol) => true,
            (NullSymbol, not null) or (not null, NullSymbol) => false,
            (TypeSymbol a, TypeSymbol b) => a.Type == b.Type,
            (VariableSymbol a, VariableSymbol b) => a == b,
            _ => null,
        };
        if (same is null)
            throw Refuse("it compares references", "compare values");
        return Ir.Bool(predicate switch
        {
            ComparePredicate.Eq => same.Value,
            ComparePredicate.Ne or ComparePredicate.GtU => !same.Value,
            _ => throw Refuse("it orders references", null),
        });
    }

    private void PushCompare(ComparePredicate predicate)
    {
        StackValue right = _frame.Pop(), left = _frame.Pop();
        _frame.Push(new(Compare(predicate, left, right)));
    }

    // "cgt.un" is also how IL says "differs from" for integers and references, which unsigned order gives for 0 on the right.
    private void CompareBranch(ILOpCode code, IlBlock target, IlBlock next)
    {
        StackValue right = _frame.Pop(), left = _frame.Pop();
        Branch(Compare(PredicateOf(code), left, right), target, next);
    }

    // A float branch with .un is taken when the operands are unordered.
    private static ComparePredicate PredicateOf(ILOpCode code) => code switch
    {
        ILOpCode.Beq or ILOpCode.Beq_s => ComparePredicate.Eq,
        ILOpCode.Bne_un or ILOpCode.Bne_un_s => ComparePredicate.Ne,
        ILOpCode.Bge or ILOpCode.Bge_s => ComparePredicate.Ge,
        ILOpCode.Bgt or ILOpCode.Bgt_s => ComparePredicate.Gt,
        ILOpCode.Ble or ILOpCode.Ble_s => ComparePredicate.Le,
        ILOpCode.Blt or ILOpCode.Blt_s => ComparePredicate.Lt,
        ILOpCode.Bge_un or ILOpCode.Bge_un_s => ComparePredicate.GeU,
        ILOpCode.Bgt_un or ILOpCode.Bgt_un_s => ComparePredicate.GtU,
        ILOpCode.Ble_un or ILOpCode.Ble_un_s => ComparePredicate.LeU,
        _ => ComparePredicate.LtU,
    };

    private void Conversion(ILOpCode code)
    {
        StackValue operand = _frame.Pop();
        if (operand.Symbol is VariableSymbol && code is ILOpCode.Conv_u or ILOpCode.Conv_i)
        {
            _frame.Push(operand);
            return;
        }
        IrValue value = Plain(RequireScalar(operand));
        _frame.Push(new(code switch
        {
            ILOpCode.Conv_i1 => Ir.Emit(IrOp.SignExtend8, IrType.I32, ToInt(value, signed: true)),
            ILOpCode.Conv_u1 => Ir.Emit(IrOp.ZeroExtend8, IrType.I32, ToInt(value, signed: true)),
            ILOpCode.Conv_i2 => Ir.Emit(IrOp.SignExtend16, IrType.I32, ToInt(value, signed: true)),
            ILOpCode.Conv_u2 => Ir.Emit(IrOp.ZeroExtend16, IrType.I32, ToInt(value, signed: true)),
            ILOpCode.Conv_i4 => ToInt(value, signed: true),
            ILOpCode.Conv_u4 => ToInt(value, signed: false),
            ILOpCode.Conv_i8 => ToLong(value, signed: true),
            ILOpCode.Conv_u8 => ToLong(value, signed: false),
            ILOpCode.Conv_i => value.Type == IrType.Ptr ? value : ToLong(value, signed: true),
            ILOpCode.Conv_u => value.Type == IrType.Ptr ? value : ToLong(value, signed: false),
            ILOpCode.Conv_r4 => ToFloat(value, IrType.F32, IrOp.SignedToFloat),
            ILOpCode.Conv_r8 => ToFloat(value, IrType.F64, IrOp.SignedToFloat),
            _ => ToFloat(value, IrType.F64, IrOp.UnsignedToFloat),
        }));
    }

    private IrValue ToInt(IrValue value, bool signed) => value.Type switch
    {
        IrType.I32 => value,
        IrType.I64 => Ir.Emit(IrOp.Truncate64, IrType.I32, value),
        IrType.Ptr => Ir.Emit(IrOp.Truncate64, IrType.I32, Ir.Emit(IrOp.PointerToInt, IrType.I64, value)),
        _ => Ir.Emit(signed ? IrOp.FloatToSigned : IrOp.FloatToUnsigned, IrType.I32, value),
    };

    private IrValue ToLong(IrValue value, bool signed) => value.Type switch
    {
        IrType.I64 => value,
        IrType.I32 => Ir.Emit(signed ? IrOp.SignExtend : IrOp.ZeroExtend, IrType.I64, value),
        IrType.Ptr => Ir.Emit(IrOp.PointerToInt, IrType.I64, value),
        _ => Ir.Emit(signed ? IrOp.FloatToSigned : IrOp.FloatToUnsigned, IrType.I64, value),
    };

    private IrValue ToFloat(IrValue value, IrType type, IrOp fromInteger) => value.Type switch
    {
        IrType.I32 or IrType.I64 => Ir.Emit(fromInteger, type, value),
        _ when value.Type == type => value,
        IrType.F32 => Ir.Emit(IrOp.FloatExtend, IrType.F64, value),
        IrType.F64 => Ir.Emit(IrOp.FloatTruncate, IrType.F32, value),
        _ => throw Refuse("it turns a pointer into a float", null),
    };
}
