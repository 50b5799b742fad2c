using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Decoding;

/// <summary>Gives an entry's statements their meaning: looks up operands, checks their types as the ISA demands,
/// and picks the instruction that carries each out.</summary>
internal sealed partial class Decoder
{
    private readonly ModuleSyntax _module;
    private readonly EntrySyntax _entry;
    private readonly List<int> _sources = [];
    private readonly List<int> _destinations = [];
    private Statement _statement;
    private Modifiers _modifiers;
    private bool _globalAtomics;

    private Decoder(ModuleSyntax module, EntrySyntax entry)
    {
        _module = module;
        _entry = entry;
        _statement = new Statement { Line = 0, Text = entry.Name, Opcode = "ret", Operands = [], Scope = module.Scope };
        _modifiers = new Modifiers(_statement);
    }

    public static KernelProgram Decode(ModuleSyntax module, EntrySyntax entry)
    {
        var decoder = new Decoder(module, entry);
        decoder.LayOut();
        List<Instruction> code = [];
        foreach (Statement statement in entry.Statements)
            code.Add(decoder.DecodeStatement(statement));
        // Falling off the end returns.
        code.Add(new Exit { Text = "the end", Name = "ret" });
        Variable? last = entry.Parameters.LastOrDefault();
        return new KernelProgram
        {
            Code = [.. code],
            RegisterBytes = decoder._registerBytes,
            RegisterCount = decoder._all.Count,
            RegisterNames = [.. decoder._all.Select(register => register.Name)],
            Constants = [.. decoder._constants.Values],
            Specials = [.. decoder._specials.Select(pair => (pair.Value, pair.Key))],
            VariableAddresses = decoder._variableAddresses,
            ParameterBytes = last is null ? 0 : checked((int)(last.Offset + last.Size)),
            StaticSharedBytes = decoder._sharedBytes,
            LocalBytes = decoder._localBytes,
            HasGlobalAtomics = decoder._globalAtomics,
        };
    }

    private PtxSyntaxException Error(string problem) => _modifiers.Error(problem);

    private Instruction DecodeStatement(Statement statement)
    {
        _statement = statement;
        _modifiers = new Modifiers(statement);
        _sources.Clear();
        _destinations.Clear();
        if (Requirements.Missing(_module, statement.Opcode) is { } missing)
            throw Error(missing);
        Instruction instruction;
        try
        {
            instruction = DecodeOpcode();
        }
        catch (ArgumentOutOfRangeException)
        {
            throw Error($"'{statement.Opcode}' takes more operands than {statement.Operands.Count}");
        }
        _modifiers.End();
        instruction.Line = statement.Line;
        instruction.Text = statement.Text;
        instruction.Name = _modifiers.Name;
        instruction.Sources = [.. _sources.Distinct()];
        instruction.Destinations = [.. _destinations.Distinct()];
        if (statement.Guard is { } guard)
        {
            Register register = Find(guard);
            if (register.Type != PtxType.Pred)
                throw Error($"the guard {guard} is {register.Type.Name()}, not .pred");
            instruction.Guard = register.Offset;
            instruction.GuardNumber = register.Number;
            instruction.GuardNegated = statement.GuardNegated;
        }
        return instruction;
    }

    private Instruction DecodeOpcode()
    {
        switch (_modifiers.Name)
        {
            case "add" or "sub" or "mul" or "mad" or "fma" or "div" or "rem" or "abs" or "neg" or "min" or "max" or "mul24" or "mad24"
                or "addc" or "subc" or "madc" or "sad" or "copysign":
                return Arithmetic();
            case "sqrt" or "rsqrt" or "rcp" or "ex2" or "lg2" or "sin" or "cos" or "tanh":
                return FloatFunction();
            case "and" or "or" or "xor" or "not" or "cnot" or "shl" or "shr" or "lop3" or "prmt" or "bfe" or "bfi" or "bfind" or "brev"
                or "clz" or "popc" or "shf" or "dp2a" or "dp4a" or "fns" or "bmsk" or "szext":
                return Bits();
            case "setp" or "set" or "selp" or "slct" or "testp":
                return Comparison();
            case "mov":
                return MoveInstruction();
            case "cvt":
                return Convert();
            case "ld" or "ldu" or "st" or "atom" or "red" or "cvta" or "isspacep" or "prefetch" or "prefetchu":
                return MemoryAccess();
            case "bra" or "brx" or "ret" or "exit" or "trap" or "brkpt" or "call" or "bar" or "barrier" or "membar" or "fence" or "nanosleep"
                or "griddepcontrol" or "setmaxnreg" or "pmevent" or "discard" or "applypriority" or "createpolicy":
                return Flow();
            case "shfl" or "vote" or "match" or "redux" or "activemask" or "elect":
                return AcrossLanes();
            case "mma" or "ldmatrix" or "stmatrix" or "movmatrix" or "cp":
                return Matrix();
            default:
                throw Error($"the interpreter does not know '{_modifiers.Name}'");
        }
    }

    private Operand Operand(int index) => _statement.Operands[index];

    private void Count(int low, int high)
    {
        if (_statement.Operands.Count < low || _statement.Operands.Count > high)
            throw Error($"'{_statement.Opcode}' takes {(low == high ? $"{low}" : $"{low} to {high}")} operands, not {_statement.Operands.Count}");
    }

    private void Count(int exactly) => Count(exactly, exactly);

    /// <summary>A lane function with its operands: destination, then sources, each of its type.</summary>
    private LaneInstruction Lanes(LaneInstruction instruction, PtxType destination, params PtxType[] sources)
    {
        Count(sources.Length + 1);
        instruction.A = Source(Operand(1), sources[0]);
        instruction.B = sources.Length > 1 ? Source(Operand(2), sources[1]) : instruction.A;
        instruction.C = sources.Length > 2 ? Source(Operand(3), sources[2]) : instruction.A;
        instruction.D = Destination(Operand(0), destination);
        return instruction;
    }

    /// <summary>The same from an open generic function and its type arguments.</summary>
    private LaneInstruction Lanes(Type function, Type[] arguments, PtxType destination, params PtxType[] sources) =>
        Lanes(LaneInstruction.Of(arguments.Length == 0 ? function : function.MakeGenericType(arguments)), destination, sources);
}
