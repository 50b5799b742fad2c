using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;
using Rows = ILGPU.Runtime.ArrayView2D<int, ILGPU.Stride2D.DenseY>;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Accesses outside shared, dynamic, local and static memory, and outside casts, references and views with other dimensions.</summary>
public sealed class SpecialMemoryBugs(int warpSize) : PlantedFixture(warpSize)
{
    private static readonly int[] s_offsets = [3, 1, 2];

    private static IEnumerable<TestCaseData> Bugs()
    {
        yield return Bug(b => b.Auto(Turned, new Index2D(3, 7), b.Keep(b.Accelerator.Allocate2DDenseY(new int[3, 7])).View), ["index (0, 3) is outside a view of table of length (7, 3)"]);
        yield return Bug(b => b.Run(SharedAsWords, (1, 16), b.Ints(16)), ["thread (8, 0, 0): index 8 is outside a view of shared memory 'bytes' of length 8"]);
        yield return Bug(b => b.Run(LocalFront, (1, 4), b.Ints(4)), ["thread (2, 0, 0): index 2 is outside a view of local memory 'four' of length 2"]);
        yield return Bug(b => b.Run(TwoOfDynamic, new KernelConfig(1, 16, SharedMemoryConfig.RequestDynamic<int>(24)), b.Ints(16)),
            ["the range of 16 from 16 is outside dynamic shared memory of length 24"]);
        yield return Bug(b => b.Run(FirstIntoSecond, (1, 16), b.Ints(16)),
            ["thread (15, 0, 0): index 16 is outside shared memory 'first' of length 16"]);
        yield return Bug(b => b.Run(SharedTile, ((1, 1), (8, 4)), b.Ints(32)),
            ["is outside shared memory 'tile' of length (4, 9)", "(4, 0)"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(LocalMatrix, 4, b.Ints(16)),
            ["is outside local memory 'm' of length (3, 2)"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(Bytes, 17, b.Ints(4)),
            ["thread (16, 0, 0): index 16 is outside a view of x of length 16"]);
        yield return Bug(b => b.Run(SharedBins, (1, 32), b.Ints(32)),
            ["thread (7, 0, 0): index 8 is outside shared memory 'bins' of length 8"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(Before, 4, b.Ints(4)),
            ["thread (0, 0, 0): index -1 is outside a static array of length 3"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>>(AlignedPart, 64, b.Floats(64)),
            ["is outside a part of x of length 63"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(Referenced, 5, b.Ints(5)),
            ["bytes before the beginning of x of length 5"]);
        yield return Bug(b => b.Run(Halo2D, ((1, 1), (6, 6)), b.Keep(b.Accelerator.Allocate2DDenseY(new int[4, 4])).View),
            ["(-1, "]);
    }

    [TestCaseSource(nameof(Bugs))]
    public void Is_found(Action<Bench> run, string[] texts, int from, int to) => Finds(run, texts, from, to, Here());

    private static string Here([CallerFilePath] string path = "") => path;

    private static void Turned(Index2D i, Rows table) =>
        table.AsTransposed()[i] = 1;    // bug Turned

    private static void SharedAsWords(ArrayView<int> x)
    {
        ArrayView<byte> bytes = SharedMemory.Allocate<byte>(32);
        bytes.Cast<int>()[Group.IdxX] = x[Group.IdxX];  // bug SharedAsWords
    }

    private static void LocalFront(ArrayView<int> x)
    {
        ArrayView<int> four = LocalMemory.Allocate<int>(4);
        four.SubView(0, 2)[Group.IdxX] = x[Group.IdxX];     // bug LocalFront
    }

    private static void TwoOfDynamic(ArrayView<int> x)
    {
        ArrayView<int> room = SharedMemory.GetDynamic<int>();
        ArrayView<int> keys = room.SubView(0, Group.DimX);
        ArrayView<int> values = room.SubView(Group.DimX, Group.DimX);   // bug TwoOfDynamic
        keys[Group.IdxX] = x[Group.IdxX];
        values[Group.IdxX] = keys[Group.IdxX];
    }

    private static void FirstIntoSecond(ArrayView<int> x)
    {
        ArrayView<int> first = SharedMemory.Allocate<int>(16);
        ArrayView<int> second = SharedMemory.Allocate<int>(16);
        second[Group.IdxX] = x[Group.IdxX];
        first[Group.IdxX + 1] = second[Group.IdxX];     // bug FirstIntoSecond
        Group.Barrier();
        x[Group.IdxX] = first[Group.IdxX];
    }

    private static void SharedTile(ArrayView<int> x)
    {
        var tile = SharedMemory.Allocate2DDenseY<int>(new Index2D(4, 9));
        tile[Group.IdxX, Group.IdxY] = x[Group.LinearIndex];    // bug SharedTile
    }

    private static void LocalMatrix(Index1D i, ArrayView<int> x)
    {
        var m = LocalMemory.Allocate2D<int, Stride2D.DenseY>(new Index2D(3, 2), new Stride2D.DenseY(2));
        for (int row = 0; row < 3; row++)
            for (int column = 0; column <= x[i] - i; column++)
                m[row, column + 1] = column;    // bug LocalMatrix
        x[i] = m[x[i] & 1, 1];
    }

    private static void Bytes(Index1D i, ArrayView<int> x) =>
        x.Cast<byte>()[i] = 1;  // bug Bytes

    private static void SharedBins(ArrayView<int> x)
    {
        ArrayView<int> bins = SharedMemory.Allocate<int>(8);
        if (Group.IdxX < 8)
            bins[Group.IdxX] = 0;
        Group.Barrier();
        Atomic.Max(ref bins[x[Group.IdxX] % 9], x[Group.IdxX]);     // bug SharedBins
    }

    private static void Before(Index1D i, ArrayView<int> x) =>
        x[i] = s_offsets[i.X - 1];     // bug Before

    private static void AlignedPart(Index1D i, ArrayView<float> x)
    {
        (ArrayView<float> head, ArrayView<float> body) = x.SubView(1).AlignTo(4);
        body[i + head.IntLength] = 1;   // bug AlignedPart
    }

    private static void Referenced(Index1D i, ArrayView<int> x)
    {
        ref int mine = ref x[i];
        Unsafe.Subtract(ref mine, 2) = 7;   // bug Referenced
    }

    private static void Halo2D(Rows x)
    {
        var tile = SharedMemory.Allocate2DDenseY<int>(new Index2D(6, 6));
        tile[Group.IdxX, Group.IdxY] = x[Group.IdxX - 1, Group.IdxY - 1];   // bug Halo2D
    }
}
