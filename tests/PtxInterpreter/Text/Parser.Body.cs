namespace GemmaIlgpu.PtxInterpreter.Text;

internal sealed partial class Parser
{
    private void ParseBody(EntrySyntax entry, Scope scope)
    {
        while (!_text.Take('}'))
        {
            if (_text.AtEnd)
                throw _text.Error($"the body of {entry.Name} does not end");
            if (_text.Take('{'))
                ParseBody(entry, new Scope(scope));
            else if (_text.PeekDirective() is { } directive)
                ParseBodyDirective(directive, entry, scope);
            else if (_text.TakeLabel() is { } label)
                ParseLabel(label, entry, scope);
            else
                entry.Statements.Add(ParseStatement(scope));
        }
    }

    private void ParseLabel(string label, EntrySyntax entry, Scope scope)
    {
        if (_text.TakeDirective(".branchtargets"))
        {
            List<string> targets = [_text.Name()];
            while (_text.Take(','))
                targets.Add(_text.Name());
            _text.Expect(';');
            scope.BranchTables[label] = targets;
        }
        else if (!scope.Labels.TryAdd(label, entry.Statements.Count))
            throw _text.Error($"label {label} is declared twice");
    }

    private void ParseBodyDirective(string directive, EntrySyntax entry, Scope scope)
    {
        switch (directive)
        {
            case ".reg":
                _text.TakeDirective();
                ParseRegisters(scope);
                break;
            case ".pragma":
                _text.TakeDirective();
                _text.Quoted();
                _text.Expect(';');
                break;
            case ".loc" or ".file":
                _text.SkipLine();
                break;
            case ".shared" or ".local" or ".param":
                ParseVariables(scope, entry.Variables, external: false);
                break;
            default:
                throw _text.Error($"{directive} is not taken in a body");
        }
    }

    private void ParseRegisters(Scope scope)
    {
        string? name = _text.TakeDirective();
        if (name is ".v2" or ".v4")
            throw _text.Error("vector registers are not taken; name the elements");
        if (name is null || !PtxTypes.TryParse(name[1..], out PtxType type))
            throw _text.Error($"{name} is not a register's type");
        if (type is PtxType.TF32 or PtxType.BF16 or PtxType.BF16x2)
            throw _text.Error($"{name} is no fundamental type; registers of it are declared as bits");
        do
        {
            string register = _text.Name();
            if (_text.Take('<'))
            {
                scope.DeclareRange(register, checked((int)_text.Integer()), type);
                _text.Expect('>');
            }
            else if (!scope.Declare(register, new RegisterDeclaration(register, type)))
                throw _text.Error($"{register} is declared twice");
        }
        while (_text.Take(','));
        _text.Expect(';');
    }

    private Statement ParseStatement(Scope scope)
    {
        int line = _text.Line, start = _text.Position;
        string? guard = null;
        bool negated = false;
        if (_text.Take('@'))
        {
            negated = _text.Take('!');
            guard = _text.Name();
        }
        string opcode = _text.Opcode();
        List<Operand> operands = [];
        if (_text.Peek() != ';')
        {
            do
                operands.Add(ParseOperand());
            while (_text.Take(','));
        }
        _text.Expect(';');
        return new Statement
        {
            Line = line,
            Text = _text.Since(start),
            Opcode = opcode,
            Operands = operands,
            Scope = scope,
            Guard = guard,
            GuardNegated = negated,
        };
    }

    private Operand ParseOperand()
    {
        Operand first = ParseSimpleOperand();
        return _text.Take('|') ? new PairOperand(first, ParseSimpleOperand()) : first;
    }

    private Operand ParseSimpleOperand()
    {
        if (_text.Take('{'))
            return new VectorOperand(ParseItems('}'));
        if (_text.Take('('))
            return new ListOperand(ParseItems(')'));
        if (_text.Take('['))
            return ParseAddress();
        if (_text.Take('!'))
            return new NameOperand(_text.Name(), Negated: true);
        if (_text.AtNumber)
            return _text.Number();
        string name = _text.Name();
        name += _text.TakeComponent();
        return Distance() is { } distance ? new SumOperand(name, distance) : new NameOperand(name);
    }

    private List<Operand> ParseItems(char end)
    {
        List<Operand> items = [];
        while (!_text.Take(end))
        {
            items.Add(ParseOperand());
            if (_text.Peek() != end)
                _text.Expect(',');
        }
        return items;
    }

    private AddressOperand ParseAddress()
    {
        string? name = _text.AtName ? _text.Name() : null;
        long offset = name is null ? _text.Integer() : Distance() ?? 0;
        _text.Expect(']');
        return new AddressOperand(name, offset);
    }

    /// <summary>What is added to a name. Nothing can be subtracted: a negative number is added, as in <c>%rd1+-4</c>.</summary>
    private long? Distance() => _text.Take('+') ? _text.Integer() : null;
}
