using GemmaIlgpu.Lessons.Device;
using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>y = W·x: y[row] = Σ W[row, column] · x[column].</summary>
public static class MatrixVectorKernels
{
    public const int RowsPerWarp = 4;

    /// <summary>One thread for each row. Neighbouring threads read a whole row apart.</summary>
    public static void ThreadPerRow(View weights, View x, View y, int columns)
    {
        int row = Grid.GlobalIndex.X;
        if (row >= y.Length)
            return;
        long first = (long)row * columns;
        float sum = 0f;
        for (int column = 0; column < columns; column++)
            sum += weights[first + column] * x[column];
        y[row] = sum;
    }

    /// <summary>One warp for each row. Its lanes read neighbours and add their sums at the end.</summary>
    public static void WarpPerRow(View weights, View x, View y, int columns)
    {
        int row = (Grid.IdxX * (Group.DimX / Warp.WarpSize)) + Warp.WarpIdx;
        if (row >= y.Length)
            return;             // the whole warp leaves, so nobody is missed below
        long first = (long)row * columns;
        float sum = 0f;
        for (int column = Warp.LaneIdx; column < columns; column += Warp.WarpSize)
            sum += weights[first + column] * x[column];
        sum = Warps.Sum(sum);
        if (Warp.IsFirstLane)
            y[row] = sum;
    }

    /// <summary>Four rows for each warp: what it loads of x serves four sums, which also do not wait for one another.</summary>
    public static void FourRowsPerWarp(View weights, View x, View y, int columns)
    {
        int row = ((Grid.IdxX * (Group.DimX / Warp.WarpSize)) + Warp.WarpIdx) * RowsPerWarp;
        if (row >= y.Length)
            return;
        // Behind the last row the last row is computed again, so that the loop needs no condition.
        int last = y.IntLength - 1;
        long w0 = (long)row * columns, w1 = (long)XMath.Min(row + 1, last) * columns;
        long w2 = (long)XMath.Min(row + 2, last) * columns, w3 = (long)XMath.Min(row + 3, last) * columns;
        float sum0 = 0f, sum1 = 0f, sum2 = 0f, sum3 = 0f;
        for (int column = Warp.LaneIdx; column < columns; column += Warp.WarpSize)
        {
            float value = x[column];
            sum0 += weights[w0 + column] * value;
            sum1 += weights[w1 + column] * value;
            sum2 += weights[w2 + column] * value;
            sum3 += weights[w3 + column] * value;
        }

        sum0 = Warps.Sum(sum0);
        sum1 = Warps.Sum(sum1);
        sum2 = Warps.Sum(sum2);
        sum3 = Warps.Sum(sum3);
        if (Warp.IsFirstLane)
        {
            y[row] = sum0;
            if (row + 1 <= last)
                y[row + 1] = sum1;
            if (row + 2 <= last)
                y[row + 2] = sum2;
            if (row + 3 <= last)
                y[row + 3] = sum3;
        }
    }
}
