using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Lessons;

/// <summary>C[M, N] = A[M, K] · B[K, N] with eight elements of a column of C in the registers of each thread, and no shared memory.</summary>
public static class RowsPerThreadKernel
{
    public const int GroupSize = 32;
    public const int Rows = 8;

    /// <summary>A loaded element of B serves eight rows; all threads of a group want the same elements of A.</summary>
    public static void EightRowsPerThread(View a, View b, View c, int m, int n, int k)
    {
        int column = Grid.GlobalIndex.X, row = Rows * Grid.IdxY, last = m - 1;
        if (column >= n)
            return;
        // Behind the last row the last one again: its sums are computed and not stored.
        long a0 = (long)row * k, a1 = (long)XMath.Min(row + 1, last) * k, a2 = (long)XMath.Min(row + 2, last) * k, a3 = (long)XMath.Min(row + 3, last) * k;
        long a4 = (long)XMath.Min(row + 4, last) * k, a5 = (long)XMath.Min(row + 5, last) * k, a6 = (long)XMath.Min(row + 6, last) * k, a7 = (long)XMath.Min(row + 7, last) * k;
        float sum0 = 0f, sum1 = 0f, sum2 = 0f, sum3 = 0f, sum4 = 0f, sum5 = 0f, sum6 = 0f, sum7 = 0f;
        for (int i = 0; i < k; i++)
        {
            float right = b[((long)i * n) + column];
            sum0 += a[a0 + i] * right;
            sum1 += a[a1 + i] * right;
            sum2 += a[a2 + i] * right;
            sum3 += a[a3 + i] * right;
            sum4 += a[a4 + i] * right;
            sum5 += a[a5 + i] * right;
            sum6 += a[a6 + i] * right;
            sum7 += a[a7 + i] * right;
        }

        Store(c, row, column, m, n, sum0);
        Store(c, row + 1, column, m, n, sum1);
        Store(c, row + 2, column, m, n, sum2);
        Store(c, row + 3, column, m, n, sum3);
        Store(c, row + 4, column, m, n, sum4);
        Store(c, row + 5, column, m, n, sum5);
        Store(c, row + 6, column, m, n, sum6);
        Store(c, row + 7, column, m, n, sum7);
    }

    private static void Store(View c, int row, int column, int m, int n, float sum)
    {
        if (row < m)
            c[((long)row * n) + column] = sum;
    }
}
