using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Extents, grids and groups of every dimension and of awkward sizes.</summary>
public sealed class LaunchShapeTests(string device) : ConformanceTests(device)
{
    [Test] public void Implicit_1D([Values(1, 2, 15, 16, 17, 63, 64, 65, 1000, 4097)] int length)
    {
        int[] actual = Run(new int[length + 8], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Kernel1D)(length, view));
        Same([.. Enumerable.Range(0, length + 8).Select(i => i < length ? i * 2 + 1 : 0)], actual);
    }

    [Test] public void Nothing_runs_on_an_empty_extent()
    {
        int[] actual = Run(new int[4], view =>
        {
            Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(Kernel1D)(0, view);
            Accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView<int>, int>(Kernel2D)(new Index2D(0, 5), view, 4);
            Accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView<int>, int>(Kernel2D)(new Index2D(5, 0), view, 4);
        });
        Same(new int[4], actual);
    }

    private static void Kernel1D(Index1D i, ArrayView<int> data) => data[i] = i * 2 + 1;

    [Test] public void Implicit_1D_of_long_index([Values(1, 33, 5000)] int length)
    {
        long[] actual = Run(new long[length], view => Accelerator.LoadAutoGroupedStreamKernel<LongIndex1D, ArrayView<long>>(LongKernel)(length, view));
        Same([.. Enumerable.Range(0, length).Select(i => i * 3_000_000_000L)], actual);
    }

    private static void LongKernel(LongIndex1D i, ArrayView<long> data) => data[i] = i * 3_000_000_000L;

    [Test, Sequential] public void Implicit_2D([Values(1, 7, 16, 33, 1)] int x, [Values(1, 3, 16, 5, 40)] int y)
    {
        int[] actual = Run(new int[x * y], view => Accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView<int>, int>(Kernel2D)(new Index2D(x, y), view, x));
        Same([.. Enumerable.Range(0, x * y).Select(i => i % x * 100 + i / x + 1)], actual);
    }

    private static void Kernel2D(Index2D i, ArrayView<int> data, int width) => data[i.Y * width + i.X] = i.X * 100 + i.Y + 1;

    [Test, Sequential] public void Implicit_3D([Values(1, 5, 17)] int x, [Values(1, 4, 2)] int y, [Values(1, 6, 3)] int z)
    {
        int[] actual = Run(new int[x * y * z], view => Accelerator.LoadAutoGroupedStreamKernel<Index3D, ArrayView<int>, Index3D>(Kernel3D)(new Index3D(x, y, z), view, new Index3D(x, y, z)));
        Same([.. Enumerable.Range(0, x * y * z).Select(i => i % x * 10000 + i / x % y * 100 + i / x / y + 1)], actual);
    }

    private static void Kernel3D(Index3D i, ArrayView<int> data, Index3D extent) =>
        data[(i.Z * extent.Y + i.Y) * extent.X + i.X] = i.X * 10000 + i.Y * 100 + i.Z + 1;

    [Test] public void Custom_group_sizes([Values(1, 5, 32, 100)] int group)
    {
        int[] actual = Run(new int[237], view => Accelerator.LoadImplicitlyGroupedStreamKernel<Index1D, ArrayView<int>>(Kernel1D, group)(237, view));
        Same([.. Enumerable.Range(0, 237).Select(i => i * 2 + 1)], actual);
    }

    [TestCase(1, 1, 1, 1, 1, 1)]
    [TestCase(3, 2, 2, 5, 3, 2)]
    [TestCase(2, 1, 3, 8, 4, 1)]
    [TestCase(1, 2, 1, 16, 2, 3)]
    [TestCase(2, 2, 1, 1, 7, 9)]
    [TestCase(1, 1, 2, 10, 10, 10)]
    public void Explicit_3D_indices(int gx, int gy, int gz, int x, int y, int z)
    {
        var grid = new Index3D(gx, gy, gz);
        var group = new Index3D(x, y, z);
        int[] actual = Run(new int[grid.Size * group.Size * 4], view => Accelerator.LoadStreamKernel<ArrayView<int>>(IndexKernel)((grid, group), view));
        int[] expected = new int[actual.Length];
        int at = 0;
        for (int c = 0; c < gz; c++)
            for (int b = 0; b < gy; b++)
                for (int a = 0; a < gx; a++)
                    for (int k = 0; k < z; k++)
                        for (int j = 0; j < y; j++)
                            for (int i = 0; i < x; i++)
                            {
                                expected[at++] = a * 10000 + b * 100 + c;
                                expected[at++] = i * 10000 + j * 100 + k;
                                expected[at++] = (a * x + i) * 10000 + (b * y + j) * 100 + c * z + k;
                                expected[at++] = (k * y + j) * x + i;
                            }
        Same(expected, actual);
    }

    private static void IndexKernel(ArrayView<int> data)
    {
        int group = (Grid.IdxZ * Grid.DimY + Grid.IdxY) * Grid.DimX + Grid.IdxX;
        int thread = Group.LinearIndex;
        int at = (group * Group.Dimension.Size + thread) * 4;
        data[at] = Grid.IdxX * 10000 + Grid.IdxY * 100 + Grid.IdxZ;
        data[at + 1] = Group.Index.X * 10000 + Group.IdxY * 100 + Group.IdxZ;
        Index3D global = Grid.GlobalIndex;
        data[at + 2] = global.X * 10000 + global.Y * 100 + global.Z;
        data[at + 3] = thread;
    }

    [Test] public void Warps_lanes_and_first_threads([Values(1, 20, 64, 101)] int group)
    {
        int warp = Accelerator.WarpSize;
        int[] actual = Run(new int[group * 2], view => Accelerator.LoadStreamKernel<ArrayView<int>>(WarpKernel)((2, group), view));
        Same([.. Enumerable.Range(0, group * 2).Select(i => i % group).Select(t =>
            t % warp * 1000 + t / warp * 8 + (t == 0 ? 1 : 0) + (t == group - 1 ? 2 : 0) + (t % warp == 0 ? 4 : 0))], actual);
    }

    private static void WarpKernel(ArrayView<int> data) =>
        data[Grid.IdxX * Group.DimX + Group.IdxX] = Warp.LaneIdx * 1000 + Warp.WarpIdx * 8
            + (Group.IsFirstThread ? 1 : 0) + (Group.IsLastThread ? 2 : 0) + (Warp.IsFirstLane ? 4 : 0);

    [Test] public void Barriers_in_2D_groups_of_odd_sizes([Values(3, 8, 11)] int x, [Values(2, 5)] int y)
    {
        int[] data = Inputs.Range(x * y * 2);
        int[] actual = Run(data, view => Accelerator.LoadStreamKernel<ArrayView<int>>(Swap2D)((new Index2D(2, 1), new Index2D(x, y)), view));
        Same([.. data.Select(i => i / (x * y) * (x * y) + (x * y - 1 - i % (x * y)))], actual);
    }

    private static void Swap2D(ArrayView<int> data)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(128);
        int start = Grid.IdxX * Group.DimX * Group.DimY;
        shared[Group.IdxY * Group.DimX + Group.IdxX] = data[start + Group.LinearIndex];
        Group.Barrier();
        data[start + Group.LinearIndex] = shared[(Group.DimY - 1 - Group.IdxY) * Group.DimX + Group.DimX - 1 - Group.IdxX];
    }

    [Test] public void Many_groups()
    {
        int[] actual = Run(new int[30000], view => Accelerator.LoadStreamKernel<ArrayView<int>>(GroupNumberKernel)((10000, 3), view));
        Same([.. Enumerable.Range(0, 30000).Select(i => i / 3 * 7 + i % 3)], actual);
    }

    private static void GroupNumberKernel(ArrayView<int> data) => data[Grid.GlobalLinearIndex] = Grid.IdxX * 7 + Group.IdxX;

    [Test] public void Lambda_as_kernel()
    {
        var kernel = Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, float>((i, data, factor) => data[i] = data[i] * factor + i);
        float[] data = Inputs.Uniform(50);
        Same([.. data.Select((x, i) => x * 2.5f + i)], Run(data, view => kernel(50, view, 2.5f)));
    }

    [Test] public void Launch_without_loading()
    {
        int[] actual = Run(new int[20], view => Accelerator.LaunchAutoGrouped<Index1D, ArrayView<int>>(Kernel1D, 20, view));
        Same([.. Enumerable.Range(0, 20).Select(i => i * 2 + 1)], actual);
    }
}
