namespace GemmaIlgpu.Puzzles.Tests;

/// <summary>What beginners write, each as a change of the solution, and what has to be said of it.</summary>
public class WrongAttemptTests
{
    private static readonly Judge s_judge = new();

    [OneTimeTearDown]
    public void Close() => s_judge.Dispose();

    [TestCase("x[i] + 10", "x[i] * 10", "should be")]
    [TestCase("result[i]", "result[0]", "Several threads write the same element of result")]
    [TestCase("result[i]", "result[i + 1]", "off by one")]
    [TestCase("result[i] =", "result[i] +=", "Write with =, not with +=")]
    [TestCase("result[i] = x[i] + 10;", "for (int j = 0; j < x.Length; j++) result[j] = x[j] + 10;", "Every thread does the work of all")]
    public void Map(string right, string wrong, string says) => Answer(1, right, wrong, says);

    [TestCase("(Grid.IdxX * Group.DimX) + Group.IdxX", "Group.IdxX", "Only the first group's 4 elements are written")]
    [TestCase("Grid.IdxX * Group.DimX", "Grid.IdxX * Grid.DimX", "Grid.DimX is the number of groups, 3")]
    [TestCase("a[i] * b[i]", "a[i] + b[i]", "These are the sums")]
    [TestCase("(Grid.IdxX * Group.DimX) + Group.IdxX", "(Group.IdxX * Group.DimX) + Grid.IdxX", "Thread and group have changed places")]
    public void Zip(string right, string wrong, string says) => Answer(2, right, wrong, says);

    [TestCase("if (i < x.Length)", "", "The last block is partial: 2 groups of 4 threads are 8 threads for 6 elements")]
    [TestCase("i < x.Length", "i <= x.Length", "<, not <=")]
    [TestCase("i < x.Length", "i < x.Length - 1", "Only element 5 is written by nobody")]
    [TestCase("MathF.Max(x[i], 0)", "x[i]", "Negative elements come through")]
    [TestCase("Grid.GlobalIndex.X", "Group.IdxX", "Only the first group's 4 elements are written")]
    [TestCase("if (i < x.Length)", "if (Group.IdxX < x.Length)", "if (i < result.Length)")]
    public void Guard(string right, string wrong, string says) => Answer(3, right, wrong, says);

    [TestCase("row >= rows || column >= columns", "row >= rows", "column < columns")]
    [TestCase("row >= rows || column >= columns", "column >= columns", "row < rows")]
    [TestCase("row * columns", "row * rows", "one row further is 8 elements further")]
    [TestCase("(row * columns) + column", "(column * columns) + row", "changed places")]
    [TestCase("10 * row", "10 * column", "that of the row, which is y")]
    public void Matrix(string right, string wrong, string says) => Answer(4, right, wrong, says);

    [TestCase("row * stride", "row * across.Length", "close together")]
    [TestCase("row < down.Length && column < across.Length", "column < across.Length", "row < rows")]
    [TestCase("down[row] * across[column]", "down[column] * across[row]", "changed places")]
    [TestCase("column < across.Length", "column < stride", "across")]
    public void Outer(string right, string wrong, string says) => Answer(5, right, wrong, says);

    [TestCase("Group.Barrier();", "", "A Group.Barrier() is missing between line")]
    [TestCase("(t + 1) % GroupSize", "t + 1", "In a ring")]
    [TestCase("tile[t] + tile[(t + 1) % GroupSize]", "x[i] + x[i - t + ((t + 1) % GroupSize)]", "reads 3 times")]
    [TestCase("tile[t] = x[i]", "tile[i] = x[i]", "every group has its own tile")]
    [TestCase("tile[(t + 1) % GroupSize]", "tile[(t + GroupSize - 1) % GroupSize]", "should be")]
    public void Ring(string right, string wrong, string says) => Answer(6, right, wrong, says);

    [TestCase("(round * GroupSize) + t", "(t * perThread) + round", "Each load moves 8 times what it uses")]
    [TestCase("if (i < x.Length)", "", "32 threads for 1 element")]
    [TestCase("int start = Grid.IdxX * GroupSize * perThread", "int start = 0", "Only what belongs to the first group")]
    [TestCase("round < perThread", "round < 1", "each has 8 to copy")]
    [TestCase("round * GroupSize", "round", "should go 32 elements further")]
    public void Copy(string right, string wrong, string says) => Answer(7, right, wrong, says);

    [TestCase("tile[0] = At(x, i - 1);", "tile[1] = At(x, i);", "which nobody has written")]
    [TestCase("if (t == GroupSize - 1)", "if (t == GroupSize - 1 && i + 1 < x.Length)", "which nobody has written")]
    [TestCase("Group.Barrier();", "", "A Group.Barrier() is missing between line")]
    [TestCase("At(x, i - 1)", "x[i - 1]", "no neighbour on its left")]
    [TestCase("tile[t + 1] = At(x, i);", "if (i >= x.Length) return; tile[t + 1] = At(x, i);", "Only some threads of the group reach Group.Barrier()")]
    [TestCase("tile[t] + tile[t + 1] + tile[t + 2]", "At(x, i - 1) + At(x, i) + At(x, i + 1)", "read it once into shared memory")]
    [TestCase("At(x, i + 1)", "0f", "the ends of groups")]
    public void Stencil(string right, string wrong, string says) => Answer(8, right, wrong, says);

    [TestCase("Atomic.Add(ref result[0], sum)", "result[0] += sum", "Atomic.Add(ref result[")]
    [TestCase("sum += a[j] * b[j]", "Atomic.Add(ref result[0], a[j] * b[j])", "call Atomic.Add once, behind the loop")]
    [TestCase("Grid.DimX * Group.DimX", "Group.DimX", "twice")]
    [TestCase("for (int j = i; j < a.Length; j += all)", "int j = i; if (j < a.Length)", "first 64 products only")]
    [TestCase("j < a.Length", "j < a.Length - 1", "exactly the last product")]
    [TestCase("j = i", "j = i * 2", "should be")]
    public void Dot(string right, string wrong, string says) => Answer(9, right, wrong, says);

    [TestCase("float sum = i < x.Length ? x[i] : 0f;", "if (i >= x.Length) return; float sum = x[i];", "All lanes of a warp have to take part")]
    [TestCase("int distance = Warp.WarpSize / 2", "int distance = 16", "With warps of 32 it is right")]
    [TestCase("int distance = Warp.WarpSize / 2", "int distance = Warp.WarpSize / 4", "Only the first 16 lanes")]
    [TestCase("Warp.LaneIdx == 0 && i < x.Length", "i < x.Length", "let one thread alone write it")]
    [TestCase("sum += Warp.ShuffleDown(sum, distance)", "sum += 0", "the lanes have added nothing yet")]
    [TestCase("distance /= 2", "distance -= 1", "should be")]
    [TestCase("i < x.Length ? x[i] : 0f", "x[i]", "64 threads for 1 element")]
    public void WarpSum(string right, string wrong, string says) => Answer(10, right, wrong, says);

    [TestCase("            Group.Barrier();        // outside the if: every thread has to reach it\n", "", "at the end of the loop's body")]
    [TestCase("if (t < stride)\n                tile[t] += tile[t + stride];\n            Group.Barrier();", "if (t < stride)\n            { tile[t] += tile[t + stride];\n            Group.Barrier(); }", "must not stand in an if")]
    [TestCase("tile[t] = i < x.Length ? x[i] : 0f;", "if (i < x.Length) tile[t] = x[i];", "Threads without an element of their own have to write too")]
    [TestCase("if (t < stride)", "if (t % (512 / stride / 2) == 0)", "farthest thread")]
    [TestCase("stride > 0", "stride >= 0", "go on while it is > 0")]
    [TestCase("stride > 0", "stride > 1", "stride 1")]
    [TestCase("int stride = GroupSize / 2", "int stride = GroupSize", "farthest thread")]
    [TestCase("for (int stride = GroupSize / 2; stride > 0; stride /= 2)\n        {\n            if (t < stride)", "for (int stride = 1; stride < GroupSize; stride *= 2)\n        {\n            if (t % (2 * stride) == 0)", "Half the lanes idle")]
    public void GroupSum(string right, string wrong, string says) => Answer(11, right, wrong, says);

    [TestCase("            Group.Barrier();        // all have read\n", "", "A Group.Barrier() is missing")]
    [TestCase("            Group.Barrier();        // all have written\n", "", "at the end of the loop's body")]
    [TestCase("float before = t >= distance ? tile[t - distance] : 0f;\n            Group.Barrier();        // all have read\n            tile[t] += before;", "if (t >= distance) tile[t] += tile[t - distance];", "overwrites in the same line")]
    [TestCase("result[i] = tile[t]", "result[i] = tile[t] - x[i]", "element i itself is missing")]
    [TestCase("t >= distance ? tile[t - distance] : 0f", "tile[t - distance]", "there is nothing at -1")]
    [TestCase("distance < GroupSize", "distance < GroupSize / 2", "should be")]
    [TestCase("result[i] = tile[t]", "{ float s = 0; for (int j = i - t; j <= i; j++) s += x[j]; result[i] = s; }", "read each element once")]
    public void Scan(string right, string wrong, string says) => Answer(12, right, wrong, says);

    [TestCase("Tile + 1", "Tile", "Bank conflicts of 32 ways: lanes of a warp want different words of the same bank, one after the other. Pad the tile by one column")]
    [TestCase("        Group.Barrier();", "", "A Group.Barrier() is missing between line")]
    [TestCase("firstColumn + ty < columns && firstRow + tx < rows", "firstColumn + tx < columns && firstRow + ty < rows", "which nobody has written")]
    [TestCase("result[((firstColumn + ty) * rows) + firstRow + tx] = tile[(tx * Pitch) + ty]", "result[((firstColumn + tx) * rows) + firstRow + ty] = tile[(ty * Pitch) + tx]", "beyond the edge, should not read")]
    [TestCase("tile[(tx * Pitch) + ty]", "tile[(ty * Pitch) + tx]", "not turned round")]
    public void Transpose(string right, string wrong, string says) => Answer(13, right, wrong, says);

    [TestCase("for (int c = t; c < columns; c += GroupSize)", "int c = t; if (c < columns)", "Only the first 64 columns are in the sums")]
    [TestCase("for (int c = t; c < columns; c += GroupSize)", "for (int c = 0; t == 0 && c < columns; c++)", "every 64th column")]
    [TestCase("result[row] = sums[0]", "result[row] = sum", "have not come together")]
    [TestCase("        sums[t] = sum;\n        Group.Barrier();\n", "        sums[t] = sum;\n", "A Group.Barrier() is missing")]
    [TestCase("row * columns", "row * GroupSize", "element (row, column) lies at row")]
    [TestCase("for (int c = t; c < columns; c += GroupSize)", "int each = (columns + GroupSize - 1) / GroupSize; for (int c = t * each; c < Math.Min(columns, (t + 1) * each); c++)", "times what it uses")]
    public void RowSum(string right, string wrong, string says) => Answer(14, right, wrong, says);

    [TestCase("x[row + c] - largest", "x[row + c]", "exp overflows")]
    [TestCase("float largest = float.NegativeInfinity", "float largest = 0f", "Begin below everything")]
    [TestCase("sum = Sum(shared, sum);", "", "adds up to")]
    [TestCase("largest = Largest(shared, largest);", "", "The threads have to agree")]
    [TestCase("float largest = shared[0];\n        Group.Barrier();", "float largest = shared[0];", "A Group.Barrier() is missing")]
    [TestCase("result[row + c] = MathF.Exp(x[row + c] - largest) / sum", "result[row + c] = MathF.Exp(x[row + c] - largest)", "adds up to")]
    public void Softmax(string right, string wrong, string says) => Answer(15, right, wrong, says);

    [TestCase("float m = float.MinValue", "float m = float.NegativeInfinity", "begin with float.MinValue")]
    [TestCase("(s * MathF.Exp(m - next))", "s", "multiplied by exp(old - new)")]
    [TestCase("(sums[t] * MathF.Exp(largest[t] - next)) + (sums[t + stride] * MathF.Exp(largest[t + stride] - next))", "sums[t] + sums[t + stride]", "adds up to")]
    [TestCase("sums[t] = s;\n        Group.Barrier();", "sums[t] = s;", "A Group.Barrier() is missing")]
    [TestCase("largest[t] = next;", "", "adds up to")]
    public void OnlineSoftmax(string right, string wrong, string says) => Answer(16, right, wrong, says);

    [TestCase("            Group.Barrier();        // all have used them\n", "", "at the end of the loop's body")]
    [TestCase("            Group.Barrier();        // both tiles are complete\n", "", "A Group.Barrier() is missing")]
    [TestCase("row < m && first + tx < k ? a[(row * k) + first + tx] : 0f", "a[(row * k) + first + tx]", "row")]
    [TestCase("float sum = 0f;", "if (row >= m || column >= n) return; float sum = 0f;", "must not stand in an if, behind a return")]
    [TestCase("first < k; first += Tile", "first + Tile <= k; first += Tile", "rounds down")]
    [TestCase("sum += tileA[(ty * Tile) + i] * tileB[(i * Tile) + tx]", "sum += row < m && column < n && first + i < k ? a[(row * k) + first + i] * b[((first + i) * n) + column] : 0", "bring a tile of each matrix to shared memory")]
    [TestCase("Group.Barrier();        // both tiles are complete", "Group.Barrier(); sum = 0f;", "does the sum begin again with every tile")]
    public void MatMul(string right, string wrong, string says) => Answer(17, right, wrong, says);

    [TestCase("(1f + weight[c])", "weight[c]", "1 + weight")]
    [TestCase("(total / columns) + epsilon", "total + epsilon", "divide by columns first")]
    [TestCase("1f / MathF.Sqrt((total / columns) + epsilon)", "1f / (MathF.Sqrt(total / columns) + epsilon)", "Epsilon belongs under the root")]
    [TestCase("MathF.Sqrt((total / columns) + epsilon)", "((total / columns) + epsilon)", "The root is missing")]
    [TestCase("        Group.Barrier();", "", "A Group.Barrier() is missing")]
    [TestCase("total / columns", "total / GroupSize", "divided by 64, the threads")]
    [TestCase("warp < GroupSize / Warp.WarpSize", "warp < 1", "Only the first warp")]
    [TestCase("GroupSize / Warp.WarpSize; warp++", "2; warp++", "With warps of 32 it is right")]
    public void RmsNorm(string right, string wrong, string says) => Answer(18, right, wrong, says);

    [TestCase(" + (((two >> 4) - 8) * x[first + 16])", "", "high four, b >> 4, are weights too")]
    [TestCase("((two & 15) - 8)", "(two & 15)", "take 8 off both halves")]
    [TestCase("first + 16]", "first + 1]", "weight j + 16")]
    [TestCase("(block * 32) + (i % 16)", "(block * 32) + (2 * (i % 16))", "does this thread count wrongly")]
    [TestCase("for (int i = t; i < bytes; i += GroupSize)", "int each = (bytes + GroupSize - 1) / GroupSize; for (int i = t * each; i < Math.Min(bytes, (t + 1) * each); i++)", "times what it uses")]
    [TestCase("scales[(row * blocks) + block]", "scales[block]", "Every row takes the scales of row 0")]
    public void QuantisedDot(string right, string wrong, string says) => Answer(19, right, wrong, says);

    [TestCase("q[(i * Head) + h] / 4f", "q[(i * Head) + h]", "not divided by 4")]
    [TestCase("score = softcap * MathF.Tanh(score / softcap);", "", "The softcap is missing")]
    [TestCase("Math.Max(first, i - window + 1)", "Math.Max(first, i - window)", "one key too many")]
    [TestCase("Math.Min(first + Tile - 1, i)", "Math.Min(first + Tile, tokens) - 1", "the mask is causal")]
    [TestCase("Math.Max(first, i - window + 1)", "first", "it should see the last")]
    [TestCase("Math.Max(0, firstQuery - window + 1) / Tile", "0", "some tiles are brought that no query of the group sees")]
    [TestCase("            Group.Barrier();        // all have used the tile\n", "", "at the end of the loop's body")]
    [TestCase("float m = float.MinValue", "float m = float.NegativeInfinity", "solved")]
    [TestCase("sums[h] = (sums[h] * keep) + ", "sums[h] += ", "When m changes")]
    [TestCase("sums[h] / s", "sums[h]", "divided by s")]
    public void FlashTile(string right, string wrong, string says) => Answer(20, right, wrong, says);

    [TestCase(1, "result[Grid.IdxX] = x[Grid.IdxX] + 10;", "Grid.IdxX is the number of the group, the same for all its threads")]
    [TestCase(1, "Console.WriteLine(1); result[i] = x[i] + 10;", "This is C#, and no kernel")]
    [TestCase(1, "result[i] = y;", "CS0103")]
    [TestCase(1, "var s = SharedMemory.Allocate<float>(1000000); s[i] = 1; result[i] = x[i] + s[i];", "cannot be launched. Kernel Map.Kernel needs 4000000 bytes of shared memory")]
    [TestCase(2, "int i = Grid.IdxX * 4 + Group.IdxX; result[i] = a[i] * b[i];", "as if groups had 4 threads; in this launch they have 1")]
    [TestCase(2, "int i = Grid.IdxX + Group.IdxX; result[i] = a[i] * b[i];", "Groups overlap")]
    [TestCase(3, "if (i > x.Length) return; result[i] = MathF.Max(x[i], 0);", "a return at >=, not at >")]
    [TestCase(3, "if (i < x.Length && x[i] > 0) result[i] = x[i];", "a 0 has to be")]
    [TestCase(3, "while (true) result[0] = 0;", "does not come to an end")]
    [TestCase(4, "int i = column; if (i < x.Length) result[i] = x[i] - 10 * (i / columns);", "all rows of threads do the same elements")]
    [TestCase(4, "column = Group.IdxX; row = Group.IdxY; if (row < rows && column < columns) result[row * columns + column] = x[row * columns + column] - 10 * row;", "Only the first group's 4 × 4 elements are right")]
    [TestCase(5, "column = Group.IdxX; row = Group.IdxY; if (row < down.Length && column < across.Length) result[row * stride + column] = down[row] * across[column];", "Only the first group's 4 × 4 elements are right")]
    [TestCase(8, "if (i > 0 && i < x.Length - 1) result[i] = x[i - 1] + x[i] + x[i + 1];", "Only the two ends are wrong")]
    [TestCase(14, "row = Grid.GlobalIndex.X; float s = 0; for (int c = 0; c < columns; c++) s += x[row * columns + c]; result[row] = s;", "the row is Grid.IdxX")]
    [TestCase(16, "float m = x[row], s = 0; for (int c = 0; c < columns; c++) { float v = x[row + c], n = MathF.Max(m, v); s = s * MathF.Exp(m - n) + MathF.Exp(v - n); m = n; } for (int c = t; c < columns; c += 64) result[row + c] = MathF.Exp(x[row + c] - m) / s;", "every thread goes through the whole row")]
    [TestCase(20, "sums[0] += q[i * 16]; result[i * 16] = sums[0];", "Fill it first")]
    [TestCase(6, "tile[t] = x[i];\nWarp.Barrier();\nresult[i] = tile[t] + tile[(t + 1) % 64];", "waits for the threads of one warp only")]
    [TestCase(9, "float s = 0; for (int j = 0; j < a.Length; j++) s += a[j] * b[j]; if (i == 0) result[0] = s;", "Does every thread go through all elements?")]
    [TestCase(11, "if (i < x.Length) Atomic.Add(ref result[Grid.IdxX], x[i]);", "nobody has set result to 0")]
    [TestCase(11, "if (t == 0) { float s = 0; for (int j = 0; j < 256; j++) s += x[i + j]; result[Grid.IdxX] = s; }", "Does a loop run to <=")]
    [TestCase(12, "if (i >= x.Length) return; float s = 0; for (int j = 0; j <= i; j++) s += x[j]; result[i] = s;", "each group begins anew")]
    [TestCase(17, "if (row >= m || column >= n) return; float s = 0; for (int j = 0; j <= k; j++) s += a[row * k + j] * b[j * n + column]; result[row * n + column] = s;", "one too far")]
    [TestCase(18, "float s = 0; for (int c = t; c < columns; c += 64) s += x[row + c] * x[row + c]; for (int c = t; c < columns; c += 64) result[row + c] = x[row + c] / MathF.Sqrt(s / columns + epsilon) * (1 + weight[c]);", "its own squares only")]
    public void Written_from_nothing(int number, string code, string says)
    {
        Puzzle puzzle = PuzzleCatalog.All[number - 1];
        string template = PuzzleCatalog.Template(puzzle).ReplaceLineEndings("\n");
        Verdict verdict = s_judge.Check(puzzle, $"{puzzle.Name}.cs", template.Replace("// Your code", $"{code} // Your code", StringComparison.Ordinal));
        string answer = $"[{verdict.Line}] {verdict.Headline} {string.Join(" ", verdict.Explanation)} {string.Join(" ", verdict.Complaints)}";
        TestContext.Out.WriteLine($"@@ {number} | {code.ReplaceLineEndings("~")}\n@@    {answer}");
        Assert.That(answer, Does.Contain(says));
    }

    private static void Answer(int number, string right, string wrong, string says)
    {
        Puzzle puzzle = PuzzleCatalog.All[number - 1];
        string solution = PuzzleCatalog.Solution(puzzle).ReplaceLineEndings("\n");
        Assert.That(solution, Does.Contain(right), "the solution has changed");
        Verdict verdict = s_judge.Check(puzzle, $"{puzzle.Name}.cs", solution.Replace(right, wrong, StringComparison.Ordinal));
        string answer = $"[{verdict.Line}{(verdict.OtherLine > 0 ? $", {verdict.OtherLine}" : "")}] {verdict.Headline} {string.Join(" ", verdict.Explanation)}";
        TestContext.Out.WriteLine($"@@ {number} | {right.ReplaceLineEndings("~")}  ==>  {wrong.ReplaceLineEndings("~")}\n@@    {answer}");
        Assert.That(answer, Does.Contain(says));
    }
}
