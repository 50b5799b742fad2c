using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Small arrays that a thread makes for itself: new, initialisers, stackalloc, two dimensions, as arguments.</summary>
public sealed class ArrayTests(string device) : ConformanceTests(device)
{
    private const int Count = 70;

    [Test] public void Arrays_begin_with_zeros_in_every_pass_of_a_loop() => Check(Zeros, i => Enumerable.Range(1, 3).Sum(pass => pass * 10 + i));

    private static void Zeros(Index1D i, ArrayView<int> result)
    {
        for (int pass = 1; pass <= 3; pass++)
        {
            int[] own = new int[5];
            own[pass] += pass * 10;
            own[4] += i;
            result[i] += own[0] + own[pass] + own[4] + own.Length - 5;
        }
    }

    [Test] public void Initialisers_fill_them_and_foreach_walks_them() => Check(Filled, i => 3 + 1 + 4 + 1 + 5 + 9 + 2 + 6 + (i % 8 == 3 ? 99 : 0) + 70 + i);

    private static void Filled(Index1D i, ArrayView<int> result)
    {
        int[] digits = [3, 1, 4, 1, 5, 9, 2, 6];
        short[] two = [70, (short)i];
        if (i % 8 == 3)
            digits[i % 8] += 99;
        int sum = two[0] + two[1];
        foreach (int digit in digits)
            sum += digit;
        result[i] = sum;
    }

    [Test] public void They_are_sorted_by_methods_that_take_them() => Check(Median, i => new[] { i % 7, i % 5, i % 3, i % 11, i % 2 }.Order().ElementAt(2));

    private static void Median(Index1D i, ArrayView<int> result)
    {
        int[] values = new int[5];
        values[0] = i % 7;
        values[1] = i % 5;
        values[2] = i % 3;
        values[3] = i % 11;
        values[4] = i % 2;
        Sort(values);
        result[i] = values[values.Length / 2];
    }

    private static void Sort(int[] values)
    {
        for (int end = values.Length - 1; end > 0; end--)
            for (int k = 0; k < end; k++)
                if (values[k] > values[k + 1])
                    (values[k], values[k + 1]) = (values[k + 1], values[k]);
    }

    [Test] public void They_have_up_to_three_dimensions() => Check(Dimensions, i =>
        Enumerable.Range(0, 12).Sum(k => k / 4 * 100 + k % 4 * (i % 9)) + 12 + 3 * 10 + 4 + (i % 2 == 0 ? 8 : 7));

    private static void Dimensions(Index1D i, ArrayView<int> result)
    {
        int[,] table = new int[3, 4];
        for (int row = 0; row < table.GetLength(0); row++)
            for (int column = 0; column < table.GetLength(1); column++)
                table[row, column] = row * 100 + column * (i % 9);
        int sum = table.Length + table.GetLength(0) * 10 + table.GetLength(1);
        for (int k = 0; k < 12; k++)
            sum += table[k / 4, k % 4];
        byte[,,] cube = new byte[2, 2, 2];
        ref byte corner = ref cube[1, i % 2, 1];
        corner = 7;
        if (i % 2 == 0)
            cube[1, 0, 1]++;
        result[i] = sum + cube[1, i % 2, 1];
    }

    private static readonly float[,] s_filter = { { 0, -1, 0.5f }, { 2, 4, 8 } };

    [Test] public void Static_ones_of_several_dimensions_are_read() => Check(Filter, i => (int)(2 * s_filter[i % 2, i % 3]) + 2 * 100 + 3 * 10 + 6 + 8);

    private static void Filter(Index1D i, ArrayView<int> result) =>
        result[i] = (int)(2 * s_filter[i % 2, i % 3]) + s_filter.GetLength(0) * 100 + s_filter.GetLength(1) * 10 + s_filter.Length + (int)s_filter[1, 2];

    [Test] public void Structs_lie_in_them() => Check(Pairs, i => i * 3 + 5);

    private static void Pairs(Index1D i, ArrayView<int> result)
    {
        var pairs = new (int A, double B)[3];
        pairs[i % 3].A = i;
        pairs[i % 3].B = 5.5;
        (int a, double b) = pairs[i % 3];
        result[i] = 3 * a + (int)b + pairs[(i + 1) % 3].A;
    }

    [Test] public void Stackalloc_gives_zeros_to_spans_and_pointers() => Check(Stack, i => i * i + 2 * i + 6);

    private static unsafe void Stack(Index1D i, ArrayView<int> result)
    {
        Span<int> span = stackalloc int[6];
        int* pointer = stackalloc int[4];
        span[i % 6] = i * i;
        pointer[i % 4] = i;
        *(pointer + i % 4) += i;
        int sum = span.Length;
        for (int k = 0; k < 6; k++)
            sum += span[k];
        for (int k = 0; k < 4; k++)
            sum += pointer[k];
        result[i] = sum;
    }

    [Test] public void Spans_over_them_are_passed_on() => Check(Spans, i => 3 * i + 1 + 9 + 8);

    private static void Spans(Index1D i, ArrayView<int> result)
    {
        int[] own = [1, 0, 9];
        Span<int> span = own;
        Add(span, i);
        result[i] = own[0] + own[1] + own[2] + Last(stackalloc[] { 4, 8 });
    }

    private static void Add(Span<int> values, int amount)
    {
        for (int k = 0; k < values.Length; k++)
            values[k] += amount;
    }

    private static int Last(ReadOnlySpan<int> values) => values[values.Length - 1];

    private void Check(Action<Index1D, ArrayView<int>> kernel, Func<int, int> expected)
    {
        int[] actual = Run(new int[Count], view => Accelerator.LoadAutoGroupedStreamKernel(kernel)(Count, view));
        Same([.. Inputs.Range(Count).Select(expected)], actual);
    }
}
