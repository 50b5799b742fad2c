using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using GemmaIlgpu.Host.Stepping;

namespace GemmaIlgpu.Host.Tests.Stepping;

/// <summary>Whole sessions of the stepper: the commands in a transcript are typed again, and all that is said must be the same.</summary>
public partial class TranscriptTests
{
    private static string Folder([CallerFilePath] string thisFile = "") => Path.GetDirectoryName(thisFile)!;

    private static IEnumerable<string> Transcripts() => Directory.GetFiles(Path.Combine(Folder(), "Transcripts"), "*.txt").Select(Path.GetFileNameWithoutExtension).Order()!;

    [TestCaseSource(nameof(Transcripts))]
    public void A_session_says_what_it_said(string name) => Repeat(File.ReadAllText(Path.Combine(Folder(), "Transcripts", name + ".txt")));

    [Test]
    public void The_session_in_the_document_is_one()
    {
        string document = File.ReadAllText(Path.Combine(Folder(), "..", "..", "..", "docs", "debugging.md")).ReplaceLineEndings("\n");
        string[] sessions = [.. document.Split("```").Where(block => block.StartsWith("text\n$ gemma kernels step", StringComparison.Ordinal)).Select(block => block["text\n".Length..])];
        Assert.That(sessions, Is.Not.Empty);
        foreach (string session in sessions)
            Repeat(session);
        Assert.That(document, Does.Contain(File.ReadAllText(Path.Combine(Folder(), "Tile.cs")).ReplaceLineEndings("\n").Trim()), "the kernel that it is about");
    }

    private static void Repeat(string transcript)
    {
        if (typeof(TranscriptTests).Assembly.GetCustomAttributes(typeof(System.Diagnostics.DebuggableAttribute), false) is [System.Diagnostics.DebuggableAttribute { IsJITOptimizerDisabled: true }])
            Assert.Ignore("Transcripts are of the Release build, whose statements differ.");
        transcript = transcript.ReplaceLineEndings("\n").TrimEnd();
        (string first, string rest) = (transcript.Split('\n')[0], transcript[(transcript.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
        string[] args = [.. Word().Matches(first["$ gemma ".Length..]).Select(word => word.Value.Trim('\''))];
        int file = Array.IndexOf(args, "--assembly") + 1;
        if (file > 0)
            args[file] = typeof(TranscriptTests).Assembly.Location;
        string commands = string.Join('\n', Prompt().Matches(rest).Select(match => match.Groups[1].Value));
        Outcome outcome = Gemma.RunWith(commands + "\n", args);
        Assert.That(outcome.ExitCode, Is.Zero, outcome.Error);
        string output = outcome.Output.ReplaceLineEndings("\n").TrimEnd();
        // The document is about a Debug build.
        if (!rest.Contains(StepSession.OptimizedNote, StringComparison.Ordinal))
            output = output.Replace(StepSession.OptimizedNote + "\n", "", StringComparison.Ordinal);
        Assert.That(output, Is.EqualTo(rest));
    }

    [GeneratedRegex(@"(?m)^\w+\.\w+ (?:group .*|\(end\))> ?(.*)$")]
    private static partial Regex Prompt();

    [GeneratedRegex("'[^']*'|[^ ]+")]
    private static partial Regex Word();
}
