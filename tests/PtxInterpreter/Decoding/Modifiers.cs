using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Decoding;

/// <summary>The words of an opcode after the first. Each decoder takes what it knows; what is left is an error.</summary>
internal sealed class Modifiers(Statement statement)
{
    private readonly List<string> _words = [.. statement.Opcode.Split('.').Skip(1)];

    public string Name { get; } = statement.Opcode.Split('.')[0];

    public PtxSyntaxException Error(string problem) => new(statement.Line, statement.Text, problem);

    public bool Take(string word) => _words.Remove(word);

    public bool Has(string word) => _words.Contains(word);

    /// <summary>The first of some words that is there, or null.</summary>
    public string? TakeAny(params string[] words)
    {
        string? found = words.FirstOrDefault(_words.Contains);
        if (found is not null)
            _words.Remove(found);
        return found;
    }

    /// <summary>Takes whatever is left, where nothing of it matters.</summary>
    public void TakeAll() => _words.Clear();

    /// <summary>The next word that names a type.</summary>
    public PtxType Type()
    {
        foreach (string word in _words)
        {
            if (PtxTypes.TryParse(word, out PtxType type))
            {
                _words.Remove(word);
                return type;
            }
        }
        throw Error($"'{statement.Opcode}' lacks a type");
    }

    /// <summary>All types that are left.</summary>
    public List<PtxType> Types()
    {
        List<PtxType> types = [];
        foreach (string word in _words.ToArray())
        {
            if (PtxTypes.TryParse(word, out PtxType type))
            {
                types.Add(type);
                _words.Remove(word);
            }
        }
        return types;
    }

    /// <summary>The type, which must be one of those given.</summary>
    public PtxType Type(params PtxType[] allowed)
    {
        PtxType type = Type();
        return allowed.Contains(type) ? type : throw Error($"{Name} does not take {type.Name()}");
    }

    public Operations.RoundingMode? Rounding() => TakeAny("rn", "rz", "rm", "rp", "rna") switch
    {
        "rn" => Operations.RoundingMode.Nearest,
        "rz" => Operations.RoundingMode.Zero,
        "rm" => Operations.RoundingMode.Down,
        "rp" => Operations.RoundingMode.Up,
        "rna" => Operations.RoundingMode.NearestAway,
        _ => null,
    };

    public void End()
    {
        if (_words.Count > 0)
            throw Error($"'.{_words[0]}' has no place in '{statement.Opcode}'");
    }
}
