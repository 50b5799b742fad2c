#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Engine;
using GemmaIlgpu.Host.Stepping;
using GemmaIlgpu.Host.Terminal;
using GemmaIlgpu.Puzzles;
using Spectre.Console;

namespace GemmaIlgpu.Host.Puzzles;

/// <summary>What 'gemma puzzles' does.</summary>
internal static class PuzzleCommands
{
    public static int List(HostConsole console, string? folderName)
    {
        PuzzleFolder? folder = PuzzleFolder.Find(folderName);
        IReadOnlySet<int> solved = folder?.Solved() ?? new HashSet<int>();
        Table table = Tables.Create(console, "", "puzzle", "name", "what you will know");
        foreach (Puzzle puzzle in PuzzleCatalog.All)
            table.AddRow(solved.Contains(puzzle.Number) ? "✓" : " ", $"{puzzle.Number}", puzzle.Name, Markup.Escape(puzzle.Teaches));
        Tables.Write(console, table);
        Prose.Write(console, folder is null
            ? "\nThere are no files here yet: gemma puzzles start"
            : $"\n{solved.Count} of {PuzzleCatalog.All.Count} solved; the files are {(folder.Path == Environment.CurrentDirectory ? "here" : $"in {Path.GetRelativePath(Environment.CurrentDirectory, folder.Path)}")}. {Next(folder)}");
        return ExitCodes.Success;
    }

    public static int Start(HostConsole console, string path)
    {
        int written = PuzzleFolder.Start(path);
        console.Out.WriteLine(written == 0
            ? $"All puzzles are in {path} already; nothing was changed."
            : written < PuzzleCatalog.All.Count ? $"What was missing is in {path} again: {written} of {PuzzleCatalog.All.Count} files."
            : $"{written} puzzles are in {path}, with Puzzles.csproj for your editor.\nBegin with {Path.Combine(path, PuzzleCatalog.All[0].RelativePath)}, then: gemma puzzles check 1{(path == PuzzleFolder.UsualName ? "" : $" --folder {path}")}");
        return ExitCodes.Success;
    }

    public static int Check(HostConsole console, string? number, string? file, string? folderName, bool all, bool watch)
    {
        (number, all) = number is "all" ? (null, true) : (number, all);
        if (all && (number is not null || file is not null || watch))
            throw new UsageException("--all checks every puzzle of the folder once; leave the number, --file and --watch away.");
        if (file is not null && number is null)
            throw new UsageException("Which puzzle is the file for? gemma puzzles check 7 --file Mine.cs");
        PuzzleFolder? folder = file is not null ? null : Folder(folderName);
        using Judge judge = new();
        if (all)
            return CheckAll(console, judge, folder!);
        Puzzle puzzle = number is not null ? Named(number)
            : FirstUnsolved(folder!) ?? PuzzleCatalog.All[^1];
        string path = Path.GetFullPath(file ?? folder!.FileOf(puzzle));
        if (watch && number is not null)
            return PuzzleWatch.Run(console, Path.GetDirectoryName(path)!, Path.GetFileName(path), () => CheckOne(console, judge, folder, puzzle, path, file));
        if (watch)
            return PuzzleWatch.Run(console, folder!.Path, "*.cs", () => CheckOnwards(console, judge, folder));
        return CheckOne(console, judge, folder, puzzle, path, file);
    }

    public static int Hint(HostConsole console, string number, string? folderName, int? level)
    {
        Puzzle puzzle = Named(number);
        PuzzleFolder? folder = PuzzleFolder.Find(folderName);
        if (level is < 1 || level > puzzle.Hints.Count)
            throw new UsageException($"Puzzle {puzzle.Number} has hints 1 to {puzzle.Hints.Count}, not {level}.");
        int last = level ?? Math.Min(puzzle.Hints.Count, (folder?.HintsGiven(puzzle) ?? 0) + 1);
        folder?.NoteHints(puzzle, last);
        for (int i = 0; i < last; i++)
            Prose.Write(console, puzzle.Hints[i], $"{i + 1}. ", "   ");
        Prose.Write(console, last < puzzle.Hints.Count
            ? $"\nMore: gemma puzzles hint {puzzle.Number}{(folder is null ? $" --level {last + 1}" : "")}. The lesson: docs/{puzzle.Lesson}"
            : $"\nThat is all; the lesson is docs/{puzzle.Lesson}, an answer: gemma puzzles solution {puzzle.Number}");
        return ExitCodes.Success;
    }

    public static int Solution(HostConsole console, string number)
    {
        console.Out.Write(PuzzleCatalog.Solution(Named(number)));
        return ExitCodes.Success;
    }

    public static int Step(HostConsole console, string number, string? file, string? folderName, string? commands)
    {
        Puzzle puzzle = Named(number);
        string path = Path.GetFullPath(file ?? Folder(folderName).FileOf(puzzle)), source = Source(path);
        if (commands is not null && !File.Exists(commands))
            throw new InputException($"There is no file '{commands}' with commands.");
        using Judge judge = new();
        using Attempt attempt = AttemptCompiler.Compile(path, source, puzzle.Name);
        Verdict verdict = judge.Check(puzzle, attempt);
        if (verdict.Standing == Standing.DoesNotCompile || verdict is { Standing: Standing.Wrong, Trial: null })
        {
            PuzzleReport.Write(console, puzzle, path, source, verdict, file);
            return ExitCodes.Failure;
        }
        Trial trial = verdict.Trial ?? puzzle.Trials().First();
        int warp = verdict.WarpSize == 0 ? 32 : verdict.WarpSize;
        console.Out.WriteLine($"{(verdict.Standing is Standing.Wrong ? "The launch that goes wrong" : "A launch")}: {trial.Description}.");
        StepLaunch launch = new(attempt.Kernel, 1, warp, accelerator => TrialRun.Run(accelerator, TrialRun.Load(accelerator, attempt.Kernel!), trial, marked: false), "The puzzle");
        if (commands is null)
            return launch.Run(console, console.In, console.InputIsTerminal);
        using StreamReader reader = new(commands);
        return launch.Run(console, reader, isInteractive: false);
    }

    private static int CheckAll(HostConsole console, Judge judge, PuzzleFolder folder)
    {
        int solved = 0;
        foreach (Puzzle puzzle in PuzzleCatalog.All)
        {
            string file = folder.FileOf(puzzle);
            Verdict verdict = judge.Check(puzzle, file, Source(file));
            folder.Note(puzzle, verdict.Standing == Standing.Solved);
            solved += verdict.Standing == Standing.Solved ? 1 : 0;
            console.Out.WriteLine($"{(verdict.Standing == Standing.Solved ? "✓" : " ")} {puzzle.Number,2}  {puzzle.Name,-14} {(verdict.Standing == Standing.Solved ? "" : verdict.Headline)}".TrimEnd());
        }
        console.Out.WriteLine($"\n{solved} of {PuzzleCatalog.All.Count} solved. {Next(folder)}");
        return solved == PuzzleCatalog.All.Count ? ExitCodes.Success : ExitCodes.Failure;
    }

    // As far as puzzles are solved, so that a solved one leads to the next.
    private static void CheckOnwards(HostConsole console, Judge judge, PuzzleFolder folder)
    {
        while (FirstUnsolved(folder) is { } puzzle && CheckOne(console, judge, folder, puzzle, folder.FileOf(puzzle), null) == ExitCodes.Success)
            console.Out.WriteLine();
        if (FirstUnsolved(folder) is null)
            console.Out.WriteLine(Next(folder));
    }

    private static int CheckOne(HostConsole console, Judge judge, PuzzleFolder? folder, Puzzle puzzle, string path, string? file)
    {
        string source = Source(path);
        Verdict verdict = judge.Check(puzzle, path, source);
        PuzzleReport.Write(console, puzzle, path, source, verdict, file);
        bool isSolved = verdict.Standing == Standing.Solved;
        folder?.Note(puzzle, isSolved);
        if (isSolved && folder is not null)
            console.Out.WriteLine($"  {Next(folder)}");
        return isSolved ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static string Source(string path) => File.Exists(path) ? File.ReadAllText(path)
        : throw new InputException($"There is no file {path}; 'gemma puzzles start' writes the ones that are missing.");

    private static Puzzle Named(string number) => PuzzleCatalog.Find(number)
        ?? throw new UsageException($"There is no puzzle '{number}'; there are 1 to {PuzzleCatalog.All.Count}.");

    private static PuzzleFolder Folder(string? name) => PuzzleFolder.Find(name)
        ?? throw new UsageException("There are no puzzles here, nor above; 'gemma puzzles start' writes them.");

    private static Puzzle? FirstUnsolved(PuzzleFolder folder)
    {
        IReadOnlySet<int> solved = folder.Solved();
        return PuzzleCatalog.All.FirstOrDefault(puzzle => !solved.Contains(puzzle.Number));
    }

    private static string Next(PuzzleFolder folder) => FirstUnsolved(folder) is { } next
        ? $"Next: {Path.GetRelativePath(Environment.CurrentDirectory, folder.FileOf(next))}, then gemma puzzles check {next.Number}"
        : "That was the last one: you write kernels.";
}
#endif
