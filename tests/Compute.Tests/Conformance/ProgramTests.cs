using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Whole little programs of the kind that people write first.</summary>
public sealed partial class ProgramTests(string device) : ConformanceTests(device)
{
    [Test] public void Saxpy()
    {
        float[] x = Inputs.Uniform(1823, 1), y = Inputs.Uniform(1823, 2);
        using var left = Accelerator.Allocate1D(x);
        Same([.. x.Zip(y, (a, b) => 2.5f * a + b)], Run(y, view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, float, ArrayView<float>, ArrayView<float>>(SaxpyKernel)(1823, 2.5f, left.View, view)));
    }

    private static void SaxpyKernel(Index1D i, float a, ArrayView<float> x, ArrayView<float> y) => y[i] = a * x[i] + y[i];

    [Test] public void Mandelbrot()
    {
        const int width = 41, height = 23;
        int[] actual = Run(new int[width * height], view => Accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView2D<int, Stride2D.DenseX>, int>(MandelbrotKernel)(
            new Index2D(width, height), new ArrayView2D<int, Stride2D.DenseX>(view, new LongIndex2D(width, height), new Stride2D.DenseX(width)), 200));
        Same([.. Inputs.Range(width * height).Select(i => Iterations(i % width, i / width, width, height, 200))], actual);
    }

    private static void MandelbrotKernel(Index2D i, ArrayView2D<int, Stride2D.DenseX> image, int limit) =>
        image[i] = Iterations(i.X, i.Y, image.IntExtent.X, image.IntExtent.Y, limit);

    private static int Iterations(int px, int py, int width, int height, int limit)
    {
        float cx = -2f + 3f * px / width, cy = -1f + 2f * py / height, x = 0, y = 0;
        int count = 0;
        while (count < limit && x * x + y * y < 4)
        {
            float next = x * x - y * y + cx;
            y = 2 * x * y + cy;
            x = next;
            count++;
        }
        return count;
    }

    [Test] public void Monte_Carlo_pi()
    {
        int[] actual = Run(new int[300], view => Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, int>(PiKernel)(300, view, 200));
        Same([.. Inputs.Range(300).Select(i => Hits(i, 200))], actual);
        Assert.That(actual.Sum() * 4.0 / (300 * 200), Is.EqualTo(Math.PI).Within(0.05));
    }

    private struct XorShift(uint state)
    {
        private uint _state = state;

        public float Next()
        {
            _state ^= _state << 13;
            _state ^= _state >> 17;
            _state ^= _state << 5;
            return (_state >> 8) * (1f / (1 << 24));
        }
    }

    private static void PiKernel(Index1D i, ArrayView<int> hits, int samples) => hits[i] = Hits(i, samples);

    private static int Hits(int seed, int samples)
    {
        var random = new XorShift((uint)seed * 2654435761u + 1);
        int hits = 0;
        for (int k = 0; k < samples; k++)
        {
            float x = random.Next(), y = random.Next();
            if (x * x + y * y <= 1)
                hits++;
        }
        return hits;
    }

    [Test] public void N_bodies()
    {
        (float X, float Y, float Z, float M)[] bodies = [.. Inputs.Range(70).Select(i => (MathF.Sin(i), MathF.Cos(i * 2), i * 0.01f, 1f + i % 3))];
        float[] positions = [.. bodies.SelectMany(b => new[] { b.X, b.Y, b.Z, b.M })];
        using var input = Accelerator.Allocate1D(positions);
        float[] actual = Run(new float[210], view => Accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, int>(BodyKernel)((3, 32), input.View, view, 70));
        double[] expected = new double[210];
        for (int i = 0; i < 70; i++)
        {
            for (int j = 0; j < 70; j++)
            {
                double dx = bodies[j].X - bodies[i].X, dy = bodies[j].Y - bodies[i].Y, dz = bodies[j].Z - bodies[i].Z;
                double d = dx * dx + dy * dy + dz * dz + 0.01, f = bodies[j].M / (d * Math.Sqrt(d));
                expected[i * 3] += dx * f;
                expected[i * 3 + 1] += dy * f;
                expected[i * 3 + 2] += dz * f;
            }
        }
        // 70 terms up to 2000 in size, each a few roundings off.
        Expect.Near(expected, actual, 0, i => $"component {i}", DeviceName, absolute: 2e-2);
    }

    private static void BodyKernel(ArrayView<float> bodies, ArrayView<float> forces, int count)
    {
        ArrayView<float> tile = SharedMemory.Allocate<float>(32 * 4);
        int own = Grid.GlobalIndex.X;
        float x = 0, y = 0, z = 0;
        if (own < count)
        {
            x = bodies[own * 4];
            y = bodies[own * 4 + 1];
            z = bodies[own * 4 + 2];
        }
        float fx = 0, fy = 0, fz = 0;
        for (int start = 0; start < count; start += Group.DimX)
        {
            if (start + Group.IdxX < count)
                for (int c = 0; c < 4; c++)
                    tile[Group.IdxX * 4 + c] = bodies[(start + Group.IdxX) * 4 + c];
            Group.Barrier();
            int here = XMath.Min(Group.DimX, count - start);
            for (int j = 0; j < here; j++)
            {
                float dx = tile[j * 4] - x, dy = tile[j * 4 + 1] - y, dz = tile[j * 4 + 2] - z;
                float inverse = XMath.Rsqrt(dx * dx + dy * dy + dz * dz + 0.01f);
                float f = tile[j * 4 + 3] * inverse * inverse * inverse;
                fx += dx * f;
                fy += dy * f;
                fz += dz * f;
            }
            Group.Barrier();
        }
        if (own < count)
        {
            forces[own * 3] = fx;
            forces[own * 3 + 1] = fy;
            forces[own * 3 + 2] = fz;
        }
    }

    [Test] public void Bitonic_sort([Values(2, 16, 64, 256)] int size)
    {
        int[] data = Inputs.Random(size * 2, 1000, size);
        int[] actual = Run(data, view => Accelerator.LoadStreamKernel<ArrayView<int>>(SortKernel)((2, size), view));
        Same([.. data[..size].Order(), .. data[size..].Order()], actual);
    }

    private static void SortKernel(ArrayView<int> data)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(256);
        int t = Group.IdxX, start = Grid.IdxX * Group.DimX;
        shared[t] = data[start + t];
        for (int k = 2; k <= Group.DimX; k *= 2)
        {
            for (int j = k / 2; j > 0; j /= 2)
            {
                Group.Barrier();
                int other = t ^ j;
                if (other > t)
                {
                    bool ascending = (t & k) == 0;
                    if (shared[t] > shared[other] == ascending)
                        (shared[t], shared[other]) = (shared[other], shared[t]);
                }
            }
        }
        Group.Barrier();
        data[start + t] = shared[t];
    }

    [Test] public void Game_of_life()
    {
        const int size = 24;
        byte[] cells = [.. Inputs.Random(size * size, 3, 4).Select(x => (byte)(x == 0 ? 1 : 0))];
        using var front = Accelerator.Allocate2DDenseX<byte>(new LongIndex2D(size, size));
        using var back = Accelerator.Allocate2DDenseX<byte>(new LongIndex2D(size, size));
        front.View.AsContiguous().CopyFromCPU(cells);
        var kernel = Accelerator.LoadAutoGroupedStreamKernel<Index2D, ArrayView2D<byte, Stride2D.DenseX>, ArrayView2D<byte, Stride2D.DenseX>>(LifeKernel);
        for (int step = 0; step < 3; step++)
        {
            kernel(front.IntExtent, front.View, back.View);
            kernel(front.IntExtent, back.View, front.View);
        }
        Accelerator.Synchronize();
        for (int step = 0; step < 6; step++)
        {
            byte[] old = cells;
            cells = [.. Inputs.Range(size * size).Select(i =>
            {
                int n = 0;
                for (int dy = -1; dy <= 1; dy++)
                    for (int dx = -1; dx <= 1; dx++)
                        if ((dx, dy) != (0, 0))
                            n += old[(i / size + dy + size) % size * size + (i % size + dx + size) % size];
                return (byte)(n == 3 || (n == 2 && old[i] == 1) ? 1 : 0);
            })];
        }
        Same(cells, front.View.AsContiguous().GetAsArray());
    }

    private static void LifeKernel(Index2D i, ArrayView2D<byte, Stride2D.DenseX> from, ArrayView2D<byte, Stride2D.DenseX> to)
    {
        int width = from.IntExtent.X, height = from.IntExtent.Y, neighbours = 0;
        for (int dy = -1; dy <= 1; dy++)
        {
            for (int dx = -1; dx <= 1; dx++)
            {
                if (dx == 0 && dy == 0)
                    continue;
                neighbours += from[(i.X + dx + width) % width, (i.Y + dy + height) % height];
            }
        }
        to[i] = (byte)(neighbours switch { 3 => 1, 2 => from[i], _ => 0 });
    }
}
