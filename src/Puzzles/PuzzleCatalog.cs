using System.Globalization;

namespace GemmaIlgpu.Puzzles;

/// <summary>All puzzles in their order, and the files that belong to them.</summary>
public static class PuzzleCatalog
{
    /// <summary>Gets the puzzles.</summary>
    public static IReadOnlyList<Puzzle> All { get; } =
    [
        new MapPuzzle(), new ZipPuzzle(), new GuardPuzzle(),
        new MatrixPuzzle(), new OuterPuzzle(), new RingPuzzle(), new CopyPuzzle(), new StencilPuzzle(), new DotPuzzle(), new WarpSumPuzzle(), new GroupSumPuzzle(), new ScanPuzzle(),
        new TransposePuzzle(), new RowSumPuzzle(), new SoftmaxPuzzle(), new OnlineSoftmaxPuzzle(), new MatMulPuzzle(), new RmsNormPuzzle(), new QuantisedDotPuzzle(), new FlashTilePuzzle(),
    ];

    /// <summary>Finds a puzzle by its number or name; null if there is none.</summary>
    public static Puzzle? Find(string text) => All.FirstOrDefault(puzzle =>
        (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number == puzzle.Number)
        || puzzle.Name.Equals(text, StringComparison.OrdinalIgnoreCase));

    /// <summary>The file to complete, as given.</summary>
    public static string Template(Puzzle puzzle)
    {
        ArgumentNullException.ThrowIfNull(puzzle);
        return Read(puzzle.RelativePath);
    }

    /// <summary>A kernel that solves the puzzle.</summary>
    public static string Solution(Puzzle puzzle)
    {
        ArgumentNullException.ThrowIfNull(puzzle);
        return Read($"solutions/{puzzle.Name}.cs");
    }

    private static string Read(string name)
    {
        using Stream stream = typeof(PuzzleCatalog).Assembly.GetManifestResourceStream(name)
            ?? typeof(PuzzleCatalog).Assembly.GetManifestResourceStream(name.Replace('/', '\\'))
            ?? throw new InvalidOperationException($"{name} is missing from this build.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
