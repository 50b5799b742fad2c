using System.Globalization;
using System.Text.RegularExpressions;

namespace GemmaIlgpu.Host.Stepping;

/// <summary>Turns the text of an expression into what computes it, by C#'s precedence.</summary>
internal sealed partial class ExpressionParser
{
    private static readonly string[][] s_levels =
    [
        ["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<", "<=", ">", ">="], ["<<", ">>"], ["+", "-"], ["*", "/", "%"],
    ];

    private readonly string _text;
    private readonly string[] _tokens;
    private int _at;

    public ExpressionParser(string text)
    {
        _text = text.Trim();
        _tokens = [.. Token().Matches(_text).Select(match => match.Value)];
        if (string.Concat(_tokens) != string.Concat(_text.Where(c => !char.IsWhiteSpace(c))))
            throw new EvaluationException($"'{_text}' is no expression.");
    }

    /// <summary>Gets the names that are looked up in a thread.</summary>
    public HashSet<string> Names { get; } = [];

    private string? Next => _at < _tokens.Length ? _tokens[_at] : null;

    /// <summary>The whole text.</summary>
    public Func<ThreadScope, object> ParseAll()
    {
        Func<ThreadScope, object> result = Level(0);
        return Next is null ? result : throw Unexpected();
    }

    private EvaluationException Unexpected() =>
        new(_tokens.Length == 0 ? "An expression is missing." : Next is null ? $"'{_text}' ends too early." : $"'{_text}' is no expression: '{Next}' was not expected.");

    private bool Take(string token)
    {
        if (Next != token)
            return false;
        _at++;
        return true;
    }

    private void Expect(string token)
    {
        if (!Take(token))
            throw Unexpected();
    }

    private Func<ThreadScope, object> Level(int level)
    {
        if (level == s_levels.Length)
            return Unary();
        Func<ThreadScope, object> left = Level(level + 1);
        while (Next is { } op && s_levels[level].Contains(op))
        {
            _at++;
            Func<ThreadScope, object> first = left, second = Level(level + 1);
            left = op switch
            {
                "||" => scope => Truth(first(scope), op) || Truth(second(scope), op),
                "&&" => scope => Truth(first(scope), op) && Truth(second(scope), op),
                _ => scope => Arithmetic.Binary(op, first(scope), second(scope)),
            };
        }
        return left;
    }

    private static bool Truth(object value, string op) =>
        value is bool truth ? truth : throw new EvaluationException($"'{op}' takes true and false.");

    private Func<ThreadScope, object> Unary()
    {
        if (Next is "!" or "-" or "~")
        {
            string op = _tokens[_at++];
            Func<ThreadScope, object> operand = Unary();
            return scope => Arithmetic.Unary(op, operand(scope));
        }
        if (Next == "(" && _at + 2 < _tokens.Length && _tokens[_at + 1] is "int" or "uint" or "long" or "float" or "double" && _tokens[_at + 2] == ")")
        {
            string type = _tokens[_at + 1];
            _at += 3;
            Func<ThreadScope, object> operand = Unary();
            return scope => Arithmetic.Cast(type, operand(scope));
        }
        return Postfix(Primary());
    }

    private Func<ThreadScope, object> Primary()
    {
        if (Take("("))
        {
            Func<ThreadScope, object> inner = Level(0);
            Expect(")");
            return inner;
        }
        if (Next is not { } token || !(char.IsLetterOrDigit(token[0]) || token[0] is '_' or '.' or '@'))
            throw Unexpected();
        _at++;
        if (token is "true" or "false")
            return _ => token == "true";
        if (char.IsDigit(token[0]) || token[0] == '.')
        {
            object number = Number(token);
            return _ => number;
        }
        string name = token.TrimStart('@');
        if (Next == "." && _at + 1 < _tokens.Length && name is "Group" or "Grid" or "Warp")
        {
            string member = _tokens[_at + 1];
            _at += 2;
            return scope => scope.ResolveStatic(name, member) ?? Member(scope.Resolve(name), member);
        }
        Names.Add(name);
        return scope => scope.Resolve(name);
    }

    private Func<ThreadScope, object> Postfix(Func<ThreadScope, object> start)
    {
        Func<ThreadScope, object> result = start;
        while (true)
        {
            Func<ThreadScope, object> inner = result;
            if (Take("."))
            {
                if (Next is not { } member)
                    throw Unexpected();
                _at++;
                result = scope => Member(inner(scope), member);
            }
            else if (Take("["))
            {
                result = Index(inner);
            }
            else
            {
                return result;
            }
        }
    }

    private Func<ThreadScope, object> Index(Func<ThreadScope, object> view)
    {
        var indices = new List<Func<ThreadScope, object>> { Level(0) };
        if (Take(".."))
        {
            Func<ThreadScope, object> end = Level(0);
            Expect("]");
            return scope => Slice(scope, ViewOf(view(scope)), Whole(indices[0](scope)), Whole(end(scope)));
        }
        while (Take(","))
            indices.Add(Level(0));
        Expect("]");
        return scope =>
        {
            object value = view(scope);
            long[] at = [.. indices.SelectMany(index => Wholes(index(scope)))];
            return value is ElementsValue elements && at is [long only] ? elements.At(only) : StepValues.Element(scope, ViewOf(value), at);
        };
    }

    private static ViewValue ViewOf(object value) => value as ViewValue ?? throw new EvaluationException("Only views and arrays have elements.");

    private static SliceValue Slice(ThreadScope scope, ViewValue view, long first, long end)
    {
        const int MostElements = 1024;
        if (end < first || end - first > MostElements)
            throw new EvaluationException($"{first}..{end} is no range of up to {MostElements} elements.");
        return new(first, [.. Enumerable.Range(0, (int)(end - first)).Select(i => StepValues.Element(scope, view, first + i))]);
    }

    private static IEnumerable<long> Wholes(object index) => index is StructValue { Fields: var fields } ? fields.SelectMany(field => Wholes(field.Value)) : [Whole(index)];

    private static long Whole(object index) => index is float or double or bool or ViewValue
        ? throw new EvaluationException("An index is a whole number.")
        : (long)Arithmetic.Cast("long", index);

    private static object Member(object value, string member) => (value, member) switch
    {
        (ViewValue view, "Length" or "length") => view.Length,
        (ViewValue view, "IntLength") => (int)view.Length,
        (ViewValue { Extents: [var x, ..] }, "X") => x,
        (ViewValue view, "Extent" or "IntExtent") => Extent(view),
        (StructValue { Fields: var fields }, _) when Array.Exists(fields, field => field.Name == member) => Array.Find(fields, field => field.Name == member).Value,
        _ => throw new EvaluationException($"There is no member '{member}' there."),
    };

    // As "Extent.X" or "IntExtent.Y" asks for it.
    private static StructValue Extent(ViewValue view) =>
        new(typeof(ILGPU.LongIndex3D), [.. view.Extents.Select((extent, i) => ($"{"XYZ"[i]}", (object)extent))]);

    private static object Number(string token)
    {
        string digits = token.Replace("_", "", StringComparison.Ordinal);
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return long.TryParse(digits[2..].TrimEnd('u', 'U', 'l', 'L'), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out long hex)
                ? Narrow(hex)
                : throw new EvaluationException($"'{token}' is no number.");
        }
        bool isFloat = digits.Contains('.', StringComparison.Ordinal) || digits.Contains('e', StringComparison.OrdinalIgnoreCase) || digits[^1] is 'f' or 'F' or 'd' or 'D';
        string plain = digits.TrimEnd('f', 'F', 'd', 'D', 'u', 'U', 'l', 'L');
        if (isFloat && double.TryParse(plain, CultureInfo.InvariantCulture, out double number))
            return digits[^1] is 'f' or 'F' ? (object)(float)number : number;
        if (!isFloat && long.TryParse(plain, CultureInfo.InvariantCulture, out long whole))
            return digits[^1] is 'l' or 'L' ? whole : Narrow(whole);
        throw new EvaluationException($"'{token}' is no number.");
    }

    private static object Narrow(long value) => value == (int)value ? (object)(int)value : value;

    [GeneratedRegex(@"0[xX][0-9A-Fa-f_]+[uUlL]*|[0-9][0-9_]*(?:\.[0-9][0-9_]*)?(?:[eE][+-]?[0-9]+)?[fFdDuUlL]*|\.[0-9]+[fFdD]?|@?[A-Za-z_][A-Za-z0-9_]*|\|\||&&|==|!=|<=|>=|<<|>>|\.\.|[-+*/%!~<>&|^()\[\].,]")]
    private static partial Regex Token();
}
