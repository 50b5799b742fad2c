namespace GemmaIlgpu.PtxInterpreter.Text;

/// <summary>State spaces that a variable is declared in or an instruction accesses.</summary>
internal enum StateSpace { Generic, Register, Global, Shared, Local, Const, Param }

/// <summary>An operand as it is written.</summary>
internal abstract record Operand;

/// <summary>A register, variable, label, function or special register such as <c>%tid.x</c>.</summary>
internal sealed record NameOperand(string Name, bool Negated = false) : Operand;

/// <summary>A literal: the bits of an integer, or of a float with its size.</summary>
internal sealed record LiteralOperand(ulong Bits, LiteralKind Kind) : Operand;

internal enum LiteralKind { Integer, Float32, Float64, Decimal }

/// <summary><c>name+offset</c> outside brackets, as in <c>mov.u64 %rd1, table+16</c>.</summary>
internal sealed record SumOperand(string Name, long Offset) : Operand;

/// <summary><c>[base+offset]</c>; without a base the offset is the address.</summary>
internal sealed record AddressOperand(string? Base, long Offset) : Operand;

/// <summary><c>{a, b, ...}</c>.</summary>
internal sealed record VectorOperand(IReadOnlyList<Operand> Items) : Operand;

/// <summary><c>d|p</c>: two destinations.</summary>
internal sealed record PairOperand(Operand First, Operand Second) : Operand;

/// <summary><c>(a, b)</c> of a call.</summary>
internal sealed record ListOperand(IReadOnlyList<Operand> Items) : Operand;

/// <summary>A declared variable that is not a register.</summary>
internal sealed record Variable(string Name, StateSpace Space, PtxType Type, int Alignment, long Size, byte[]? Initial, bool External)
{
    /// <summary>Where it lies inside its space; set when the space is laid out.</summary>
    public long Offset { get; set; }

    /// <summary>Addresses of other variables inside the initial bytes: position, name, added bytes.</summary>
    public List<(int At, string Name, long Add)> Relocations { get; } = [];
}

/// <summary>One register as declared.</summary>
internal sealed class RegisterDeclaration(string name, PtxType type)
{
    public string Name => name;

    public PtxType Type => type;
}

/// <summary>One instruction as written, with names already resolved to what its scope declares.</summary>
internal sealed class Statement
{
    public required int Line { get; init; }

    public required string Text { get; init; }

    public required string Opcode { get; init; }

    public required IReadOnlyList<Operand> Operands { get; init; }

    public required Scope Scope { get; init; }

    public string? Guard { get; init; }

    public bool GuardNegated { get; init; }
}

/// <summary>A <c>{ }</c> block: what it declares hides what lies outside.</summary>
internal sealed class Scope(Scope? parent)
{
    private readonly Dictionary<string, object> _names = [];
    private readonly List<(string Prefix, int Count, PtxType Type)> _ranges = [];

    /// <summary>Branch targets of <c>brx.idx</c>, by the table's name.</summary>
    public Dictionary<string, IReadOnlyList<string>> BranchTables { get; } = [];

    public Scope? Parent => parent;

    /// <summary>Index of the first instruction after each label of this scope.</summary>
    public Dictionary<string, int> Labels { get; } = [];

    public bool Declare(string name, object what) => _names.TryAdd(name, what);

    public void DeclareRange(string prefix, int count, PtxType type) => _ranges.Add((prefix, count, type));

    /// <summary>The register or variable of that name, made from its range when asked for the first time.</summary>
    public object? Find(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Parent)
            if (scope.FindHere(name) is { } found)
                return found;
        return null;
    }

    public int? FindLabel(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Parent)
            if (scope.Labels.TryGetValue(name, out int index))
                return index;
        return null;
    }

    public IReadOnlyList<string>? FindBranchTable(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Parent)
            if (scope.BranchTables.TryGetValue(name, out IReadOnlyList<string>? labels))
                return labels;
        return null;
    }

    private object? FindHere(string name)
    {
        if (_names.TryGetValue(name, out object? found))
            return found;
        foreach ((string prefix, int count, PtxType type) in _ranges)
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal) || name.Length == prefix.Length)
                continue;
            ReadOnlySpan<char> digits = name.AsSpan(prefix.Length);
            bool canonical = digits.Length == 1 || digits[0] != '0';
            if (canonical && int.TryParse(digits, System.Globalization.NumberStyles.None, null, out int index) && index < count)
            {
                var register = new RegisterDeclaration(name, type);
                _names.Add(name, register);
                return register;
            }
        }
        return null;
    }
}

/// <summary>A <c>.entry</c> as written.</summary>
internal sealed class EntrySyntax
{
    public required string Name { get; init; }

    public required IReadOnlyList<Variable> Parameters { get; init; }

    public List<Statement> Statements { get; } = [];

    /// <summary>Shared, local and call-parameter variables declared in the body.</summary>
    public List<Variable> Variables { get; } = [];

    /// <summary>Most threads that .maxntid or .reqntid allow; 0 where neither is given.</summary>
    public int MaximumThreads { get; set; }

    /// <summary>The group's shape that .reqntid demands.</summary>
    public (int X, int Y, int Z)? RequiredGroup { get; set; }
}

/// <summary>A whole text.</summary>
internal sealed class ModuleSyntax
{
    public int VersionMajor { get; set; }

    public int VersionMinor { get; set; }

    public string Target { get; set; } = "";

    public List<Variable> Variables { get; } = [];

    public List<EntrySyntax> Entries { get; } = [];

    public Scope Scope { get; } = new(null);
}
