using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Operations;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Decoding;

internal sealed partial class Decoder
{
    private Instruction Flow()
    {
        switch (_modifiers.Name)
        {
            case "bra":
                bool uniform = _modifiers.Take("uni");
                Count(1);
                return new Branch { Target = Label(Operand(0)), Uniform = uniform };
            case "brx":
                return IndexedBranch();
            case "ret" or "exit":
                _modifiers.Take("uni");
                Count(0);
                return new Exit();
            case "trap" or "brkpt":
                Count(0);
                return new Trap($"{_modifiers.Name} was reached");
            case "call":
                return Call();
            case "bar" or "barrier":
                return Barrier();
            case "createpolicy":
                _modifiers.TakeAll();
                return new Unary<Move<ulong>, ulong, ulong> { A = Constant(0, 8).Offset, D = Destination(Operand(0), PtxType.B64) };
            case "nanosleep":
                _modifiers.Type(PtxType.U32);
                Count(1);
                Source(Operand(0), PtxType.U32);
                return new Nothing();
            default:
                _modifiers.TakeAll();
                return new Nothing();
        }
    }

    private int Label(Operand operand)
    {
        if (operand is not NameOperand name)
            throw Error("a branch takes a label");
        return Label(name.Name);
    }

    private int Label(string name) => _statement.Scope.FindLabel(name) ?? throw Error($"there is no label {name} here");

    private BranchIndexed IndexedBranch()
    {
        if (!_modifiers.Take("idx"))
            throw Error("brx takes .idx");
        _modifiers.Take("uni");
        Count(2);
        int index = Source(Operand(0), PtxType.U32);
        if (Operand(1) is not NameOperand table || _statement.Scope.FindBranchTable(table.Name) is not { } labels)
            throw Error("brx.idx takes a register and a .branchtargets label");
        return new BranchIndexed(index, [.. labels.Select(Label)]);
    }

    private Instruction Barrier()
    {
        bool aligned = _modifiers.Name == "bar" || _modifiers.Has("aligned");
        _modifiers.Take("aligned");
        if (_modifiers.Take("warp"))
        {
            if (!_modifiers.Take("sync"))
                throw Error("bar.warp takes .sync");
            Count(1);
            return new WarpBarrier(Source(Operand(0), PtxType.B32));
        }
        _modifiers.Take("cta");
        string action = _modifiers.TakeAny("sync", "arrive", "red") ?? throw Error($"{_modifiers.Name} takes .sync, .arrive or .red");
        if (action == "red")
            return BarrierReduction(aligned);
        Count(action == "arrive" ? 2 : 1, 2);
        return new BarrierInstruction
        {
            Number = Source(Operand(0), PtxType.U32),
            Threads = _statement.Operands.Count > 1 ? Source(Operand(1), PtxType.U32) : -1,
            Aligned = aligned,
            Waits = action == "sync",
        };
    }

    private BarrierInstruction BarrierReduction(bool aligned)
    {
        BarrierResult result = _modifiers.TakeAny("popc", "and", "or") switch
        {
            "popc" => BarrierResult.PopulationCount,
            "and" => BarrierResult.And,
            "or" => BarrierResult.Or,
            _ => throw Error("bar.red takes .popc, .and or .or"),
        };
        PtxType type = _modifiers.Type(result == BarrierResult.PopulationCount ? PtxType.U32 : PtxType.Pred);
        Count(3, 4);
        (int predicate, bool negated) = Predicate(_statement.Operands[^1]);
        return new BarrierInstruction
        {
            Number = Source(Operand(1), PtxType.U32),
            Threads = _statement.Operands.Count > 3 ? Source(Operand(2), PtxType.U32) : -1,
            Aligned = aligned,
            Waits = true,
            Result = result,
            Predicate = predicate,
            PredicateNegated = negated,
            Destination = Destination(Operand(0), type),
        };
    }

    private PrintInstruction Call()
    {
        _modifiers.Take("uni");
        if (_statement.Operands is not [ListOperand { Items: [NameOperand result] }, NameOperand { Name: "vprintf" }, ListOperand { Items: [NameOperand format, NameOperand arguments] }])
            throw Error("of all functions only vprintf can be called, as (result), vprintf, (format, arguments)");
        return new PrintInstruction(Parameter(format), Parameter(arguments), Parameter(result));
    }

    private int Parameter(NameOperand name) => _statement.Scope.Find(name.Name) is Variable { Space: StateSpace.Param } variable
        ? (int)variable.Offset
        : throw Error($"{name.Name} is no .param variable");

    private Instruction MoveInstruction()
    {
        PtxType type = _modifiers.Type();
        Count(2);
        if (type == PtxType.Pred)
        {
            (int source, bool negated) = Predicate(Operand(1));
            return new PredicateLogic((a, _) => negated ? ~a : a) { A = source, B = source, D = Destination(Operand(0), PtxType.Pred) };
        }
        if (type.Size() is 1 or 16 || type is PtxType.F16 or PtxType.BF16 or PtxType.F16x2 or PtxType.BF16x2 or PtxType.TF32)
            throw Error($"mov does not take {type.Name()}");
        if (Operand(0) is VectorOperand parts)
            return Unpack(type, parts);
        if (Operand(1) is VectorOperand packed)
            return Pack(type, packed);
        if (Operand(1) is NameOperand { Name: "%clock" or "%clock64" or "%clock_hi" or "%globaltimer" or "%globaltimer_lo" or "%globaltimer_hi" } clock)
        {
            bool wide = clock.Name is "%clock64" or "%globaltimer";
            return type.Size() == (wide ? 8 : 4)
                ? new ClockInstruction(Destination(Operand(0), type), wide, clock.Name.EndsWith("_hi", StringComparison.Ordinal))
                : throw Error($"{clock.Name} has {(wide ? 64 : 32)} bits");
        }
        LaneInstruction move = LaneInstruction.Of(typeof(Move<>).MakeGenericType(PtxTypes.Unsigned(type.Size())));
        (move.A, move.D) = (Source(Operand(1), type), Destination(Operand(0), type));
        return move;
    }

    private PtxType Part(PtxType type, int count)
    {
        if (!type.IsBits() || count is not (2 or 4) || type.Size() / count < 1)
            throw Error($"mov{type.Name()} cannot have {count} parts");
        return (type.Size() / count) switch { 1 => PtxType.B8, 2 => PtxType.B16, _ => PtxType.B32 };
    }

    private UnpackInstruction Unpack(PtxType type, VectorOperand parts)
    {
        PtxType part = Part(type, parts.Items.Count);
        int source = Source(Operand(1), type);
        return new UnpackInstruction(source, type.Size(), [.. parts.Items.Select(item => Destination(item, part))], part.Size());
    }

    private PackInstruction Pack(PtxType type, VectorOperand parts)
    {
        PtxType part = Part(type, parts.Items.Count);
        int[] sources = [.. parts.Items.Select(item => Source(item, part))];
        return new PackInstruction(sources, part.Size(), Destination(Operand(0), type), type.Size());
    }
}
