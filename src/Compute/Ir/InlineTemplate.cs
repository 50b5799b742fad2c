namespace GemmaIlgpu.Compute.Ir;

/// <summary>The places of a text of inline PTX: %0, %1, … and %%.</summary>
public static class InlineTemplate
{
    /// <summary>A doubled percent sign, which stands for one.</summary>
    public const int Percent = -1;

    /// <summary>A percent sign with neither a number nor another one behind it.</summary>
    public const int Malformed = -2;

    /// <summary>Each place with its length and the number of its argument, or <see cref="Percent"/> or <see cref="Malformed"/>.</summary>
    public static IEnumerable<(int At, int Length, int Argument)> Places(string text)
    {
        for (int at = text.IndexOf('%'); at >= 0; at = at < text.Length ? text.IndexOf('%', at) : -1)
        {
            int end = at + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end]) && end - at < 4)
                end++;
            if (end > at + 1)
                yield return (at, end - at, int.Parse(text.AsSpan(at + 1, end - at - 1), null));
            else if (end < text.Length && text[end] == '%')
                yield return (at, ++end - at, Percent);
            else
                yield return (at, 1, Malformed);
            at = end;
        }
    }

    /// <summary>True if the text declares names (registers, labels, memory) outside braces, so that it must not stand twice in a function.</summary>
    public static bool DeclaresNames(string text)
    {
        int depth = 0;
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '{':
                    depth++;
                    break;
                case '}':
                    depth--;
                    break;
                case '.' when depth == 0 && (At(".reg", i) || At(".shared .", i) || At(".local .", i)):
                case ':' when depth == 0 && !At("::", i) && (i == 0 || text[i - 1] != ':'):
                    return true;
            }
        }
        return false;

        bool At(string word, int index) => string.CompareOrdinal(text, index, word, 0, word.Length) == 0;
    }
}
