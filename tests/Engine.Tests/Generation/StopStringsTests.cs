using FsCheck;
using FsCheck.Fluent;
using GemmaIlgpu.Engine.Generation;

namespace GemmaIlgpu.Engine.Tests.Generation;

public class StopStringsTests
{
    [Test]
    public void Prints_everything_without_stop_strings()
    {
        var stops = new StopStrings([]);

        Assert.That(stops.Push("abc", out bool stopped), Is.EqualTo("abc"));
        Assert.That(stopped, Is.False);
    }

    [Test]
    public void Holds_back_a_beginning_until_it_is_clear()
    {
        var stops = new StopStrings(["END", "NO"]);

        Assert.That(stops.Push("the E", out _), Is.EqualTo("the "));
        Assert.That(stops.Push("N", out _), Is.EqualTo(""));
        Assert.That(stops.Push("Emy N", out _), Is.EqualTo("ENEmy "));
        Assert.That(stops.Flush(), Is.EqualTo("N"));
    }

    [Test]
    public void Stops_before_a_string_that_spans_pieces()
    {
        var stops = new StopStrings(["END"]);
        stops.Push("the E", out _);

        Assert.That(stops.Push("ND of it", out bool stopped), Is.EqualTo(""));
        Assert.That(stopped);
        Assert.That(stops.Flush(), Is.EqualTo(""));
    }

    [Test]
    public void The_first_of_several_stops()
    {
        var stops = new StopStrings(["bc", "abcd", "d"]);

        Assert.That(stops.Push("xxabc", out bool stopped), Is.EqualTo("xxa"));
        Assert.That(stopped);
    }

    [Test]
    public void Any_cutting_into_pieces_prints_the_same()
    {
        // Few letters, so that stop strings and their beginnings come up often.
        Gen<string> letters = Gen.Elements('a', 'b', 'c').ListOf().Select(list => string.Concat(list));
        Gen<(string[] Stops, string[] Pieces)> cases =
            from stops in letters.Where(text => text.Length is > 0 and < 5).ArrayOf(2)
            from pieces in letters.ArrayOf()
            select (stops, pieces);

        Prop.ForAll(cases.ToArbitrary(), ((string[] Stops, string[] Pieces) test) =>
        {
            string whole = string.Concat(test.Pieces);
            int cut = test.Stops.Select(stop => whole.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(whole.Length).Min();
            // A longer stop string that begins earlier may complete later than a shorter one inside it; then the shorter one stops.
            string printed = Run(test.Stops, test.Pieces, out bool stopped);
            return stopped
                ? whole.StartsWith(printed, StringComparison.Ordinal) && test.Stops.Any(stop => whole.AsSpan(printed.Length).StartsWith(stop)) && test.Stops.All(stop => !printed.Contains(stop, StringComparison.Ordinal))
                : cut == whole.Length && printed == whole;
        }).QuickCheckThrowOnFailure();
    }

    private static string Run(string[] stopStrings, string[] pieces, out bool stopped)
    {
        var stops = new StopStrings(stopStrings);
        string printed = "";
        stopped = false;
        foreach (string piece in pieces)
        {
            printed += stops.Push(piece, out stopped);
            if (stopped)
                return printed;
        }

        return printed + stops.Flush();
    }
}
