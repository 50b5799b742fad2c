using System.Globalization;

namespace GemmaIlgpu.PtxInterpreter.Text;

/// <summary>Reads words, numbers and signs off the text, skipping blanks and comments.</summary>
internal sealed class Cursor(string text)
{
    private int _position;
    private int _countedTo;
    private int _line = 1;

    public bool AtEnd
    {
        get
        {
            SkipBlanks();
            return _position >= text.Length;
        }
    }

    public int Position
    {
        get
        {
            SkipBlanks();
            return _position;
        }
    }

    /// <summary>Line of the next word.</summary>
    public int Line
    {
        get
        {
            SkipBlanks();
            for (; _countedTo < _position; _countedTo++)
                if (text[_countedTo] == '\n')
                    _line++;
            return _line;
        }
    }

    /// <summary>The text from a position up to here, on one line.</summary>
    public string Since(int position) => string.Join(' ', text[position.._position].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    public PtxSyntaxException Error(string problem)
    {
        int line = Line;
        string[] lines = text.Split('\n');
        return new PtxSyntaxException(line, line <= lines.Length ? lines[line - 1] : "", problem);
    }

    public char Peek()
    {
        SkipBlanks();
        return _position < text.Length ? text[_position] : '\0';
    }

    public bool Take(char sign)
    {
        if (Peek() != sign)
            return false;
        _position++;
        return true;
    }

    public void Expect(char sign)
    {
        if (!Take(sign))
            throw Error($"expected '{sign}', found {Describe()}");
    }

    /// <summary>A directive such as <c>.reg</c>, without taking it; null where none comes next.</summary>
    public string? PeekDirective()
    {
        if (Peek() != '.' || _position + 1 >= text.Length || !IsStart(text[_position + 1]))
            return null;
        int end = _position + 1;
        while (end < text.Length && IsPart(text[end]))
            end++;
        return text[_position..end];
    }

    public string? TakeDirective()
    {
        string? directive = PeekDirective();
        _position += directive?.Length ?? 0;
        return directive;
    }

    public bool TakeDirective(string directive)
    {
        if (PeekDirective() != directive)
            return false;
        _position += directive.Length;
        return true;
    }

    public bool AtName => IsStart(Peek());

    public string Name()
    {
        if (!AtName)
            throw Error($"expected a name, found {Describe()}");
        int start = _position++;
        while (_position < text.Length && IsPart(text[_position]))
            _position++;
        return text[start.._position];
    }

    /// <summary>A label, or null with nothing taken when the next name is no label.</summary>
    public string? TakeLabel()
    {
        if (!AtName)
            return null;
        int start = _position;
        string name = Name();
        if (Peek() == ':' && (_position + 1 >= text.Length || text[_position + 1] != ':'))
        {
            _position++;
            return name;
        }
        _position = start;
        return null;
    }

    /// <summary>An opcode with its modifiers, as in <c>ld.global.L1::no_allocate.v4.f32</c>.</summary>
    public string Opcode()
    {
        int start = Position;
        Name();
        while (_position < text.Length && (IsPart(text[_position]) || text[_position] is '.' or ':'))
            _position++;
        return text[start.._position];
    }

    /// <summary>A component such as <c>.x</c> that touches the name before it.</summary>
    public string TakeComponent()
    {
        if (_position + 1 < text.Length && text[_position] == '.' && text[_position + 1] is 'x' or 'y' or 'z' or 'w'
            && (_position + 2 >= text.Length || !IsPart(text[_position + 2])))
        {
            _position += 2;
            return text[(_position - 2).._position];
        }
        return "";
    }

    public bool AtNumber => char.IsAsciiDigit(Peek()) || (Peek() is '-' or '+');

    /// <summary>An integer or float literal, with its sign.</summary>
    public LiteralOperand Number()
    {
        bool negative = false;
        while (Peek() is '-' or '+')
            negative ^= text[_position++] == '-';
        int start = Position;
        while (_position < text.Length && (char.IsAsciiLetterOrDigit(text[_position]) || text[_position] == '.'
            || (text[_position] is '-' or '+' && text[_position - 1] is 'e' or 'E' && !text[start.._position].StartsWith("0x", StringComparison.OrdinalIgnoreCase))))
            _position++;
        string word = text[start.._position];
        LiteralOperand literal = Parse(word) ?? throw Error($"'{word}' is not a number");
        if (!negative)
            return literal;
        return literal.Kind switch
        {
            LiteralKind.Integer => literal with { Bits = 0 - literal.Bits },
            LiteralKind.Float32 => literal with { Bits = literal.Bits ^ 0x8000_0000 },
            _ => literal with { Bits = literal.Bits ^ (1UL << 63) },
        };
    }

    /// <summary>An integer where a constant must stand.</summary>
    public long Integer()
    {
        LiteralOperand literal = Number();
        return literal.Kind == LiteralKind.Integer ? (long)literal.Bits : throw Error("expected an integer");
    }

    /// <summary>Takes what is quoted.</summary>
    public string Quoted()
    {
        Expect('"');
        int end = text.IndexOf('"', _position);
        if (end < 0)
            throw Error("a string does not end");
        string quoted = text[_position..end];
        _position = end + 1;
        return quoted;
    }

    /// <summary>Skips to the end of the line.</summary>
    public void SkipLine()
    {
        while (_position < text.Length && text[_position] != '\n')
            _position++;
    }

    public string Describe() => AtEnd ? "the end of the text" : $"'{text[_position]}'";

    private static LiteralOperand? Parse(string word)
    {
        if (word.Length == 10 && word.StartsWith("0f", StringComparison.OrdinalIgnoreCase) && uint.TryParse(word.AsSpan(2), NumberStyles.AllowHexSpecifier, null, out uint single))
            return new LiteralOperand(single, LiteralKind.Float32);
        if (word.Length == 18 && word.StartsWith("0d", StringComparison.OrdinalIgnoreCase) && ulong.TryParse(word.AsSpan(2), NumberStyles.AllowHexSpecifier, null, out ulong wide))
            return new LiteralOperand(wide, LiteralKind.Float64);
        string digits = word.TrimEnd('U');
        ulong bits;
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, null, out bits) ? new LiteralOperand(bits, LiteralKind.Integer) : null;
        if (digits.StartsWith("0b", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(digits.AsSpan(2), NumberStyles.AllowBinarySpecifier, null, out bits) ? new LiteralOperand(bits, LiteralKind.Integer) : null;
        if (ulong.TryParse(digits, NumberStyles.None, null, out bits))
        {
            bool octal = digits.Length > 1 && digits[0] == '0';
            return octal ? null : new LiteralOperand(bits, LiteralKind.Integer);
        }
        return double.TryParse(word, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double value)
            ? new LiteralOperand(BitConverter.DoubleToUInt64Bits(value), LiteralKind.Decimal)
            : null;
    }

    private static bool IsStart(char sign) => char.IsAsciiLetter(sign) || sign is '_' or '$' or '%';

    private static bool IsPart(char sign) => char.IsAsciiLetterOrDigit(sign) || sign is '_' or '$';

    private void SkipBlanks()
    {
        while (_position < text.Length)
        {
            if (char.IsWhiteSpace(text[_position]))
                _position++;
            else if (text.AsSpan(_position).StartsWith("//"))
                SkipLine();
            else if (text.AsSpan(_position).StartsWith("/*"))
            {
                int end = text.IndexOf("*/", _position + 2, StringComparison.Ordinal);
                _position = end < 0 ? text.Length : end + 2;
            }
            else
                break;
        }
    }
}
