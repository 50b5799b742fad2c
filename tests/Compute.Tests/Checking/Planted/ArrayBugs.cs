using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Arrays that threads make themselves, fixed buffers, static tables: outside and inside.</summary>
public sealed class ArrayBugs(int warpSize) : PlantedFixture(warpSize)
{
    private static readonly int[] s_table = [10, 20, 30];
    private static readonly int[,] s_grid = { { 1, 2, 3 }, { 4, 5, 6 } };

    private static IEnumerable<TestCaseData> Bugs()
    {
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(PastTheEnd, 8, b.Ints(8)),
            ["thread (5, 0, 0): index 5 is outside local memory 'own' of length 5"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(RowsForColumns, 4, b.Ints(8)),
            ["thread (2, 0, 0): index (2, 0) is outside local memory 'own' of length (2, 4)"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(BeforeThePointer, 4, b.Ints(8)),
            ["thread (0, 0, 0): writes 4 bytes outside local memory"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(PastTheSpan, 8, b.Ints(8)),
            ["thread (4, 0, 0): index 4 is outside local memory of length 4"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(BeforeTheFirst, 8, b.Ints(8)),
            ["thread (3, 0, 0): index -1 is outside local memory 'steps' of length 3"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(PastThePair, 8, b.Ints(8)),
            ["thread (1, 0, 0): index 2 is outside local memory 'pair' of length 2"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(PastTheTable, 8, b.Ints(8)),
            ["thread (3, 0, 0): index 3 is outside", "of length 3"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(PastTheGrid, 8, b.Ints(8)),
            ["thread (3, 0, 0): index (1, 3) is outside", "of length (2, 3)"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<Window>>(PastTheFixed, 8, b.Of(new Window[8])),
            ["thread (6, 0, 0): reads 4 bytes outside local memory"]);
    }

    private static IEnumerable<TestCaseData> Clean()
    {
        yield return Right(b => b.Auto<Index1D, ArrayView<int>>(Sorted, 40, b.Ints(40)));
        yield return Right(b => b.Auto<Index1D, ArrayView<Window>, Window>(Shifted, 40, b.Of(new Window[40]), default));
        yield return Right(b => b.Auto(Guarded, new Index2D(128, 128), b.Keep(b.Accelerator.Allocate2DDenseX(new float[128, 128])).View, b.Floats(25), b.Keep(b.Accelerator.Allocate2DDenseX<float>(new LongIndex2D(128, 128))).View));
        yield return Right(b => b.Auto(OneForAll, new Index1D(40), b.Ints(40), b.Keep(b.Accelerator.Allocate1D<int, Stride1D.Infinite>(1, default)).View));
    }

    [TestCaseSource(nameof(Bugs))]
    public void Is_found(Action<Bench> run, string[] texts, int from, int to) => Finds(run, texts, from, to, Here());

    private static string Here([CallerFilePath] string path = "") => path;

    [TestCaseSource(nameof(Clean))]
    public void Is_left_alone(Action<Bench> run) => Leaves(run);

    private unsafe struct Window
    {
        public fixed int Values[6];
    }

    private static void PastTheEnd(Index1D i, ArrayView<int> x)
    {
        int[] own = new int[5];
        own[i] = x[i];      // bug PastTheEnd
        x[i] = own[0];
    }

    private static void RowsForColumns(Index1D i, ArrayView<int> x)
    {
        int[,] own = new int[2, 4];
        own[i, 0] = 1;      // bug RowsForColumns
        x[i] = own[0, i];
    }

    private static unsafe void BeforeThePointer(Index1D i, ArrayView<int> x)
    {
        int* own = stackalloc int[4];
        own[i - 1] = 1;     // bug BeforeThePointer
        x[i] = own[0];
    }

    private static void PastTheSpan(Index1D i, ArrayView<int> x)
    {
        Span<int> own = stackalloc int[4];
        own[i] = 1;         // bug PastTheSpan
        x[i] = own[0];
    }

    private static void BeforeTheFirst(Index1D i, ArrayView<int> x)
    {
        int[] steps = [4, 5, 6];
        x[i] = steps[(x[i] % 4) - 1];   // bug BeforeTheFirst
    }

    // Elements that are computed come one by one between the array and its variable.
    private static void PastThePair(Index1D i, ArrayView<int> x)
    {
        int[] pair = [x[i], x[i] + 1];
        x[i] = pair[x[i]];      // bug PastThePair
    }

    private static void PastTheTable(Index1D i, ArrayView<int> x) =>
        x[i] = s_table[i];  // bug PastTheTable

    private static void PastTheGrid(Index1D i, ArrayView<int> x) =>
        x[i] = s_grid[1, i];        // bug PastTheGrid

    private static unsafe void PastTheFixed(Index1D i, ArrayView<Window> x)
    {
        Window own = x[i];
        own.Values[0] = own.Values[i];      // bug PastTheFixed
        x[i] = own;
    }

    private static void Sorted(Index1D i, ArrayView<int> x)
    {
        int[] own = [3, x[i] % 5, 1];
        for (int end = own.Length - 1; end > 0; end--)
            for (int k = 0; k < end; k++)
                if (own[k] > own[k + 1])
                    (own[k], own[k + 1]) = (own[k + 1], own[k]);
        x[i] = own[1];
    }

    private static unsafe void Shifted(Index1D i, ArrayView<Window> x, Window given)
    {
        Window own = x[i];
        for (int k = 0; k < 6; k++)
            own.Values[k] = given.Values[(k + i) % 6];
        x[i] = own;
    }

    // Four conditions guard the access; lanes at the border take other ways through them than those within.
    private static void Guarded(Index2D i, ArrayView2D<float, Stride2D.DenseX> a, ArrayView<float> w, ArrayView2D<float, Stride2D.DenseX> b)
    {
        float sum = 0;
        for (int p = 0; p < 5; p++)
            for (int q = 0; q < 5; q++)
            {
                int x = i.X + p - 2, y = i.Y + q - 2;
                if (x >= 0 && y >= 0 && x < a.IntExtent.X && y < a.IntExtent.Y)
                    sum += a[x, y] * w[p * 5 + q];
            }
        b[i] = sum;
    }

    private static void OneForAll(Index1D i, ArrayView<int> x, ArrayView1D<int, Stride1D.Infinite> one) => x[i] += i == 0 ? one[i + 5] = 2 : 1;
}
