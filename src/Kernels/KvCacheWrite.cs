using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Stores new keys and values in the cache: the token at position p goes to slot p mod capacity.</summary>
/// <remarks>
/// <para>Shapes: k, v [T, K, H]; cacheK, cacheV [S, K, H] with S = capacity. A capacity of the whole context makes an
/// append cache, a smaller one a ring.</para>
/// <para>Launch: one warp per token; lanes run along K·H.</para>
/// <para>Shared memory: none.</para>
/// <para>Traffic: 16·T·K·H bytes, no arithmetic: memory-bound.</para>
/// <para>Numerics: copies float32 values exactly.</para>
/// <para>Source: the ring for sliding-window layers, Mistral 7B, arXiv:2310.06825, section 2.</para>
/// </remarks>
public sealed class KvCacheWrite(Accelerator accelerator, Tuning? tuning = null)
{
    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);

    private readonly Action<AcceleratorStream, KernelConfig, View, View, View, View, int, int, int, int> _launch =
        accelerator.LoadKernel<View, View, View, View, int, int, int, int>(Kernel);

    public void Run(
        AcceleratorStream stream, View k_TKH, View v_TKH, View cacheK_SKH, View cacheV_SKH, int firstPosition, int capacity)
    {
        if (capacity < 1 || cacheK_SKH.Length % capacity != 0 || cacheV_SKH.Length != cacheK_SKH.Length)
        {
            throw new ArgumentException(
                $"KvCacheWrite: the caches have {cacheK_SKH.Length} and {cacheV_SKH.Length} values; both must be {capacity} slots of one width.");
        }

        int width = checked((int)(cacheK_SKH.Length / capacity));
        if (firstPosition < 0 || width == 0 || k_TKH.Length % width != 0 || v_TKH.Length != k_TKH.Length)
        {
            throw new ArgumentException(
                $"KvCacheWrite: from position {firstPosition}, k has {k_TKH.Length} values, v {v_TKH.Length}; both must be tokens × {width}.");
        }

        int tokens = checked((int)(k_TKH.Length / width));
        if (tokens > capacity)
            throw new ArgumentException($"KvCacheWrite: {tokens} tokens do not fit {capacity} slots.");
        if (tokens > 0)
        {
            _launch(stream, new KernelConfig(_tuning.GroupsFor(tokens), _tuning.GroupSize),
                k_TKH, v_TKH, cacheK_SKH, cacheV_SKH, tokens, width, firstPosition, capacity);
        }
    }

    public static void Kernel(
        View k_TKH, View v_TKH, View cacheK_SKH, View cacheV_SKH, int tokens, int width, int firstPosition, int capacity)
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        int token = Elementwise.GlobalWarp();
        if (token >= tokens)
            return;

        long source = (long)token * width;
        long target = (long)((firstPosition + token) % capacity) * width;
        int steps = width / warp;
        for (int step = 0; step < steps; step++)
        {
            int i = (step * warp) + lane;
            cacheK_SKH[target + i] = k_TKH[source + i];
            cacheV_SKH[target + i] = v_TKH[source + i];
        }

        int rest = (steps * warp) + lane;
        if (rest < width)
        {
            cacheK_SKH[target + rest] = k_TKH[source + rest];
            cacheV_SKH[target + rest] = v_TKH[source + rest];
        }
    }
}
