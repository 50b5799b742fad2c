using ILGPU;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>sum = a + b, element by element.</summary>
public static class VectorAddKernels
{
    /// <summary>Elements of each thread in <see cref="RunPerGroup"/>.</summary>
    public const int StepsOfRun = 64;

    /// <summary>One thread for each element.</summary>
    public static void OnePerThread(View a, View b, View sum)
    {
        int i = Grid.GlobalIndex.X;
        if (i < sum.Length)     // groups are full, so the last one has threads to spare
            sum[i] = a[i] + b[i];
    }

    /// <summary>A fixed number of threads; each takes its element, then the one that lies a whole grid further, and so on.</summary>
    public static void GridStride(View a, View b, View sum)
    {
        int threads = Grid.DimX * Group.DimX;
        for (int i = Grid.GlobalIndex.X; i < sum.Length; i += threads)
            sum[i] = a[i] + b[i];
    }

    /// <summary>The same in two parts: steps that all threads take, without a condition, and what is left over.</summary>
    public static void WholeSteps(View a, View b, View sum)
    {
        int thread = Grid.GlobalIndex.X, threads = Grid.DimX * Group.DimX;
        int steps = sum.IntLength / threads;
        for (int step = 0; step < steps; step++)
        {
            int i = (step * threads) + thread;
            sum[i] = a[i] + b[i];
        }

        int rest = (steps * threads) + thread;
        if (rest < sum.IntLength)
            sum[rest] = a[rest] + b[rest];
    }

    /// <summary>Four elements for each thread, which lie together: sixteen bytes, the most that a GPU loads at once.</summary>
    public static void FourPerThread(
        ArrayView<Four> a, ArrayView<Four> b, ArrayView<Four> sum, View aRest, View bRest, View sumRest)
    {
        int i = Grid.GlobalIndex.X;
        if (i < sum.Length)
        {
            Four x = a[i], y = b[i];
            x.A += y.A;
            x.B += y.B;
            x.C += y.C;
            x.D += y.D;
            sum[i] = x;
        }

        if (i < sumRest.Length)     // up to three elements that fill no four
            sumRest[i] = aRest[i] + bRest[i];
    }

    /// <summary>Each group takes a run of neighbours and walks through it; the last one may find less than a whole run.</summary>
    public static void RunPerGroup(View a, View b, View sum)
    {
        int threads = Group.DimX, first = Grid.IdxX * threads * StepsOfRun;
        if (first + (threads * StepsOfRun) <= sum.IntLength)    // the same for the whole group
        {
            for (int step = 0; step < StepsOfRun; step++)
            {
                int i = first + (step * threads) + Group.IdxX;
                sum[i] = a[i] + b[i];
            }
        }
        else
        {
            for (int i = first + Group.IdxX; i < sum.IntLength; i += threads)
                sum[i] = a[i] + b[i];
        }
    }
}

/// <summary>Four neighbours in memory.</summary>
public struct Four
{
    public float A;
    public float B;
    public float C;
    public float D;
}
