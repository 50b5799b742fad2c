using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Code that must not run where the program does not reach it, and warp-wide work behind conditions.</summary>
public sealed class HazardTests(string device) : ConformanceTests(device)
{
    [Test] public void Nothing_is_read_by_a_loop_of_no_rounds()
    {
        int[] actual = Run(Inputs.Range(20), view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, ArrayView<int>, int, int>(NoRoundsKernel)(20, view, ArrayView<int>.Empty, 0, 0));
        Same([.. Inputs.Range(20).Select(i => i + 1)], actual);
    }

    private static void NoRoundsKernel(Index1D i, ArrayView<int> data, ArrayView<int> empty, int rounds, int divisor)
    {
        int sum = 1;
        for (int k = 0; k < rounds; k++)
            sum += empty[5] / divisor + empty[k] % divisor;
        if (empty.Length > 0)
            sum += empty[0];
        data[i] += sum;
    }

    [Test] public void Guarded_reads_do_not_touch_the_rest()
    {
        // Only the lanes inside the data may read; the others would be far away.
        int[] actual = Run(new int[130], view => Accelerator.LoadStreamKernel<ArrayView<int>, long>(FarKernel)((3, 64), view, 1L << 44));
        Same([.. Inputs.Range(130).Select(i => i * 2)], actual);
    }

    private static void FarKernel(ArrayView<int> data, long far)
    {
        int i = Grid.GlobalIndex.X;
        long at = i < data.Length ? i : i * far;
        if (i < data.Length)
            data[at] = data[at] + i * 2;
    }

    [Test] public void Loop_over_own_elements_with_barriers([Values(8, 32, 64)] int group)
    {
        // The bound looks different in every thread but all do the same number of rounds.
        int[] actual = Run(Inputs.Range(group * 3), view => Accelerator.LoadStreamKernel<ArrayView<int>>(OwnElementsKernel)((1, group), view));
        Same([.. Inputs.Range(group * 3).Select(i => i / group * group + group - 1 - i % group)], actual);
    }

    private static void OwnElementsKernel(ArrayView<int> data)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(64);
        for (int i = Group.IdxX; i < data.IntLength; i += Group.DimX)
        {
            shared[Group.IdxX] = data[i];
            Group.Barrier();
            data[i] = shared[Group.DimX - 1 - Group.IdxX];
            Group.Barrier();
        }
    }

    [Test] public void First_warp_finishes_the_reduction()
    {
        int warp = Accelerator.WarpSize, group = Math.Min(warp * warp, 256);
        int[] data = Inputs.Random(group * 3, 100, 6);
        int[] actual = Run(data, view => Accelerator.LoadStreamKernel<ArrayView<int>>(FirstWarpKernel)((3, group), view));
        Same([.. data.Select((_, i) => data.Skip(i / group * group).Take(group).Sum())], actual);
    }

    private static void FirstWarpKernel(ArrayView<int> data)
    {
        ArrayView<int> sums = SharedMemory.Allocate<int>(256);
        int i = Grid.GlobalIndex.X, value = data[i];
        for (int step = Warp.WarpSize / 2; step > 0; step >>= 1)
            value += Warp.ShuffleXor(value, step);
        if (Warp.LaneIdx == 0)
            sums[Warp.WarpIdx] = value;
        Group.Barrier();
        int warps = Group.DimX / Warp.WarpSize;
        if (Group.IdxX < Warp.WarpSize)
        {
            int sum = Warp.LaneIdx < warps ? sums[Warp.LaneIdx] : 0;
            for (int step = Warp.WarpSize / 2; step > 0; step >>= 1)
                sum += Warp.ShuffleXor(sum, step);
            if (Warp.LaneIdx == 0)
                sums[0] = sum;
        }
        Group.Barrier();
        data[i] = sums[0];
    }

    [Test] public void Different_loops_on_both_sides_of_a_branch() => Check<TwoLoops, int, int>(Inputs.Range(90));

    private struct TwoLoops : IFunction<int, int>
    {
        public static int Apply(int value)
        {
            int sum = 0;
            if (value % 2 == 0)
            {
                for (int k = 0; k < value % 9; k++)
                    sum += k * value;
            }
            else
            {
                int k = value;
                while (k > 3)
                {
                    k = k % 3 == 0 ? k / 3 : k - 1;
                    sum ^= k;
                    if (sum == 77)
                        return -1;
                }
            }
            return sum;
        }
    }

    [Test] public void Writes_to_one_place_by_one_thread() => Same(
        [.. Inputs.Range(40).Select(i => i == 17 ? 5 : i == 3 ? 9 : 0)],
        Run(new int[40], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, int>(OnePlaceKernel)(40, view, 17)));

    private static void OnePlaceKernel(Index1D i, ArrayView<int> data, int place)
    {
        if (i == place)
            data[place] = 5;
        if (i == 39)
            data[3] = 9;
    }

    [Test] public void Stores_are_seen_by_later_loads() => Same(
        [.. Inputs.Range(50).Select(i => i * 4 + 6)],
        Run(Inputs.Range(50), view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, ArrayView<int>>(AliasKernel)(50, view, view)));

    // The two views are the same memory.
    private static void AliasKernel(Index1D i, ArrayView<int> a, ArrayView<int> b)
    {
        int before = a[i];
        b[i] = before + 1;
        int between = a[i];
        b[i] = between + before + 2;
        for (int k = 0; k < 1; k++)
            a[i] = b[i] * 2;
    }

    [Test] public void Unit_and_other_strides_of_every_width()
    {
        Strided([.. Inputs.Range(400).Select(i => (byte)i)], (a, b) => (byte)(a + b));
        Strided([.. Inputs.Range(400).Select(i => (short)(i * 50))], (a, b) => (short)(a + b));
        Strided(Inputs.Range(400), (a, b) => a + b);
        Strided([.. Inputs.Range(400).Select(i => i * 5_000_000_000L)], (a, b) => a + b);
        Strided(Inputs.Uniform(400), (a, b) => a + b);
        Strided([.. Inputs.Uniform(400).Select(x => (double)x)], (a, b) => a + b);
    }

    private void Strided<T>(T[] data, Func<T, T, T> add)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        T[] expected = [.. data];
        for (int i = 0; i < 90; i++)
            expected[300 + i] = add(add(data[i], data[2 * i + 1]), add(data[299 - i], data[i / 2]));
        Same(expected, Run(data, view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<T>>(StridedKernel)(90, view)));
    }

    private static void StridedKernel<T>(Index1D i, ArrayView<T> data)
        where T : unmanaged, System.Numerics.INumber<T> => data[300 + i] = data[i] + data[2 * i + 1] + (data[299 - i] + data[i / 2]);
}
