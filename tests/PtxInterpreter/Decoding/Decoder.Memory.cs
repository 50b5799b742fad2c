using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Memory;
using GemmaIlgpu.PtxInterpreter.Operations;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Decoding;

internal sealed partial class Decoder
{
    private Instruction MemoryAccess() => _modifiers.Name switch
    {
        "ld" or "ldu" => LoadOrStore(load: true),
        "st" => LoadOrStore(load: false),
        "atom" => AtomicAccess(gives: true),
        "red" => AtomicAccess(gives: false),
        "cvta" => ConvertAddress(),
        "isspacep" => TestSpace(),
        _ => Prefetch(),
    };

    private StateSpace Space() => _modifiers.TakeAny("global", "shared", "shared::cta", "shared::cluster", "local", "const", "param", "param::entry", "param::func") switch
    {
        "global" => StateSpace.Global,
        "local" => StateSpace.Local,
        "const" => StateSpace.Const,
        "param" or "param::entry" or "param::func" => StateSpace.Param,
        null => StateSpace.Generic,
        _ => StateSpace.Shared,
    };

    /// <summary>Ordering, scopes and cache hints: they change nothing in an interpreter that carries out
    /// accesses in order.</summary>
    private void TakeHints()
    {
        _modifiers.TakeAny("weak", "volatile", "relaxed", "acquire", "release", "acq_rel", "sc", "mmio");
        _modifiers.TakeAny("cta", "cluster", "gpu", "sys");
        _modifiers.TakeAny("ca", "cg", "cs", "lu", "cv", "wb", "wt");
        _modifiers.TakeAny("L1::evict_normal", "L1::evict_unchanged", "L1::evict_first", "L1::evict_last", "L1::no_allocate");
        _modifiers.TakeAny("L2::evict_normal", "L2::evict_first", "L2::evict_last");
        _modifiers.TakeAny("L2::64B", "L2::128B", "L2::256B");
    }

    private Instruction LoadOrStore(bool load)
    {
        bool texture = _modifiers.Take("nc");
        StateSpace space = Space();
        TakeHints();
        bool policy = _modifiers.Take("L2::cache_hint");
        int lanes = _modifiers.TakeAny("v2", "v4", "v8") is { } vector ? vector[1] - '0' : 1;
        PtxType type = _modifiers.Type();
        if (type == PtxType.Pred || type.Size() > 8 || type is PtxType.F16 or PtxType.BF16 or PtxType.F16x2 or PtxType.BF16x2 or PtxType.TF32)
            throw Error($"{_modifiers.Name} does not take {type.Name()}");
        if (lanes * type.Size() > 16)
            throw Error("a vector access takes at most 128 bits");
        if (texture && space != StateSpace.Global)
            throw Error(".nc goes with .global");
        if (!load && space == StateSpace.Const)
            throw Error("constant memory cannot be written");
        Count(policy ? 3 : 2);
        if (policy)
            Source(Operand(2), PtxType.B64);
        AddressOperandPlan address = Address(Operand(load ? 1 : 0), space);
        if (!load && address.Space == StateSpace.Param)
            throw Error("an entry's parameters cannot be written");
        Operand data = Operand(load ? 0 : 1);
        IReadOnlyList<Operand> items = lanes == 1 ? [data] : data is VectorOperand braces ? braces.Items : throw Error($".v{lanes} takes {{ }} of {lanes} registers");
        if (items.Count != lanes)
            throw Error($".v{lanes} takes {lanes} registers, not {items.Count}");
        Register[] registers = [.. items.Select(item => load ? DestinationRegister(item, type, wider: true) : SourceRegister(item, type, wider: true))];
        if (registers.Any(register => register.Type.Size() != registers[0].Type.Size()))
            throw Error("the registers of a vector must have one size");
        Type memory = type.IsSigned() ? PtxTypes.Signed(type.Size()) : PtxTypes.Unsigned(type.Size());
        Type generic = (load ? typeof(Load<,>) : typeof(Store<,>)).MakeGenericType(memory, PtxTypes.Unsigned(registers[0].Type.Size()));
        return (Instruction)Activator.CreateInstance(generic, address, registers.Select(register => register.Offset).ToArray())!;
    }

    private Instruction AtomicAccess(bool gives)
    {
        StateSpace space = Space();
        if (space is StateSpace.Local or StateSpace.Const or StateSpace.Param)
            throw Error($"{_modifiers.Name} works on global and shared memory");
        _globalAtomics |= space != StateSpace.Shared;
        TakeHints();
        bool policy = _modifiers.Take("L2::cache_hint"), noFlush = _modifiers.Take("noftz");
        string operation = _modifiers.TakeAny("add", "min", "max", "and", "or", "xor", "exch", "cas", "inc", "dec") ?? throw Error($"{_modifiers.Name} lacks an operation");
        PtxType type = _modifiers.Type();
        if (!AtomicExists(operation, type) || (!gives && operation is "cas" or "exch"))
            throw Error($"{_modifiers.Name}.{operation} does not take {type.Name()}");
        if (type is PtxType.F16 or PtxType.BF16 or PtxType.F16x2 or PtxType.BF16x2 && !noFlush)
            throw Error($"{_modifiers.Name}.add of halves takes .noftz");
        int first = gives ? 1 : 0;
        Count(first + (operation == "cas" ? 3 : 2) + (policy ? 1 : 0));
        AddressOperandPlan address = Address(Operand(first), space);
        int a = Source(Operand(first + 1), type), b = operation == "cas" ? Source(Operand(first + 2), type) : a;
        int destination = gives ? Destination(Operand(0), type) : -1;
        // Global single precision adds flush subnormal numbers.
        return Atomics.Create(operation, type, flush: space != StateSpace.Shared, address, a, b, destination)
            ?? throw Error($"{_modifiers.Name}.{operation} does not take {type.Name()}");
    }

    private static bool AtomicExists(string operation, PtxType type) => operation switch
    {
        "and" or "or" or "xor" or "exch" => type is PtxType.B32 or PtxType.B64,
        "cas" => type is PtxType.B16 or PtxType.B32 or PtxType.B64,
        "inc" or "dec" => type == PtxType.U32,
        "min" or "max" => type is PtxType.U32 or PtxType.S32 or PtxType.U64 or PtxType.S64,
        _ => type is PtxType.U32 or PtxType.S32 or PtxType.U64 or PtxType.F16 or PtxType.BF16 or PtxType.F16x2 or PtxType.BF16x2 or PtxType.F32 or PtxType.F64,
    };

    private AddConstant ConvertAddress()
    {
        bool to = _modifiers.Take("to");
        StateSpace space = Space();
        if (space is StateSpace.Generic or StateSpace.Param)
            throw Error("cvta takes .global, .shared, .local or .const");
        PtxType type = _modifiers.Type(PtxType.U32, PtxType.U64);
        if (type != PtxType.U64)
            throw Error("with 64-bit addresses cvta takes .u64");
        Count(2);
        Register source = SourceRegister(Operand(1), type), destination = DestinationRegister(Operand(0), type);
        ulong distance = Windows.Base(space);
        return new AddConstant(source.Offset, true, destination.Offset, true, to ? 0 - distance : distance);
    }

    private IsSpace TestSpace()
    {
        StateSpace space = Space();
        Count(2);
        return new IsSpace(Source(Operand(1), PtxType.U64), Destination(Operand(0), PtxType.Pred), space);
    }

    private Nothing Prefetch()
    {
        StateSpace space = Space();
        if (_modifiers.TakeAny("L1", "L2", "L2::evict_last", "L2::evict_normal") is null)
            throw Error("prefetch takes .L1 or .L2");
        Count(1);
        Address(Operand(0), space);
        return new Nothing();
    }
}
