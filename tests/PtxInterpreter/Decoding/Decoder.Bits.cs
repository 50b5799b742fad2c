using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Operations;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Decoding;

internal sealed partial class Decoder
{
    private CarryInstruction Carry()
    {
        string name = _modifiers.Name;
        bool writes = _modifiers.Take("cc"), low = _modifiers.Take("lo"), high = _modifiers.Take("hi");
        PtxType type = _modifiers.Type(PtxType.U32, PtxType.S32, PtxType.U64, PtxType.S64);
        bool multiplies = name is "mad" or "madc";
        if (multiplies != (low || high) || name is not ("add" or "addc" or "sub" or "subc" or "mad" or "madc"))
            throw Error($"'{_statement.Opcode}' does not exist");
        int bits = 8 * type.Size();
        Func<ulong, ulong, ulong>? product = null;
        if (multiplies)
        {
            bool signed = type.IsSigned();
            product = (a, b) =>
            {
                Int128 x = signed ? bits == 32 ? (int)a : (long)a : a, y = signed ? bits == 32 ? (int)b : (long)b : b;
                ulong part = (ulong)(UInt128)(high ? (x * y) >> bits : x * y);
                return bits == 32 ? (uint)part : part;
            };
        }
        var instruction = new CarryInstruction(name is "sub" or "subc", name.EndsWith('c'), writes, bits) { Product = product };
        Lanes(instruction, type, [.. Enumerable.Repeat(type, multiplies ? 3 : 2)]);
        return instruction;
    }

    private LaneInstruction Bits()
    {
        switch (_modifiers.Name)
        {
            case "and" or "or" or "xor" or "not" or "cnot":
                return Logic();
            case "shl" or "shr":
                return Shift();
            case "lop3":
                return LookupTable();
            case "prmt":
                string? mode = _modifiers.TakeAny("f4e", "b4e", "rc8", "ecl", "ecr", "rc16");
                _modifiers.Type(PtxType.B32);
                return Lanes(new Function<uint, uint, uint, uint>((a, b, c) => BitFunctions.Permute(a, b, mode is null ? c : BitFunctions.ModeSelector(mode, c))),
                    PtxType.B32, PtxType.B32, PtxType.B32, PtxType.B32);
            case "bfe":
                PtxType field = _modifiers.Type(PtxType.U32, PtxType.S32, PtxType.U64, PtxType.S64);
                return Lanes(typeof(ExtractField<>), [field.Clr()], field, field, PtxType.U32, PtxType.U32);
            case "bfi":
                return InsertField();
            case "bfind":
                bool shift = _modifiers.Take("shiftamt");
                PtxType found = _modifiers.Type(PtxType.U32, PtxType.S32, PtxType.U64, PtxType.S64);
                return Lanes(shift ? typeof(FindBitShift<>) : typeof(FindBit<>), [found.Clr()], PtxType.U32, found);
            case "brev":
                return _modifiers.Type(PtxType.B32, PtxType.B64) == PtxType.B32
                    ? Lanes(typeof(ReverseBits32), [], PtxType.B32, PtxType.B32)
                    : Lanes(typeof(ReverseBits64), [], PtxType.B64, PtxType.B64);
            case "clz" or "popc":
                PtxType counted = _modifiers.Type(PtxType.B32, PtxType.B64);
                return Lanes(_modifiers.Name == "clz" ? typeof(LeadingZeros<>) : typeof(PopulationCount<>), [counted.Clr()], PtxType.U32, counted);
            case "shf":
                bool left = _modifiers.Take("l"), right = _modifiers.Take("r"), wrap = _modifiers.Take("wrap"), clamp = _modifiers.Take("clamp");
                _modifiers.Type(PtxType.B32);
                if (left == right || wrap == clamp)
                    throw Error("shf takes .l or .r, and .clamp or .wrap");
                return Lanes(new Function<uint, uint, uint, uint>((a, b, c) => BitFunctions.Funnel(a, b, c, left, wrap)), PtxType.B32, PtxType.B32, PtxType.B32, PtxType.U32);
            case "dp2a" or "dp4a":
                return Dot();
            default:
                throw Error($"the interpreter does not know '{_modifiers.Name}'");
        }
    }

    private LaneInstruction Logic()
    {
        string name = _modifiers.Name;
        PtxType type = _modifiers.Type(PtxType.Pred, PtxType.B16, PtxType.B32, PtxType.B64);
        if (type == PtxType.Pred)
        {
            if (name == "cnot")
                throw Error("cnot does not take .pred");
            Count(name == "not" ? 2 : 3);
            (int a, bool negatedA) = Predicate(Operand(1));
            (int b, bool negatedB) = name == "not" ? (a, negatedA) : Predicate(Operand(2));
            if (negatedA || negatedB)
                throw Error("'!' stands before guards and select predicates only");
            Func<uint, uint, uint> function = name switch
            {
                "and" => (x, y) => x & y,
                "or" => (x, y) => x | y,
                "xor" => (x, y) => x ^ y,
                _ => (x, _) => ~x,
            };
            return new PredicateLogic(function) { A = a, B = b, D = Destination(Operand(0), PtxType.Pred) };
        }
        Type[] clr = [type.Clr()];
        return name switch
        {
            "and" => Lanes(typeof(And<>), clr, type, type, type),
            "or" => Lanes(typeof(Or<>), clr, type, type, type),
            "xor" => Lanes(typeof(Xor<>), clr, type, type, type),
            "not" => Lanes(typeof(Not<>), clr, type, type),
            _ => Lanes(typeof(LogicalNot<>), clr, type, type),
        };
    }

    private LaneInstruction Shift()
    {
        bool left = _modifiers.Name == "shl";
        PtxType type = _modifiers.Type();
        if (type.IsFloat() || type.Size() < 2 || (left && !type.IsBits()))
            throw Error($"{_modifiers.Name} does not take {type.Name()}");
        return Lanes(left ? typeof(ShiftLeft<>) : typeof(ShiftRight<>), [type.Clr()], type, type, PtxType.U32);
    }

    private Function<uint, uint, uint, uint> LookupTable()
    {
        _modifiers.Type(PtxType.B32);
        Count(5);
        if (Operand(4) is not LiteralOperand { Kind: LiteralKind.Integer, Bits: <= 255 } table)
            throw Error("lop3 takes a table of 0 to 255");
        return new Function<uint, uint, uint, uint>((a, b, c) => BitFunctions.Lookup(a, b, c, (uint)table.Bits))
        {
            A = Source(Operand(1), PtxType.B32),
            B = Source(Operand(2), PtxType.B32),
            C = Source(Operand(3), PtxType.B32),
            D = Destination(Operand(0), PtxType.B32),
        };
    }

    private InsertFieldInstruction InsertField()
    {
        PtxType type = _modifiers.Type(PtxType.B32, PtxType.B64);
        Count(5);
        return new InsertFieldInstruction(type.Size() == 8, Source(Operand(4), PtxType.U32))
        {
            A = Source(Operand(1), type),
            B = Source(Operand(2), type),
            C = Source(Operand(3), PtxType.U32),
            D = Destination(Operand(0), type),
        };
    }

    private LaneInstruction Dot()
    {
        bool low = _modifiers.Take("lo"), high = _modifiers.Take("hi"), two = _modifiers.Name == "dp2a";
        if (two != (low || high))
            throw Error("dp2a takes .lo or .hi, dp4a neither");
        List<PtxType> types = _modifiers.Types();
        if (types.Count != 2 || types.Any(type => type is not (PtxType.U32 or PtxType.S32)))
            throw Error($"{_modifiers.Name} takes two types, .u32 or .s32");
        bool signedA = types[0].IsSigned(), signedB = types[1].IsSigned();
        PtxType sum = signedA || signedB ? PtxType.S32 : PtxType.U32;
        Func<uint, uint, uint, uint> function = two
            ? (a, b, c) => BitFunctions.Dot2(a, b, c, signedA, signedB, high)
            : (a, b, c) => BitFunctions.Dot4(a, b, c, signedA, signedB);
        return Lanes(new Function<uint, uint, uint, uint>(function), sum, PtxType.B32, PtxType.B32, sum);
    }
}
