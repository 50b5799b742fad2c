using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Memory;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Decoding;

internal sealed partial class Decoder
{
    private Instruction Matrix()
    {
        if (_modifiers.Name == "cp")
            return AsynchronousCopy();
        if (!_modifiers.Take("sync") || !_modifiers.Take("aligned"))
            throw Error($"{_modifiers.Name} takes .sync.aligned");
        return _modifiers.Name switch
        {
            "mma" => MultiplyMatrices(),
            "movmatrix" => TransposeMatrix(),
            _ => MoveMatrices(_modifiers.Name == "ldmatrix"),
        };
    }

    private MatrixMultiply MultiplyMatrices()
    {
        string shape = _modifiers.TakeAny("m16n8k4", "m16n8k8", "m16n8k16", "m16n8k32") ?? throw Error("mma takes .m16n8k4, .m16n8k8, .m16n8k16 or .m16n8k32");
        if (!_modifiers.Take("row") || !_modifiers.Take("col"))
            throw Error("mma takes .row.col");
        bool saturate = _modifiers.Take("satfinite");
        List<PtxType> types = _modifiers.Types();
        if (types.Count != 4)
            throw Error("mma takes the types of d, a, b and c");
        FragmentLayout layout = FragmentLayout.Find(shape, types) ?? throw Error($"mma.{shape} does not take {string.Join("", types.Select(type => type.Name()))}");
        if (saturate && layout.Accumulator != PtxType.S32)
            throw Error(".satfinite goes with .s32");
        Count(4);
        PtxType sum = layout.Accumulator == PtxType.F16 ? PtxType.F16x2 : layout.Accumulator;
        return new MatrixMultiply(layout, saturate)
        {
            A = Fragment(Operand(1), PtxType.B32, layout.RegistersA),
            B = Fragment(Operand(2), PtxType.B32, layout.RegistersB),
            C = Fragment(Operand(3), sum, layout.RegistersC),
            D = [.. FragmentItems(Operand(0), layout.RegistersC).Select(item => Destination(item, sum))],
        };
    }

    private int[] Fragment(Operand operand, PtxType type, int count) => [.. FragmentItems(operand, count).Select(item => Source(item, type))];

    private IReadOnlyList<Operand> FragmentItems(Operand operand, int count)
    {
        IReadOnlyList<Operand> items = operand is VectorOperand vector ? vector.Items : [operand];
        return items.Count == count ? items : throw Error($"a fragment here has {count} registers, not {items.Count}");
    }

    private MatrixMove MoveMatrices(bool load)
    {
        if (!_modifiers.Take("m8n8"))
            throw Error($"{_modifiers.Name} takes .m8n8");
        int count = _modifiers.TakeAny("x1", "x2", "x4") is { } number ? number[1] - '0' : throw Error($"{_modifiers.Name} takes .x1, .x2 or .x4");
        bool transpose = _modifiers.Take("trans");
        StateSpace space = Space();
        if (space is not (StateSpace.Shared or StateSpace.Generic))
            throw Error($"{_modifiers.Name} works on shared memory");
        _modifiers.Type(PtxType.B16);
        Count(2);
        AddressOperandPlan address = Address(Operand(load ? 1 : 0), space);
        if (Operand(load ? 0 : 1) is not VectorOperand)
            throw Error($"{_modifiers.Name} takes {{ }} of {count} registers");
        IReadOnlyList<Operand> items = FragmentItems(Operand(load ? 0 : 1), count);
        int[] registers = [.. items.Select(item => load ? Destination(item, PtxType.B32) : Source(item, PtxType.B32))];
        return new MatrixMove(address, registers, load, transpose);
    }

    private MatrixTranspose TransposeMatrix()
    {
        if (!_modifiers.Take("m8n8") || !_modifiers.Take("trans"))
            throw Error("movmatrix takes .m8n8.trans");
        _modifiers.Type(PtxType.B16);
        Count(2);
        return new MatrixTranspose(Source(Operand(1), PtxType.B32), Destination(Operand(0), PtxType.B32));
    }

    private Instruction AsynchronousCopy()
    {
        if (!_modifiers.Take("async") || _modifiers.Has("bulk") || _modifiers.Has("mbarrier"))
            throw Error($"the interpreter does not know '{_statement.Opcode}'");
        if (_modifiers.Take("commit_group"))
        {
            Count(0);
            return new CommitCopies();
        }
        if (_modifiers.Take("wait_all"))
        {
            Count(0);
            return new WaitForCopies(-1);
        }
        if (_modifiers.Take("wait_group"))
        {
            Count(1);
            return Operand(0) is LiteralOperand { Kind: LiteralKind.Integer } pending ? new WaitForCopies((int)pending.Bits) : throw Error("wait_group takes a number");
        }
        bool bypass = _modifiers.Take("cg");
        if (!bypass && !_modifiers.Take("ca"))
            throw Error("cp.async takes .ca or .cg");
        if (_modifiers.TakeAny("shared", "shared::cta") is null || !_modifiers.Take("global"))
            throw Error("cp.async copies to .shared from .global");
        bool policy = _modifiers.Take("L2::cache_hint");
        _modifiers.TakeAny("L2::64B", "L2::128B", "L2::256B");
        Count(3, policy ? 5 : 4);
        if (Operand(2) is not LiteralOperand { Bits: 4 or 8 or 16 } size || (bypass && size.Bits != 16))
            throw Error("cp.async.ca copies 4, 8 or 16 bytes, cp.async.cg 16");
        int given = _statement.Operands.Count - 3 - (policy ? 1 : 0);
        if (policy)
            Source(_statement.Operands[^1], PtxType.B64);
        return new StartCopy(Address(Operand(0), StateSpace.Shared), Address(Operand(1), StateSpace.Global), (int)size.Bits, given > 0 ? Source(Operand(3), PtxType.U32) : -1);
    }
}
