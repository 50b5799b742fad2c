using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>One value for each of two rows of queries.</summary>
public struct RowPair
{
    public float First;
    public float Second;
}

/// <summary>The two products of attention, q·k and weights·v, for one warp, a few keys and two rows of queries.</summary>
/// <remarks>
/// <para>Each comes in two forms. The tiled one reuses what it loads: four keys or four lines of columns × two rows,
/// eight multiply-adds for six loads. The streaming one takes key after key in the order in which they lie in memory,
/// which is what the processor's prefetchers follow when the cache comes from memory.</para>
/// <para>Lanes run along the head width; what whole lines do not cover is done apart, which keeps the loops free of masks
/// and the kernels small: .NET's JIT gives up on registers beyond a thousand values.</para>
/// </remarks>
public static class AttentionProducts
{
    /// <summary>Lines of columns of one step.</summary>
    public const int LinesPerStep = 4;

    private const int KeysPerStep = 4;

    /// <summary>q·k of two rows with the keys of a line, four keys at a time; lane i gets key line + i.</summary>
    public static RowPair TiledDots<TFormat, TStored>(View q, long q0, long q1, ArrayView<TStored> k, int headDim, CachedKeys keys, int line)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        int steps = headDim / warp;
        int end = XMath.Min(warp, keys.Last - line + 1);
        RowPair result;
        result.First = 0f;
        result.Second = 0f;
        for (int index = 0; index < end; index += KeysPerStep)
        {
            long k0 = (long)CachedKeys.Row(keys, line + index) * headDim, k1 = (long)CachedKeys.Row(keys, line + index + 1) * headDim;
            long k2 = (long)CachedKeys.Row(keys, line + index + 2) * headDim, k3 = (long)CachedKeys.Row(keys, line + index + 3) * headDim;
            float a0 = 0f, a1 = 0f, a2 = 0f, a3 = 0f, b0 = 0f, b1 = 0f, b2 = 0f, b3 = 0f;
            for (int step = 0; step < steps; step++)
            {
                int d = (step * warp) + lane;
                float x0 = q[q0 + d], x1 = q[q1 + d];
                float key = TFormat.ToFloat(k[k0 + d]);
                a0 = Fma.MultiplyAdd(x0, key, a0);
                b0 = Fma.MultiplyAdd(x1, key, b0);
                key = TFormat.ToFloat(k[k1 + d]);
                a1 = Fma.MultiplyAdd(x0, key, a1);
                b1 = Fma.MultiplyAdd(x1, key, b1);
                key = TFormat.ToFloat(k[k2 + d]);
                a2 = Fma.MultiplyAdd(x0, key, a2);
                b2 = Fma.MultiplyAdd(x1, key, b2);
                key = TFormat.ToFloat(k[k3 + d]);
                a3 = Fma.MultiplyAdd(x0, key, a3);
                b3 = Fma.MultiplyAdd(x1, key, b3);
            }

            result.First = WarpReduce.PutSums(result.First, index, a0, a1, a2, a3);
            result.Second = WarpReduce.PutSums(result.Second, index, b0, b1, b2, b3);
        }

        return result;
    }

    /// <summary>As <see cref="TiledDots"/>, the keys one after the other, without the columns behind the last whole step.</summary>
    public static RowPair StreamedDots<TFormat, TStored>(View q, long q0, long q1, ArrayView<TStored> k, int headDim, CachedKeys keys, int line)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        int steps = headDim / (LinesPerStep * warp);
        int end = XMath.Min(warp, keys.Last - line + 1);
        RowPair result;
        result.First = 0f;
        result.Second = 0f;
        for (int index = 0; index < end; index++)
        {
            long k0 = (long)CachedKeys.Row(keys, line + index) * headDim;
            float a0 = 0f, a1 = 0f, a2 = 0f, a3 = 0f, b0 = 0f, b1 = 0f, b2 = 0f, b3 = 0f;
            for (int step = 0; step < steps; step++)
            {
                int d = (step * LinesPerStep * warp) + lane;
                float key = TFormat.ToFloat(k[k0 + d]);
                a0 = Fma.MultiplyAdd(q[q0 + d], key, a0);
                b0 = Fma.MultiplyAdd(q[q1 + d], key, b0);
                key = TFormat.ToFloat(k[k0 + warp + d]);
                a1 = Fma.MultiplyAdd(q[q0 + warp + d], key, a1);
                b1 = Fma.MultiplyAdd(q[q1 + warp + d], key, b1);
                key = TFormat.ToFloat(k[k0 + (2 * warp) + d]);
                a2 = Fma.MultiplyAdd(q[q0 + (2 * warp) + d], key, a2);
                b2 = Fma.MultiplyAdd(q[q1 + (2 * warp) + d], key, b2);
                key = TFormat.ToFloat(k[k0 + (3 * warp) + d]);
                a3 = Fma.MultiplyAdd(q[q0 + (3 * warp) + d], key, a3);
                b3 = Fma.MultiplyAdd(q[q1 + (3 * warp) + d], key, b3);
            }

            float first = WarpReduce.Sum((a0 + a1) + (a2 + a3)), second = WarpReduce.Sum((b0 + b1) + (b2 + b3));
            result.First = lane == index ? first : result.First;
            result.Second = lane == index ? second : result.Second;
        }

        return result;
    }

    /// <summary>
    /// Completes the dot products of a line: adds the columns from <paramref name="column"/> on, each lane for its own key,
    /// and multiplies by the keys' scales.
    /// </summary>
    public static RowPair Complete<TFormat, TStored>(
        RowPair dots, View q, long q0, long q1, ArrayView<TStored> k, View scales, int headDim, CachedKeys keys, int line, int column)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
    {
        int row = CachedKeys.Row(keys, line + Warp.LaneIdx);
        for (int d = column; d < headDim; d++)
        {
            float key = TFormat.ToFloat(k[((long)row * headDim) + d]);
            dots.First = Fma.MultiplyAdd(q[q0 + d], key, dots.First);
            dots.Second = Fma.MultiplyAdd(q[q1 + d], key, dots.Second);
        }

        if (TFormat.HasScales)
        {
            float scale = scales[row];
            dots.First *= scale;
            dots.Second *= scale;
        }

        return dots;
    }

    /// <summary>
    /// y += weights · v for two rows and four lines of columns. The weights of the key at position j lie at
    /// <paramref name="weights0"/> + j and <paramref name="weights1"/> + j.
    /// </summary>
    public static void TiledSums<TFormat, TStored>(
        ArrayView<TStored> v, View scales, View y, long y0, long y1, View weights, long weights0, long weights1, int headDim, CachedKeys keys)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        int steps = headDim / (LinesPerStep * warp);
        for (int step = 0; step < steps; step++)
        {
            int d = (step * LinesPerStep * warp) + lane;
            float a0 = y[y0 + d], a1 = y[y0 + warp + d], a2 = y[y0 + (2 * warp) + d], a3 = y[y0 + (3 * warp) + d];
            float b0 = y[y1 + d], b1 = y[y1 + warp + d], b2 = y[y1 + (2 * warp) + d], b3 = y[y1 + (3 * warp) + d];
            for (int key = keys.First; key <= keys.Last; key++)
            {
                int row = CachedKeys.Row(keys, key);
                long at = ((long)row * headDim) + d;
                float scale = Scale<TFormat, TStored>(scales, row);
                float w0 = weights[weights0 + key] * scale, w1 = weights[weights1 + key] * scale;
                float value = TFormat.ToFloat(v[at]);
                a0 = Fma.MultiplyAdd(w0, value, a0);
                b0 = Fma.MultiplyAdd(w1, value, b0);
                value = TFormat.ToFloat(v[at + warp]);
                a1 = Fma.MultiplyAdd(w0, value, a1);
                b1 = Fma.MultiplyAdd(w1, value, b1);
                value = TFormat.ToFloat(v[at + (2 * warp)]);
                a2 = Fma.MultiplyAdd(w0, value, a2);
                b2 = Fma.MultiplyAdd(w1, value, b2);
                value = TFormat.ToFloat(v[at + (3 * warp)]);
                a3 = Fma.MultiplyAdd(w0, value, a3);
                b3 = Fma.MultiplyAdd(w1, value, b3);
            }

            y[y0 + d] = a0;
            y[y0 + warp + d] = a1;
            y[y0 + (2 * warp) + d] = a2;
            y[y0 + (3 * warp) + d] = a3;
            y[y1 + d] = b0;
            y[y1 + warp + d] = b1;
            y[y1 + (2 * warp) + d] = b2;
            y[y1 + (3 * warp) + d] = b3;
        }
    }

    /// <summary>As <see cref="TiledSums"/> for all whole lines of columns, key after key; of bytes two keys at a time.</summary>
    /// <remarks>
    /// Outputs are loaded and stored for every key, half as often with two. Two streams slow reading down, though: f32 from
    /// 14.9 to 11.1 GB/s on one core, bf16 from 9.1 to 7.7; bytes, where two keys lie in 512, gain from 5.1 to 6.3. Four
    /// keys were slower still, and prefetch instructions gained nothing over a single stream.
    /// </remarks>
    public static void StreamedSums<TFormat, TStored>(
        ArrayView<TStored> v, View scales, View y, long y0, long y1, View weights, long weights0, long weights1, int headDim, CachedKeys keys)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
    {
        int steps = headDim / Warp.WarpSize;
        int key = keys.First;
        if (Interop.SizeOf<TStored>() == 1)
        {
            for (; key < keys.Last; key += 2)
            {
                int r0 = CachedKeys.Row(keys, key), r1 = CachedKeys.Row(keys, key + 1);
                float s0 = Scale<TFormat, TStored>(scales, r0), s1 = Scale<TFormat, TStored>(scales, r1);
                float a0 = weights[weights0 + key] * s0, a1 = weights[weights0 + key + 1] * s1;
                float b0 = weights[weights1 + key] * s0, b1 = weights[weights1 + key + 1] * s1;
                long v0 = (long)r0 * headDim, v1 = (long)r1 * headDim;
                for (int step = 0; step < steps; step++)
                {
                    int d = (step * Warp.WarpSize) + Warp.LaneIdx;
                    float value = TFormat.ToFloat(v[v0 + d]);
                    float first = Fma.MultiplyAdd(a0, value, y[y0 + d]), second = Fma.MultiplyAdd(b0, value, y[y1 + d]);
                    value = TFormat.ToFloat(v[v1 + d]);
                    y[y0 + d] = Fma.MultiplyAdd(a1, value, first);
                    y[y1 + d] = Fma.MultiplyAdd(b1, value, second);
                }
            }
        }

        for (; key <= keys.Last; key++)
        {
            int row = CachedKeys.Row(keys, key);
            float scale = Scale<TFormat, TStored>(scales, row);
            float a = weights[weights0 + key] * scale, b = weights[weights1 + key] * scale;
            long v0 = (long)row * headDim;
            for (int step = 0; step < steps; step++)
            {
                int d = (step * Warp.WarpSize) + Warp.LaneIdx;
                float value = TFormat.ToFloat(v[v0 + d]);
                float first = y[y0 + d], second = y[y1 + d];
                y[y0 + d] = Fma.MultiplyAdd(a, value, first);
                y[y1 + d] = Fma.MultiplyAdd(b, value, second);
            }
        }
    }

    /// <summary>As <see cref="TiledSums"/> for the columns from <paramref name="column"/> on.</summary>
    public static void RestSums<TFormat, TStored>(
        ArrayView<TStored> v, View scales, View y, long y0, long y1, View weights, long weights0, long weights1, int headDim, CachedKeys keys, int column)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
    {
        for (; column < headDim; column += Warp.WarpSize)
        {
            int d = column + Warp.LaneIdx;
            if (d < headDim)
            {
                float a = y[y0 + d], b = y[y1 + d];
                for (int key = keys.First; key <= keys.Last; key++)
                {
                    int row = CachedKeys.Row(keys, key);
                    float value = TFormat.ToFloat(v[((long)row * headDim) + d]);
                    float scale = Scale<TFormat, TStored>(scales, row);
                    a = Fma.MultiplyAdd(weights[weights0 + key] * scale, value, a);
                    b = Fma.MultiplyAdd(weights[weights1 + key] * scale, value, b);
                }

                y[y0 + d] = a;
                y[y1 + d] = b;
            }
        }
    }

    private static float Scale<TFormat, TStored>(View scales, int row)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged => TFormat.HasScales ? scales[row] : 1f;
}
