using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using GemmaIlgpu.Puzzles;

namespace GemmaIlgpu.Host.Tests;

/// <summary>What the documents say is still so.</summary>
public partial class DocumentationTests
{
    private static string Root([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));

    private static IEnumerable<string> Documents()
    {
        string[] top = Directory.GetFiles(Root(), "*.md");
        return top.Concat(Directory.GetFiles(Path.Combine(Root(), "docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.GetFiles(Path.Combine(Root(), "benchmarks"), "*.md"))
            .Select(file => Path.GetRelativePath(Root(), file));
    }

    [SetUp]
    public void Skip_without_the_sources()
    {
        if (!File.Exists(Path.Combine(Root(), "README.md")))
            Assert.Ignore("The tests run away from the repository.");
    }

    [Test]
    public void The_sample_in_the_readme_is_the_one_that_is_compiled_and_run()
    {
        string source = File.ReadAllText(Path.Combine(Root(), "tests", "Host.Tests", "ReadmeSample.cs")).ReplaceLineEndings("\n");
        IEnumerable<string> lines = source.Split("// README\n")[1].Split("// end")[0].Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);
        string readme = File.ReadAllText(Path.Combine(Root(), "README.md"));
        foreach (string line in lines)
            Assert.That(readme, Does.Contain(line));

        TextWriter console = Console.Out;
        string folder = Environment.CurrentDirectory;
        using StringWriter output = new();
        try
        {
            Console.SetOut(output);
            Environment.CurrentDirectory = AppContext.BaseDirectory;
            Samples.ReadmeSample.Run();
        }
        finally
        {
            Console.SetOut(console);
            Environment.CurrentDirectory = folder;
        }
        Assert.That(output.ToString().Split(' '), Has.Length.GreaterThan(20));
    }

    [TestCaseSource(nameof(Documents))]
    public void Links_lead_to_files(string document)
    {
        string folder = Path.GetDirectoryName(Path.Combine(Root(), document))!;
        foreach (Match link in Link().Matches(File.ReadAllText(Path.Combine(Root(), document))))
        {
            string target = link.Groups[1].Value.Split('#')[0];
            if (target.Length > 0 && !target.Contains("://", StringComparison.Ordinal))
                Assert.That(Path.Exists(Path.Combine(folder, target)), Is.True, $"{document} links to {target}");
        }
    }

    [TestCaseSource(nameof(Documents))]
    public void Links_lead_to_headings(string document)
    {
        foreach (Match link in Link().Matches(File.ReadAllText(Path.Combine(Root(), document))))
        {
            if (link.Groups[1].Value.Split('#') is not [var file, var heading] || file.Contains("://", StringComparison.Ordinal))
                continue;
            string target = file.Length == 0 ? document : Path.Combine(Path.GetDirectoryName(document)!, file);
            if (!target.EndsWith(".md", StringComparison.Ordinal))
                continue;
            IEnumerable<string> headings = Heading().Matches(File.ReadAllText(Path.Combine(Root(), target)))
                .Select(match => NotInAnchor().Replace(match.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'));
            Assert.That(headings, Does.Contain(heading), $"{document} links to {link.Groups[1].Value}");
        }
    }

    // Behind other text three back quotes open no block: all of its lines would run together.
    [TestCaseSource(nameof(Documents))]
    public void Blocks_of_code_begin_their_line(string document) =>
        Assert.That(Regex.Matches(File.ReadAllText(Path.Combine(Root(), document)), "(?m)^.*[^ \n].*```.*$").Select(match => match.Value), Is.Empty);

    // A line that divides a table's head from its body makes a table only if it has as many columns as the head.
    [TestCaseSource(nameof(Documents))]
    public void Tables_have_a_head_as_wide_as_they_are(string document)
    {
        string[] lines = File.ReadAllText(Path.Combine(Root(), document)).ReplaceLineEndings("\n").Split('\n');
        using (Assert.EnterMultipleScope())
        {
            for (int i = 1; i < lines.Length; i++)
                if (Regex.IsMatch(lines[i], @"^\|[-:| ]*-[-:| ]*\|$"))
                    Assert.That(Regex.Count(lines[i - 1], @"(?<!\\)\|"), Is.EqualTo(lines[i].Count(c => c == '|')), $"{document}: {lines[i - 1]}");
        }
    }

    [Test]
    public void Puzzles_and_lessons_agree_about_what_goes_together()
    {
        string table = File.ReadAllText(Path.Combine(Root(), "docs", "puzzles.md"));
        using (Assert.EnterMultipleScope())
        {
            foreach (Puzzle puzzle in PuzzleCatalog.All)
            {
                Assert.That(File.ReadAllText(Path.Combine(Root(), "docs", puzzle.Lesson)), Does.Contain($"{puzzle.Number} ({puzzle.Name})"), puzzle.Lesson);
                Assert.That(table, Does.Match($@"\| {puzzle.Number} \| \[{puzzle.Name}\].*\({Regex.Escape(puzzle.Lesson)}\) \|"));
            }
        }
    }

    // A command that the documents show must parse: `gemma …` lines of the code blocks, without pipes and redirections.
    [TestCaseSource(nameof(Documents))]
    public void Commands_parse(string document)
    {
        foreach (Match command in Command().Matches(File.ReadAllText(Path.Combine(Root(), document)).ReplaceLineEndings("\n")))
        {
            string line = command.Groups[1].Value.Split("  ")[0].Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
            line = Example().Replace(line, match => match.Groups[1].Value + match.Groups[2].Value switch { "N" => "1", "plain|hf" => "hf", _ => "auto" });
            string[] words = [.. System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(line).Skip(1)];
            Assert.That(CommandLine.Complaint(words), Is.Null, $"{document}: {command.Value}");
        }
    }

    // An excerpt is what the command in the comment above it prints, line after line.
    [Test]
    public void Excerpts_of_the_stages_are_what_the_command_prints()
    {
        string page = File.ReadAllText(Path.Combine(Root(), "docs", "backends.md")).ReplaceLineEndings("\n");
        List<Match> excerpts = Excerpt().Matches(page).ToList();
        Assert.That(excerpts, Has.Count.GreaterThanOrEqualTo(5));
        using (Assert.EnterMultipleScope())
        {
            foreach (Match excerpt in excerpts)
            {
                string printed = Gemma.Output(excerpt.Groups[1].Value.Split(' '));
                Assert.That(printed.ReplaceLineEndings("\n"), Does.Contain(excerpt.Groups[2].Value), $"gemma {excerpt.Groups[1].Value}");
            }
        }
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?m)^#+ (.+?)\r?$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N}_ -]")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex(@"<!-- gemma (.+) -->\n```\w+\n([^`]+)```")]
    private static partial Regex Excerpt();

    [GeneratedRegex(@"(?m)^(?:.*\| )?(gemma [a-z].*)$")]
    private static partial Regex Command();

    // Placeholders in the contract lines.
    [GeneratedRegex(@"(--greedy |--device |--special )(N|D|plain\|hf)(?= |$)")]
    private static partial Regex Example();
}
