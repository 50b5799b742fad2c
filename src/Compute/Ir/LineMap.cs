namespace GemmaIlgpu.Compute.Ir;

/// <summary>From which source lines the lines of a text came, for those who show one beside the other. Whoever writes the text
/// marks where each piece of it begins; the text is the same with and without a map.</summary>
public sealed class LineMap
{
    private readonly List<(int Start, SourceLocation[] Locations)> _marks = [];
    private SourceLocation[][] _lines = [];

    /// <summary>Gets the locations of each line, the one that matters most first; none for lines that no source line asked for. Where
    /// the code of a called method stands, the calls that led there are in <see cref="SourceLocation.CalledFrom"/>.</summary>
    public IReadOnlyList<IReadOnlyList<SourceLocation>> Lines => _lines;

    /// <summary>What begins at a position, up to the next mark, came from here.</summary>
    internal void Mark(int position, params IEnumerable<SourceLocation?> locations) =>
        _marks.Add((position, [.. locations.OfType<SourceLocation>().Distinct()]));

    /// <summary>Divides the finished text into lines.</summary>
    /// <param name="text">All of it.</param>
    /// <param name="offset">Where the part begins whose positions were marked.</param>
    internal void Finish(string text, int offset = 0)
    {
        var lines = new List<SourceLocation[]>();
        int mark = -1;
        for (int start = 0; start < text.Length;)
        {
            while (mark + 1 < _marks.Count && _marks[mark + 1].Start + offset <= start)
                mark++;
            lines.Add(mark < 0 ? [] : _marks[mark].Locations);
            int end = text.IndexOf('\n', start);
            start = end < 0 ? text.Length : end + 1;
        }
        _lines = [.. lines];
        _marks.Clear();
    }
}
