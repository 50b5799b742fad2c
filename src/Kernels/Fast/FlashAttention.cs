using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Fast;

/// <summary>Attention of many new tokens on tensor cores; see <see cref="FlashKernels"/>.</summary>
public sealed class FlashAttention(Accelerator accelerator)
{
    // Kernels are compiled when a cache type and a head width are first used.
    private readonly Dictionary<(CacheType, int), Delegate> _launches = [];

    private delegate void Launch<TStored>(
        AcceleratorStream stream, KernelConfig config, View q_TNH, ArrayView<TStored> k_KSH, ArrayView<TStored> v_KSH, View kScales_KS, View vScales_KS,
        View y_TNH, AttentionParameters p)
        where TStored : unmanaged;

    /// <summary>Whether there are tiles for a head width, and tensor cores.</summary>
    public static bool Fits(Accelerator accelerator, int headDim) =>
        headDim is 64 or 128 or 256 && TensorDevices.HasTensorCores(accelerator, SharedBytes(headDim));

    public void Run(AcceleratorStream stream, AttentionShape shape, View q_TNH, CacheTensor keys, CacheTensor values, View y_TNH, int firstPosition, int tokens)
    {
        shape.Check(nameof(FlashAttention), q_TNH, keys, values, y_TNH, firstPosition, tokens);
        if (!Fits(accelerator, shape.HeadDim) || y_TNH.LoadEffectiveAddressAsPtr() % TensorCore.ChunkBytes != 0 ||
            keys.Data.LoadEffectiveAddressAsPtr() % TensorCore.ChunkBytes != 0 || values.Data.LoadEffectiveAddressAsPtr() % TensorCore.ChunkBytes != 0)
        {
            throw new ArgumentException(
                $"FlashAttention: heads of width {shape.HeadDim} on {accelerator.Name}; widths of 64, 128 and 256, memory at multiples of 16 bytes and a CUDA device " +
                "of compute capability 8.0 or more are needed. AttentionPrefill takes any.");
        }

        switch (keys.Type)
        {
            case CacheType.Float32:
                Run<Float32Cache, float>(stream, shape, q_TNH, keys, values, y_TNH, firstPosition, tokens);
                break;
            case CacheType.Float16:
                Run<Float16Cache, ushort>(stream, shape, q_TNH, keys, values, y_TNH, firstPosition, tokens);
                break;
            case CacheType.BFloat16:
                Run<BFloat16Cache, ushort>(stream, shape, q_TNH, keys, values, y_TNH, firstPosition, tokens);
                break;
            default:
                Run<Int8Cache, byte>(stream, shape, q_TNH, keys, values, y_TNH, firstPosition, tokens);
                break;
        }
    }

    /// <summary>Dynamic shared memory of a head width.</summary>
    internal static int SharedBytes(int headDim) => headDim switch
    {
        64 => FlashKernels.SharedBytes<HeadTile64>(),
        128 => FlashKernels.SharedBytes<HeadTile128>(),
        _ => FlashKernels.SharedBytes<HeadTile256>(),
    };

    private void Run<TFormat, TStored>(
        AcceleratorStream stream, AttentionShape shape, View q_TNH, in CacheTensor keys, in CacheTensor values, View y_TNH, int firstPosition, int tokens)
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
    {
        if (!_launches.TryGetValue((keys.Type, shape.HeadDim), out Delegate? launch))
        {
            _launches[(keys.Type, shape.HeadDim)] = launch = shape.HeadDim switch
            {
                64 => Load<TFormat, TStored, HeadTile64>(),
                128 => Load<TFormat, TStored, HeadTile128>(),
                _ => Load<TFormat, TStored, HeadTile256>(),
            };
        }

        var p = new AttentionParameters(shape, firstPosition, tokens, keys.Capacity);
        var config = new KernelConfig(
            checked(FlashKernels.Tiles(p) * shape.KvHeads), FlashKernels.Threads, SharedMemoryConfig.RequestDynamic<byte>(SharedBytes(shape.HeadDim)));
        ((Launch<TStored>)launch)(
            stream, config, q_TNH, keys.Data.Cast<TStored>(), values.Data.Cast<TStored>(), keys.Scales, values.Scales, y_TNH, p);
    }

    private Launch<TStored> Load<TFormat, TStored, TTile>()
        where TFormat : unmanaged, ICacheFormat<TStored>
        where TStored : unmanaged
        where TTile : unmanaged, IHeadTile =>
        new(accelerator.LoadKernel<View, ArrayView<TStored>, ArrayView<TStored>, View, View, View, AttentionParameters>(FlashKernels.Kernel<TFormat, TStored, TTile>));
}
