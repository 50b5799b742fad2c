using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Host.Tests.Stepping;

/// <summary>Kernels that the transcripts step through; they name lines, so add at the end only.</summary>
public static class StepKernels
{
    public static void Sum(ArrayView<float> x, ArrayView<float> sums)
    {
        var partial = SharedMemory.Allocate<float>(8);
        int thread = Group.IdxX;
        partial[thread] = x[Grid.IdxX * 8 + thread];
        Group.Barrier();
        for (int stride = 4; stride > 0; stride /= 2)
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

    public static void Plane(ArrayView2D<float, Stride2D.DenseX> image, float scale)
    {
        int x = Grid.IdxX * Group.DimX + Group.IdxX, y = Grid.IdxY * Group.DimY + Group.IdxY;
        float value = image[x, y] * scale;
        image[x, y] = value + y;
    }

    public static void Blur(Index1D i, ArrayView<float> source, ArrayView<float> target)
    {
        float sum = 0f;
        for (int offset = -1; offset <= 1; offset++)
        {
            int at = i + offset;
            if (at >= 0)
                sum += source[at];
        }
        target[i] = sum / 3f;
    }

    public static void LaunchBlur(Accelerator accelerator)
    {
        using MemoryBuffer1D<float, Stride1D.Dense> source = accelerator.Allocate1D([3f, 1f, 4f, 1f, 5f, 9f]);
        using MemoryBuffer1D<float, Stride1D.Dense> target = accelerator.Allocate1D<float>(6);
        Action<Index1D, ArrayView<float>, ArrayView<float>> blur = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>>(Blur);
        blur(4, source.View, target.View);
        blur(5, source.View, target.View);
    }

    public static void Scale<T>(ArrayView<T> x, T by)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        x[Grid.IdxX] = x[Grid.IdxX] * by;
    }

    public static int NoKernel(int x) => x;

    public static void Forever(ArrayView<int> x)
    {
        int i = 0;
        while (x[0] >= 0)
            i++;
        x[1] = i;
    }
}

/// <summary>A kernel in a generic type.</summary>
public static class GenericKernels<T>
    where T : unmanaged
{
    public static void Swap<TIndex>(ArrayView<T> x, ArrayView<TIndex> from)
        where TIndex : unmanaged
    {
        T value = x[Grid.IdxX];
        x[Grid.IdxX] = value;
    }
}
