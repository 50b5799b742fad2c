namespace GemmaIlgpu.Puzzles.Tests;

/// <summary>Mistakes that look like another one: what is said has to be about the one that was made.</summary>
public class StumbleTests
{
    private static readonly Judge s_judge = new();

    [OneTimeTearDown]
    public void Close() => s_judge.Dispose();

    [TestCase(1, "result[i] = x[i] + 10", "x[i] += 10; result[i] = x[i]", "x is not what it was")]
    [TestCase(1, "result[i] = x[i] + 10", "x[i] += 10", "Nothing is written to result, and x is not what it was")]
    [TestCase(3, "MathF.Max(x[i], 0)", "MathF.Min(x[i], 0)", "the larger of x and 0")]
    [TestCase(4, "(row * columns) + column", "(column * rows) + row", "row * columns + column")]
    [TestCase(12, "t >= distance", "t > distance", "has to be t >= distance")]
    [TestCase(12, "distance < GroupSize", "distance < GroupSize / 2", "the last round, distance 32")]
    [TestCase(14, "x[(row * columns) + c]", "x[c]", "row r begins at element r * columns")]
    [TestCase(19, "((two & 15) - 8) * x[first]) + (((two >> 4) - 8)", "((two >> 4) - 8) * x[first]) + (((two & 15) - 8)", "The halves of the bytes have changed places")]
    [TestCase(20, "firstTile = Math.Max(0, firstQuery - window + 1) / Tile", "firstTile = (Math.Max(0, firstQuery - window + 1) + Tile - 1) / Tile", "The first tile comes too late")]
    [TestCase(20, "firstTile = Math.Max(0, firstQuery - window + 1) / Tile", "firstTile = Grid.IdxX", "The first tile comes too late")]
    [TestCase(5, "down[row] * across[column]", "down[row] + across[column]", "These are the sums")]
    [TestCase(9, "Atomic.Add(ref result[0], sum);", "result[0] = sum;", "Every thread overwrites what the others have written")]
    [TestCase(10, "if (Warp.LaneIdx == 0 && i < x.Length)\n            result[warp] = sum;", "sum += 0; if (i < x.Length) result[warp] = sum;", "let one thread alone write it")]
    [TestCase(11, "if (t == 0)\n            result", "if (i == 0)\n            result", "Only the first group writes its sum")]
    [TestCase(15, "row = Grid.IdxX * columns;", "row = 0;", "row r begins at element r * columns", "result[row + c]", "result[(Grid.IdxX * columns) + c]")]
    [TestCase(1, "x[i] + 10", "(int)x[i] + 10", "should be 1.5")]
    [TestCase(1, "Group.IdxX", "Group.DimX", "Which of them this one is says Group.IdxX")]
    [TestCase(2, "+ Group.IdxX;", "+ Group.IdxX - 1;", "it is off by one, as thread 0's own element is number 0")]
    [TestCase(3, "MathF.Max(x[i], 0)", "MathF.Abs(x[i])", "Negative elements lose their sign")]
    [TestCase(3, "if (i < x.Length)", "i = Math.Min(i, (int)x.Length - 1);", "a group for nothing at all")]
    [TestCase(3, "if (i < x.Length)", "if ((Grid.IdxX + 1) * Group.DimX > x.Length) return;\n        if (i < x.Length)", "is it sent home as a whole?")]
    [TestCase(4, "column = Grid.GlobalIndex.X, row = Grid.GlobalIndex.Y", "row = Grid.GlobalIndex.X, column = Grid.GlobalIndex.Y", "Only a square of 4 × 4 elements")]
    [TestCase(4, "row >= rows || column >= columns", "row >= columns || column >= rows", "where they are compared")]
    [TestCase(6, "Group.Barrier();", "if (t < 32) Group.Barrier();", "The Group.Barrier() in line 13 stands in an if")]
    [TestCase(6, "SharedMemory.Allocate<float>(GroupSize)", "LocalMemory.Allocate<float>(GroupSize)", "only SharedMemory is seen by the group")]
    [TestCase(7, "round < perThread", "round <= perThread", "one round too many")]
    [TestCase(7, "Grid.IdxX * GroupSize * perThread", "Grid.IdxX * GroupSize", "Groups overlap")]
    [TestCase(7, "i < x.Length", "i + 1 < x.Length", "stop one too early")]
    [TestCase(8, "GroupSize + 2", "GroupSize", "needs room for 65 elements")]
    [TestCase(9, "result[0]", "result[i]", "changes element 1 of result, which has one element, number 0. result is one number")]
    [TestCase(9, "Atomic.Add(ref result[0], sum);", "if (i == 0) result[0] = sum;", "Only what thread 0 adds up")]
    [TestCase(9, "Atomic.Add(ref", "if (Group.IdxX == 0) Atomic.Add(ref", "Only what the first thread of each group adds up")]
    [TestCase(9, "j += all", "j++", "goes through all elements from its own on")]
    [TestCase(9, "float sum = 0f", "float sum = 1f", "begin at 1 instead of 0")]
    [TestCase(9, "int i = Grid.GlobalIndex.X, all", "int i = Group.IdxX, all", "both groups count their threads from 0")]
    [TestCase(9, "float sum = 0f;", "int sum = 0;", "should be", "sum += a[j] * b[j]", "sum += (int)(a[j] * b[j])")]
    [TestCase(10, "if (Warp.LaneIdx == 0 && i < x.Length)\n            result[warp] = sum;", "if (i < x.Length) result[i] = sum;", "one element for 32 threads together")]
    [TestCase(10, "Warp.LaneIdx == 0 && i < x.Length", "Warp.LaneIdx == 0", "have no result of their own to write")]
    [TestCase(10, "warp = i / Warp.WarpSize", "warp = Group.IdxX / Warp.WarpSize", "its index is the same in every group")]
    [TestCase(11, "if (t == 0)\n            result", "result", "One is enough, thread 0")]
    [TestCase(11, "tile[t] = i < x.Length ? x[i] : 0f", "tile[t] = i < x.Length ? x[i] : 1f", "which is 1 for each of the 255 threads")]
    [TestCase(12, "i = Grid.GlobalIndex.X;", "i = Grid.GlobalIndex.X, at = i;", "counts from the launch's first thread", "t >= distance ? tile[t - distance]", "at >= distance ? tile[at - distance]")]
    [TestCase(13, "firstRow = Grid.IdxY * Tile, firstColumn = Grid.IdxX * Tile", "firstRow = Grid.IdxX * Tile, firstColumn = Grid.IdxY * Tile", "Only a square of tiles is written")]
    [TestCase(14, "int c = t;", "int c = 0;", "thread t has to begin at column t")]
    [TestCase(14, "c += GroupSize", "c++", "It has to step by 64")]
    [TestCase(15, "c < columns; c += GroupSize)\n            result", "c < GroupSize; c += GroupSize)\n            result", "there is no such column")]
    [TestCase(17, "row < m && first + tx < k ?", "row < m ?", "they bring a 0")]
    [TestCase(18, "sum += x[row + c] * x[row + c]", "sum += x[row + c]", "that of their squares")]
    [TestCase(18, "Warp.ShuffleDown(sum", "Warp.ShuffleXor(sum", "Every warp scales by the sum of its own columns only", "(total / columns)", "(sum / columns)")]
    [TestCase(18, "weight[c]", "weight[row + c]", "one element for each column")]
    [TestCase(1, "result[i] = x[i] + 10;", "if (i == 0) for (int j = 0; j < x.Length; j++) result[j] = x[j] + 10;", "Each thread does its own element, without a loop")]
    [TestCase(1, "result[i] = x[i] + 10", "output[i] = input[i] + 11", "should be 18, and is 19", "x, ArrayView<float> result", "input, ArrayView<float> output")]
    [TestCase(1, "Group.IdxX", "threadIdx.x", "threadIdx.x is Group.IdxX here")]
    [TestCase(1, "int i = Group.IdxX", "int i = x.Length - 1 - Group.IdxX", "IntLength is the same as an int")]
    [TestCase(2, "result[i] =", "while (a[i] != 1000) { } result[i] =", "does not come to an end: it goes round in the loop of line 9")]
    [TestCase(4, "int i = (row * columns) + column;\n        result[i] = x[i] - (10 * row);", "for (int c = 0; c < columns; c++) result[row * columns + c] = x[row * columns + c] - 10 * row;", "No loop is needed here")]
    [TestCase(6, "tile[t] + tile[(t + 1) % GroupSize]", "x[i] + Warp.ShuffleDown(x[i], 1)", "a shuffle does not reach beyond the warp")]
    [TestCase(13, "((firstColumn + ty) * rows) + firstRow + tx", "((firstRow + ty) * rows) + firstColumn + tx", "one row further is 32 elements further")]
    [TestCase(14, "sums[t] = sum;\n        Group.Barrier();\n        for (int stride = GroupSize / 2; stride > 0; stride /= 2)\n        {\n            if (t < stride)\n                sums[t] += sums[t + stride];\n            Group.Barrier();\n        }", "for (int d = Warp.WarpSize / 2; d > 0; d /= 2) sum += Warp.ShuffleDown(sum, d); if (t == 0) sums[0] = sum; Group.Barrier();", "shuffles end at the warp")]
    [TestCase(18, " * (1f + weight[c])", "", "weight is not used")]
    [TestCase(20, "softcap * MathF.Tanh(score / softcap)", "MathF.Tanh(score / softcap)", "bring them back to size")]
    [TestCase(20, "first <= lastQuery", "first < tokens", "behind the group's last query")]
    public void Is_told_from_others(int number, string right, string wrong, string says, string? right2 = null, string wrong2 = "")
    {
        Puzzle puzzle = PuzzleCatalog.All[number - 1];
        string solution = PuzzleCatalog.Solution(puzzle).ReplaceLineEndings("\n");
        Assert.That(solution, Does.Contain(right).And.Contain(right2 ?? right), "the solution has changed");
        solution = solution.Replace(right, wrong, StringComparison.Ordinal);
        Verdict verdict = s_judge.Check(puzzle, $"{puzzle.Name}.cs", right2 is null ? solution : solution.Replace(right2, wrong2, StringComparison.Ordinal));
        Assert.That(verdict.Standing, Is.Not.EqualTo(Standing.Solved));
        Assert.That($"{verdict.Headline} {string.Join(" ", verdict.Explanation)} {string.Join(" ", verdict.Complaints)}", Does.Contain(says));
    }

    // The only code of an attempt that does not run in the machine that checks.
    [TestCase("static int First() => throw new InvalidOperationException(\"no number\");", "cannot be computed: no number")]
    [TestCase("static int First() { while (true) { } }", "still being computed")]
    public void Values_of_static_fields_that_cannot_be_computed(string method, string says)
    {
        Puzzle puzzle = PuzzleCatalog.All[0];
        string attempt = PuzzleCatalog.Solution(puzzle).Replace("+ 10", "+ Ten", StringComparison.Ordinal)
            .Replace("    public static void", $"    private static readonly int Ten = First();\n    {method}\n    public static void", StringComparison.Ordinal);
        Verdict verdict = s_judge.Check(puzzle, "Map.cs", attempt);
        Assert.That(verdict.Headline, Does.Contain(says));
    }
}
