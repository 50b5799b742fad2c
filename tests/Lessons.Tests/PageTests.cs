using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace GemmaIlgpu.Lessons.Tests;

/// <summary>The pages show the code that is here.</summary>
public partial class PageTests
{
    private static string Root([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));

    private static string Pages => Path.Combine(Root(), "docs", "lessons");

    private static IEnumerable<Lesson> Lessons => LessonCatalog.All;

    [SetUp]
    public void Skip_without_the_sources()
    {
        if (!Directory.Exists(Pages))
            Assert.Ignore("The tests run away from the repository.");
    }

    [TestCaseSource(nameof(Lessons))]
    public void The_code_of_a_page_is_the_code_of_the_lesson(Lesson lesson)
    {
        string page = File.ReadAllText(Path.Combine(Pages, lesson.Page)).ReplaceLineEndings("\n");
        string[] excerpts = [.. Fence().Matches(page).Select(match => match.Groups[1].Value)];
        string[] sources = [.. Directory.GetFiles(Path.Combine(Root(), "lessons"), "*.cs", SearchOption.AllDirectories).Select(file => Lines(File.ReadAllText(file)))];
        Assert.That(excerpts, Has.Length.GreaterThanOrEqualTo(3), "a page shows the plain code, the naive kernel and a better one");
        using (Assert.EnterMultipleScope())
        {
            foreach (string excerpt in excerpts)
                Assert.That(sources.Any(source => source.Contains(Lines(excerpt), StringComparison.Ordinal)), Is.True, $"{lesson.Page} shows code that is not in lessons/:\n{excerpt}");
        }
    }

    [TestCaseSource(nameof(Lessons))]
    public void A_page_has_its_parts(Lesson lesson)
    {
        string page = File.ReadAllText(Path.Combine(Pages, lesson.Page));
        using (Assert.EnterMultipleScope())
        {
            foreach (string heading in new[] { "## What you will learn", "## Bytes and operations first", "## Plain C#", "## The naive kernel", "## Measured", "## Look inside", "## Your turn", "## Exercises", "## Further reading" })
                Assert.That(page, Does.Contain(heading + "\n"));
            foreach (Rung rung in lesson.Rungs)
                Assert.That(page, Does.Contain($"| {rung.Name} |"), "the table of measurements");
            Assert.That(page, Does.Contain($"gemma lessons run {lesson.Number:00}\n").And.Contain($"gemma lessons run {lesson.Number:00} --only mine\n"));
            Assert.That(File.ReadAllText(Path.Combine(Pages, "README.md")), Does.Contain($"({lesson.Page})"));
        }
    }

    [TestCaseSource(nameof(Lessons))]
    public void Every_exercise_has_an_answer_and_its_kernel_is_the_one_that_is_tested(Lesson lesson)
    {
        string page = File.ReadAllText(Path.Combine(Pages, lesson.Page)).ReplaceLineEndings("\n");
        string answers = File.ReadAllText(Path.Combine(Pages, "answers.md")).ReplaceLineEndings("\n");
        string own = Regex.Match(answers, $@"(?ms)^## Lesson {lesson.Number}\n(.*?)(?=^## |\z)").Groups[1].Value;
        string solution = File.ReadAllText(Path.Combine(Root(), "tests", "Lessons.Tests", "Solutions", $"Lesson{lesson.Number:00}.cs"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Exercise().Count(own), Is.EqualTo(Exercise().Count(page[page.IndexOf("## Exercises", StringComparison.Ordinal)..])));
            foreach (Match fence in Fence().Matches(own))
                Assert.That(Lines(solution), Does.Contain(Lines(fence.Groups[1].Value)));
        }
    }

    // Lines without their indentation; pages show methods further to the left.
    private static string Lines(string code) =>
        "\n" + string.Join('\n', code.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)) + "\n";

    [GeneratedRegex(@"(?m)^\d+\. ")]
    private static partial Regex Exercise();

    [GeneratedRegex(@"(?ms)^```csharp\n(.*?)^```$")]
    private static partial Regex Fence();
}
