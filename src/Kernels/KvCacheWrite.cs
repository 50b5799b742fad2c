using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Stores new keys and values in the cache: the token at position p goes to slot p mod S.</summary>
/// <remarks>
/// <para>Shapes: k, v [T, K, H]; keys, values [K, S, H] of any cache type. As many slots as the context has positions
/// make an append cache, fewer a ring.</para>
/// <para>Launch: one warp per token and KV head; lanes run along H.</para>
/// <para>Shared memory: none.</para>
/// <para>Traffic: 8·T·K·H bytes read, as many values written: memory-bound.</para>
/// <para>Numerics: rounds to the nearest value of the cache type, ties to even; float32 is copied. A byte's scale is the
/// vector's largest magnitude / 127; a vector with a NaN or an infinity gets a scale that makes all of it NaN or infinite.</para>
/// <para>Source: the ring for sliding-window layers, Mistral 7B, arXiv:2310.06825, section 2.</para>
/// </remarks>
public sealed class KvCacheWrite(Accelerator accelerator, Tuning? tuning = null)
{
    private const float LargestLevel = 127f;
    private const float SmallestMagnitude = 1e-30f;     // below it 127 / magnitude could overflow; such vectors become 0

    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);

    // Kernels are compiled when a cache type is first used.
    private Launch<float>? _float32;
    private Launch<ushort>? _float16, _bfloat16;
    private Launch<byte>? _int8;

    private delegate void Launch<TStored>(
        AcceleratorStream stream, KernelConfig config, View k_TKH, View v_TKH, ArrayView<TStored> keys_KSH, ArrayView<TStored> values_KSH,
        View kScales_KS, View vScales_KS, int kvHeads, int headDim, int firstPosition, int capacity)
        where TStored : unmanaged;

    public void Run(AcceleratorStream stream, View k_TKH, View v_TKH, CacheTensor keys, CacheTensor values, int firstPosition)
    {
        if (values.Type != keys.Type || values.KvHeads != keys.KvHeads || values.Capacity != keys.Capacity || values.HeadDim != keys.HeadDim)
        {
            throw new ArgumentException(
                $"KvCacheWrite: keys are {keys.Type} [{keys.KvHeads}, {keys.Capacity}, {keys.HeadDim}], values {values.Type} " +
                $"[{values.KvHeads}, {values.Capacity}, {values.HeadDim}]; both must be the same.");
        }

        int width = checked(keys.KvHeads * keys.HeadDim);
        if (firstPosition < 0 || k_TKH.Length % width != 0 || v_TKH.Length != k_TKH.Length)
        {
            throw new ArgumentException(
                $"KvCacheWrite: from position {firstPosition}, k has {k_TKH.Length} values, v {v_TKH.Length}; both must be tokens × {width}.");
        }

        int tokens = checked((int)(k_TKH.Length / width));
        if (tokens > keys.Capacity)
            throw new ArgumentException($"KvCacheWrite: {tokens} tokens do not fit {keys.Capacity} slots.");
        if (tokens == 0)
            return;
        switch (keys.Type)
        {
            case CacheType.Float32:
                Run(stream, _float32 ??= Load<Float32Cache, float>(), k_TKH, v_TKH, keys, values, tokens, firstPosition);
                break;
            case CacheType.Float16:
                Run(stream, _float16 ??= Load<Float16Cache, ushort>(), k_TKH, v_TKH, keys, values, tokens, firstPosition);
                break;
            case CacheType.BFloat16:
                Run(stream, _bfloat16 ??= Load<BFloat16Cache, ushort>(), k_TKH, v_TKH, keys, values, tokens, firstPosition);
                break;
            default:
                Run(stream, _int8 ??= Load<Int8Cache, byte>(), k_TKH, v_TKH, keys, values, tokens, firstPosition);
                break;
        }
    }

    private Launch<TStored> Load<TFormat, TStored>()
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged =>
        new(accelerator.LoadKernel<View, View, ArrayView<TStored>, ArrayView<TStored>, View, View, int, int, int, int>(Kernel<TFormat, TStored>));

    private void Run<TStored>(
        AcceleratorStream stream, Launch<TStored> launch, View k_TKH, View v_TKH, in CacheTensor keys, in CacheTensor values, int tokens, int firstPosition)
        where TStored : unmanaged =>
        launch(stream, new KernelConfig(_tuning.GroupsFor((long)tokens * keys.KvHeads), _tuning.GroupSize),
            k_TKH, v_TKH, keys.Data.Cast<TStored>(), values.Data.Cast<TStored>(), keys.Scales, values.Scales,
            keys.KvHeads, keys.HeadDim, firstPosition, keys.Capacity);

    public static void Kernel<TFormat, TStored>(
        View k_TKH, View v_TKH, ArrayView<TStored> keys_KSH, ArrayView<TStored> values_KSH, View kScales_KS, View vScales_KS,
        int kvHeads, int headDim, int firstPosition, int capacity)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
    {
        int item = Elementwise.GlobalWarp();
        int token = item / kvHeads;
        long source = (long)item * headDim;
        if (source >= k_TKH.Length)
            return;

        int row = (item % kvHeads * capacity) + ((firstPosition + token) % capacity);
        Store<TFormat, TStored>(k_TKH, source, keys_KSH, kScales_KS, row, headDim);
        Store<TFormat, TStored>(v_TKH, source, values_KSH, vScales_KS, row, headDim);
    }

    /// <summary>One warp stores one head vector in a row of the cache.</summary>
    internal static void Store<TFormat, TStored>(View source, long from, ArrayView<TStored> target, View scales, int row, int headDim)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        long to = (long)row * headDim;
        float factor = 1f;
        if (TFormat.HasScales)
        {
            float largest = LargestMagnitude(source, from, headDim);
            factor = largest >= SmallestMagnitude ? LargestLevel / largest : 0f;
            if (Warp.IsFirstLane)
                scales[row] = largest / LargestLevel;
        }

        int steps = headDim / warp;
        for (int step = 0; step < steps; step++)
        {
            int d = (step * warp) + lane;
            target[to + d] = TFormat.FromFloat(source[from + d] * factor);
        }

        int rest = (steps * warp) + lane;
        if (rest < headDim)
            target[to + rest] = TFormat.FromFloat(source[from + rest] * factor);
    }

    /// <summary>Largest |x| of a head vector, the same in every lane. Bits of magnitudes are ordered like their values, with NaN above all.</summary>
    private static float LargestMagnitude(View source, long from, int headDim)
    {
        int largest = 0;
        for (int d = Warp.LaneIdx; d < headDim; d += Warp.WarpSize)
            largest = XMath.Max(largest, (int)Interop.FloatAsInt(source[from + d]) & 0x7FFF_FFFF);
        for (int mask = Warp.WarpSize / 2; mask > 0; mask /= 2)
            largest = XMath.Max(largest, Warp.ShuffleXor(largest, mask));
        return Interop.IntAsFloat((uint)largest);
    }
}
