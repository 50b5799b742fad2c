using GemmaIlgpu.PtxInterpreter.Decoding;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter;

/// <summary>A PTX text that was read and checked, ready to run.</summary>
public sealed class PtxModule
{
    private readonly Dictionary<string, PtxEntry> _entries;

    private PtxModule(ModuleSyntax syntax)
    {
        Target = syntax.Target;
        Version = (syntax.VersionMajor, syntax.VersionMinor);
        DeviceVariables = [.. syntax.Variables.Where(variable => variable.Space is StateSpace.Global or StateSpace.Const)];
        _entries = syntax.Entries.ToDictionary(entry => entry.Name, entry => new PtxEntry(this, entry, Decoder.Decode(syntax, entry)));
    }

    /// <summary>As in <c>.target sm_80</c>.</summary>
    public string Target { get; }

    public (int Major, int Minor) Version { get; }

    public IReadOnlyCollection<PtxEntry> Entries => _entries.Values;

    internal IReadOnlyList<Variable> DeviceVariables { get; }

    /// <summary>Reads a text; throws <see cref="PtxSyntaxException"/> where it is not PTX or breaks the ISA's rules.</summary>
    public static PtxModule Parse(string text) => new(Parser.Parse(text));

    public PtxEntry GetEntry(string name) => _entries.TryGetValue(name, out PtxEntry? entry)
        ? entry
        : throw new ArgumentException($"The PTX has no entry {name}; it has {string.Join(", ", _entries.Keys)}.", nameof(name));

    public bool HasEntry(string name) => _entries.ContainsKey(name);
}
