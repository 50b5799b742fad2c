using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Stepping;

/// <summary>Kernels to step through, right and wrong ones.</summary>
internal static class SteppedKernels
{
    public static void TreeSum(ArrayView<int> x, ArrayView<int> sums)
    {
        var partial = SharedMemory.Allocate<int>(16);
        int thread = Group.IdxX;
        partial[thread] = x[Grid.IdxX * 16 + thread];
        Group.Barrier();
        for (int stride = 8; stride > 0; stride /= 2)
        {
            if (thread < stride)
                partial[thread] += partial[thread + stride];
            Group.Barrier();
        }
        if (thread == 0)
            sums[Grid.IdxX] = partial[0];
    }

    public static void Collatz(Index1D i, ArrayView<int> steps)
    {
        int value = i + 1;
        int count = 0;
        while (value != 1)
        {
            if (value % 2 == 0)
                value /= 2;
            else
                value = Triple(value);
            count++;
        }
        steps[i] = count;
    }

    private static int Triple(int value)
    {
        int result = 3 * value;
        return result + 1;
    }

    public static void Histogram(ArrayView<int> x, ArrayView<int> bins, ArrayView<float> scaled)
    {
        int i = Grid.IdxX * Group.DimX + Group.IdxX;
        var mine = LocalMemory.Allocate<int>(4);
        for (int k = 0; k < 4; k++)
            mine[k] = x[i] + k;
        Atomic.Add(ref bins[mine[i % 4] % 8], 1);
        scaled[i] = Warp.ShuffleXor((float)mine[0], 1) * 0.5f;
    }

    public static void Transpose(ArrayView<float> x, ArrayView<float> y, int width)
    {
        var tile = SharedMemory.Allocate<float>(16);
        int column = Group.IdxX, row = Group.IdxY;
        tile[row * 4 + column] = x[(Grid.IdxY * 4 + row) * width + Grid.IdxX * 4 + column];
        Group.Barrier();
        y[(Grid.IdxX * 4 + row) * width + Grid.IdxY * 4 + column] = tile[column * 4 + row];
    }

    public static void Race(ArrayView<int> x)
    {
        var tile = SharedMemory.Allocate<int>(16);
        int thread = Group.IdxX;
        tile[thread] = thread;
        x[thread] = tile[15 - thread];      // race
    }

    public static void Outside(Index1D i, ArrayView<int> x)
    {
        int next = i + 1;
        int value = x[next];    // outside
        if (value < 0)
            x[i] = 0;
    }

    public static void Missed(ArrayView<int> x)
    {
        int thread = Group.IdxX;
        if (thread < 10)
            Group.Barrier();    // missed
        x[thread] = thread;
    }

    public static void Unwritten(ArrayView<int> x)
    {
        var tile = SharedMemory.Allocate<int>(32);
        int thread = Group.IdxX;
        tile[thread] = thread;
        Group.Barrier();
        int other = tile[thread + 16];      // unwritten
        Group.Barrier();
        x[thread] = other;
    }
}
