namespace GemmaIlgpu.Puzzles.Tests;

/// <summary>Kernels that go about it differently from the solutions, and are as right.</summary>
public class OtherWaysTests
{
    private const string View = "ArrayView<float>";
    private static readonly Judge s_judge = new();

    [OneTimeTearDown]
    public void Close() => s_judge.Dispose();

    [Test]
    public void A_copy_that_strides_over_the_whole_grid() => IsSolved(7, $"{View} x, {View} result, int perThread", """
        for (int i = Grid.GlobalIndex.X; i < x.Length; i += Grid.DimX * Group.DimX)
            result[i] = x[i];
        """);

    [Test]
    public void A_stencil_that_fills_its_tile_by_a_loop() => IsSolved(8, $"{View} x, {View} result", """
        var tile = SharedMemory.Allocate<float>(66);
        int first = Grid.IdxX * 64 - 1;
        for (int k = Group.IdxX; k < 66; k += 64)
        {
            int at = first + k;
            if (at < 0 || at >= x.Length)
                tile[k] = 0;
            else
                tile[k] = x[at];
        }
        Group.Barrier();
        int t = Group.IdxX;
        if (first + 1 + t >= x.Length)
            return;
        result[first + 1 + t] = tile[t] + tile[t + 1] + tile[t + 2];
        """);

    [Test]
    public void A_dot_product_of_which_one_thread_of_a_group_adds() => IsSolved(9, $"{View} a, {View} b, {View} result", """
        var shared = SharedMemory.Allocate<float>(32);
        float sum = 0;
        for (int i = Grid.GlobalIndex.X; i < a.IntLength; i += Grid.DimX * Group.DimX)
            sum += a[i] * b[i];
        shared[Group.IdxX] = sum;
        Group.Barrier();
        if (Group.IdxX == 0)
        {
            float total = 0;
            for (int i = 0; i < 32; i++)
                total += shared[i];
            Atomic.Add(ref result[0], total);
        }
        """);

    [Test]
    public void A_warp_sum_by_crossing_lanes() => IsSolved(10, $"{View} x, {View} result", """
        int i = Grid.GlobalIndex.X;
        float v = 0;
        if (i < x.Length)
            v = x[i];
        for (int mask = 1; mask < Warp.WarpSize; mask *= 2)
            v += Warp.ShuffleXor(v, mask);
        if (Warp.IsFirstLane && i < x.Length)
            result[i / Warp.WarpSize] = v;
        """);

    [Test]
    public void A_group_sum_by_shuffles_and_one_place_for_each_warp() => IsSolved(11, $"{View} x, {View} result", """
        var sums = SharedMemory.Allocate<float>(256);
        int t = Group.IdxX, i = Grid.GlobalIndex.X;
        float v = i < x.Length ? x[i] : 0f;
        for (int d = Warp.WarpSize / 2; d > 0; d >>= 1)
            v += Warp.ShuffleDown(v, d);
        if (Warp.IsFirstLane)
            sums[t / Warp.WarpSize] = v;
        Group.Barrier();
        if (t == 0)
        {
            float all = 0;
            for (int w = 0; w < 256 / Warp.WarpSize; w++)
                all += sums[w];
            result[Grid.IdxX] = all;
        }
        """);

    [Test]
    public void A_scan_with_two_tiles_in_turn() => IsSolved(12, $"{View} x, {View} result", """
        var tiles = SharedMemory.Allocate<float>(128);
        int t = Group.IdxX, i = Grid.GlobalIndex.X, from = 0;
        tiles[t] = i < x.Length ? x[i] : 0;
        Group.Barrier();
        for (int d = 1; d < 64; d *= 2)
        {
            int to = 64 - from;
            tiles[to + t] = t < d ? tiles[from + t] : tiles[from + t] + tiles[from + t - d];
            from = to;
            Group.Barrier();
        }
        if (i < x.Length)
            result[i] = tiles[from + t];
        """);

    [Test]
    public void A_transpose_that_twists_its_tile() => IsSolved(13, $"{View} x, {View} result, int rows, int columns", """
        var tile = SharedMemory.Allocate<float>(1024);
        int a = Group.IdxX, b = Group.IdxY, r0 = 32 * Grid.IdxY, c0 = 32 * Grid.IdxX;
        if (r0 + b < rows && c0 + a < columns)
            tile[b * 32 + (a ^ b)] = x[(r0 + b) * columns + c0 + a];
        Group.Barrier();
        if (c0 + b < columns && r0 + a < rows)
            result[(c0 + b) * rows + r0 + a] = tile[a * 32 + (a ^ b)];
        """);

    [Test]
    public void A_row_sum_by_shuffles() => IsSolved(14, $"{View} x, {View} result, int columns", """
        var sums = SharedMemory.Allocate<float>(64);
        float v = 0;
        for (int c = Group.IdxX; c < columns; c += Group.DimX)
            v += x[Grid.IdxX * columns + c];
        for (int d = Warp.WarpSize / 2; d > 0; d /= 2)
            v += Warp.ShuffleDown(v, d);
        if (Warp.LaneIdx == 0)
            sums[Group.IdxX / Warp.WarpSize] = v;
        Group.Barrier();
        if (Group.IdxX != 0)
            return;
        v = 0;
        for (int w = 0; w < Group.DimX / Warp.WarpSize; w++)
            v += sums[w];
        result[Grid.IdxX] = v;
        """);

    [Test]
    public void A_softmax_in_which_every_thread_adds_up_the_shared_values() => IsSolved(15, $"{View} x, {View} result, int columns", """
        var s = SharedMemory.Allocate<float>(64);
        int t = Group.IdxX;
        var row = x.SubView(Grid.IdxX * columns, columns);
        var y = result.SubView(Grid.IdxX * columns, columns);
        float m = float.MinValue;
        for (int c = t; c < columns; c += 64)
            m = Math.Max(m, row[c]);
        s[t] = m;
        Group.Barrier();
        for (int i = 0; i < 64; i++)
            m = Math.Max(m, s[i]);
        Group.Barrier();
        float sum = 0;
        for (int c = t; c < columns; c += 64)
            sum += MathF.Exp(row[c] - m);
        s[t] = sum;
        Group.Barrier();
        sum = 0;
        for (int i = 0; i < 64; i++)
            sum += s[i];
        for (int c = t; c < columns; c += 64)
            y[c] = MathF.Exp(row[c] - m) / sum;
        """);

    [Test]
    public void An_online_softmax_that_leaves_empty_pairs_out() => IsSolved(16, $"{View} x, {View} result, int columns", """
        var largest = SharedMemory.Allocate<float>(64);
        var sums = SharedMemory.Allocate<float>(64);
        int t = Group.IdxX, row = Grid.IdxX * columns;
        float m = float.NegativeInfinity, s = 0f;
        for (int c = t; c < columns; c += 64)
        {
            float v = x[row + c];
            if (v > m)
            {
                s = s == 0 ? 1 : s * MathF.Exp(m - v) + 1;
                m = v;
            }
            else
                s += MathF.Exp(v - m);
        }
        largest[t] = m;
        sums[t] = s;
        Group.Barrier();
        m = float.NegativeInfinity;
        for (int i = 0; i < 64; i++)
            m = MathF.Max(m, largest[i]);
        s = 0;
        for (int i = 0; i < 64; i++)
            s += sums[i] == 0 ? 0 : sums[i] * MathF.Exp(largest[i] - m);
        for (int c = t; c < columns; c += 64)
            result[row + c] = MathF.Exp(x[row + c] - m) / s;
        """);

    [Test]
    public void A_product_that_guards_by_branches() => IsSolved(17, $"{View} a, {View} b, {View} result, int m, int n, int k", """
        var ta = SharedMemory.Allocate<float>(256);
        var tb = SharedMemory.Allocate<float>(256);
        int x = Group.IdxX, y = Group.IdxY, c = Grid.IdxX * 16 + x, r = Grid.IdxY * 16 + y;
        float sum = 0;
        int tiles = (k + 15) / 16;
        for (int tile = 0; tile < tiles; tile++)
        {
            ta[y * 16 + x] = 0;
            tb[y * 16 + x] = 0;
            if (r < m && tile * 16 + x < k)
                ta[y * 16 + x] = a[r * k + tile * 16 + x];
            if (c < n && tile * 16 + y < k)
                tb[y * 16 + x] = b[(tile * 16 + y) * n + c];
            Group.Barrier();
            for (int i = 0; i < 16; i++)
                sum += ta[y * 16 + i] * tb[i * 16 + x];
            Group.Barrier();
        }
        if (r < m && c < n)
            result[r * n + c] = sum;
        """);

    [Test]
    public void A_norm_by_a_tree() => IsSolved(18, $"{View} x, {View} weight, {View} result, int columns, float epsilon", """
        var shared = SharedMemory.Allocate<float>(64);
        int t = Group.IdxX, row = Grid.IdxX * columns;
        shared[t] = 0;
        for (int c = t; c < columns; c += 64)
            shared[t] += x[row + c] * x[row + c];
        Group.Barrier();
        for (int s = 32; s > 0; s /= 2)
        {
            if (t < s)
                shared[t] += shared[t + s];
            Group.Barrier();
        }
        float root = MathF.Sqrt(shared[0] / columns + epsilon);
        for (int c = t; c < columns; c += 64)
            result[row + c] = x[row + c] / root * (1 + weight[c]);
        """);

    [Test]
    public void A_quantised_dot_product_of_half_a_group_for_each_block() => IsSolved(19, $"ArrayView<byte> packed, {View} scales, {View} x, {View} result, int columns", """
        int t = Group.IdxX, lane = t % 16, half = t / 16, row = Grid.IdxX, blocks = columns / 32;
        var sums = SharedMemory.Allocate<float>(32);
        float total = 0;
        for (int block = half; block < blocks; block += 2)
        {
            int b = packed[(row * blocks + block) * 16 + lane];
            float low = (b % 16 - 8) * x[block * 32 + lane], high = (b / 16 - 8) * x[block * 32 + 16 + lane];
            total += scales[row * blocks + block] * (low + high);
        }
        sums[t] = total;
        Group.Barrier();
        if (t == 0)
        {
            total = 0;
            for (int i = 0; i < 32; i++)
                total += sums[i];
            result[row] = total;
        }
        """);

    [Test]
    public void A_flash_tile_with_scores_of_a_tile_first() => IsSolved(20, $"{View} q, {View} k, {View} v, {View} result, int tokens, int window, float softcap", """
        var keys = SharedMemory.Allocate<float>(512);
        var values = SharedMemory.Allocate<float>(512);
        var query = LocalMemory.Allocate<float>(16);
        var sums = LocalMemory.Allocate<float>(16);
        var scores = LocalMemory.Allocate<float>(32);
        int t = Group.IdxX, i = Grid.GlobalIndex.X, firstQuery = Grid.IdxX * 32;
        for (int h = 0; h < 16; h++)
        {
            query[h] = i < tokens ? q[i * 16 + h] : 0;
            sums[h] = 0;
        }
        float m = -1e30f, s = 0;
        for (int first = Math.Max(firstQuery - window + 1, 0) / 32 * 32; first < tokens && first < firstQuery + 32; first += 32)
        {
            for (int e = t; e < 512 && first * 16 + e < tokens * 16; e += 32)
            {
                keys[e] = k[first * 16 + e];
                values[e] = v[first * 16 + e];
            }
            Group.Barrier();
            float largest = m;
            for (int j = 0; j < 32; j++)
            {
                scores[j] = -1e30f;
                int key = first + j;
                if (i >= tokens || key > i || key <= i - window)
                    continue;
                float dot = 0;
                for (int h = 0; h < 16; h++)
                    dot += query[h] * keys[j * 16 + h];
                scores[j] = softcap * MathF.Tanh(dot * 0.25f / softcap);
                largest = MathF.Max(largest, scores[j]);
            }
            float scale = MathF.Exp(m - largest);
            s *= scale;
            for (int h = 0; h < 16; h++)
                sums[h] *= scale;
            for (int j = 0; j < 32; j++)
            {
                if (scores[j] <= -1e30f)
                    continue;
                float p = MathF.Exp(scores[j] - largest);
                s += p;
                for (int h = 0; h < 16; h++)
                    sums[h] += p * values[j * 16 + h];
            }
            m = largest;
            Group.Barrier();
        }
        if (i < tokens)
            for (int h = 0; h < 16; h++)
                result[i * 16 + h] = sums[h] / s;
        """);

    private static void IsSolved(int number, string parameters, string body)
    {
        Verdict verdict = s_judge.Check(PuzzleCatalog.All[number - 1], "Mine.cs", $"class Mine\n{{\n    public static void Kernel({parameters})\n    {{\n{body}\n    }}\n}}\n");
        Assert.That(verdict.Standing, Is.EqualTo(Standing.Solved),
            $"[{verdict.Line}] {verdict.Headline} {string.Join(" ", verdict.Explanation)} {string.Join(" ", verdict.Complaints)} {string.Join("; ", verdict.Goals)} {verdict.Trial?.Description}");
    }
}
