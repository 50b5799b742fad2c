using GemmaIlgpu.Engine.Configuration;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Engine.Cache;

/// <summary>Keys and values of one text, f32, one part for each layer.</summary>
/// <remarks>
/// A global layer appends: the token at position p has slot p. A local layer needs only its window, so it keeps a ring
/// of window + chunk − 1 slots, slot p mod capacity: a chunk's first query still sees its whole window after the chunk's
/// last key is written. Memory grows with the text, doubling, up to these capacities.
/// </remarks>
public sealed class KvCache : IDisposable
{
    private const int FirstCapacity = 512;

    private readonly LayerCache[] _layers;
    private readonly int _chunk;

    internal KvCache(Accelerator accelerator, ModelConfig config, int contextLength, int chunk, CacheLayout layout)
    {
        ContextLength = contextLength;
        _chunk = chunk;
        int ring = RingCapacity(config, contextLength, chunk, layout);
        _layers = [.. config.LayerKinds.Select(kind =>
            new LayerCache(accelerator, SlotWidth(config), kind == AttentionKind.Local ? ring : contextLength))];
        SmallestRing = config.LayerKinds.Contains(AttentionKind.Local) ? ring : contextLength;
        Window = config.SlidingWindow;
    }

    /// <summary>Positions there can be.</summary>
    public int ContextLength { get; }

    /// <summary>Tokens whose keys and values are here; the next token's position.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes allocated now.</summary>
    public long Bytes => _layers.Sum(layer => layer.Bytes);

    internal LayerCache this[int layer] => _layers[layer];

    /// <summary>Bytes of the cache of a text that fills its context.</summary>
    internal static long BytesWhenFull(ModelConfig config, int contextLength, int chunk, CacheLayout layout)
    {
        int ring = RingCapacity(config, contextLength, chunk, layout);
        return config.LayerKinds.Sum(kind => LayerCache.BytesFor(SlotWidth(config), kind == AttentionKind.Local ? ring : contextLength));
    }

    /// <summary>Slots of a local layer.</summary>
    internal static int RingCapacity(ModelConfig config, int contextLength, int chunk, CacheLayout layout) =>
        layout == CacheLayout.Full ? contextLength : (int)Math.Min(contextLength, (long)config.SlidingWindow + chunk - 1);

    private static int SlotWidth(ModelConfig config) => config.KvHeads * config.HeadDim;

    private int SmallestRing { get; }

    private int Window { get; }

    /// <summary>Makes room for the next tokens.</summary>
    internal void Reserve(int tokens)
    {
        if (tokens > _chunk || tokens > ContextLength - Position)
            throw new ArgumentException($"{tokens} tokens after {Position} do not fit a context of {ContextLength} in chunks of {_chunk}.");
        foreach (LayerCache layer in _layers)
            layer.Grow(Position, Math.Max(FirstCapacity, Position + tokens));
    }

    /// <summary>Counts tokens whose keys and values every layer has written.</summary>
    internal void Advance(int tokens) => Position += tokens;

    /// <summary>
    /// Forgets the tokens from a position on. A ring may have overwritten what the position's window needs; then
    /// everything is forgotten.
    /// </summary>
    /// <returns>The new position: the wanted one or 0.</returns>
    internal int Rewind(int position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Position);
        int oldestNeeded = Math.Max(0, position - Window + 1), oldestKept = Math.Max(0, Position - SmallestRing);
        bool possible = SmallestRing == ContextLength || oldestNeeded >= oldestKept;
        Position = possible ? position : 0;
        return Position;
    }

    public void Dispose()
    {
        foreach (LayerCache layer in _layers)
            layer.Dispose();
    }
}

/// <summary>Keys and values of one layer, each [capacity, K, H].</summary>
internal sealed class LayerCache(Accelerator accelerator, int slotWidth, int maxCapacity) : IDisposable
{
    private MemoryBuffer1D<float, Stride1D.Dense>? _keys, _values;

    /// <summary>Slots there are now; position p has slot p mod capacity.</summary>
    public int Capacity { get; private set; }

    public ArrayView<float> Keys => _keys!.View;

    public ArrayView<float> Values => _values!.View;

    public long Bytes => BytesFor(slotWidth, Capacity);

    /// <summary>Bytes of so many slots.</summary>
    public static long BytesFor(int slotWidth, int capacity) => 2L * capacity * slotWidth * sizeof(float);

    /// <summary>Makes the capacity at least the wanted one, or the most there can be. Before a ring is full, slot = position, so growing is copying.</summary>
    public void Grow(int position, int wanted)
    {
        if (Capacity >= Math.Min(wanted, maxCapacity))
            return;
        int capacity = (int)Math.Min(maxCapacity, Math.Max(wanted, 2L * Capacity));
        long used = (long)Math.Min(position, Capacity) * slotWidth;
        _keys = Move(_keys, capacity, used);
        _values = Move(_values, capacity, used);
        Capacity = capacity;
    }

    private MemoryBuffer1D<float, Stride1D.Dense> Move(MemoryBuffer1D<float, Stride1D.Dense>? old, int capacity, long used)
    {
        MemoryBuffer1D<float, Stride1D.Dense> buffer = accelerator.Allocate1D<float>((long)capacity * slotWidth);
        if (old is not null && used > 0)
        {
            buffer.View.SubView(0, used).CopyFrom(accelerator.DefaultStream, old.View.SubView(0, used));
            accelerator.DefaultStream.Synchronize();
        }

        old?.Dispose();
        return buffer;
    }

    public void Dispose()
    {
        _keys?.Dispose();
        _values?.Dispose();
    }
}
