using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Fast;

/// <summary>
/// Attention of one new token on a GPU; see <see cref="DecodeAttentionKernels"/>. No argument depends on the position, so that
/// a recorded step can be replayed.
/// </summary>
public sealed class DecodeAttention(Accelerator accelerator, Tuning? tuning = null) : IDisposable
{
    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);
    private readonly Scratch _partial = new(accelerator);
    private readonly Scratch _state = new(accelerator);

    // Kernels are compiled when a cache type and a head width are first used.
    private readonly Dictionary<(CacheType, int), Delegate> _launches = [];

    private Action<AcceleratorStream, KernelConfig, View, View, View, ArrayView<int>, DecodeAttentionParameters>? _merge;

    private delegate void Launch<TStored>(
        AcceleratorStream stream, KernelConfig config, View q_NH, ArrayView<TStored> k_KSH, ArrayView<TStored> v_KSH, View kScales_KS, View vScales_KS,
        View partial, View state, ArrayView<int> position, DecodeAttentionParameters p)
        where TStored : unmanaged;

    /// <summary>Whether a head of this width is 2, 4 or 8 columns for each lane: 64, 128 and 256 on warps of 32.</summary>
    public static bool Fits(int warpSize, int headDim) => headDim % warpSize == 0 && headDim / warpSize is 2 or 4 or 8;

    /// <summary>y = attention of the token at position[0], whose key is already in the cache. The cache must hold all keys it sees.</summary>
    public void Run(AcceleratorStream stream, AttentionShape shape, View q_NH, CacheTensor keys, CacheTensor values, View y_NH, ArrayView<int> position)
    {
        shape.Check(nameof(DecodeAttention), q_NH, keys, values, y_NH, firstPosition: 0, tokens: 1);
        if (!Fits(_tuning.WarpSize, shape.HeadDim) || position.Length < 1 ||
            keys.Data.LoadEffectiveAddressAsPtr() % 16 != 0 || values.Data.LoadEffectiveAddressAsPtr() % 16 != 0)
        {
            throw new ArgumentException(
                $"DecodeAttention: heads of width {shape.HeadDim} on warps of {_tuning.WarpSize}; 2, 4 or 8 columns a lane are needed, and caches at multiples of 16 bytes. " +
                "AttentionDecode takes any.");
        }

        switch (keys.Type)
        {
            case CacheType.Float32:
                Run<Float32Cache, float>(stream, shape, q_NH, keys, values, y_NH, position);
                break;
            case CacheType.Float16:
                Run<Float16Cache, ushort>(stream, shape, q_NH, keys, values, y_NH, position);
                break;
            case CacheType.BFloat16:
                Run<BFloat16Cache, ushort>(stream, shape, q_NH, keys, values, y_NH, position);
                break;
            default:
                Run<Int8Cache, byte>(stream, shape, q_NH, keys, values, y_NH, position);
                break;
        }
    }

    public void Dispose()
    {
        _partial.Dispose();
        _state.Dispose();
    }

    private void Run<TFormat, TStored>(
        AcceleratorStream stream, AttentionShape shape, View q_NH, in CacheTensor keys, in CacheTensor values, View y_NH, ArrayView<int> position)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
    {
        if (!_launches.TryGetValue((keys.Type, shape.HeadDim), out Delegate? launch))
        {
            _launches[(keys.Type, shape.HeadDim)] = launch = (shape.HeadDim / _tuning.WarpSize) switch
            {
                2 => Load<TFormat, TStored, TwoColumns>(),
                4 => Load<TFormat, TStored, FourColumns>(),
                _ => Load<TFormat, TStored, EightColumns>(),
            };
        }

        _merge ??= accelerator.LoadKernel<View, View, View, ArrayView<int>, DecodeAttentionParameters>(DecodeAttentionKernels.MergeKernel);
        var p = new DecodeAttentionParameters(shape, keys.Capacity);
        int splits = MostSplits(keys.Capacity, shape.Window);
        View partial = _partial.Get((long)splits * shape.QueryHeads * shape.HeadDim), state = _state.Get(2L * splits * shape.QueryHeads);
        long warps = (long)splits * shape.KvHeads * DecodeAttentionParameters.PairsPerKv(p);
        ((Launch<TStored>)launch)(stream, new KernelConfig(_tuning.GroupsFor(warps), _tuning.GroupSize),
            q_NH, keys.Data.Cast<TStored>(), values.Data.Cast<TStored>(), keys.Scales, values.Scales, partial, state, position, p);
        _merge(stream, new KernelConfig(shape.QueryHeads, _tuning.GroupSize), partial, state, y_NH, position, p);
    }

    /// <summary>Splits at the position that sees most.</summary>
    private static int MostSplits(int capacity, int window)
    {
        int visible = window == 0 ? capacity : Math.Min(capacity, window);
        return Math.Min(DecodeAttentionKernels.MaxSplits, (visible + DecodeAttentionKernels.KeysPerSplit - 1) / DecodeAttentionKernels.KeysPerSplit);
    }

    private Launch<TStored> Load<TFormat, TStored, TColumns>()
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
        where TColumns : unmanaged, ILaneColumns =>
        new(accelerator.LoadKernel<View, ArrayView<TStored>, ArrayView<TStored>, View, View, View, View, ArrayView<int>, DecodeAttentionParameters>(
            DecodeAttentionKernels.SplitKernel<TFormat, TStored, TColumns>));
}
