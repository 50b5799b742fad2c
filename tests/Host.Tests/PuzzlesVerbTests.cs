using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace GemmaIlgpu.Host.Tests;

public class PuzzlesVerbTests
{
    private string _folder = "";
    private TemporaryFolder _temporary = null!;

    [SetUp]
    public void Start()
    {
        _temporary = new TemporaryFolder();
        _folder = _temporary.File("mine");
        string output = Gemma.Output("puzzles", "start", _folder);
        Assert.That(output, Does.StartWith("20 puzzles are in ").And.Contain("gemma puzzles check 1"));
    }

    [TearDown]
    public void Remove() => _temporary.Dispose();

    [Test]
    public void A_beginner_starts_solves_one_and_sees_it_ticked()
    {
        Outcome before = Gemma.Run("puzzles", "check", "--folder", _folder);
        Write("01-Map/Map.cs", "result[i] = x[i] + 10;");
        string after = Gemma.Output("puzzles", "check", "1", "--folder", _folder);
        string list = Gemma.Output("puzzles", "--folder", _folder);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(before.ExitCode, Is.EqualTo(ExitCodes.Failure));
            Assert.That(before.Output, Does.StartWith("Puzzle 1, Map: not started.").And.Contain("The kernel writes nothing to result yet.").And.Contain("gemma puzzles hint 1"));
            Assert.That(after, Does.StartWith("Puzzle 1, Map: solved.").And.Contain("gemma puzzles check 2"));
            Assert.That(list, Does.Match(@"(?m)^✓ +1 +Map +.").And.Match(@"(?m)^ +2 +Zip +.").And.Contain("1 of 20 solved"));
            Assert.That(Gemma.Output("puzzles", "start", _folder), Does.Contain("nothing was changed"));
        }
    }

    [Test]
    public void A_mistake_is_shown_with_its_line_and_explained()
    {
        Write("03-Guard/Guard.cs", "result[i] = MathF.Max(x[i], 0);");
        Outcome outcome = Gemma.Run("puzzles", "check", "guard", "--folder", _folder);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(outcome.ExitCode, Is.EqualTo(ExitCodes.Failure));
            Assert.That(outcome.Output, Does.Match(@"Guard\.cs:\d+: Thread 2 of group 1 writes element 6 of result, which has 6 elements, 0 to 5\."));
            Assert.That(outcome.Output, Does.Match(@"(?m)^  > +\d+ \| +result\[i\] = MathF"));
            Assert.That(outcome.Output, Does.Contain("The last block is partial: 2 groups of 4 threads are 8 threads for 6 elements."));
            Assert.That(outcome.Error, Is.Empty);
        }
    }

    [Test]
    public void The_page_about_puzzles_shows_what_is_said()
    {
        string page = Path.Combine(Root(), "docs", "puzzles.md"), file = Path.Combine(_folder, "03-Guard", "Guard.cs");
        if (!File.Exists(page))
            Assert.Ignore("The tests run away from the repository.");
        File.WriteAllText(file, Regex.Replace(File.ReadAllText(file), "// Your code.*", "result[i] = MathF.Max(x[i], 0);"));
        string output = Gemma.Run("puzzles", "check", "3", "--folder", _folder).Output;
        Assert.That(File.ReadAllText(page).ReplaceLineEndings("\n"), Does.Contain(Regex.Replace(output, @"\S*03-Guard[/\\]", "03-Guard/")));
    }

    [Test]
    public void What_does_not_compile_is_said_as_a_compiler_does()
    {
        Write("03-Guard/Guard.cs", "result[i] = y[i];");
        Outcome outcome = Gemma.Run("puzzles", "check", "3", "--folder", _folder);
        Assert.That(outcome.Output, Does.Contain("The file does not compile yet.").And.Match(@"Guard\.cs:\d+:\d+: CS0103: The name 'y' does not exist"));
    }

    [Test]
    public void The_launch_that_goes_wrong_can_be_stepped_through()
    {
        Write("03-Guard/Guard.cs", "result[i] = MathF.Max(x[i], 0);");
        string commands = _temporary.File("commands");
        File.WriteAllText(commands, "next\nprint i\n");
        string output = Gemma.Output("puzzles", "step", "3", "--folder", _folder, "--commands", commands);
        Assert.That(output, Does.StartWith("The launch that goes wrong: 6 elements.").And.Contain("Guard.Kernel: 2 groups of 4 threads").And.Contain("i = 0"));
    }

    [Test]
    public void Hints_come_one_after_the_other()
    {
        string first = Gemma.Output("puzzles", "hint", "7", "--folder", _folder), second = Gemma.Output("puzzles", "hint", "7", "--folder", _folder);
        Assert.That(first, Does.StartWith("1. ").And.Not.Contain("2. "));
        Assert.That(second, Does.Contain("\n2. ").And.Not.Contain("\n3. "));
    }

    [TestCase("--all")]
    [TestCase("all")]
    public void All_are_checked_at_once(string all)
    {
        Write("01-Map/Map.cs", "result[i] = x[i] + 10;");
        Outcome outcome = Gemma.Run("puzzles", "check", all, "--folder", _folder);
        Assert.That(outcome.ExitCode, Is.EqualTo(ExitCodes.Failure));
        Assert.That(outcome.Output, Does.Contain("✓  1  Map").And.Contain("1 of 20 solved"));
    }

    [Test]
    public void Command_lines_that_ask_for_what_is_not_there()
    {
        Gemma.AssertComplains(Gemma.Run("puzzles", "check", "21", "--folder", _folder), ExitCodes.Usage, "There is no puzzle '21'; there are 1 to 20.");
        Gemma.AssertComplains(Gemma.Run("puzzles", "check", "1", "--folder", _temporary.File("nowhere")), ExitCodes.Usage, "is no folder of puzzles");
        Gemma.AssertComplains(Gemma.Run("puzzles", "check", "--file", "Mine.cs"), ExitCodes.Usage, "Which puzzle is the file for?");
        Gemma.AssertComplains(Gemma.Run("puzzles", "check", "7", "--file", "nowhere.cs"), ExitCodes.Failure, "There is no file");
        Gemma.AssertComplains(Gemma.Run("puzzles", "hint", "7", "--level", "9"), ExitCodes.Usage, "hints 1 to 3");
        Assert.That(Gemma.Output("puzzles", "solution", "7"), Does.Contain("public static void Kernel("));
    }

    private static string Root([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));

    private void Write(string file, string code)
    {
        string path = Path.Combine(_folder, file), text = File.ReadAllText(path);
        File.WriteAllText(path, text.Replace("// Your code", $"{code} // Your code", StringComparison.Ordinal));
    }
}
