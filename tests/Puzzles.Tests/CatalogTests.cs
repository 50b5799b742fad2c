namespace GemmaIlgpu.Puzzles.Tests;

public class CatalogTests
{
    private static readonly Judge s_judge = new();

    public static IEnumerable<Puzzle> Puzzles => PuzzleCatalog.All;

    [OneTimeTearDown]
    public void Close() => s_judge.Dispose();

    [TestCaseSource(nameof(Puzzles))]
    public void The_solution_is_right_with_both_warps_and_reaches_all_goals(Puzzle puzzle)
    {
        Verdict verdict = s_judge.Check(puzzle, $"{puzzle.Name}.cs", PuzzleCatalog.Solution(puzzle));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(verdict.Standing, Is.EqualTo(Standing.Solved), $"{verdict.Headline} (line {verdict.Line}) {string.Join(" ", verdict.Explanation)} {string.Join("; ", verdict.Goals)} {verdict.Trial?.Description}");
            Assert.That(verdict.LaunchesRight, Is.GreaterThanOrEqualTo(8));
        }
    }

    [TestCaseSource(nameof(Puzzles))]
    public void The_file_as_given_compiles_and_is_not_started(Puzzle puzzle)
    {
        Verdict verdict = s_judge.Check(puzzle, $"{puzzle.Name}.cs", PuzzleCatalog.Template(puzzle));
        Assert.That(verdict.Standing, Is.EqualTo(Standing.NotStarted), $"{verdict.Headline} {string.Join(" ", verdict.Complaints)}");
    }

    [Test]
    public void Attempts_are_forgotten_when_they_have_been_checked()
    {
        using Judge judge = new();
        foreach (Puzzle puzzle in PuzzleCatalog.All.Take(3))
            judge.Check(puzzle, "Forgotten.cs", PuzzleCatalog.Solution(puzzle));
        Assert.That(Loaded, Is.Zero.After(delayInMilliseconds: 10_000, pollingInterval: 20));

        static int Loaded()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return AppDomain.CurrentDomain.GetAssemblies().Count(assembly => assembly.GetName().Name == "Attempt");
        }
    }

    [Test]
    public void Numbers_count_up_and_every_puzzle_has_three_hints_and_a_lesson()
    {
        Assert.That(PuzzleCatalog.All.Select(puzzle => puzzle.Number), Is.EqualTo(Enumerable.Range(1, PuzzleCatalog.All.Count)));
        foreach (Puzzle puzzle in PuzzleCatalog.All)
        {
            using (Assert.EnterMultipleScope())
            {
                Assert.That(puzzle.Hints, Has.Count.GreaterThanOrEqualTo(3), puzzle.Name);
                Assert.That(PuzzleCatalog.Template(puzzle), Does.Contain($"Puzzle {puzzle.Number}, {puzzle.Name}: "));
                Assert.That(PuzzleCatalog.Template(puzzle), Does.Contain("// Your code"));
                Assert.That(PuzzleCatalog.Template(puzzle).Split('\n').Max(line => line.Length), Is.LessThanOrEqualTo(130), puzzle.Name);
            }
        }
    }
}
