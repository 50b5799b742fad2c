using System.Globalization;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.OpenCL;

// Expressions.
internal sealed partial class OpenCLEmitter
{
    // The language got get_local_linear_id() with version 2.0 only.
    private const string LinearIndex = "(uint)((get_local_id(2) * get_local_size(1) + get_local_id(1)) * get_local_size(0) + get_local_id(0))";

    /// <summary>A value where it is used; anything but a name or a call stands in parentheses.</summary>
    private string Operand(IrValue value) =>
        value.Op == IrOp.Constant ? OpenCLNames.Literal(value)
        : IrBuilder.IsLeaf(value.Op) ? Leaf(value)
        : _inlined.ContainsKey(value) ? Expression(value)
        : Name(value);

    private string Atom(IrValue value)
    {
        string text = Operand(value);
        return text.Contains(' ', StringComparison.Ordinal) && text[0] != '(' ? $"({text})" : text;
    }

    /// <summary>Drops parentheses around all of an expression.</summary>
    private static string Bare(string text)
    {
        if (text.Length < 2 || text[0] != '(' || text[^1] != ')')
            return text;
        int depth = 0;
        for (int i = 0; i < text.Length - 1; i++)
        {
            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            if (depth == 0)
                return text;
        }
        return text[1..^1];
    }

    private string Leaf(IrValue value)
    {
        string index = value.Immediate.ToString(CultureInfo.InvariantCulture);
        return value.Op switch
        {
            IrOp.Parameter => "p" + index,
            IrOp.GridIndex => $"(uint)get_group_id({index})",
            IrOp.GroupIndex => $"(uint)get_local_id({index})",
            IrOp.GridDimension => $"(uint)get_num_groups({index})",
            IrOp.GroupDimension => $"(uint)get_local_size({index})",
            IrOp.LaneIndex => "get_sub_group_local_id()",
            IrOp.WarpIndex => _target.WarpSize == 1 ? LinearIndex : "get_sub_group_id()",
            IrOp.SharedBase => $"(__local uchar*)shared{index}",
            IrOp.LocalBase => $"(__private uchar*)local{index}",
            IrOp.DynamicSharedBase => "dynamic_shared",
            IrOp.DynamicSharedLength => "(ulong)dynamic_length",
            _ => $"(__constant uchar*)table{index}",
        };
    }

    private string Place(IrValue pointer, MemoryType memory) => $"*({OpenCLNames.Space(pointer.Space)} {OpenCLNames.Memory(memory)}*)({Bare(Operand(pointer))})";

    private string Stored(IrValue value, MemoryType memory) => memory switch
    {
        MemoryType.I8 or MemoryType.U8 => $"(uchar){Operand(value)}",
        MemoryType.I16 or MemoryType.U16 => $"(ushort){Operand(value)}",
        _ => Bare(Operand(value)),
    };

    private string Expression(IrValue value)
    {
        string Of(int i) => Operand(value.Operands[i]);
        string Int(int i) => $"({OpenCLNames.Signed(value.Operands[i].Type)}){Of(i)}";
        string Call(string name) => $"{name}({string.Join(", ", value.Operands.Select(operand => Bare(Operand(operand))))})";
        IrType type = value.Operands[0].Type;
        bool isFloat = type.IsFloat();
        switch (value.Op)
        {
            case IrOp.Add: return $"({Of(0)} + {Of(1)})";
            case IrOp.Sub: return $"({Of(0)} - {Of(1)})";
            case IrOp.Mul: return $"({Of(0)} * {Of(1)})";
            case IrOp.And: return $"({Of(0)} {(type == IrType.Bool ? "&&" : "&")} {Of(1)})";
            case IrOp.Or: return $"({Of(0)} {(type == IrType.Bool ? "||" : "|")} {Of(1)})";
            case IrOp.Xor: return type == IrType.Bool ? $"({Of(0)} != {Of(1)})" : $"({Of(0)} ^ {Of(1)})";
            case IrOp.Not: return type == IrType.Bool ? $"(!{Of(0)})" : $"(~{Of(0)})";
            case IrOp.Neg: return $"(-{Of(0)})";
            case IrOp.Div or IrOp.DivU or IrOp.Rem or IrOp.RemU: return isFloat ? FloatDivision(value) : Division(value);
            case IrOp.Shl: return $"({Of(0)} << {ShiftCount(value)})";
            case IrOp.ShrU: return $"({Of(0)} >> {ShiftCount(value)})";
            case IrOp.Shr: return $"({OpenCLNames.Type(type)})({Int(0)} >> {ShiftCount(value)})";
            case IrOp.Min or IrOp.Max when isFloat: return Call(_library.Use($"{value.Op.ToString().ToLowerInvariant()}_{OpenCLNames.Type(type)}"));
            case IrOp.Min or IrOp.Max: return $"({OpenCLNames.Type(type)}){value.Op.ToString().ToLowerInvariant()}({Int(0)}, {Int(1)})";
            case IrOp.MinU: return Call("min");
            case IrOp.MaxU: return Call("max");
            case IrOp.Abs: return isFloat ? Call("fabs") : $"abs({Int(0)})";
            case IrOp.Fma: return Call("fma");
            case IrOp.PopCount: return $"(uint)popcount({Of(0)})";
            case IrOp.LeadingZeros: return $"(uint)clz({Of(0)})";
            case IrOp.TrailingZeros: return Call(_library.Use("trailing_zeros_" + OpenCLNames.Type(type)));
            case IrOp.WidenBytes: return Call(_library.Use("widen_bytes"));
            case IrOp.WidenSignedBytes: return Call(_library.Use("widen_signed_bytes"));
            case IrOp.DotPairs: return Call(_library.Use("dot_pairs"));
            case IrOp.AddPairs: return Call(_library.Use("add_pairs"));
            case IrOp.MultiplyQuads: return Call(_library.Use("multiply_quads"));

            case IrOp.Exp or IrOp.Exp2 or IrOp.Log or IrOp.Log2 or IrOp.Log10 or IrOp.Sin or IrOp.Cos or IrOp.Tan or IrOp.Rsqrt:
                string function = value.Op.ToString().ToLowerInvariant();
                return Call(_target.FastMath && type == IrType.F32 ? "native_" + function : function);
            case IrOp.Rcp:
                return _target.FastMath && type == IrType.F32 ? Call("native_recip") : $"({(type == IrType.F32 ? "1.0f" : "1.0")} / {Of(0)})";
            case IrOp.Sqrt or IrOp.Asin or IrOp.Acos or IrOp.Atan or IrOp.Sinh or IrOp.Cosh or IrOp.Tanh or IrOp.Floor or IrOp.Pow or IrOp.Atan2 or IrOp.CopySign:
                return Call(value.Op.ToString().ToLowerInvariant());
            case IrOp.Ceiling: return Call("ceil");
            case IrOp.Truncate: return Call("trunc");
            case IrOp.RoundEven: return Call("rint");
            case IrOp.RoundAway: return Call("round");
            case IrOp.IeeeRemainder: return Call("remainder");
            case IrOp.IsNaN: return $"({Call("isnan")} != 0)";
            case IrOp.IsInfinity: return $"({Call("isinf")} != 0)";
            case IrOp.IsFinite: return $"({Call("isfinite")} != 0)";

            case IrOp.Compare: return Comparison(value);
            case IrOp.Select: return $"({Of(0)} ? {Of(1)} : {Of(2)})";

            case IrOp.SignExtend8: return $"(uint)(char){Of(0)}";
            case IrOp.SignExtend16: return $"(uint)(short){Of(0)}";
            case IrOp.ZeroExtend8: return $"(uint)(uchar){Of(0)}";
            case IrOp.ZeroExtend16: return $"(uint)(ushort){Of(0)}";
            case IrOp.SignExtend: return $"(ulong)(int){Of(0)}";
            case IrOp.ZeroExtend: return $"(ulong){Of(0)}";
            case IrOp.Truncate64: return $"(uint){Of(0)}";
            case IrOp.FloatTruncate: return $"(float){Of(0)}";
            case IrOp.FloatExtend: return $"(double){Of(0)}";
            case IrOp.SignedToFloat: return $"({OpenCLNames.Type(value.Type)}){Int(0)}";
            case IrOp.UnsignedToFloat: return $"({OpenCLNames.Type(value.Type)}){Of(0)}";
            case IrOp.FloatToSigned: return Call(_library.Use($"{OpenCLNames.Type(type)}_to_{OpenCLNames.Signed(value.Type)}"));
            case IrOp.FloatToUnsigned: return Call(_library.Use($"{OpenCLNames.Type(type)}_to_{OpenCLNames.Type(value.Type)}"));
            case IrOp.Bitcast: return Call("as_" + OpenCLNames.Type(value.Type));
            case IrOp.HalfToFloat: return Call(_library.Use("half_to_float"));
            case IrOp.FloatToHalf: return Call(_library.Use("float_to_half"));
            case IrOp.BoolToInt: return $"(uint){Of(0)}";
            case IrOp.PointerToInt: return $"(ulong){Atom(value.Operands[0])}";
            case IrOp.IntToPointer: return $"({OpenCLNames.Pointer(value.Space)}){Of(0)}";

            case IrOp.Address: return Address(value);
            case IrOp.Load: return Loaded(value);
            default:
                throw new NotSupportedException($"{_kernel.Name}: OpenCL has no form of {value.Op}.");
        }
    }

    private string Loaded(IrValue value)
    {
        string place = Place(value.Operands[0], value.Memory);
        return value.Memory is MemoryType.I8 or MemoryType.I16 ? $"(uint){place}" : place;
    }

    private string Address(IrValue value)
    {
        string pointer = Operand(value.Operands[0]);
        if (value.Operands.Count == 1)
            return $"({pointer} + {OpenCLNames.Integer(value.Offset, "l")})";
        string index = Operand(value.Operands[1]);
        string scaled = value.Immediate == 1 ? index : $"{index} * {OpenCLNames.Integer(value.Immediate, "ul")}";
        string offset = value.Offset == 0 ? "" : $" + {OpenCLNames.Integer(value.Offset, "ul")}";
        return $"({pointer} + (long)({scaled}{offset}))";
    }

    private string ShiftCount(IrValue value)
    {
        int mask = value.Type == IrType.I64 ? 63 : 31;
        IrValue count = value.Operands[1];
        return count.Op == IrOp.Constant ? $"{count.Immediate & mask}" : $"({Operand(count)} & {mask}u)";
    }

    private string FloatDivision(IrValue value)
    {
        string a = Operand(value.Operands[0]), b = Operand(value.Operands[1]);
        return value.Op == IrOp.Div ? $"({a} / {b})" : $"fmod({Bare(a)}, {Bare(b)})";
    }

    // A constant divisor needs no care.
    private string Division(IrValue value)
    {
        bool isSigned = value.Op is IrOp.Div or IrOp.Rem;
        string type = isSigned ? OpenCLNames.Signed(value.Type) : OpenCLNames.Type(value.Type);
        string cast = isSigned ? $"({type})" : "";
        string a = cast + Operand(value.Operands[0]), b = cast + Operand(value.Operands[1]);
        IrValue divisor = value.Operands[1];
        string result = divisor.Op == IrOp.Constant && divisor.Immediate is not (0 or -1)
            ? $"({a} {(value.Op is IrOp.Div or IrOp.DivU ? "/" : "%")} {b})"
            : $"{_library.Use($"{(value.Op is IrOp.Div or IrOp.DivU ? "div" : "rem")}_{type}")}({a}, {b})";
        return isSigned ? $"({OpenCLNames.Type(value.Type)}){result}" : result;
    }

    private string Comparison(IrValue value)
    {
        var predicate = (ComparePredicate)value.Immediate;
        IrType type = value.Operands[0].Type;
        string a = Operand(value.Operands[0]), b = Operand(value.Operands[1]);
        string sign = predicate switch
        {
            ComparePredicate.Eq => "==",
            ComparePredicate.Ne => "!=",
            ComparePredicate.Lt or ComparePredicate.LtU => "<",
            ComparePredicate.Le or ComparePredicate.LeU => "<=",
            ComparePredicate.Gt or ComparePredicate.GtU => ">",
            _ => ">=",
        };
        if (type.IsFloat() && predicate >= ComparePredicate.LtU)
        {
            // True also for NaN: not the opposite.
            string opposite = predicate switch { ComparePredicate.LtU => ">=", ComparePredicate.LeU => ">", ComparePredicate.GtU => "<=", _ => "<" };
            return $"(!({a} {opposite} {b}))";
        }
        if (type == IrType.Ptr)
            (a, b) = ($"(ulong){Atom(value.Operands[0])}", $"(ulong){Atom(value.Operands[1])}");
        else if (type.IsInteger() && predicate is ComparePredicate.Lt or ComparePredicate.Le or ComparePredicate.Gt or ComparePredicate.Ge && type.IsInteger())
            (a, b) = ($"({OpenCLNames.Signed(type)}){a}", $"({OpenCLNames.Signed(type)}){b}");
        return $"({a} {sign} {b})";
    }
}
