using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Decoding;

internal sealed partial class Decoder
{
    private Instruction AcrossLanes()
    {
        string name = _modifiers.Name;
        if (name == "activemask")
        {
            _modifiers.Type(PtxType.B32);
            Count(1);
            return new ActiveMask(Destination(Operand(0), PtxType.B32));
        }
        if (!_modifiers.Take("sync"))
            throw Error($"from sm_70 on {name} takes .sync");
        return name switch
        {
            "shfl" => Shuffle(),
            "vote" => Vote(),
            "match" => Match(),
            "redux" => Reduce(),
            _ => Elect(),
        };
    }

    private (Operand First, Operand? Second) Pair() => Operand(0) is PairOperand pair ? (pair.First, pair.Second) : (Operand(0), null);

    private ShuffleInstruction Shuffle()
    {
        ShuffleMode mode = _modifiers.TakeAny("up", "down", "bfly", "idx") switch
        {
            "up" => ShuffleMode.Up,
            "down" => ShuffleMode.Down,
            "bfly" => ShuffleMode.Butterfly,
            "idx" => ShuffleMode.Index,
            _ => throw Error("shfl takes .up, .down, .bfly or .idx"),
        };
        _modifiers.Type(PtxType.B32);
        Count(5);
        (Operand d, Operand? p) = Pair();
        Register a = SourceRegister(Operand(1), PtxType.B32);
        int b = Source(Operand(2), PtxType.B32), c = Source(Operand(3), PtxType.B32), members = Source(Operand(4), PtxType.B32);
        Register destination = DestinationRegister(d, PtxType.B32);
        return new ShuffleInstruction(members, mode, a, b, c, destination, p is null ? -1 : Destination(p, PtxType.Pred));
    }

    private VoteInstruction Vote()
    {
        string mode = _modifiers.TakeAny("all", "any", "uni", "ballot") ?? throw Error("vote takes .all, .any, .uni or .ballot");
        PtxType type = _modifiers.Type(mode == "ballot" ? PtxType.B32 : PtxType.Pred);
        Count(3);
        (int predicate, bool negated) = Predicate(Operand(1));
        return new VoteInstruction(Source(Operand(2), PtxType.B32), mode, predicate, negated, Destination(Operand(0), type));
    }

    private MatchInstruction Match()
    {
        bool all = _modifiers.TakeAny("any", "all") switch { "all" => true, "any" => false, _ => throw Error("match takes .any or .all") };
        PtxType type = _modifiers.Type(PtxType.B32, PtxType.B64);
        Count(3);
        (Operand d, Operand? p) = Pair();
        if (p is not null && !all)
            throw Error("match.any gives no predicate");
        int a = Source(Operand(1), type), members = Source(Operand(2), PtxType.B32);
        return new MatchInstruction(members, all, a, type.Size() == 8, Destination(d, PtxType.B32), p is null ? -1 : Destination(p, PtxType.Pred));
    }

    private ReduceInstruction Reduce()
    {
        string operation = _modifiers.TakeAny("add", "min", "max", "and", "or", "xor") ?? throw Error("redux lacks an operation");
        PtxType type = operation is "and" or "or" or "xor" ? _modifiers.Type(PtxType.B32) : _modifiers.Type(PtxType.U32, PtxType.S32);
        Count(3);
        return new ReduceInstruction(Source(Operand(2), PtxType.B32), operation, type.IsSigned(), Source(Operand(1), type), Destination(Operand(0), type));
    }

    private ElectInstruction Elect()
    {
        Count(2);
        (Operand d, Operand? p) = Pair();
        return new ElectInstruction(Source(Operand(1), PtxType.B32), Destination(d, PtxType.B32), p is null ? -1 : Destination(p, PtxType.Pred));
    }
}
