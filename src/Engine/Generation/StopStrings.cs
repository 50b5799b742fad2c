using System.Text;

namespace GemmaIlgpu.Engine.Generation;

/// <summary>
/// Holds back text that may be the beginning of a stop string, so that none is ever printed, even when it spans pieces.
/// </summary>
/// <param name="stops">The texts that end a generation; may be none.</param>
public sealed class StopStrings(IReadOnlyList<string> stops)
{
    private readonly StringBuilder _held = new();

    /// <summary>Adds a piece and returns what may be printed now.</summary>
    /// <param name="piece">New text.</param>
    /// <param name="stopped">Whether a stop string is complete; the returned text ends before it.</param>
    public string Push(string piece, out bool stopped)
    {
        stopped = false;
        if (stops.Count == 0)
            return piece;

        _held.Append(piece);
        string text = _held.ToString();
        int found = FindFirst(text);
        stopped = found >= 0;
        int printable = stopped ? found : text.Length - LongestOpenEnd(text);
        _held.Clear();
        if (!stopped)
            _held.Append(text, printable, text.Length - printable);
        return text[..printable];
    }

    /// <summary>What was held back, when the text ends for another reason.</summary>
    public string Flush()
    {
        string rest = _held.ToString();
        _held.Clear();
        return rest;
    }

    private int FindFirst(string text)
    {
        int first = -1;
        foreach (string stop in stops)
        {
            int at = text.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && (first < 0 || at < first))
                first = at;
        }

        return first;
    }

    // Length of the longest end of the text that a stop string begins with.
    private int LongestOpenEnd(string text)
    {
        int longest = 0;
        foreach (string stop in stops)
        {
            for (int length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                    longest = length;
            }
        }

        return longest;
    }
}
