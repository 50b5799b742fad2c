using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Operations;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Decoding;

internal sealed partial class Decoder
{
    private static readonly PtxType[] WideIntegers = [PtxType.U16, PtxType.S16, PtxType.U32, PtxType.S32, PtxType.U64, PtxType.S64];

    private Instruction Arithmetic()
    {
        if (_modifiers.Has("cc") || _modifiers.Name is "addc" or "subc" or "madc")
            return Carry();
        bool low = _modifiers.Take("lo"), high = _modifiers.Take("hi"), wide = _modifiers.Take("wide");
        List<PtxType> types = _modifiers.Types();
        if (types.Count == 0)
            throw Error($"'{_statement.Opcode}' lacks a type");
        PtxType type = types[0];
        if (type.IsFloat() && !low && !high && !wide)
            return type is PtxType.F32 or PtxType.F64 ? FloatArithmetic(types) : HalfArithmetic(types);
        if (types.Count != 1)
            throw Error($"'{_statement.Opcode}' takes one type");
        bool bits = _modifiers.Name is "abs" or "neg";
        if (!WideIntegers.Contains(type) || (bits && !type.IsSigned()))
            throw Error($"{_modifiers.Name} does not take {type.Name()}");
        return IntegerArithmetic(type, low, high, wide);
    }

    private LaneInstruction IntegerArithmetic(PtxType type, bool low, bool high, bool wide)
    {
        Type clr = type.Clr();
        if (_modifiers.Name is "mul" or "mad" or "mul24" or "mad24")
        {
            if (!low && !high && !wide)
                throw Error($"{_modifiers.Name} of integers takes .lo, .hi or .wide");
        }
        else if (low || high || wide)
            throw Error($"{_modifiers.Name} takes no part of the result");
        if (wide)
            return WideMultiply(type);
        switch (_modifiers.Name)
        {
            case "add" or "sub" when _modifiers.Take("sat"):
                if (type != PtxType.S32)
                    throw Error(".sat of integers takes .s32");
                return Lanes(_modifiers.Name == "add" ? typeof(AddSaturated) : typeof(SubtractSaturated), [], type, type, type);
            case "add":
                return Lanes(typeof(Add<>), [clr], type, type, type);
            case "sub":
                return Lanes(typeof(Subtract<>), [clr], type, type, type);
            case "mul":
                return Lanes(high ? typeof(MultiplyHigh<>) : typeof(Multiply<>), [clr], type, type, type);
            case "mad":
                return Lanes(high ? typeof(MultiplyHighAdd<>) : typeof(MultiplyAdd<>), [clr], type, type, type, type);
            case "mul24" when type.Size() == 4:
                return Lanes(high ? typeof(Multiply24High<>) : typeof(Multiply24<>), [clr], type, type, type);
            case "mad24" when type.Size() == 4 && low:
                return Lanes(typeof(MultiplyAdd24<>), [clr], type, type, type, type);
            case "div":
                return Lanes(typeof(Divide<>), [clr], type, type, type);
            case "rem":
                return Lanes(typeof(Remainder<>), [clr], type, type, type);
            case "min":
                return Lanes(typeof(Minimum<>), [clr], type, type, type);
            case "max":
                return Lanes(typeof(Maximum<>), [clr], type, type, type);
            case "abs":
                return Lanes(typeof(Absolute<>), [clr], type, type);
            case "neg":
                return Lanes(typeof(Negate<>), [clr], type, type);
            case "sad" when type == PtxType.S32:
                return Lanes(new Function<int, int, int, int>((a, b, c) => unchecked(c + (a < b ? b - a : a - b))), type, type, type, type);
            case "sad" when type == PtxType.U32:
                return Lanes(new Function<uint, uint, uint, uint>((a, b, c) => unchecked(c + (a < b ? b - a : a - b))), type, type, type, type);
            default:
                throw Error($"{_modifiers.Name} does not take {type.Name()}");
        }
    }

    private LaneInstruction WideMultiply(PtxType type)
    {
        PtxType wide = type switch
        {
            PtxType.U16 => PtxType.U32,
            PtxType.S16 => PtxType.S32,
            PtxType.U32 => PtxType.U64,
            PtxType.S32 => PtxType.S64,
            _ => throw Error($".wide does not take {type.Name()}"),
        };
        return _modifiers.Name == "mul"
            ? Lanes(typeof(MultiplyWide<,>), [type.Clr(), wide.Clr()], wide, type, type)
            : Lanes(typeof(MultiplyWideAdd<,>), [type.Clr(), wide.Clr()], wide, type, type, wide);
    }

    private LaneInstruction FloatArithmetic(List<PtxType> types)
    {
        PtxType type = types.Count == 1 ? types[0] : throw Error($"'{_statement.Opcode}' takes one type");
        bool flush = _modifiers.Take("ftz"), clamp = _modifiers.Take("sat"), nan = _modifiers.Take("NaN");
        bool approximate = _modifiers.Take("approx"), full = _modifiers.Take("full");
        RoundingMode? given = _modifiers.Rounding();
        RoundingMode mode = given ?? RoundingMode.Nearest;
        if (type == PtxType.F64 && (flush || clamp || approximate || full))
            throw Error($"{_statement.Opcode}: .f64 takes none of .ftz, .sat, .approx and .full");
        string name = _modifiers.Name;
        if (name is "fma" or "mad" && given is null)
            throw Error($"{name} of floats takes a rounding mode");
        if (name == "div" && given is null && !approximate && !full)
            throw Error("div of floats takes a rounding mode, .approx or .full");
        if (nan && name is not ("min" or "max"))
            throw Error($"{name} does not take .NaN");
        int operands = name switch { "abs" or "neg" => 1, "fma" or "mad" => 3, _ => 2 };
        PtxType[] sources = [.. Enumerable.Repeat(type, operands)];
        if (approximate || full)
        {
            if (name != "div")
                throw Error($"{name} takes neither .approx nor .full");
            return Lanes(new Function<float, float, float, float>(Divider(approximate, flush, clamp)), type, sources);
        }
        if (mode != RoundingMode.Nearest)
            return Lanes(DirectedArithmetic(name, type, mode, flush, clamp), type, sources);
        Type function = name switch
        {
            "add" => typeof(Add<>),
            "sub" => typeof(Subtract<>),
            "mul" => typeof(Multiply<>),
            "fma" or "mad" => typeof(Fused<>),
            "div" => typeof(DivideFloat<>),
            "abs" => typeof(AbsoluteFloat<>),
            "neg" => typeof(NegateFloat<>),
            "min" => nan ? typeof(MinimumNaN<>) : typeof(MinimumNumber<>),
            "max" => nan ? typeof(MaximumNaN<>) : typeof(MaximumNumber<>),
            "copysign" => typeof(CopySign<>),
            _ => throw Error($"{name} does not take {type.Name()}"),
        };
        function = function.MakeGenericType(type.Clr());
        if (flush)
            function = Wrap(function, operands, typeof(FlushUnary<>), typeof(FlushBinary<>), typeof(FlushTernary<>));
        if (clamp)
            function = Wrap(function, operands, typeof(ClampUnary<>), typeof(ClampBinary<>), typeof(ClampTernary<>));
        return Lanes(LaneInstruction.Of(function), type, sources);
    }

    private static Type Wrap(Type function, int operands, Type unary, Type binary, Type ternary) =>
        (operands switch { 1 => unary, 2 => binary, _ => ternary }).MakeGenericType(function);

    private static Func<float, float, float, float> Divider(bool approximate, bool flush, bool clamp) => (a, b, _) =>
    {
        float result = approximate
            ? Approximations.Divide(Flushed(a, flush), Flushed(b, flush))
            : Approximations.DivideFull(Flushed(a, flush), Flushed(b, flush));
        return Finished(result, flush, clamp);
    };

    private static float Flushed(float value, bool flush) => flush ? Flush.Apply(value) : value;

    private static float Finished(float value, bool flush, bool clamp)
    {
        value = Flushed(value, flush);
        return clamp ? ClampUnary<Move<float>>.Clamp(value) : value;
    }

    private LaneInstruction DirectedArithmetic(string name, PtxType type, RoundingMode mode, bool flush, bool clamp)
    {
        if (type == PtxType.F64)
        {
            return name switch
            {
                "add" => new Function<double, double, double, double>((a, b, _) => Directed.Add(a, b, mode)),
                "sub" => new Function<double, double, double, double>((a, b, _) => Directed.Add(a, -b, mode)),
                "mul" => new Function<double, double, double, double>((a, b, _) => Directed.Multiply(a, b, mode)),
                "div" => new Function<double, double, double, double>((a, b, _) => Directed.Divide(a, b, mode)),
                _ => throw Error($"{name}.f64 is taken with .rn only"),
            };
        }
        Func<float, float, float, float> function = name switch
        {
            "add" => (a, b, _) => Directed.Add(a, b, mode),
            "sub" => (a, b, _) => Directed.Add(a, -b, mode),
            "mul" => (a, b, _) => Directed.Multiply(a, b, mode),
            "fma" or "mad" => (a, b, c) => Directed.Fused(a, b, c, mode),
            "div" => (a, b, _) => Directed.Divide(a, b, mode),
            _ => throw Error($"{name} takes no rounding mode"),
        };
        return new Function<float, float, float, float>((a, b, c) =>
            Finished(function(Flushed(a, flush), Flushed(b, flush), Flushed(c, flush)), flush, clamp));
    }

    private LaneInstruction FloatFunction()
    {
        bool approximate = _modifiers.Take("approx"), flush = _modifiers.Take("ftz");
        RoundingMode? mode = _modifiers.Rounding();
        PtxType type = _modifiers.Type();
        if (type is PtxType.F16 or PtxType.F16x2 or PtxType.BF16 or PtxType.BF16x2)
            return HalfFunction(type);
        string name = _modifiers.Name;
        if (!approximate && mode is null)
            throw Error($"{name} takes .approx{(name is "sqrt" or "rcp" ? " or a rounding mode" : "")}");
        if (type == PtxType.F64)
            return DoubleFunction(name, approximate, flush, mode ?? RoundingMode.Nearest);
        if (type != PtxType.F32)
            throw Error($"{name} does not take {type.Name()}");
        if (mode is { } rounding)
        {
            if (approximate || name is not ("sqrt" or "rcp"))
                throw Error($"{name} takes no rounding mode");
            Func<float, float> exact = name == "sqrt" ? a => Directed.Root(a, rounding) : a => Directed.Divide(1, a, rounding);
            if (rounding == RoundingMode.Nearest)
                exact = name == "sqrt" ? MathF.Sqrt : a => 1 / a;
            return Lanes(new Function<float, float, float, float>((a, _, _) => Flushed(exact(Flushed(a, flush)), flush)), type, type);
        }
        Func<float, float> function = name switch
        {
            "sqrt" => Approximations.Root,
            "rsqrt" => Approximations.ReciprocalRoot,
            "rcp" => Approximations.Reciprocal,
            "ex2" => Approximations.Exp2,
            "lg2" => Approximations.Log2,
            "sin" => Approximations.Sine,
            "cos" => Approximations.Cosine,
            _ => Approximations.Tanh,
        };
        if (flush && name == "tanh")
            throw Error("tanh takes no .ftz");
        return Lanes(new Function<float, float, float, float>((a, _, _) => Flushed(function(Flushed(a, flush)), flush)), type, type);
    }

    private LaneInstruction DoubleFunction(string name, bool approximate, bool flush, RoundingMode mode)
    {
        Func<double, double> function = (name, approximate) switch
        {
            ("sqrt", false) => a => Directed.Root(a, mode),
            ("rcp", false) => a => Directed.Divide(1, a, mode),
            ("rcp", true) when flush => a => Approximations.Upper(1 / (double.IsSubnormal(a) ? double.CopySign(0, a) : a)),
            ("rsqrt", true) => a => Approximations.Upper(1 / Math.Sqrt(flush && double.IsSubnormal(a) ? double.CopySign(0, a) : a)),
            _ => throw Error($"'{_statement.Opcode}' does not exist"),
        };
        return Lanes(new Function<double, double, double, double>((a, _, _) => function(a)), PtxType.F64, PtxType.F64);
    }
}
