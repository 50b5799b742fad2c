using System.Globalization;

namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>Replaces halves of surrogate pairs, which are no characters, by U+FFFD.</summary>
internal static class LoneSurrogates
{
    /// <summary>The text with each lone surrogate replaced.</summary>
    public static string Replace(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
            return text;
        var result = new char[text.Length];
        Normalizer.Escape(text, result, escapeSpaces: false);
        return new string(result);
    }

    /// <summary>
    /// JSON text with lone surrogates replaced, raw ones and those written as \uD800: JSON allows them, but
    /// System.Text.Json refuses to make a string of them.
    /// </summary>
    public static string Escape(string json)
    {
        json = Replace(json);
        if (!json.Contains(@"\ud", StringComparison.OrdinalIgnoreCase))
            return json;

        var result = json.ToCharArray();
        for (int i = 0; i + 1 < json.Length;)
        {
            if (json[i] != '\\')
                i++;
            else if (!TryUnit(json, i, out char unit) || !char.IsSurrogate(unit))
                i += 2;     // \\ must not make the u after it an escape
            else if (char.IsHighSurrogate(unit) && TryUnit(json, i + 6, out char low) && char.IsLowSurrogate(low))
                i += 12;
            else
            {
                result[i + 2] = result[i + 3] = result[i + 4] = 'F';
                result[i + 5] = 'D';
                i += 6;
            }
        }
        return new string(result);
    }

    /// <summary>Reads a \uXXXX escape.</summary>
    private static bool TryUnit(string json, int at, out char unit)
    {
        ushort code = 0;
        bool found = at + 6 <= json.Length && json[at] == '\\' && json[at + 1] == 'u' &&
            ushort.TryParse(json.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code);
        unit = (char)code;
        return found;
    }
}
