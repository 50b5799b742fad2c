using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Memory;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Decoding;

internal sealed partial class Decoder
{
    private static readonly Dictionary<string, SpecialRegister> SpecialNames = new()
    {
        ["%tid.x"] = SpecialRegister.TidX, ["%tid.y"] = SpecialRegister.TidY, ["%tid.z"] = SpecialRegister.TidZ,
        ["%ntid.x"] = SpecialRegister.NtidX, ["%ntid.y"] = SpecialRegister.NtidY, ["%ntid.z"] = SpecialRegister.NtidZ,
        ["%ctaid.x"] = SpecialRegister.CtaidX, ["%ctaid.y"] = SpecialRegister.CtaidY, ["%ctaid.z"] = SpecialRegister.CtaidZ,
        ["%nctaid.x"] = SpecialRegister.NctaidX, ["%nctaid.y"] = SpecialRegister.NctaidY, ["%nctaid.z"] = SpecialRegister.NctaidZ,
        ["%laneid"] = SpecialRegister.LaneId, ["%warpid"] = SpecialRegister.WarpId, ["%nwarpid"] = SpecialRegister.NWarpId,
        ["%smid"] = SpecialRegister.SmId, ["%nsmid"] = SpecialRegister.NSmId, ["%gridid"] = SpecialRegister.GridId,
        ["%lanemask_eq"] = SpecialRegister.MaskEq, ["%lanemask_le"] = SpecialRegister.MaskLe, ["%lanemask_lt"] = SpecialRegister.MaskLt,
        ["%lanemask_ge"] = SpecialRegister.MaskGe, ["%lanemask_gt"] = SpecialRegister.MaskGt,
        ["%dynamic_smem_size"] = SpecialRegister.DynamicSharedSize, ["%total_smem_size"] = SpecialRegister.TotalSharedSize,
        ["WARP_SZ"] = SpecialRegister.WarpSize,
    };

    private readonly Dictionary<RegisterDeclaration, Register> _registers = [];
    private readonly Dictionary<(ulong Bits, int Size), (Register Register, ulong Bits)> _constants = [];
    private readonly Dictionary<SpecialRegister, Register> _specials = [];
    private readonly List<(Register Register, string Variable, long Offset)> _variableAddresses = [];
    private readonly List<Register> _all = [];
    private readonly Dictionary<int, Register> _sinks = [];
    private int _registerBytes;
    private int _sharedBytes;
    private int _localBytes;

    /// <summary>Places shared and local variables; of the module's shared ones those that this entry names.</summary>
    private void LayOut()
    {
        HashSet<string> named = [.. _entry.Statements.SelectMany(statement => statement.Operands).SelectMany(Names)];
        List<Variable> shared = [.. _entry.Variables.Where(variable => variable.Space == StateSpace.Shared),
            .. _module.Variables.Where(variable => variable.Space == StateSpace.Shared && named.Contains(variable.Name))];
        foreach (Variable variable in shared.OrderBy(variable => variable.External))
        {
            int alignment = variable.External ? Math.Max(variable.Alignment, 16) : variable.Alignment;
            _sharedBytes = (_sharedBytes + alignment - 1) / alignment * alignment;
            variable.Offset = KernelProgram.SharedStart + _sharedBytes;
            _sharedBytes = checked(_sharedBytes + (int)variable.Size);
        }
        foreach (Variable variable in _entry.Variables.Where(variable => variable.Space is StateSpace.Local or StateSpace.Param))
        {
            _localBytes = (_localBytes + variable.Alignment - 1) / variable.Alignment * variable.Alignment;
            variable.Offset = _localBytes;
            _localBytes = checked(_localBytes + (int)variable.Size);
        }
        _localBytes = (_localBytes + 15) / 16 * 16;
    }

    private static IEnumerable<string> Names(Operand operand) => operand switch
    {
        NameOperand name => [name.Name],
        SumOperand sum => [sum.Name],
        AddressOperand { Base: { } name } => [name],
        VectorOperand vector => vector.Items.SelectMany(Names),
        ListOperand list => list.Items.SelectMany(Names),
        _ => [],
    };

    private Register NewRegister(string name, PtxType type)
    {
        int bytes = type == PtxType.Pred ? 4 : 32 * type.Size();
        int alignment = type == PtxType.Pred ? 4 : 64;
        _registerBytes = (_registerBytes + alignment - 1) / alignment * alignment;
        var register = new Register(name, type, _all.Count, _registerBytes);
        _registerBytes += bytes;
        _all.Add(register);
        return register;
    }

    /// <summary>A register by name.</summary>
    private Register Find(string name)
    {
        if (_statement.Scope.Find(name) is not RegisterDeclaration declaration)
            throw Error($"{name} is not declared as a register");
        if (!_registers.TryGetValue(declaration, out Register? register))
            _registers[declaration] = register = NewRegister(name, declaration.Type);
        return register;
    }

    private Register Constant(ulong bits, int size)
    {
        if (!_constants.TryGetValue((bits, size), out (Register Register, ulong Bits) known))
        {
            PtxType type = size switch { 1 => PtxType.B8, 2 => PtxType.B16, 8 => PtxType.B64, _ => PtxType.B32 };
            _constants[(bits, size)] = known = (NewRegister($"0x{bits:x}", type), bits);
        }
        return known.Register;
    }

    private Register Special(SpecialRegister special, string name)
    {
        if (!_specials.TryGetValue(special, out Register? register))
            _specials[special] = register = NewRegister(name, PtxType.U32);
        return register;
    }

    /// <summary>The offset of a source operand of some type.</summary>
    private int Source(Operand operand, PtxType type, bool wider = false) => SourceRegister(operand, type, wider).Offset;

    private Register SourceRegister(Operand operand, PtxType type, bool wider = false)
    {
        switch (operand)
        {
            case LiteralOperand literal:
                ulong bits = Literals.Bits(literal, type) ?? throw Error($"the literal cannot stand for {type.Name()}");
                return Constant(bits, type.Size());
            case NameOperand { Negated: true }:
                throw Error("only predicates can be negated with '!'");
            case NameOperand name when SpecialNames.TryGetValue(name.Name, out SpecialRegister special):
                return Checked(Special(special, name.Name), type, wider);
            case NameOperand name when _statement.Scope.Find(name.Name) is Variable variable:
                return AddressOf(variable, 0, type);
            case SumOperand sum when _statement.Scope.Find(sum.Name) is Variable variable:
                return AddressOf(variable, sum.Offset, type);
            case NameOperand name:
                Register register = Checked(Find(name.Name), type, wider);
                _sources.Add(register.Number);
                return register;
            default:
                throw Error("this operand cannot be a source");
        }
    }

    private Register Checked(Register register, PtxType type, bool wider) =>
        (wider ? type.AcceptsWider(register.Type) : type.Accepts(register.Type))
            ? register
            : throw Error($"{register.Name} is {register.Type.Name()}, which cannot stand for {type.Name()}");

    /// <summary>A variable's address inside its own space.</summary>
    private Register AddressOf(Variable variable, long offset, PtxType type)
    {
        if (type.Size() < 4 || type.IsFloat())
            throw Error($"the address of {variable.Name} does not fit {type.Name()}");
        if (variable.Space is not (StateSpace.Global or StateSpace.Const))
            return Constant((ulong)(variable.Offset + offset), type.Size());
        if (type.Size() != 8)
            throw Error($"the address of {variable.Name} takes 64 bits");
        Register register = NewRegister(variable.Name, PtxType.B64);
        _variableAddresses.Add((register, variable.Name, offset));
        return register;
    }

    /// <summary>The offset of a destination; <c>_</c> writes where nobody looks.</summary>
    private int Destination(Operand operand, PtxType type, bool wider = false) => DestinationRegister(operand, type, wider).Offset;

    private Register DestinationRegister(Operand operand, PtxType type, bool wider = false)
    {
        if (operand is not NameOperand { Negated: false } name)
            throw Error("a destination must be a register");
        if (name.Name == "_")
        {
            int size = type == PtxType.Pred ? 0 : type.Size();
            if (!_sinks.TryGetValue(size, out Register? sink))
                _sinks[size] = sink = NewRegister("_", size switch { 0 => PtxType.Pred, 1 => PtxType.B8, 2 => PtxType.B16, 8 => PtxType.B64, _ => PtxType.B32 });
            return sink;
        }
        if (SpecialNames.ContainsKey(name.Name))
            throw Error($"{name.Name} cannot be written");
        Register register = Checked(Find(name.Name), type, wider);
        _destinations.Add(register.Number);
        return register;
    }

    /// <summary>A predicate source and whether it is negated. Literals stand for true and false.</summary>
    private (int Offset, bool Negated) Predicate(Operand operand)
    {
        if (operand is LiteralOperand literal)
        {
            Register constant = Constant(literal.Bits == 0 ? 0 : uint.MaxValue, 4);
            return (constant.Offset, false);
        }
        if (operand is not NameOperand name)
            throw Error("a predicate must stand here");
        Register register = Checked(Find(name.Name), PtxType.Pred, wider: false);
        _sources.Add(register.Number);
        return (register.Offset, name.Negated);
    }

    /// <summary>Where a memory operand points in a space; for a named variable its own space must be meant.</summary>
    private AddressOperandPlan Address(Operand operand, StateSpace space)
    {
        if (operand is not AddressOperand address)
            throw Error("a memory operand stands in brackets");
        if (address.Base is null && space != StateSpace.Local)
            throw Error("only .local addresses can be numbers");
        if (address.Base is null)
            return Plan(space, -1, false, address.Offset);
        switch (_statement.Scope.Find(address.Base))
        {
            case Variable variable:
                if (variable.Space == StateSpace.Param && space == StateSpace.Param && !_entry.Parameters.Contains(variable))
                    space = StateSpace.Local;
                else if (variable.Space != space && space != StateSpace.Generic)
                    throw Error($"{variable.Name} lies in another space");
                if (variable.Space is StateSpace.Global or StateSpace.Const)
                    return Plan(space, AddressOf(variable, 0, PtxType.U64).Offset, true, address.Offset);
                if (space == StateSpace.Generic)
                    throw Error($"{variable.Name} has no generic address before cvta");
                return Plan(space, -1, false, variable.Offset + address.Offset);
            default:
                Register register = Find(address.Base);
                bool wide = register.Type.Size() == 8;
                if (register.Type.IsFloat() || register.Type == PtxType.Pred || register.Type.Size() < 4)
                    throw Error($"{register.Name} is {register.Type.Name()}, which holds no address");
                if (!wide && space is not (StateSpace.Shared or StateSpace.Local))
                    throw Error($"{register.Name} is {register.Type.Name()}; addresses of this space take 64 bits");
                _sources.Add(register.Number);
                return Plan(space, register.Offset, wide, address.Offset);
        }
    }

    private static AddressOperandPlan Plan(StateSpace space, int register, bool wide, long distance) =>
        new() { Space = space, Base = register, BaseIsWide = wide, Distance = distance };
}
