#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Host.Terminal;
using GemmaIlgpu.Puzzles;

namespace GemmaIlgpu.Host.Puzzles;

/// <summary>Writes what a teacher says.</summary>
internal static class PuzzleReport
{
    /// <summary>Writes a verdict.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="puzzle">The puzzle.</param>
    /// <param name="file">The file that was checked.</param>
    /// <param name="source">Its text.</param>
    /// <param name="verdict">What there is to say.</param>
    /// <param name="named">The file as the command line names it; null if it is the one of the folder.</param>
    public static void Write(HostConsole console, Puzzle puzzle, string file, string source, Verdict verdict, string? named)
    {
        string state = verdict.Standing switch
        {
            Standing.Solved => "solved",
            Standing.NotStarted => "not started",
            Standing.Slow => "right, but not there yet",
            _ => "not yet",
        };
        console.Out.WriteLine($"Puzzle {puzzle.Number}, {puzzle.Name}: {state}.");
        string shown = named ?? Path.GetRelativePath(Environment.CurrentDirectory, file);
        if (verdict.Standing == Standing.Solved)
        {
            console.Out.WriteLine($"  {verdict.LaunchesRight} launches are right, with warps of 32 and of 4.");
            WriteGoals(console, verdict);
            return;
        }
        console.Out.WriteLine();
        if (verdict.Complaints.Count > 0)
            WriteComplaints(console, shown, verdict);
        else
            Say(console, $"{(verdict.Line > 0 ? $"{shown}:{verdict.Line}: " : "")}{verdict.Headline}");
        WriteLines(console, source, verdict);
        foreach (string sentence in verdict.Explanation)
            Say(console, sentence);
        if (verdict.Goals.Count > 0)
        {
            console.Out.WriteLine();
            WriteGoals(console, verdict);
        }
        if (verdict.Trial is { } trial && verdict.Standing is not Standing.NotStarted)
        {
            console.Out.WriteLine();
            Say(console, $"Launch: {trial.Description}; {Shape(trial.Grid)} {(trial.Groups == 1 ? "group" : "groups")} of {Shape(trial.Group)} {(trial.GroupThreads == 1 ? "thread" : "threads")}, warps of {verdict.WarpSize}.");
        }
        string rest = named is null ? "" : $" --file {named}";
        console.Out.WriteLine(verdict.Standing switch
        {
            Standing.NotStarted => $"\n  The task is in {shown}. A hint: gemma puzzles hint {puzzle.Number}",
            Standing.DoesNotCompile or Standing.Wrong when verdict.Trial is null => $"\n  A hint: gemma puzzles hint {puzzle.Number}",
            _ => $"\n  A hint: gemma puzzles hint {puzzle.Number}    Watch it run: gemma puzzles step {puzzle.Number}{rest}",
        });
    }

    private static void Say(HostConsole console, string text) => Prose.Write(console, text, "  ", "  ");

    private static void WriteComplaints(HostConsole console, string file, Verdict verdict)
    {
        Say(console, $"{verdict.Headline} {(verdict.Complaints.Count == 1 ? "" : "The first complaint is the one to mend; the others often go with it.")}".TrimEnd());
        foreach (Complaint complaint in verdict.Complaints.Take(5))
            Say(console, $"{file}:{complaint.Line}:{complaint.Column}: {complaint.Code}: {complaint.Message}");
    }

    // The line in question between its neighbours.
    private static void WriteLines(HostConsole console, string source, Verdict verdict)
    {
        if (verdict.Line <= 0)
            return;
        string[] lines = source.ReplaceLineEndings("\n").Split('\n');
        int[] marked = verdict.OtherLine > 0 ? [verdict.Line, verdict.OtherLine] : [verdict.Line];
        console.Out.WriteLine();
        int previous = 0;
        foreach (int number in marked.SelectMany(line => new[] { line - 1, line, line + 1 }).Where(line => line >= 1 && line <= lines.Length).Distinct().Order())
        {
            if (previous > 0 && number > previous + 1)
                console.Out.WriteLine("        …");
            console.Out.WriteLine($"  {(marked.Contains(number) ? ">" : " ")} {number,3} | {lines[number - 1]}".TrimEnd());
            previous = number;
        }
        if (verdict.Explanation.Count > 0)
            console.Out.WriteLine();
    }

    private static void WriteGoals(HostConsole console, Verdict verdict)
    {
        foreach (Goal goal in verdict.Goals)
            console.Out.WriteLine($"  {(goal.IsReached ? "reached" : "missed ")}  {goal}");
    }

    private static string Shape(ILGPU.Index3D size) => size.Y == 1 && size.Z == 1 ? $"{size.X}" : $"{size.X} × {size.Y}";
}
#endif
