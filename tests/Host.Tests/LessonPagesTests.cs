using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using GemmaIlgpu.Lessons;

namespace GemmaIlgpu.Host.Tests;

/// <summary>What the lessons' pages count is what <c>gemma lessons run</c> prints.</summary>
public partial class LessonPagesTests
{
    private static IEnumerable<Lesson> Lessons => LessonCatalog.All;

    private static string Page(Lesson lesson, [CallerFilePath] string thisFile = "")
    {
        string file = Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "docs", "lessons", lesson.Page);
        if (!File.Exists(file))
            Assert.Ignore("The tests run away from the repository.");
        return File.ReadAllText(file).ReplaceLineEndings("\n");
    }

    [TestCaseSource(nameof(Lessons))]
    public void A_page_counts_what_a_run_counts(Lesson lesson)
    {
        string page = Page(lesson), measured = page[page.IndexOf("## Measured", StringComparison.Ordinal)..];
        string[] output = [.. Gemma.Output("lessons", "run", $"{lesson.Number}", "--device", "counted", "--size", "full").Split('\n').Select(line => Spaces().Replace(line, " ").Trim())];
        string[][] tables = [.. Row().Matches(measured[..measured.IndexOf("## Look", StringComparison.Ordinal)]).Select(row => row.Groups[1].Value.Split('|', StringSplitOptions.TrimEntries)).Where(cells => !cells[0].StartsWith('-'))];
        string[][] times = [.. tables.Where(cells => cells.Length == 6 && cells[0] != "rung")];
        string[][] counters = [.. tables.Where(cells => cells.Length > 6)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(page, Does.Contain("```\n" + output.First(line => line.StartsWith("Must move", StringComparison.Ordinal)).Replace("Must move", "Must move ", StringComparison.Ordinal) + "\n```"));
            Assert.That(times.Select(cells => cells[0]), Is.EqualTo(lesson.Rungs.Select(rung => rung.Name)));
            foreach (string[] cells in times)
                Assert.That(output.Any(line => line.StartsWith(cells[0] + " ", StringComparison.Ordinal) && line.Contains($" {cells[1]} ", StringComparison.Ordinal)), Is.True, $"{cells[0]} asks for {cells[1]}");
            foreach (string[] cells in counters)
                Assert.That(output, Has.Some.EqualTo((cells[0] == "kernel" ? "rung" : cells[0]) + " " + string.Join(' ', cells[1..])));
        }
    }

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"(?m)^\| (.*) \|$")]
    private static partial Regex Row();
}
