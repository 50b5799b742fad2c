#if !UPSTREAM_PACKAGES
using System.Globalization;
using GemmaIlgpu.Host.Terminal;
using GemmaIlgpu.Puzzles;

namespace GemmaIlgpu.Host.Puzzles;

/// <summary>A folder with the twenty files, and what of them is solved.</summary>
internal sealed class PuzzleFolder
{
    /// <summary>What 'gemma puzzles start' calls its folder.</summary>
    public const string UsualName = "gemma-puzzles";

    private const string ProgressFile = ".progress";

    private PuzzleFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>The folder named, or the nearest one from the current directory upwards; null if there is none.</summary>
    public static PuzzleFolder? Find(string? named)
    {
        if (named is not null)
            return IsOne(named) ? new(named) : throw new UsageException($"'{named}' is no folder of puzzles; 'gemma puzzles start {named}' makes it one.");
        for (DirectoryInfo? directory = new(Environment.CurrentDirectory); directory is not null; directory = directory.Parent)
            foreach (string candidate in new[] { directory.FullName, System.IO.Path.Combine(directory.FullName, "puzzles"), System.IO.Path.Combine(directory.FullName, UsualName) })
                if (IsOne(candidate))
                    return new(candidate);
        return null;
    }

    /// <summary>Writes the files to complete where there are none yet.</summary>
    /// <returns>How many were written.</returns>
    public static int Start(string path)
    {
        Directory.CreateDirectory(path);
        int written = 0;
        foreach (Puzzle puzzle in PuzzleCatalog.All)
        {
            string file = System.IO.Path.Combine(path, puzzle.RelativePath);
            if (File.Exists(file))
                continue;
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            File.WriteAllText(file, PuzzleCatalog.Template(puzzle));
            written++;
        }
        string project = System.IO.Path.Combine(path, "Puzzles.csproj");
        if (!File.Exists(project))
            File.WriteAllText(project, ProjectText());
        return written;
    }

    public string FileOf(Puzzle puzzle) => System.IO.Path.Combine(Path, puzzle.RelativePath);

    /// <summary>The numbers of the puzzles whose last check passed.</summary>
    public IReadOnlySet<int> Solved()
    {
        string file = System.IO.Path.Combine(Path, ProgressFile);
        if (!File.Exists(file))
            return new HashSet<int>();
        return File.ReadAllLines(file).Select(line => int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0).Where(number => number > 0).ToHashSet();
    }

    /// <summary>Notes whether a puzzle is solved.</summary>
    public void Note(Puzzle puzzle, bool isSolved)
    {
        SortedSet<int> solved = [.. Solved()];
        if (isSolved ? solved.Add(puzzle.Number) : solved.Remove(puzzle.Number))
            Write(ProgressFile, string.Concat(solved.Select(number => $"{number.ToString(CultureInfo.InvariantCulture)}\n")));
    }

    /// <summary>How many hints of a puzzle have been given.</summary>
    public int HintsGiven(Puzzle puzzle) =>
        File.Exists(HintsFile(puzzle)) && int.TryParse(File.ReadAllText(HintsFile(puzzle)), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 0;

    /// <summary>Notes how many hints have been given.</summary>
    public void NoteHints(Puzzle puzzle, int count)
    {
        if (count > HintsGiven(puzzle))
            Write(HintsFile(puzzle), count.ToString(CultureInfo.InvariantCulture));
    }

    private string HintsFile(Puzzle puzzle) => System.IO.Path.Combine(Path, $".hints-{puzzle.Number}");

    // What has been solved is good to know; that it cannot be noted, in a folder that is read only, is no reason to say nothing else.
    private void Write(string name, string text)
    {
        try
        {
            File.WriteAllText(System.IO.Path.Combine(Path, name), text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static bool IsOne(string path) => File.Exists(System.IO.Path.Combine(path, PuzzleCatalog.All[0].RelativePath));

    // A program in a single file has no assembly to refer to; the package has the same names.
    private static string Reference()
    {
        string assembly = System.IO.Path.Combine(AppContext.BaseDirectory, "GemmaIlgpu.Compute.dll");
        return File.Exists(assembly)
            ? $"""<Reference Include="GemmaIlgpu.Compute" HintPath="{System.Security.SecurityElement.Escape(assembly)}" />"""
            : """<PackageReference Include="ILGPU" Version="1.5.3" />""";
    }

    // For editors: names are completed and mistakes underlined as in any project. 'gemma puzzles check' does not need it.
    private static string ProjectText() => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
          </PropertyGroup>
          <ItemGroup>
            <Using Include="ILGPU" />
            <Using Include="ILGPU.Runtime" />
            {Reference()}
          </ItemGroup>
        </Project>

        """;
}
#endif
