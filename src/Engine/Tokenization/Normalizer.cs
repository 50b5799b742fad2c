using System.Buffers;

namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>Brings text into the form that pieces are written in: spaces become U+2581, broken UTF-16 becomes U+FFFD.</summary>
/// <remarks>SentencePiece's identity normaliser with its whitespace options (src/normalizer.cc, behaviour of 0.1.97).</remarks>
internal static class Normalizer
{
    /// <summary>U+2581, the visible stand-in for a space inside pieces.</summary>
    public const char SpaceSymbol = '\u2581';

    /// <summary>The text with spaces escaped and lone surrogates replaced, unit for unit: lengths are equal.</summary>
    public static void Escape(ReadOnlySpan<char> text, Span<char> result, bool escapeSpaces)
    {
        if (escapeSpaces)
            text.Replace(result, ' ', SpaceSymbol);
        else
            text.CopyTo(result);

        for (int i = 0, next; (next = result[i..].IndexOfAnyInRange('\uD800', '\uDFFF')) >= 0;)
        {
            i += next;
            bool paired = char.IsHighSurrogate(result[i]) && i + 1 < result.Length && char.IsLowSurrogate(result[i + 1]);
            if (!paired)
                result[i] = '\uFFFD';
            i += paired ? 2 : 1;
        }
    }

    /// <summary>Normalises for plain encoding. The result needs room for one unit more than the text.</summary>
    /// <returns>Length of the result.</returns>
    public static int Normalize(ReadOnlySpan<char> text, Span<char> result, SentencePieceModel model, PrefixMatcher userDefined)
    {
        char space = model.EscapeWhitespaces ? SpaceSymbol : ' ';
        char[]? trimmed = null;
        if (model.RemoveExtraWhitespaces)
        {
            trimmed = ArrayPool<char>.Shared.Rent(text.Length);
            text = trimmed.AsSpan(0, RemoveExtraSpaces(text, trimmed, space, userDefined));
        }

        int length = 0;
        bool addSpace = model.AddDummyPrefix && !text.IsEmpty;
        if (addSpace && !model.WhitespaceAsSuffix)
            result[length++] = space;
        Escape(text, result.Slice(length, text.Length), model.EscapeWhitespaces);
        length += text.Length;
        if (addSpace && model.WhitespaceAsSuffix)
            result[length++] = space;

        if (trimmed is not null)
            ArrayPool<char>.Shared.Return(trimmed);
        return length;
    }

    /// <summary>
    /// Drops spaces at both ends and all but one of several in a row. A user-defined piece is taken whole, so spaces
    /// inside one stay, except that leading ones go after a space.
    /// </summary>
    private static int RemoveExtraSpaces(ReadOnlySpan<char> text, Span<char> result, char space, PrefixMatcher userDefined)
    {
        int length = 0;
        bool afterSpace = true;     // the start of the text counts as one
        while (!text.IsEmpty)
        {
            int taken = Math.Max(1, userDefined.Match(text, out _));
            var part = text[..taken];
            text = text[taken..];
            if (afterSpace)
                part = part.TrimStart(' ');
            if (part.IsEmpty)
                continue;
            part.CopyTo(result[length..]);
            length += part.Length;
            afterSpace = part[^1] == ' ';
        }
        // At the end SentencePiece looks at escaped text, where a typed U+2581 is a space too.
        while (length > 0 && (result[length - 1] == ' ' || result[length - 1] == space))
            length--;
        return length;
    }
}
