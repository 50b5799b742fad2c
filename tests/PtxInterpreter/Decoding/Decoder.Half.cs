using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Operations;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Decoding;

internal sealed partial class Decoder
{
    private LaneInstruction HalfArithmetic(List<PtxType> types)
    {
        PtxType type = types.Count == 1 && types[0] != PtxType.TF32 ? types[0] : throw Error($"'{_statement.Opcode}' does not exist");
        string name = _modifiers.Name;
        bool brain = type is PtxType.BF16 or PtxType.BF16x2;
        bool flush = _modifiers.Take("ftz"), clamp = _modifiers.Take("sat"), relu = _modifiers.Take("relu"), nan = _modifiers.Take("NaN");
        bool rounded = _modifiers.Take("rn");
        if (name == "fma" && !rounded)
            throw Error("fma of halves takes .rn");
        if ((flush || clamp) && brain)
            throw Error($"{type.Name()} takes neither .ftz nor .sat");
        if ((relu && name != "fma") || (nan && name is not ("min" or "max")))
            throw Error($"'{_statement.Opcode}' does not exist");
        // Signs are changed as bits, so that NaN keeps its payload.
        uint sign = type.Size() == 2 ? 0x8000u : 0x8000_8000u;
        if (name is "abs" or "neg")
        {
            return type.Size() == 2
                ? Lanes(new Function<ushort, ushort, ushort, ushort>((a, _, _) => (ushort)(name == "abs" ? a & ~sign : a ^ sign)), type, type)
                : Lanes(new Function<uint, uint, uint, uint>((a, _, _) => name == "abs" ? a & ~sign : a ^ sign), type, type);
        }
        Func<double, double, double, double> function = name switch
        {
            "add" => (a, b, _) => HalfFunctions.Fused(a, 1, b),
            "sub" => (a, b, _) => HalfFunctions.Fused(a, 1, -b),
            "mul" => (a, b, _) => a * b,
            "fma" => HalfFunctions.Fused,
            "min" => nan ? (a, b, _) => Math.Min(a, b) : (a, b, _) => MinimumNumber<double>.Apply(a, b),
            "max" => nan ? (a, b, _) => Math.Max(a, b) : (a, b, _) => MaximumNumber<double>.Apply(a, b),
            _ => throw Error($"{name} does not take {type.Name()}"),
        };
        return HalfLanes(function, type, brain, flush, clamp, relu, name == "fma" ? 3 : 2);
    }

    private LaneInstruction HalfFunction(PtxType type)
    {
        bool brain = type is PtxType.BF16 or PtxType.BF16x2;
        // Documented to within little more than the rounding to 16 bits, which is all that they are off by here.
        Func<double, double, double, double> function = _modifiers.Name switch
        {
            "ex2" => (a, _, _) => Math.Pow(2, a),
            "tanh" => (a, _, _) => Math.Tanh(a),
            _ => throw Error($"{_modifiers.Name} does not take {type.Name()}"),
        };
        return HalfLanes(function, type, brain, flush: false, clamp: false, relu: false, 1);
    }

    private LaneInstruction HalfLanes(Func<double, double, double, double> function, PtxType type, bool brain, bool flush, bool clamp, bool relu, int operands)
    {
        Func<ushort, ushort, ushort, ushort> scalar = HalfFunctions.Scalar(function, brain, flush, clamp, relu);
        PtxType[] sources = [.. Enumerable.Repeat(type, operands)];
        return type.Size() == 2
            ? Lanes(new Function<ushort, ushort, ushort, ushort>(scalar), type, sources)
            : Lanes(new Function<uint, uint, uint, uint>(HalfFunctions.Packed(scalar)), type, sources);
    }
}
