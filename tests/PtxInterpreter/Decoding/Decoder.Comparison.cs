using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Operations;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Decoding;

internal sealed partial class Decoder
{
    private static readonly string[] Ordered = ["eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"];

    private Instruction Comparison() => _modifiers.Name switch
    {
        "setp" => SetPredicate(),
        "set" => SetNumber(),
        "selp" => SelectByPredicate(),
        "slct" => SelectBySign(),
        _ => TestProperty(),
    };

    private Type CompareFunction(string comparison, PtxType type, bool flush)
    {
        bool real = type is PtxType.F16 or PtxType.F32 or PtxType.F64;
        if (type.IsBits() && comparison is not ("eq" or "ne"))
            throw Error($"{type.Name()} is compared with .eq or .ne");
        if (comparison is "lo" or "ls" or "hi" or "hs" && !type.IsUnsigned())
            throw Error($".{comparison} compares unsigned integers");
        if (comparison is "equ" or "neu" or "ltu" or "leu" or "gtu" or "geu" or "num" or "nan" && !real)
            throw Error($".{comparison} compares floats");
        Type clr = type.Clr();
        Type function = comparison switch
        {
            "eq" or "equ" => typeof(Equal<>),
            "ne" or "neu" => typeof(NotEqual<>),
            "lt" or "ltu" or "lo" => typeof(Less<>),
            "le" or "leu" or "ls" => typeof(LessOrEqual<>),
            "gt" or "gtu" or "hi" => typeof(Greater<>),
            "ge" or "geu" or "hs" => typeof(GreaterOrEqual<>),
            "num" => typeof(BothNumbers<>),
            _ => typeof(EitherNaN<>),
        };
        function = function.MakeGenericType(clr);
        if (comparison is "equ" or "neu" or "ltu" or "leu" or "gtu" or "geu")
            function = typeof(Unordered<,>).MakeGenericType(function, clr);
        if (flush)
            function = type == PtxType.F32 ? typeof(FlushCompare<>).MakeGenericType(function) : throw Error($".ftz does not go with {type.Name()}");
        return function;
    }

    private (string Comparison, Combine Combine, bool Flush) CompareModifiers()
    {
        string? comparison = _modifiers.TakeAny(Ordered);
        if (comparison is null)
            throw Error($"{_modifiers.Name} lacks a comparison");
        Combine combine = _modifiers.TakeAny("and", "or", "xor") switch
        {
            "and" => Combine.And,
            "or" => Combine.Or,
            "xor" => Combine.Xor,
            _ => Combine.None,
        };
        return (comparison, combine, _modifiers.Take("ftz"));
    }

    private LaneInstruction SetPredicate()
    {
        (string comparison, Combine combine, bool flush) = CompareModifiers();
        PtxType type = _modifiers.Type();
        if (type == PtxType.Pred || type.Size() < 2 || type is PtxType.BF16 or PtxType.BF16x2 or PtxType.F16x2 or PtxType.TF32)
            throw Error($"setp does not take {type.Name()}");
        Type function = CompareFunction(comparison, type, flush);
        Count(combine == Combine.None ? 3 : 4);
        var instruction = (LaneInstruction)Activator.CreateInstance(typeof(SetPredicate<,>).MakeGenericType(function, type.Clr()))!;
        instruction.A = Source(Operand(1), type);
        instruction.B = Source(Operand(2), type);
        (int with, bool negated) = combine == Combine.None ? (0, false) : Predicate(Operand(3));
        (Operand p, Operand? q) = Operand(0) is PairOperand pair ? (pair.First, pair.Second) : (Operand(0), null);
        instruction.Result = new PredicateResult(Destination(p, PtxType.Pred), q is null ? -1 : Destination(q, PtxType.Pred), combine, with, negated);
        return instruction;
    }

    private LaneInstruction SetNumber()
    {
        (string comparison, Combine combine, bool flush) = CompareModifiers();
        List<PtxType> types = _modifiers.Types();
        if (types.Count != 2 || types[0] is not (PtxType.U32 or PtxType.S32 or PtxType.F32))
            throw Error("set takes .u32, .s32 or .f32, and the type that it compares");
        Type function = CompareFunction(comparison, types[1], flush);
        Count(combine == Combine.None ? 3 : 4);
        int a = Source(Operand(1), types[1]), b = Source(Operand(2), types[1]);
        (int with, bool negated) = combine == Combine.None ? (0, false) : Predicate(Operand(3));
        uint yes = types[0] == PtxType.F32 ? BitConverter.SingleToUInt32Bits(1) : uint.MaxValue;
        var instruction = (LaneInstruction)Activator.CreateInstance(typeof(SetNumber<,>).MakeGenericType(function, types[1].Clr()), yes, combine, with, negated)!;
        (instruction.A, instruction.B, instruction.D) = (a, b, Destination(Operand(0), types[0]));
        return instruction;
    }

    private LaneInstruction SelectByPredicate()
    {
        PtxType type = _modifiers.Type();
        if (type == PtxType.Pred || type.Size() is 1 or 16)
            throw Error($"selp does not take {type.Name()}");
        Count(4);
        Register a = SourceRegister(Operand(1), type), b = SourceRegister(Operand(2), type);
        int before = _sources.Count;
        (int predicate, bool negated) = Predicate(Operand(3));
        int number = _sources.Count > before ? _sources[^1] : -1;
        var instruction = (LaneInstruction)Activator.CreateInstance(typeof(Select<>).MakeGenericType(PtxTypes.Unsigned(type.Size())), a, b, predicate, number, negated)!;
        instruction.D = Destination(Operand(0), type);
        return instruction;
    }

    private LaneInstruction SelectBySign()
    {
        bool flush = _modifiers.Take("ftz");
        List<PtxType> types = _modifiers.Types();
        if (types.Count != 2 || types[1] is not (PtxType.S32 or PtxType.F32))
            throw Error("slct takes the type that it selects, and .s32 or .f32");
        PtxType type = types[0];
        bool real = types[1] == PtxType.F32;
        bool First(uint c) => real ? Flushed(BitConverter.UInt32BitsToSingle(c), flush) >= 0 : (int)c >= 0;
        return type.Size() switch
        {
            2 => Lanes(new Function<ushort, ushort, uint, ushort>((a, b, c) => First(c) ? a : b), type, type, type, types[1]),
            4 => Lanes(new Function<uint, uint, uint, uint>((a, b, c) => First(c) ? a : b), type, type, type, types[1]),
            _ => Lanes(new Function<ulong, ulong, uint, ulong>((a, b, c) => First(c) ? a : b), type, type, type, types[1]),
        };
    }

    private LaneInstruction TestProperty()
    {
        string property = _modifiers.TakeAny("finite", "infinite", "number", "notanumber", "normal", "subnormal") ?? throw Error("testp lacks a property");
        PtxType type = _modifiers.Type(PtxType.F32, PtxType.F64);
        Count(2);
        return new TestPropertyInstruction(property, type == PtxType.F64) { A = Source(Operand(1), type), D = Destination(Operand(0), PtxType.Pred) };
    }
}
