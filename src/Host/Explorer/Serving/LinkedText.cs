using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Host.Explorer.Serving;

/// <summary>A stage of a kernel with the C# lines that its lines came from.</summary>
/// <param name="Lines">The text.</param>
/// <param name="Places">C# lines as "file:line".</param>
/// <param name="Links">For each line of the text the numbers of its places: first those it came from, then, behind -1, the calls that
/// led there.</param>
/// <param name="Refusal">Why there is no text: a sentence; null if there is.</param>
internal sealed record LinkedText(IReadOnlyList<string> Lines, IReadOnlyList<string> Places, IReadOnlyList<int[]> Links, string? Refusal)
{
    /// <summary>A stage that this kernel does not have.</summary>
    public static LinkedText Refused(string sentence) => new([], [], [], sentence);

    /// <summary>Joins a text and its map.</summary>
    public static LinkedText Of(string text, LineMap map) => Of([(text, map)]);

    /// <summary>Joins several texts and their maps, one after the other.</summary>
    public static LinkedText Of(IEnumerable<(string Text, LineMap Map)> parts)
    {
        List<string> lines = [], places = [];
        List<int[]> links = [];
        var numbers = new Dictionary<string, int>();
        foreach ((string text, LineMap map) in parts)
        {
            string[] here = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
            lines.AddRange(here);
            for (int i = 0; i < here.Length; i++)
                links.Add(Link(i < map.Lines.Count && here[i].Length > 0 ? map.Lines[i] : []));
        }
        return new(lines, places, links, null);

        int[] Link(IReadOnlyList<SourceLocation> locations)
        {
            if (locations.Count == 0)
                return [];
            int[] own = [.. locations.Select(Number).Distinct()];
            int[] calls = [.. locations.SelectMany(Callers).Select(Number).Distinct().Except(own)];
            return calls.Length == 0 ? own : [.. own, -1, .. calls];
        }

        int Number(SourceLocation location)
        {
            string place = SourceSections.Place(location.File, location.Line);
            if (!numbers.TryGetValue(place, out int number))
            {
                numbers[place] = number = places.Count;
                places.Add(place);
            }
            return number;
        }
    }

    private static IEnumerable<SourceLocation> Callers(SourceLocation location)
    {
        for (SourceLocation? call = location.CalledFrom; call is not null; call = call.CalledFrom)
            yield return call;
    }
}
