using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;
using Rows = ILGPU.Runtime.ArrayView2D<int, ILGPU.Stride2D.DenseY>;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Accesses outside views of one, two and three dimensions, and of parts of them.</summary>
public sealed class MemoryBugs(int warpSize) : PlantedFixture(warpSize)
{
    private static IEnumerable<TestCaseData> Bugs()
    {
        yield return Bug(b => b.Auto(Stencil, new Index2D(8, 6), b.Keep(b.Accelerator.Allocate2DDenseX<int>(new LongIndex2D(8, 6))).View, b.Zeros(48)),
            ["index (0, -1) is outside grid of length (8, 6)"]);
        yield return Bug(b => b.Auto(Swapped, new Index2D(3, 7), b.Keep(b.Accelerator.Allocate2DDenseY(new int[3, 7])).View),
            ["is outside table of length (3, 7)", "index (3, 0)"]);
        yield return Bug(b => b.Auto(Volume, new Index3D(2, 3, 4), b.Keep(b.Accelerator.Allocate3DDenseZY<int>(new LongIndex3D(2, 3, 4))).View),
            ["is outside block of length (2, 3, 4)", "(0, 0, 4)"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(EveryThird, 11, b.Ints(40)),
            ["thread (10, 0, 0): index 10 is outside"]);
        yield return Bug(b => b.Run(Reshaped, (1, 8), b.Ints(64)),
            ["thread (1, 0, 0): ", "outside"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(Nested, 9, b.Ints(64)),
            ["thread (8, 0, 0): index 8 is outside a part of x of length 8"]);
        yield return Bug(b => b.Auto(Window, new Index2D(4, 4), b.Keep(b.Accelerator.Allocate2DDenseY(new int[8, 8])).View),
            ["index (3, 4) is outside a part of table of length (4, 4)"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(Overflow, 9, b.Ints(64)),
            ["thread (8, 0, 0): index -2147483648 is outside x of length 64"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(Unsigned, 8, b.Ints(64)),
            ["thread (0, 0, 0): index 4294967295 is outside x of length 64"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(Huge, 3, b.Ints(64)),
            ["thread (1, 0, 0): index 4294967296 is outside x of length 64"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<Particle>, ArrayView<float>>(Neighbour, 12, b.Of(new Particle[12]), b.Floats(12)),
            ["thread (11, 0, 0): index 12 is outside particles of length 12"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>, ArrayView<int>>(Bins, 20, b.Ints(20), b.Zeros(16)),
            ["thread (15, 0, 0): index 16 is outside bins of length 16"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>, ArrayView<int>>(Gather, 6, b.Of(0, 1, 2, -1, 4, 5), b.Ints(6)),
            ["thread (3, 0, 0): index -1 is outside x of length 6"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>, ArrayView<int>>(Search, 9, b.Ints(8), b.Zeros(9)),
            ["index 8 is outside sorted of length 8"]);
        yield return Bug(b => b.Run(GridStride, (2, 16), b.Ints(64)),
            ["group (0, 0, 0), thread (0, 0, 0): index 64 is outside x of length 64"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>, ArrayView<int>>(UnrolledByFour, 3, b.Ints(10), b.Zeros(3)),
            ["thread (2, 0, 0): index 10 is outside x of length 10"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<float>, ArrayView<int>>(UnitInterval, 3, b.Of(0f, 0.5f, 1f), b.Zeros(10)),
            ["thread (2, 0, 0): index 10 is outside bins of length 10"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(Ring, 8, b.Ints(8)),
            ["thread (0, 0, 0): index -3 is outside x of length 8"]);
        yield return Bug(b => b.Run(Partial, (3, 32), b.Ints(70)),
            ["group (2, 0, 0), thread (6, 0, 0): index 70 is outside x of length 70"]);
        yield return Bug(b => b.Auto<Index1D, Holder>(InStruct, 8, new Holder { Length = 8, Data = b.Ints(4) }),
            ["thread (4, 0, 0): index 4 is outside holder.Data of length 4"]);
        yield return Bug(b => b.Run(ReversedBlock, (2, 8), b.Ints(16)),
            ["group (0, 0, 0), thread (0, 0, 0): index 16 is outside x of length 16"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(Helper, 6, b.Ints(5)),
            ["thread (5, 0, 0): index 5 is outside x of length 5"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>>(Variable, 4, b.Ints(3)),
            ["thread (3, 0, 0): ", "outside x of length 3"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<byte>>(NarrowRow, 4, b.Of(new byte[250])),
            ["index 250 is outside x of length 250"]);
        yield return Bug(b => b.Auto<Index1D, ArrayView<int>, ArrayView<int>>(Missing, 4, b.Ints(4), default),
            ["thread (0, 0, 0): index 0 is outside bias of length 0"]);
    }

    [TestCaseSource(nameof(Bugs))]
    public void Is_found(Action<Bench> run, string[] texts, int from, int to) => Finds(run, texts, from, to, Here());

    private static string Here([CallerFilePath] string path = "") => path;

    // The guard forgets the upper row.
    private static void Stencil(Index2D i, ArrayView2D<int, Stride2D.DenseX> grid, ArrayView<int> sum)
    {
        if (i.X > 0 && i.X < grid.IntExtent.X - 1 && i.Y < grid.IntExtent.Y - 1)
            grid[i] = 1;
        else if (i.Y < 1)
            sum[i.X] = grid[i.X, i.Y - 1];      // bug Stencil
    }

    private static void Swapped(Index2D i, Rows table) =>
        table[i.Y, i.X] = 1;    // bug Swapped

    private static void Volume(Index3D i, ArrayView3D<int, Stride3D.DenseZY> block) =>
        block[i.X, i.Y, i.Z + 1] = i.Z;     // bug Volume

    private static void EveryThird(Index1D i, ArrayView<int> x)
    {
        var thin = new ArrayView1D<int, Stride1D.General>(x, 10, new Stride1D.General(3));
        thin[i] += 1;   // bug EveryThird
    }

    // 64 elements are no 9 rows of 8.
    private static void Reshaped(ArrayView<int> x)
    {
        ArrayView1D<int, Stride1D.Dense> flat = x;
        Rows rows = flat.As2DDenseYView(new LongIndex2D(8, 8));
        rows[Group.IdxX + 7, 0] = 1;    // bug Reshaped
    }

    private static void Nested(Index1D i, ArrayView<int> x) =>
        x.SubView(16, 32).SubView(8, 8)[i] = 0;     // bug Nested

    private static void Window(Index2D i, Rows table)
    {
        var part = table.SubView(new Index2D(2, 2), new Index2D(4, 4));
        if (i.X == 3)
            part[i.X, i.Y + 1] = 1;     // bug Window
    }

    private static void Overflow(Index1D i, ArrayView<int> x) =>
        x[i.X < 8 ? i.X : i.X * 0x10000000] = 1;    // bug Overflow

    private static void Unsigned(Index1D i, ArrayView<int> x)
    {
        uint left = (uint)i.X - 1;
        x[(long)left] = 1;  // bug Unsigned
    }

    private static void Huge(Index1D i, ArrayView<int> x) =>
        x[(long)i.X << 32] += 1;    // bug Huge

    private record struct Particle(float X, float Y, float Z, int Cell);

    private static void Neighbour(Index1D i, ArrayView<Particle> particles, ArrayView<float> force) =>
        force[i] = particles[i].X - particles[i + 1].Z;     // bug Neighbour

    private static void Bins(Index1D i, ArrayView<int> x, ArrayView<int> bins) =>
        Atomic.Add(ref bins[x[i]], 1);      // bug Bins

    private static void Gather(Index1D i, ArrayView<int> index, ArrayView<int> x) =>
        index[i] = x[index[i]];     // bug Gather

    private static void Search(Index1D i, ArrayView<int> sorted, ArrayView<int> places)
    {
        int low = 0, high = sorted.IntLength;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (sorted[middle] < i + 1)     // bug Search
                low = middle + 1;
            else
                high = middle - 1;
        }
        places[i] = low;
    }

    private static void GridStride(ArrayView<int> x)
    {
        for (int i = Grid.GlobalIndex.X; i <= x.Length; i += Grid.DimX * Group.DimX)
            x[i] += 1;  // bug GridStride
    }

    private static void UnrolledByFour(Index1D i, ArrayView<int> x, ArrayView<int> sums)
    {
        int at = i * 4;
        int sum = x[at] + x[at + 1];
        sum += x[at + 2] + x[at + 3];   // bug UnrolledByFour
        sums[i] = sum;
    }

    private static void UnitInterval(Index1D i, ArrayView<float> x, ArrayView<int> bins) =>
        Atomic.Add(ref bins[(int)(x[i] * bins.Length)], 1);     // bug UnitInterval

    private static void Ring(Index1D i, ArrayView<int> x)
    {
        int earlier = x[(i.X - 3) % x.IntLength];   // bug Ring
        Atomic.Add(ref x[i], earlier);
    }

    private static void Partial(ArrayView<int> x)
    {
        int i = Grid.IdxX * Group.DimX + Group.IdxX;
        x[i] *= 2;  // bug Partial
    }

    private struct Holder
    {
        public int Length;
        public ArrayView<int> Data;
    }

    private static void InStruct(Index1D i, Holder holder)
    {
        if (i < holder.Length)
            holder.Data[i] = 1;     // bug InStruct
    }

    private static void ReversedBlock(ArrayView<int> x) =>
        x[x.IntLength - Grid.GlobalIndex.X] = 1;    // bug ReversedBlock

    private static void Helper(Index1D i, ArrayView<int> x) => Twice(x, i);

    private static void Twice(ArrayView<int> x, int at)
    {
        int value = x[at];      // bug Helper
        x[at] = value * 2;
    }

    private static void Variable(Index1D i, ArrayView<int> x)
    {
        ArrayView1D<int, Stride1D.Dense> line = x;
        VariableView<int> cell = line.VariableView(i);      // bug Variable
        cell.Value += 1;
    }

    private static void NarrowRow(Index1D i, ArrayView<byte> x)
    {
        byte at = (byte)(i.X + 249);
        x[(int)at] = 1;  // bug NarrowRow
    }

    private static void Missing(Index1D i, ArrayView<int> x, ArrayView<int> bias) =>
        x[i] += bias[0];    // bug Missing
}
