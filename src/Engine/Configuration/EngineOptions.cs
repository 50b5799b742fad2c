using GemmaIlgpu.Kernels;
using GemmaIlgpu.Kernels.Fast;

namespace GemmaIlgpu.Engine.Configuration;

/// <summary>How keys and values of local (sliding window) layers are kept.</summary>
public enum CacheLayout
{
    /// <summary>A ring of window + chunk − 1 slots: memory does not grow with the context.</summary>
    Ring,

    /// <summary>One slot for every position of the context, as for global layers. Gives the same results; for tests.</summary>
    Full,
}

/// <summary>What a user may choose when a model is loaded. Every value is checked where it is set.</summary>
public sealed record EngineOptions
{
    /// <summary>The largest context taken without being asked for: Gemma 1 and 2 were trained on 8,192 tokens.</summary>
    public const int DefaultContextLimit = 8192;

    /// <summary>Prompt tokens computed at once unless something else is asked for.</summary>
    public const int DefaultPrefillChunk = 256;

    /// <summary>The same on a GPU, which fewer rows do not fill: products of 256 rows wait for weights longer than they compute.</summary>
    public const int DefaultGpuPrefillChunk = 1024;

    /// <summary>Most prompt tokens computed at once.</summary>
    public const int MaxPrefillChunk = 8192;

    /// <summary>
    /// Device names of <see cref="Devices.List"/> separated by commas, a kind ("cuda": as many as the model needs), or "auto"
    /// for the best kind.
    /// </summary>
    public string Device { get; init; } = "auto";

    /// <summary>
    /// Layers that the devices take before a processor gets the rest; more than there are means all. Null gives them as many
    /// as fit.
    /// </summary>
    public int? GpuLayers
    {
        get;
        init => field = value is null ? null : Require(value.Value, 0, 1 << 20, nameof(GpuLayers));
    }

    /// <summary>Worker threads of a CPU device; 0 means one for each core.</summary>
    public int Threads
    {
        get;
        init => field = Require(value, 0, 1024, nameof(Threads));
    }

    /// <summary>Tokens of prompt and answer together; 0 means the model's own limit, at most <see cref="DefaultContextLimit"/>.</summary>
    public int ContextLength
    {
        get;
        init => field = Require(value, 0, 1 << 20, nameof(ContextLength));
    }

    /// <summary>Prompt tokens computed at once. Larger is faster up to a point and needs more activation memory.</summary>
    public int PrefillChunk
    {
        get;
        init => field = Require(value, 1, MaxPrefillChunk, nameof(PrefillChunk));
    } = DefaultPrefillChunk;

    /// <summary>How local layers keep their keys and values.</summary>
    public CacheLayout CacheLayout { get; init; } = CacheLayout.Ring;

    /// <summary>
    /// How keys and values are stored. f32 gives the logits of the official code to four digits, whatever the weights; what
    /// the others gain and lose: docs/decisions/2026-11-22-cache-types.md.
    /// </summary>
    public CacheType CacheType { get; init; } = CacheType.Float32;

    /// <summary>Which kernels compute: those written for the device, or the plain ones that judge them. See <see cref="KernelTable"/>.</summary>
    public KernelChoice Kernels { get; init; } = KernelChoice.Auto;

    private static int Require(int value, int low, int high, string name) =>
        value >= low && value <= high
            ? value
            : throw new InputException($"{name} is {value}; it must be between {low} and {high}.");
}
