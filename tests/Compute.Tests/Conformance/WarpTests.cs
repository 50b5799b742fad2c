using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Algorithms.ScanReduceOperations;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Shuffles, broadcasts, reductions and scans within warps and groups.</summary>
public sealed class WarpTests(string device) : ConformanceTests(device)
{
    private int WarpSize => Accelerator.WarpSize;

    private T[] Warps<T>(T[] data, Action<KernelConfig, ArrayView<T>> launch)
        where T : unmanaged => Run(data, view => launch((2, data.Length / 2), view));

    private T[] Expected<T>(T[] data, Func<T[], int, T> lane)
    {
        int half = data.Length / 2;
        return [.. data.Select((_, i) =>
        {
            int first = i / half * half + i % half / WarpSize * WarpSize;
            T[] warp = data[first..(first + WarpSize)];
            return lane(warp, i % half % WarpSize);
        })];
    }

    private int[] Ints => Inputs.Random(WarpSize * 6, 10000, 9);

    [Test] public void Shuffle_by_varying_lane() => Same(
        Expected(Ints, (warp, lane) => warp[(lane * 3 + 1) % WarpSize]),
        Warps(Ints, Accelerator.LoadStreamKernel<ArrayView<int>>(VaryingKernel)));

    private static void VaryingKernel(ArrayView<int> data)
    {
        int i = Grid.GlobalIndex.X;
        data[i] = Warp.Shuffle(data[i], (Warp.LaneIdx * 3 + 1) % Warp.WarpSize);
    }

    [Test] public void Shuffle_by_uniform_lane() => Same(
        Expected(Ints, (warp, _) => warp[WarpSize / 2] + warp[0]),
        Warps(Ints, Accelerator.LoadStreamKernel<ArrayView<int>>(UniformKernel)));

    private static void UniformKernel(ArrayView<int> data)
    {
        int i = Grid.GlobalIndex.X;
        int value = data[i];
        data[i] = Warp.Shuffle(value, Warp.WarpSize / 2) + Warp.Broadcast(value, 0);
    }

    [Test] public void Shuffle_down() => Same(
        Expected(Ints, (warp, lane) => (lane + 1 < WarpSize ? warp[lane + 1] : warp[lane]) * 3 + (lane + 2 < WarpSize ? warp[lane + 2] : warp[lane])),
        Warps(Ints, Accelerator.LoadStreamKernel<ArrayView<int>>(DownKernel)));

    private static void DownKernel(ArrayView<int> data)
    {
        int i = Grid.GlobalIndex.X;
        data[i] = Warp.ShuffleDown(data[i], 1) * 3 + Warp.ShuffleDown(data[i], 2);
    }

    [Test] public void Shuffle_up() => Same(
        Expected(Ints, (warp, lane) => lane >= 1 ? warp[lane - 1] : warp[lane]),
        Warps(Ints, Accelerator.LoadStreamKernel<ArrayView<int>>(UpKernel)));

    private static void UpKernel(ArrayView<int> data)
    {
        int i = Grid.GlobalIndex.X;
        data[i] = Warp.ShuffleUp(data[i], 1);
    }

    [Test] public void Butterfly_sums_in_every_type()
    {
        Same(Expected(Ints, (warp, _) => warp.Sum()), Warps(Ints, Accelerator.LoadStreamKernel<ArrayView<int>>(ButterflyInt)));
        uint[] uints = [.. Ints.Select(i => (uint)i * 400_000)];
        Same(Expected(uints, (warp, _) => warp.Aggregate((a, b) => a + b)), Warps(uints, Accelerator.LoadStreamKernel<ArrayView<uint>>(ButterflyUint)));
        long[] longs = [.. Ints.Select(i => i * 3_000_000_001L)];
        Same(Expected(longs, (warp, _) => warp.Sum()), Warps(longs, Accelerator.LoadStreamKernel<ArrayView<long>>(ButterflyLong)));
        float[] floats = [.. Ints.Select(i => (float)(i % 64))];
        Same(Expected(floats, (warp, _) => warp.Sum()), Warps(floats, Accelerator.LoadStreamKernel<ArrayView<float>>(ButterflyFloat)));
        double[] doubles = [.. Ints.Select(i => i % 64 * 0.25)];
        Same(Expected(doubles, (warp, _) => warp.Sum()), Warps(doubles, Accelerator.LoadStreamKernel<ArrayView<double>>(ButterflyDouble)));
        byte[] bytes = [.. Ints.Select(i => (byte)i)];
        Same(Expected(bytes, (warp, _) => (byte)warp.Sum(b => b)), Warps(bytes, Accelerator.LoadStreamKernel<ArrayView<byte>>(ButterflyByte)));
        short[] shorts = [.. Ints.Select(i => (short)(i - 5000))];
        Same(Expected(shorts, (warp, _) => (short)warp.Sum(s => s)), Warps(shorts, Accelerator.LoadStreamKernel<ArrayView<short>>(ButterflyShort)));
    }

    private static void ButterflyInt(ArrayView<int> data)
    {
        int i = Grid.GlobalIndex.X;
        int value = data[i];
        for (int mask = Warp.WarpSize / 2; mask > 0; mask /= 2)
            value += Warp.ShuffleXor(value, mask);
        data[i] = value;
    }

    private static void ButterflyUint(ArrayView<uint> data)
    {
        int i = Grid.GlobalIndex.X;
        uint value = data[i];
        for (int mask = 1; mask < Warp.WarpSize; mask <<= 1)
            value += Warp.ShuffleXor(value, mask);
        data[i] = value;
    }

    private static void ButterflyLong(ArrayView<long> data)
    {
        int i = Grid.GlobalIndex.X;
        long value = data[i];
        for (int mask = Warp.WarpSize / 2; mask > 0; mask /= 2)
            value += Warp.ShuffleXor(value, mask);
        data[i] = value;
    }

    private static void ButterflyFloat(ArrayView<float> data)
    {
        int i = Grid.GlobalIndex.X;
        float value = data[i];
        for (int mask = Warp.WarpSize / 2; mask > 0; mask /= 2)
            value += Warp.ShuffleXor(value, mask);
        data[i] = value;
    }

    private static void ButterflyDouble(ArrayView<double> data)
    {
        int i = Grid.GlobalIndex.X;
        double value = data[i];
        for (int mask = Warp.WarpSize / 2; mask > 0; mask /= 2)
            value += Warp.ShuffleXor(value, mask);
        data[i] = value;
    }

    private static void ButterflyByte(ArrayView<byte> data)
    {
        int i = Grid.GlobalIndex.X;
        byte value = data[i];
        for (int mask = Warp.WarpSize / 2; mask > 0; mask /= 2)
            value += Warp.ShuffleXor(value, mask);
        data[i] = value;
    }

    private static void ButterflyShort(ArrayView<short> data)
    {
        int i = Grid.GlobalIndex.X;
        short value = data[i];
        for (int mask = Warp.WarpSize / 2; mask > 0; mask /= 2)
            value += Warp.ShuffleXor(value, mask);
        data[i] = value;
    }

    [Test] public void Shuffles_within_parts_of_a_warp()
    {
        int width = Math.Max(1, WarpSize / 2);
        int[] actual = Run(Ints, view => Accelerator.LoadStreamKernel<ArrayView<int>, int>(PartKernel)((2, Ints.Length / 2), view, width));
        Same(Expected(Ints, (warp, lane) =>
        {
            int start = lane / width * width, own = lane % width;
            int down = own + 1 < width ? warp[lane + 1] : warp[lane], up = own >= 1 ? warp[lane - 1] : warp[lane];
            return down + up * 3 + warp[start + (own + 1) % width] * 7 + warp[start] * 11;
        }), actual);
    }

    private static void PartKernel(ArrayView<int> data, int width)
    {
        int i = Grid.GlobalIndex.X;
        int value = data[i];
        int own = Warp.LaneIdx % width;
        int next = Warp.Shuffle(value, (own + 1) % width, width);
        int first = Warp.Shuffle(value, 0, width);
        data[i] = Warp.ShuffleDown(value, 1, width) + Warp.ShuffleUp(value, 1, width) * 3 + next * 7 + first * 11;
    }

    [Test] public void Warp_reductions_and_scans() => Same(
        Expected(Ints, (warp, lane) => warp.Sum() * 2 + warp.Max() + warp.Take(lane + 1).Sum() * 3 + warp.Take(lane).Sum() * 5 + (lane == 0 ? warp.Min() : 0)),
        Warps(Ints, Accelerator.LoadStreamKernel<ArrayView<int>>(WarpScanKernel)));

    private static void WarpScanKernel(ArrayView<int> data)
    {
        int i = Grid.GlobalIndex.X;
        int value = data[i];
        int min = WarpExtensions.Reduce<int, MinInt32>(value);
        data[i] = WarpExtensions.AllReduce<int, AddInt32>(value) * 2 + WarpExtensions.AllReduce<int, MaxInt32>(value)
            + WarpExtensions.InclusiveScan<int, AddInt32>(value) * 3 + WarpExtensions.ExclusiveScan<int, AddInt32>(value) * 5
            + (Warp.IsFirstLane ? min : 0);
    }

    [Test] public void Group_reductions_and_scans([Values(1, 7, 64, 100, 256)] int group)
    {
        long[] data = [.. Inputs.Random(group * 2, 1000, group).Select(i => (long)i)];
        long[] actual = Run(data, view => Accelerator.LoadStreamKernel<ArrayView<long>>(GroupScanKernel)((2, group), view));
        Same([.. data.Select((_, i) =>
        {
            long[] own = data[(i / group * group)..(i / group * group + group)];
            int t = i % group;
            return own.Sum() * 2 + own.Max() + own.Take(t + 1).Sum() * 3 + own.Take(t).Sum() * 5 + (t == 0 ? own.Min() : 0);
        })], actual);
    }

    private static void GroupScanKernel(ArrayView<long> data)
    {
        int i = Grid.GlobalIndex.X;
        long value = data[i];
        long min = GroupExtensions.Reduce<long, MinInt64>(value);
        long sum = GroupExtensions.AllReduce<long, AddInt64>(value);
        long max = GroupExtensions.AllReduce<long, MaxInt64>(value);
        long inclusive = GroupExtensions.InclusiveScan<long, AddInt64>(value);
        long exclusive = GroupExtensions.ExclusiveScan<long, AddInt64>(value);
        data[i] = sum * 2 + max + inclusive * 3 + exclusive * 5 + (Group.IsFirstThread ? min : 0);
    }

    [Test] public void Shuffles_between_warps_of_a_large_group_with_barriers()
    {
        int group = WarpSize * 4;
        float[] data = Inputs.Uniform(group * 2, 4);
        float[] actual = Run(data, view => Accelerator.LoadStreamKernel<ArrayView<float>>(TwoLevelKernel)((2, group), view));
        float[] expected = new float[data.Length];
        for (int g = 0; g < 2; g++)
        {
            float[] sums = new float[4];
            for (int w = 0; w < 4; w++)
            {
                float[] lanes = data[(g * group + w * WarpSize)..(g * group + (w + 1) * WarpSize)];
                for (int step = WarpSize / 2; step > 0; step /= 2)
                {
                    float[] old = [.. lanes];
                    for (int l = 0; l < WarpSize; l++)
                        lanes[l] += l + step < WarpSize ? old[l + step] : old[l];
                }
                sums[w] = lanes[0];
            }
            for (int t = 0; t < group; t++)
                expected[g * group + t] = sums[0] + sums[1] + sums[2] + sums[3];
        }
        Same(expected, actual);
    }

    private static void TwoLevelKernel(ArrayView<float> data)
    {
        ArrayView<float> sums = SharedMemory.Allocate<float>(64);
        int i = Grid.GlobalIndex.X;
        float value = data[i];
        for (int step = Warp.WarpSize / 2; step > 0; step /= 2)
            value += Warp.ShuffleDown(value, step);
        if (Warp.IsFirstLane)
            sums[Warp.WarpIdx] = value;
        Group.Barrier();
        data[i] = sums[0] + sums[1] + sums[2] + sums[3];
    }

    private record struct Candidate(float Score, int Index);

    [Test] public void Structs_travel_through_shuffles()
    {
        Candidate[] data = [.. Inputs.Uniform(WarpSize * 2, 8).Select((x, i) => new Candidate(x, i))];
        Candidate[] actual = Warps(data, Accelerator.LoadStreamKernel<ArrayView<Candidate>>(ArgMaxKernel));
        Same(Expected(data, (warp, _) => warp.MaxBy(candidate => candidate.Score)), actual);
    }

    private static void ArgMaxKernel(ArrayView<Candidate> data)
    {
        int i = Grid.GlobalIndex.X;
        Candidate best = data[i];
        for (int mask = Warp.WarpSize / 2; mask > 0; mask /= 2)
        {
            Candidate other = Warp.ShuffleXor(best, mask);
            if (other.Score > best.Score)
                best = other;
        }
        data[i] = best;
    }
}
