namespace GemmaIlgpu.PtxInterpreter.Text;

/// <summary>Reads a PTX text: module directives, variables and entries. Instructions keep their opcode as text;
/// the decoder gives it a meaning.</summary>
internal sealed partial class Parser
{
    private static readonly HashSet<string> Linkage = [".visible", ".extern", ".weak", ".common"];

    private readonly Cursor _text;
    private readonly ModuleSyntax _module = new();

    private Parser(string text) => _text = new Cursor(text);

    public static ModuleSyntax Parse(string text)
    {
        var parser = new Parser(text);
        parser.ParseModule();
        return parser._module;
    }

    private void ParseModule()
    {
        if (!_text.TakeDirective(".version"))
            throw _text.Error("a PTX text begins with .version");
        string[] version = ReadVersion().Split('.');
        _module.VersionMajor = int.Parse(version[0], System.Globalization.CultureInfo.InvariantCulture);
        _module.VersionMinor = int.Parse(version[1], System.Globalization.CultureInfo.InvariantCulture);
        if (!_text.TakeDirective(".target"))
            throw _text.Error(".version is followed by .target");
        _module.Target = _text.Name();
        while (_text.Take(','))
            _text.Name();
        while (!_text.AtEnd)
            ParseModuleItem();
    }

    private string ReadVersion()
    {
        LiteralOperand number = _text.Number();
        double value = number.Kind == LiteralKind.Decimal ? BitConverter.UInt64BitsToDouble(number.Bits) : throw _text.Error(".version takes major.minor");
        return value.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture);
    }

    private void ParseModuleItem()
    {
        bool external = false;
        while (_text.PeekDirective() is { } linkage && Linkage.Contains(linkage))
        {
            external |= linkage == ".extern";
            _text.TakeDirective();
        }
        switch (_text.PeekDirective())
        {
            case ".address_size":
                _text.TakeDirective();
                if (_text.Integer() != 64)
                    throw _text.Error("only .address_size 64 is taken");
                return;
            case ".entry":
                _text.TakeDirective();
                ParseEntry();
                return;
            case ".func":
                _text.TakeDirective();
                ParseFunctionDeclaration(external);
                return;
            case ".file" or ".loc" or ".section":
                _text.SkipLine();
                return;
            case ".pragma":
                _text.TakeDirective();
                _text.Quoted();
                _text.Expect(';');
                return;
            case ".global" or ".const" or ".shared":
                ParseVariables(_module.Scope, _module.Variables, external);
                return;
            default:
                throw _text.Error($"expected a declaration, found {_text.PeekDirective() ?? _text.Describe()}");
        }
    }

    /// <summary>Functions are known only as outer ones that a call names (vprintf).</summary>
    private void ParseFunctionDeclaration(bool external)
    {
        if (_text.Peek() == '(')
            ParseParameters();
        string name = _text.Name();
        ParseParameters();
        if (!_text.Take(';'))
            throw _text.Error($"function {name} has a body; only outer functions are taken");
        if (!external)
            throw _text.Error($"function {name} must be .extern");
    }

    private void ParseEntry()
    {
        var scope = new Scope(_module.Scope);
        string name = _text.Name();
        List<Variable> parameters = _text.Peek() == '(' ? ParseParameters() : [];
        var entry = new EntrySyntax { Name = name, Parameters = parameters };
        foreach (Variable parameter in parameters)
            if (!scope.Declare(parameter.Name, parameter))
                throw _text.Error($"parameter {parameter.Name} is declared twice");
        ParseEntryDirectives(entry);
        _text.Expect('{');
        ParseBody(entry, scope);
        _module.Entries.Add(entry);
    }

    private void ParseEntryDirectives(EntrySyntax entry)
    {
        while (_text.TakeDirective() is { } directive)
        {
            switch (directive)
            {
                case ".maxntid":
                    entry.MaximumThreads = ReadSizes().Aggregate(1, (a, b) => a * b);
                    break;
                case ".reqntid":
                    int[] sizes = ReadSizes();
                    entry.RequiredGroup = (sizes[0], sizes.Length > 1 ? sizes[1] : 1, sizes.Length > 2 ? sizes[2] : 1);
                    entry.MaximumThreads = sizes.Aggregate(1, (a, b) => a * b);
                    break;
                case ".minnctapersm" or ".maxnctapersm" or ".maxnreg":
                    _text.Integer();
                    break;
                case ".pragma":
                    _text.Quoted();
                    _text.Take(';');
                    break;
                default:
                    throw _text.Error($"{directive} is not taken before a body");
            }
        }
    }

    private int[] ReadSizes()
    {
        List<int> sizes = [checked((int)_text.Integer())];
        while (_text.Take(','))
            sizes.Add(checked((int)_text.Integer()));
        return [.. sizes];
    }

    private List<Variable> ParseParameters()
    {
        _text.Expect('(');
        List<Variable> parameters = [];
        while (!_text.Take(')'))
        {
            if (!_text.TakeDirective(".param"))
                throw _text.Error("a parameter begins with .param");
            parameters.Add(ParseVariable(StateSpace.Param, external: false));
            if (_text.Peek() != ')')
                _text.Expect(',');
        }
        long offset = 0;
        foreach (Variable parameter in parameters)
        {
            offset = (offset + parameter.Alignment - 1) / parameter.Alignment * parameter.Alignment;
            parameter.Offset = offset;
            offset += parameter.Size;
        }
        return parameters;
    }
}
