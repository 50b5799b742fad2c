using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

public sealed partial class ProgramTests
{
    [Test] public void Reduction_in_stages()
    {
        float[] data = [.. Inputs.Random(5000, 100, 8).Select(x => (float)x)];
        using var input = Accelerator.Allocate1D(data);
        using var partial = Accelerator.Allocate1D<float>(13);
        var kernel = Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>>(StageKernel);
        float[] actual = Run(new float[1], view =>
        {
            kernel((13, 64), input.View, partial.View);
            kernel((1, 64), partial.View, view);
        });
        Same([data.Sum()], actual);     // whole numbers below 2²⁴: exact in any order
    }

    private static void StageKernel(ArrayView<float> input, ArrayView<float> output)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(64);
        float sum = 0;
        for (long i = Grid.GlobalIndex.X; i < input.Length; i += Grid.DimX * Group.DimX)
            sum += input[i];
        shared[Group.IdxX] = sum;
        Group.Barrier();
        for (int stride = 32; stride > 0; stride >>= 1)
        {
            if (Group.IdxX < stride)
                shared[Group.IdxX] += shared[Group.IdxX + stride];
            Group.Barrier();
        }
        if (Group.IdxX == 0)
            output[Grid.IdxX] = shared[0];
    }

    [Test] public void Image_filter()
    {
        const int width = 37, height = 19;
        uint[] pixels = [.. Inputs.Random(width * height, int.MaxValue, 3).Select(x => (uint)x)];
        using var image = Accelerator.Allocate1D(pixels);
        uint[] actual = Run(new uint[pixels.Length], view => Accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView<uint>, ArrayView<uint>, Index2D>(BlurKernel)(new Index2D(width, height), image.View, view, new Index2D(width, height)));
        uint[] expected = [.. Inputs.Range(pixels.Length).Select(i =>
        {
            int r = 0, g = 0, b = 0, n = 0;
            for (int y = Math.Max(0, i / width - 1); y <= Math.Min(height - 1, i / width + 1); y++)
            {
                for (int x = Math.Max(0, i % width - 1); x <= Math.Min(width - 1, i % width + 1); x++)
                {
                    uint p = pixels[y * width + x];
                    r += (byte)(p >> 16);
                    g += (byte)(p >> 8);
                    b += (byte)p;
                    n++;
                }
            }
            return 0xff000000 | (uint)(r / n) << 16 | (uint)(g / n) << 8 | (uint)(b / n);
        })];
        Same(expected, actual);
    }

    private static void BlurKernel(Index2D i, ArrayView<uint> input, ArrayView<uint> output, Index2D size)
    {
        int r = 0, g = 0, b = 0, n = 0;
        for (int dy = -1; dy <= 1; dy++)
        {
            int y = i.Y + dy;
            if (y < 0 || y >= size.Y)
                continue;
            for (int dx = -1; dx <= 1; dx++)
            {
                int x = i.X + dx;
                if ((uint)x >= (uint)size.X)
                    continue;
                uint p = input[y * size.X + x];
                r += (byte)(p >> 16);
                g += (byte)(p >> 8);
                b += (byte)p;
                n++;
            }
        }
        output[i.Y * size.X + i.X] = 0xff000000u | (uint)(r / n) << 16 | (uint)(g / n) << 8 | (uint)(b / n);
    }

    [Test] public void Hashes()
    {
        byte[] text = [.. Inputs.Random(1000, 256, 6).Select(x => (byte)x)];
        int[] starts = [.. Inputs.Range(61).Select(i => i * i % 700)];
        using var bytes = Accelerator.Allocate1D(text);
        using var offsets = Accelerator.Allocate1D(starts);
        ulong[] actual = Run(new ulong[61], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<byte>, ArrayView<int>, ArrayView<ulong>>(HashKernel)(61, bytes.View, offsets.View, view));
        Same([.. Inputs.Range(61).Select(i =>
        {
            ulong hash = 14695981039346656037;
            foreach (byte b in text.AsSpan(starts[i], i * 4))
                hash = (hash ^ b) * 1099511628211;
            return hash;
        })], actual);
    }

    private static void HashKernel(Index1D i, ArrayView<byte> text, ArrayView<int> starts, ArrayView<ulong> hashes)
    {
        ulong hash = 14695981039346656037;
        ArrayView<byte> part = text.SubView(starts[i], i * 4);
        for (int k = 0; k < part.IntLength; k++)
            hash = (hash ^ part[k]) * 1099511628211;
        hashes[i] = hash;
    }

    [Test] public void K_means_step()
    {
        float[] points = Inputs.Uniform(400, 5), centres = [-0.5f, -0.5f, 0.5f, 0.5f, 0f, 0.9f];
        using var input = Accelerator.Allocate1D(points);
        using var means = Accelerator.Allocate1D(centres);
        using var owners = Accelerator.Allocate1D<int>(200);
        int[] actual = Run(new int[9], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>, ArrayView<int>, ArrayView<int>>(KMeansKernel)(200, input.View, means.View, owners.View, view));
        int[] expected = new int[9];
        int[] nearest = new int[200];
        for (int i = 0; i < 200; i++)
        {
            float best = float.MaxValue;
            for (int c = 0; c < 3; c++)
            {
                float dx = points[i * 2] - centres[c * 2], dy = points[i * 2 + 1] - centres[c * 2 + 1];
                float d = dx * dx + dy * dy;
                if (d < best)
                    (best, nearest[i]) = (d, c);
            }
            expected[nearest[i] * 3]++;
            expected[nearest[i] * 3 + 1] += (int)MathF.Round(points[i * 2] * 1000);
            expected[nearest[i] * 3 + 2] += (int)MathF.Round(points[i * 2 + 1] * 1000);
        }
        Same(nearest, owners.GetAsArray1D());
        Same(expected, actual);
    }

    private static void KMeansKernel(Index1D i, ArrayView<float> points, ArrayView<float> centres, ArrayView<int> owners, ArrayView<int> sums)
    {
        float x = points[i * 2], y = points[i * 2 + 1], best = float.MaxValue;
        int nearest = 0;
        for (int c = 0; c < centres.IntLength / 2; c++)
        {
            float dx = x - centres[c * 2], dy = y - centres[c * 2 + 1];
            float distance = dx * dx + dy * dy;
            if (distance < best)
            {
                best = distance;
                nearest = c;
            }
        }
        owners[i] = nearest;
        Atomic.Add(ref sums[nearest * 3], 1);
        Atomic.Add(ref sums[nearest * 3 + 1], (int)XMath.RoundToEven(x * 1000));
        Atomic.Add(ref sums[nearest * 3 + 2], (int)XMath.RoundToEven(y * 1000));
    }

    [Test] public void Softmax_rows()
    {
        float[] data = [.. Inputs.Uniform(6 * 50, 9).Select(x => x * 8)];
        float[] actual = Run(data, view => Accelerator.LoadStreamKernel<ArrayView<float>, int>(SoftmaxKernel)((6, 32), view, 50));
        double[] expected = new double[data.Length];
        for (int row = 0; row < 6; row++)
        {
            double max = data.Skip(row * 50).Take(50).Max(), sum = data.Skip(row * 50).Take(50).Sum(x => Math.Exp(x - max));
            for (int c = 0; c < 50; c++)
                expected[row * 50 + c] = Math.Exp(data[row * 50 + c] - max) / sum;
        }
        // The exponential is within 2 steps and the sum of 50 terms within 50 halves; division adds one.
        Expect.Near(expected, actual, 40, i => $"[{i}]", DeviceName);
    }

    private static void SoftmaxKernel(ArrayView<float> data, int width)
    {
        ArrayView<float> row = data.SubView((long)Grid.IdxX * width, width);
        ArrayView<float> shared = SharedMemory.Allocate<float>(32);
        float max = float.NegativeInfinity;
        for (int c = Group.IdxX; c < width; c += Group.DimX)
            max = XMath.Max(max, row[c]);
        shared[Group.IdxX] = max;
        Group.Barrier();
        for (int i = 0; i < Group.DimX; i++)
            max = XMath.Max(max, shared[i]);
        Group.Barrier();
        float sum = 0;
        for (int c = Group.IdxX; c < width; c += Group.DimX)
            sum += XMath.Exp(row[c] - max);
        shared[Group.IdxX] = sum;
        Group.Barrier();
        sum = 0;
        for (int i = 0; i < Group.DimX; i++)
            sum += shared[i];
        for (int c = Group.IdxX; c < width; c += Group.DimX)
            row[c] = XMath.Exp(row[c] - max) / sum;
    }

    [Test] public void Binary_search()
    {
        int[] sorted = [.. Inputs.Random(200, 1000, 2).Order()], wanted = Inputs.Random(90, 1000, 3);
        using var table = Accelerator.Allocate1D(sorted);
        Same([.. wanted.Select(w => sorted.Count(x => x < w))], Run(wanted, view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, ArrayView<int>>(SearchKernel)(90, table.View, view)));
    }

    private static void SearchKernel(Index1D i, ArrayView<int> sorted, ArrayView<int> wanted)
    {
        int low = 0, high = sorted.IntLength;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (sorted[middle] < wanted[i])
                low = middle + 1;
            else
                high = middle;
        }
        wanted[i] = low;
    }

    [Test] public void Eight_queens()
    {
        int[] actual = Run(new int[64], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(QueensKernel)(64, view));
        Assert.That(actual.Sum(), Is.EqualTo(92), DeviceName);
    }

    // Each thread fixes the first two queens and searches the rest with a stack of its own.
    private static void QueensKernel(Index1D i, ArrayView<int> counts)
    {
        ArrayView<int> columns = LocalMemory.Allocate<int>(8);
        columns[0] = i / 8;
        columns[1] = i % 8;
        int found = 0, row = 2;
        if (!Attacked(columns, 1))
        {
            columns[2] = -1;
            while (row >= 2)
            {
                columns[row]++;
                if (columns[row] == 8)
                {
                    row--;
                    continue;
                }
                if (Attacked(columns, row))
                    continue;
                if (row == 7)
                    found++;
                else
                    columns[++row] = -1;
            }
        }
        counts[i] = found;
    }

    private static bool Attacked(ArrayView<int> columns, int row)
    {
        for (int other = 0; other < row; other++)
            if (columns[other] == columns[row] || XMath.Abs(columns[other] - columns[row]) == row - other)
                return true;
        return false;
    }
}
