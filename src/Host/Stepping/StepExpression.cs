using System.Globalization;

namespace GemmaIlgpu.Host.Stepping;

/// <summary>A small C# expression over what a thread sees.</summary>
/// <param name="Text">As typed.</param>
/// <param name="Evaluate">Gives the value in a thread.</param>
/// <param name="Names">The names that it looks up there.</param>
internal sealed record StepExpression(string Text, Func<ThreadScope, object> Evaluate, IReadOnlySet<string> Names)
{
    /// <summary>Reads an expression.</summary>
    /// <exception cref="EvaluationException">It is none.</exception>
    public static StepExpression Parse(string text)
    {
        var parser = new ExpressionParser(text);
        return new(text.Trim(), parser.ParseAll(), parser.Names);
    }

    /// <summary>Reads expressions with commas, or just spaces, between them.</summary>
    public static IReadOnlyList<StepExpression> ParseList(string text)
    {
        var parts = new List<string>();
        int depth = 0, start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            char c = i < text.Length ? text[i] : ',';
            depth += c is '[' or '(' ? 1 : c is ']' or ')' ? -1 : 0;
            if (depth > 0 || c != ',')
                continue;
            if (text[start..i].Trim() is { Length: > 0 } part)
                parts.Add(part);
            start = i + 1;
        }
        // "i sum x[3]": what is no expression as a whole may be several.
        if (parts.Count == 1 && !IsExpression(parts[0]))
        {
            string[] words = parts[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (Array.TrueForAll(words, IsExpression))
                parts = [.. words];
        }
        return [.. parts.Select(Parse)];
    }

    /// <summary>The value as a condition.</summary>
    public bool IsTrue(ThreadScope scope) => Evaluate(scope) is var value && value is bool truth
        ? truth
        : throw new EvaluationException($"'{Text}' is {ValueText.Of(scope, value)}, not true or false.");

    private static bool IsExpression(string text)
    {
        try
        {
            Parse(text);
            return true;
        }
        catch (EvaluationException)
        {
            return false;
        }
    }
}

/// <summary>Operators on C# numbers, with C#'s promotions.</summary>
internal static class Arithmetic
{
    public static object Binary(string op, object left, object right)
    {
        if (left is bool a && right is bool b)
        {
            return op switch
            {
                "==" => a == b,
                "!=" or "^" => a != b,
                "&" => a && b,
                "|" => a || b,
                _ => throw new EvaluationException($"'{op}' does not take true and false."),
            };
        }
        (left, right) = (Number(left, op), Number(right, op));
        if (left is double || right is double)
            return Floating(op, Convert.ToDouble(left, null), Convert.ToDouble(right, null));
        if (left is float || right is float)
            return Floating(op, Convert.ToSingle(left, null), Convert.ToSingle(right, null)) is var result && result is double wide ? (float)wide : result;
        if (op is "<<" or ">>")
            return Shift(op, left, Convert.ToInt32(right, null));
        if (left is ulong || right is ulong)
            return Integer(op, Convert.ToUInt64(left, null), Convert.ToUInt64(right, null));
        if (left is int && right is int)
            return Integer(op, Convert.ToInt64(left, null), Convert.ToInt64(right, null)) is var narrow && narrow is long number ? (int)number : narrow;
        return Integer(op, Convert.ToInt64(left, null), Convert.ToInt64(right, null)) is var mixed && mixed is long bits && left is uint && right is uint ? (uint)bits : mixed;
    }

    public static object Unary(string op, object value) => (op, value is bool ? value : Number(value, op)) switch
    {
        ("!", bool truth) => !truth,
        ("-", int number) => (object)-number,
        ("-", uint or long) => -Convert.ToInt64(value, null),
        ("-", float number) => -number,
        ("-", double number) => -number,
        ("~", int number) => ~number,
        ("~", long number) => ~number,
        ("~", uint number) => ~number,
        _ => throw new EvaluationException($"'{op}' does not take {value}."),
    };

    public static object Cast(string type, object value)
    {
        value = Number(value, $"({type})");
        bool isFloat = value is float or double;
        return type switch
        {
            "float" => (object)Convert.ToSingle(value, null),
            "double" => Convert.ToDouble(value, null),
            "int" => isFloat ? (int)Convert.ToDouble(value, null) : value is ulong big ? (int)big : (int)Convert.ToInt64(value, null),
            "uint" => isFloat ? (uint)Convert.ToDouble(value, null) : value is ulong big ? (uint)big : (uint)Convert.ToInt64(value, null),
            _ => isFloat ? (long)Convert.ToDouble(value, null) : value is ulong big ? (long)big : Convert.ToInt64(value, null),
        };
    }

    private static object Number(object value, string op) => value switch
    {
        byte or sbyte or short or ushort or char => Convert.ToInt32(value, CultureInfo.InvariantCulture),
        Enum => Convert.ToInt32(value, CultureInfo.InvariantCulture),
        int or uint or long or ulong or float or double => value,
        StructValue { Fields: [(_, var only)] } => Number(only, op),
        UnwrittenValue nothing => throw new EvaluationException($"{nothing.Name} has not been written yet."),
        ViewValue view => throw new EvaluationException($"{view.Name} is a view; '{op}' takes numbers: {view.Name}[0], say, or {view.Name}.Length."),
        _ => throw new EvaluationException($"'{op}' takes numbers."),
    };

    private static object Floating(string op, double a, double b) => op switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" => a / b,
        "%" => a % b,
        _ => Compare(op, a, b) ?? throw new EvaluationException($"'{op}' does not take {a.ToString(CultureInfo.InvariantCulture)}."),
    };

    private static object Integer<T>(string op, T a, T b)
        where T : System.Numerics.IBinaryInteger<T> => op switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" or "%" when T.IsZero(b) => throw new EvaluationException($"{a} is divided by 0."),
        "/" => a / b,
        "%" => a % b,
        "&" => a & b,
        "|" => a | b,
        "^" => a ^ b,
        _ => Compare(op, a, b)!,
    };

    private static object? Compare<T>(string op, T a, T b)
        where T : System.Numerics.IComparisonOperators<T, T, bool> => op switch
    {
        "==" => a == b,
        "!=" => a != b,
        "<" => a < b,
        "<=" => a <= b,
        ">" => a > b,
        ">=" => a >= b,
        _ => null,
    };

    private static object Shift(string op, object value, int by) => value switch
    {
        int number => (object)(op == "<<" ? number << by : number >> by),
        uint number => op == "<<" ? number << by : number >> by,
        ulong number => op == "<<" ? number << by : number >> by,
        _ => op == "<<" ? (long)value << by : (long)value >> by,
    };
}
