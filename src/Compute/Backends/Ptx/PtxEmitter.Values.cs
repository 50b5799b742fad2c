using System.Globalization;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Ptx;

// Leaves, arithmetic, comparisons.
internal sealed partial class PtxEmitter
{
    private void EmitValue(IrValue value)
    {
        if (EmitLeaf(value) || EmitMemory(value) || EmitGroup(value) || EmitConversion(value) || EmitFunction(value))
            return;
        List<IrValue> x = value.Operands;
        string type = SignedType(value.Type), bits = BitType(value.Type);
        switch (value.Op)
        {
            case IrOp.And or IrOp.Or or IrOp.Xor:
                Line($"{value.Op.ToString().ToLowerInvariant()}{bits}", Result(value), Register(x[0]), value.Type == IrType.Bool ? Register(x[1]) : Operand(x[1]));
                break;
            case IrOp.Not:
                Line("not" + bits, Result(value), Register(x[0]));
                break;
            case IrOp.Neg:
                Line("neg" + type, Result(value), Register(x[0]));
                break;
            case IrOp.Abs:
                Line("abs" + type, Result(value), Register(x[0]));
                break;
            case IrOp.Add or IrOp.Sub:
                Line($"{(value.Op == IrOp.Add ? "add" : "sub")}{Rounding(value.Type)}{type}", Result(value), Register(x[0]), Operand(x[1]));
                break;
            case IrOp.Mul when WideProduct(value) is { } wide:
                Line("mul.wide.s32", Result(value), Register(wide.Left), Operand(wide.Right));
                break;
            case IrOp.Mul:
                Line($"mul{(value.Type.IsFloat() ? ".rn" : ".lo")}{type}", Result(value), Register(x[0]), Operand(x[1]));
                break;
            case IrOp.Fma:
                Line($"fma.rn{type}", Result(value), Register(x[0]), Operand(x[1]), Operand(x[2]));
                break;
            case IrOp.Div when value.Type == IrType.F32 && IsFast:
                Line("div.full.ftz.f32", Result(value), Register(x[0]), Register(x[1]));
                break;
            case IrOp.Div or IrOp.Rem:
                Line($"{(value.Op == IrOp.Div ? "div" : "rem")}{Rounding(value.Type)}{type}", Result(value), Register(x[0]), Register(x[1]));
                break;
            case IrOp.DivU or IrOp.RemU:
                Line($"{(value.Op == IrOp.DivU ? "div" : "rem")}{UnsignedType(value.Type)}", Result(value), Register(x[0]), Register(x[1]));
                break;
            case IrOp.Shl or IrOp.Shr or IrOp.ShrU:
                string operation = value.Op == IrOp.Shl ? "shl" + bits : value.Op == IrOp.Shr ? "shr" + type : "shr" + UnsignedType(value.Type);
                Line(operation, Result(value), Register(x[0]), ShiftCount(x[1], value.Type == IrType.I64 ? 63 : 31));
                break;
            case IrOp.Min or IrOp.Max when value.Type.IsFloat():
                EmitFloatExtreme(value.Op == IrOp.Min ? "min" : "max", value.Type, Result(value), Register(x[0]), Register(x[1]));
                break;
            case IrOp.Min or IrOp.Max:
                Line($"{(value.Op == IrOp.Min ? "min" : "max")}{type}", Result(value), Register(x[0]), Operand(x[1]));
                break;
            case IrOp.MinU or IrOp.MaxU:
                Line($"{(value.Op == IrOp.MinU ? "min" : "max")}{UnsignedType(value.Type)}", Result(value), Register(x[0]), Operand(x[1]));
                break;
            case IrOp.PopCount:
                Line("popc" + BitType(x[0].Type), Result(value), Register(x[0]));
                break;
            case IrOp.LeadingZeros:
                Line("clz" + BitType(x[0].Type), Result(value), Register(x[0]));
                break;
            case IrOp.TrailingZeros:
                string reversed = _registers.New(x[0]);
                Line("brev" + BitType(x[0].Type), reversed, Register(x[0]));
                Line("clz" + BitType(x[0].Type), Result(value), reversed);
                break;
            case IrOp.Compare:
                EmitCompare(value);
                break;
            case IrOp.Select:
                EmitSelect(value);
                break;
            default:
                throw new InvalidOperationException($"{kernel.Name}: PTX has no {value.Op} of {value.Type}.");
        }
    }

    private bool EmitLeaf(IrValue value)
    {
        switch (value.Op)
        {
            case IrOp.Constant:
                return true;
            case IrOp.Parameter:
                string type = value.Type switch { IrType.F32 => "f32", IrType.F64 => "f64", IrType.I32 => "u32", _ => "u64" };
                Line("ld.param." + type, Result(value), $"[{PtxModule.ParameterName(kernel.Parameters[(int)value.Immediate])}]");
                return true;
            case IrOp.GridIndex:
                return Special(value, "%ctaid." + "xyz"[(int)value.Immediate]);
            case IrOp.GridDimension:
                return Special(value, "%nctaid." + "xyz"[(int)value.Immediate]);
            case IrOp.GroupIndex:
                return Special(value, "%tid." + "xyz"[(int)value.Immediate]);
            case IrOp.GroupDimension:
                return Special(value, "%ntid." + "xyz"[(int)value.Immediate]);
            case IrOp.LaneIndex:
                return Special(value, "%laneid");
            case IrOp.WarpIndex:
                Line("shr.u32", Result(value), LinearThread(), "5");
                return true;
            case IrOp.SharedBase or IrOp.LocalBase or IrOp.ConstantBase or IrOp.DynamicSharedBase:
                EmitBase(value);
                return true;
            case IrOp.DynamicSharedLength:
                Line("ld.param.u64", Result(value), $"[{PtxModule.DynamicLength}]");
                return true;
            default:
                return false;
        }
    }

    private bool Special(IrValue value, string name)
    {
        Line("mov.u32", Result(value), name);
        return true;
    }

    // (z · height + y) · width + x: warps are made of threads in this order.
    private string LinearThread()
    {
        string x = New(RegisterClass.Int), y = New(RegisterClass.Int), z = New(RegisterClass.Int), width = New(RegisterClass.Int), height = New(RegisterClass.Int);
        string row = New(RegisterClass.Int), thread = New(RegisterClass.Int);
        Line("mov.u32", x, "%tid.x");
        Line("mov.u32", y, "%tid.y");
        Line("mov.u32", z, "%tid.z");
        Line("mov.u32", width, "%ntid.x");
        Line("mov.u32", height, "%ntid.y");
        Line("mad.lo.s32", row, z, height, y);
        Line("mad.lo.s32", thread, row, width, x);
        return thread;
    }

    // Both factors are 32-bit numbers made longer, so one instruction multiplies them.
    private static (IrValue Left, IrValue Right)? WideProduct(IrValue value)
    {
        if (value is not { Op: IrOp.Mul, Type: IrType.I64 } || value.Operands[0].Op != IrOp.SignExtend)
            return null;
        IrValue right = value.Operands[1];
        return right.Op == IrOp.SignExtend ? (value.Operands[0].Operands[0], right.Operands[0])
            : right is { Op: IrOp.Constant, Immediate: >= int.MinValue and <= int.MaxValue } ? (value.Operands[0].Operands[0], right)
            : null;
    }

    private string ShiftCount(IrValue count, int mask)
    {
        if (count.Op == IrOp.Constant)
            return (count.Immediate & mask).ToString(CultureInfo.InvariantCulture);
        string low = New(RegisterClass.Int);        // PTX would give 0 for a larger count
        Line("and.b32", low, Operand(count), mask.ToString(CultureInfo.InvariantCulture));
        return low;
    }

    // NaN goes through, and -0 is less than +0, as PTX orders them.
    private void EmitFloatExtreme(string operation, IrType type, string result, string left, string right)
    {
        if (type == IrType.F32 && target.Capability >= 80)
        {
            Line(operation + ".NaN.f32", result, left, right);
            return;
        }
        string name = SignedType(type);
        RegisterClass kind = type == IrType.F32 ? RegisterClass.Float : RegisterClass.Double;
        string number = New(kind), sum = New(kind), isNaN = New(RegisterClass.Predicate);
        Line(operation + name, number, left, right);
        Line($"add.rn{name}", sum, left, right);
        Line("setp.nan" + name, isNaN, left, right);
        Line("selp" + name, result, sum, number, isNaN);
    }

    private void EmitCompare(IrValue value)
    {
        (IrValue left, IrValue right) = (value.Operands[0], value.Operands[1]);
        var predicate = (ComparePredicate)value.Immediate;
        if (left.Type == IrType.Bool)
        {
            string differs = predicate == ComparePredicate.Ne ? Result(value) : New(RegisterClass.Predicate);
            Line("xor.pred", differs, Register(left), Register(right));
            if (predicate == ComparePredicate.Eq)
                Line("not.pred", Result(value), differs);
            return;
        }
        if (left.Type == IrType.Ptr && PtxRegisters.HasShortAddress(left) && right.Op == IrOp.Constant)
        {
            // Address 0 of shared memory is a place like any other: what is there is not null.
            Line(predicate == ComparePredicate.Eq ? "setp.ne.s32" : "setp.eq.s32", Result(value), "0", "0");
            return;
        }
        bool isUnsigned = predicate >= ComparePredicate.LtU;
        string name = predicate switch
        {
            ComparePredicate.Eq => "eq",
            ComparePredicate.Ne => left.Type.IsFloat() ? "neu" : "ne",
            ComparePredicate.Lt or ComparePredicate.LtU => "lt",
            ComparePredicate.Le or ComparePredicate.LeU => "le",
            ComparePredicate.Gt or ComparePredicate.GtU => "gt",
            _ => "ge",
        };
        string type = left.Type == IrType.Ptr ? (PtxRegisters.HasShortAddress(left) ? ".u32" : ".u64")
            : isUnsigned && left.Type.IsInteger() ? UnsignedType(left.Type)
            : SignedType(left.Type);
        Line($"setp.{name}{(isUnsigned && left.Type.IsFloat() ? "u" : "")}{type}", Result(value), Register(left), Operand(right));
    }

    private void EmitSelect(IrValue value)
    {
        (IrValue condition, IrValue whenTrue, IrValue whenFalse) = (value.Operands[0], value.Operands[1], value.Operands[2]);
        if (value.Type != IrType.Bool)
        {
            string suffix = value.Type switch
            {
                IrType.F32 => ".f32",
                IrType.F64 => ".f64",
                IrType.Ptr => PtxRegisters.HasShortAddress(value) ? ".b32" : ".b64",
                _ => BitType(value.Type),
            };
            Line("selp" + suffix, Result(value), Operand(whenTrue), Operand(whenFalse), Register(condition));
            return;
        }
        string then = New(RegisterClass.Predicate), not = New(RegisterClass.Predicate), otherwise = New(RegisterClass.Predicate), choice = Register(condition);
        Line("and.pred", then, choice, Register(whenTrue));
        Line("not.pred", not, choice);
        Line("and.pred", otherwise, not, Register(whenFalse));
        Line("or.pred", Result(value), then, otherwise);
    }

    private static string Rounding(IrType type) => type.IsFloat() ? ".rn" : "";

    private static string SignedType(IrType type) => type switch
    {
        IrType.I32 => ".s32",
        IrType.I64 => ".s64",
        IrType.F32 => ".f32",
        IrType.F64 => ".f64",
        IrType.Bool => ".pred",
        _ => ".u64",
    };

    private static string UnsignedType(IrType type) => type == IrType.I64 ? ".u64" : ".u32";

    private static string BitType(IrType type) => type switch
    {
        IrType.Bool => ".pred",
        IrType.I64 or IrType.F64 or IrType.Ptr => ".b64",
        _ => ".b32",
    };
}
