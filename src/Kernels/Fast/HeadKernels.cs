using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Fast;

/// <summary>The heads of one layer, for <see cref="HeadKernels"/>. Plain fields, as kernels take them.</summary>
public readonly struct HeadParameters
{
    public readonly int QueryHeads;
    public readonly int KvHeads;
    public readonly int HeadDim;

    /// <summary>Slots of the cache.</summary>
    public readonly int Capacity;
    public readonly float Epsilon;
    public readonly float WeightOffset;

    public HeadParameters(int queryHeads, int kvHeads, int headDim, int capacity, float epsilon, float weightOffset)
    {
        QueryHeads = queryHeads;
        KvHeads = kvHeads;
        HeadDim = headDim;
        Capacity = capacity;
        Epsilon = epsilon;
        WeightOffset = weightOffset;
    }
}

/// <summary>
/// What happens to the heads of one new token between their products and attention: QK-norm where there is one, rotary
/// position, and storing keys and values, in one launch.
/// </summary>
/// <remarks>
/// <para>Shapes: q [N, H] in place; k [K, H] in place, v [K, H]; position [1]; inverseFrequencies [H/2]; keys, values
/// [K, S, H] of any cache type; norms [H] or nothing.</para>
/// <para>Launch: one warp per head, N + 2K of them; lanes run along H/2. The position is read from memory, so that no
/// argument changes from token to token.</para>
/// <para>Shared memory: none.</para>
/// <para>Traffic: a few tens of kilobytes: latency-bound, which is why it is one launch and not five.</para>
/// <para>Numerics: as <see cref="RmsNorm"/>, <see cref="Rope"/> and <see cref="KvCacheWrite"/>, its plain counterparts.</para>
/// <para>Source: as theirs.</para>
/// </remarks>
public static class HeadKernels
{
    public static void Kernel<TFormat, TStored>(
        View q_NH, View k_KH, View v_KH, View queryNorm_H, View keyNorm_H, View inverseFrequencies, ArrayView<int> position,
        ArrayView<TStored> keys_KSH, ArrayView<TStored> values_KSH, View kScales_KS, View vScales_KS, HeadParameters p)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
    {
        int head = Elementwise.GlobalWarp();
        int place = position[0];
        int slot = place % p.Capacity;
        if (head < p.QueryHeads)
        {
            Turn(q_NH, (long)head * p.HeadDim, queryNorm_H, inverseFrequencies, place, p);
        }
        else if (head < p.QueryHeads + p.KvHeads)
        {
            int kvHead = head - p.QueryHeads;
            long at = (long)kvHead * p.HeadDim;
            Turn(k_KH, at, keyNorm_H, inverseFrequencies, place, p);
            Warp.Barrier();     // lanes store columns that others have turned
            KvCacheWrite.Store<TFormat, TStored>(k_KH, at, keys_KSH, kScales_KS, (kvHead * p.Capacity) + slot, p.HeadDim);
        }
        else if (head < p.QueryHeads + (2 * p.KvHeads))
        {
            int kvHead = head - p.QueryHeads - p.KvHeads;
            KvCacheWrite.Store<TFormat, TStored>(v_KH, (long)kvHead * p.HeadDim, values_KSH, vScales_KS, (kvHead * p.Capacity) + slot, p.HeadDim);
        }
    }

    /// <summary>Norm, if there are weights, and rotation of one head vector in place.</summary>
    private static void Turn(View x, long at, View norm_H, View inverseFrequencies, int position, HeadParameters p)
    {
        int half = p.HeadDim / 2;
        float scale = norm_H.Length > 0 ? InverseRms(x, at, p) : 1f;
        for (int i = Warp.LaneIdx; i < half; i += Warp.WarpSize)
        {
            float first = x[at + i], second = x[at + half + i];
            if (norm_H.Length > 0)
            {
                first = first * scale * (p.WeightOffset + norm_H[i]);
                second = second * scale * (p.WeightOffset + norm_H[half + i]);
            }

            float angle = (float)position * inverseFrequencies[i];
            float c = XMath.Cos(angle), s = XMath.Sin(angle);
            x[at + i] = (first * c) - (second * s);
            x[at + half + i] = (second * c) + (first * s);
        }
    }

    private static float InverseRms(View x, long at, HeadParameters p)
    {
        float sum = 0f;
        for (int d = Warp.LaneIdx; d < p.HeadDim; d += Warp.WarpSize)
            sum = Fma.MultiplyAdd(x[at + d], x[at + d], sum);
        return 1f / MathF.Sqrt((WarpReduce.Sum(sum) / p.HeadDim) + p.Epsilon);
    }
}

/// <summary>Launches <see cref="HeadKernels"/>.</summary>
public sealed class DecodeHeads(Accelerator accelerator, Tuning? tuning = null)
{
    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);

    // Kernels are compiled when a cache type is first used.
    private Launch<float>? _float32;
    private Launch<ushort>? _float16, _bfloat16;
    private Launch<byte>? _int8;

    private delegate void Launch<TStored>(
        AcceleratorStream stream, KernelConfig config, View q_NH, View k_KH, View v_KH, View queryNorm_H, View keyNorm_H, View inverseFrequencies,
        ArrayView<int> position, ArrayView<TStored> keys_KSH, ArrayView<TStored> values_KSH, View kScales_KS, View vScales_KS, HeadParameters p)
        where TStored : unmanaged;

    /// <summary>Turns q and k of the token at position[0] and stores k and v. Norms may be empty.</summary>
    public void Run(
        AcceleratorStream stream, View q_NH, View k_KH, View v_KH, (View Query, View Key) norms_H, View inverseFrequencies, ArrayView<int> position,
        CacheTensor keys, CacheTensor values, float epsilon, float weightOffset)
    {
        int headDim = keys.HeadDim, queryHeads = checked((int)(q_NH.Length / headDim));
        long width = (long)keys.KvHeads * headDim;
        if (q_NH.Length % headDim != 0 || k_KH.Length != width || v_KH.Length != width || headDim % 2 != 0 || inverseFrequencies.Length != headDim / 2 ||
            position.Length < 1 || values.Type != keys.Type || values.KvHeads != keys.KvHeads || values.Capacity != keys.Capacity || values.HeadDim != headDim)
        {
            throw new ArgumentException(
                $"DecodeHeads: q has {q_NH.Length} values, k {k_KH.Length}, v {v_KH.Length}, {inverseFrequencies.Length} frequencies; the caches are {keys.Type} " +
                $"[{keys.KvHeads}, {keys.Capacity}, {headDim}] and {values.Type} [{values.KvHeads}, {values.Capacity}, {values.HeadDim}]. One token of whole heads " +
                "is needed, half as many frequencies as a head is wide, and two equal caches.");
        }

        var p = new HeadParameters(queryHeads, keys.KvHeads, headDim, keys.Capacity, epsilon, weightOffset);
        switch (keys.Type)
        {
            case CacheType.Float32:
                Run(_float32 ??= Load<Float32Cache, float>());
                break;
            case CacheType.Float16:
                Run(_float16 ??= Load<Float16Cache, ushort>());
                break;
            case CacheType.BFloat16:
                Run(_bfloat16 ??= Load<BFloat16Cache, ushort>());
                break;
            default:
                Run(_int8 ??= Load<Int8Cache, byte>());
                break;
        }

        void Run<TStored>(Launch<TStored> launch)
            where TStored : unmanaged =>
            launch(stream, new KernelConfig(_tuning.GroupsFor(queryHeads + (2L * keys.KvHeads)), _tuning.GroupSize),
                q_NH, k_KH, v_KH, norms_H.Query, norms_H.Key, inverseFrequencies, position,
                keys.Data.Cast<TStored>(), values.Data.Cast<TStored>(), keys.Scales, values.Scales, p);
    }

    private Launch<TStored> Load<TFormat, TStored>()
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged =>
        new(accelerator.LoadKernel<View, View, View, View, View, View, ArrayView<int>, ArrayView<TStored>, ArrayView<TStored>, View, View, HeadParameters>(
            HeadKernels.Kernel<TFormat, TStored>));
}
